"""
From an exchange as it came to what a person may see of it: redacted, with hints.

It works in a thread of its own, so that no answer waits for it. Hints use the contract and the
pack's own checks; they explain what came, and decide nothing.
"""

from __future__ import annotations

import json
import queue
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from conformance.contract.contract import Contract
from conformance.contract.validators import SchemaProblem
from conformance.crypto.jws import SignatureProblem, protected_header
from conformance.errors import SuiteDefect
from conformance.model.exchange import Exchange
from conformance.model.json import Json, walk
from conformance.model.pack import LoadedPack, Surroundings
from conformance.reporting.exchanges import Reading
from conformance.reporting.signatures import Looked
from conformance.testbed.bed import Bed
from conformance.testbed.board import Board, Complaint, Hints

#: Exchanges that wait to be shown; of a flood some are left to the evidence.
_WAITING: Final = 200
#: Of a larger body only the beginning is shown, and no hint is given.
_SHOWN_BYTES: Final = 2**18
_MOST_PROBLEMS: Final = 5
_MOST_SIGNATURES: Final = 2
#: Facts with which a pack says what became of a signature.
_SIGNATURE: Final = "signature/"
_VALID: Final = "valid"


@dataclass(slots=True, kw_only=True)
class Beholder:
    """Prepares exchanges for a board."""

    board: Board
    pack: LoadedPack
    contract: Contract
    surroundings: Surroundings
    _bed: Bed | None = None
    _queue: queue.Queue[Exchange | None] = field(
        default_factory=lambda: queue.Queue(maxsize=_WAITING)
    )
    _thread: threading.Thread | None = None

    def start(self, bed: Bed) -> None:
        """Begin to work; `bed` redacts."""
        self._bed = bed
        self._thread = threading.Thread(target=self._work, name="beholder", daemon=True)
        self._thread.start()

    def arrived(self, exchange: Exchange) -> None:
        """Take one exchange; called by the thread that serves."""
        body = exchange.request.body
        if body is not None and len(body) > _SHOWN_BYTES:
            exchange = replace(
                exchange, request=replace(exchange.request, body=body[:_SHOWN_BYTES])
            )
        with suppress(queue.Full):
            self._queue.put_nowait(exchange)

    def settle(self) -> None:
        """Wait until all that was taken is shown."""
        self._queue.join()

    def stop(self) -> None:
        """Show what was taken, and end."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(timeout=10)

    def _work(self) -> None:
        while True:
            exchange = self._queue.get()
            try:
                if exchange is None:
                    return
                self._show(exchange)
            finally:
                self._queue.task_done()

    def _show(self, exchange: Exchange) -> None:
        assert self._bed is not None
        body = _json(exchange.request.body)
        stored = self._bed.stored(exchange)
        answer = _json(stored.response.body)
        ours = "disturbance" in exchange.facts
        self.board.arrived(
            exchange.at,
            exchange.request.operation,
            Reading(exchange=stored, number=exchange.number).kept(),
            Hints(
                problems=self._problems(exchange, body),
                signatures=self._signatures(exchange, body),
                complaints=complaints(answer),
                refusal=refusal(answer) if stored.response.status >= 400 and not ours else "",
                token="" if ours else token(exchange),
                members=frozenset(body) if isinstance(body, dict) else frozenset(),
            ),
        )

    def _problems(self, exchange: Exchange, body: Json) -> tuple[SchemaProblem, ...]:
        operation = self.contract.operations.get(exchange.request.operation)
        if operation is None or not operation.request_schema or body is None:
            return ()
        if not operation.request_media_type.endswith("json"):
            return ()
        assert self._bed is not None
        try:
            found = self.contract.problems_at(operation.request_schema, body)
        except SuiteDefect:
            # Two validators disagree: whoever judges says so, a hint keeps silent.
            return ()
        return tuple(
            replace(problem, excerpt=self._bed.redacted(problem.excerpt))
            for problem in found[:_MOST_PROBLEMS]
        )

    def _signatures(self, exchange: Exchange, body: Json) -> tuple[Looked, ...]:
        facts = [fact for name, fact in exchange.facts.items() if name.startswith(_SIGNATURE)]
        if body is None or all(fact == _VALID for fact in facts):
            return ()
        plugin = self.pack.plugin
        looked: list[Looked] = []
        for pointer, (record, signature) in plugin.signed_records(body).items():
            checks = plugin.signature_checks(record, signature, self.surroundings)
            if all(check.passed for check in checks):
                continue
            header = None
            with suppress(SignatureProblem):
                header = protected_header(str(signature))
            looked.append(Looked(pointer=pointer, header=header, size=0, digest="", checks=checks))
            if len(looked) == _MOST_SIGNATURES:
                break
        return tuple(looked)


def refusal(answer: Json) -> str:
    """Why, as a problem (RFC 9457, 3.1) or an authorisation server (RFC 6749, 5.2) says it."""
    if not isinstance(answer, dict):
        return ""
    said = [answer.get(name) for name in ("title", "detail", "error_description")]
    return " ".join(f"{text.rstrip('.')}." for text in said if isinstance(text, str) and text)


def token(exchange: Exchange) -> Literal["", "missing", "unknown"]:
    """What was wrong with the token, where the answer demands one (RFC 6750, 3)."""
    demanded = exchange.response.header("www-authenticate") or ""
    if exchange.response.status != 401 or not demanded.lower().startswith("bearer"):
        return ""
    return "missing" if exchange.request.header("authorization") is None else "unknown"


def complaints(answer: Json) -> tuple[Complaint, ...]:
    """The objects of an answer that point into the request, the first few of them."""
    found: list[Complaint] = []
    for _, value in walk(answer):
        if not isinstance(value, dict) or not isinstance(pointer := value.get("pointer"), str):
            continue
        message = value.get("message", value.get("detail"))
        texts = {"": message} if isinstance(message, str) else message
        named = value.get("rule", value.get("code"))
        found.append(
            Complaint(
                pointer=pointer,
                rule=named if isinstance(named, str) else "",
                texts={k: v for k, v in texts.items() if isinstance(v, str)}
                if isinstance(texts, dict)
                else {},
            )
        )
        if len(found) == _MOST_PROBLEMS:
            break
    return tuple(found)


def _json(body: bytes | None) -> Json:
    try:
        held: Json = json.loads(body or b"null")
    except (ValueError, RecursionError):
        return None
    return held
