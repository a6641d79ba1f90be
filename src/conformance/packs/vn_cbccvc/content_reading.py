"""
What an agency sent in an assignment about content, record by record, with what became of each.

Reading is lenient: software under test may send anything. Judging is `*_work_oracles`'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.missions import (
    SUBMIT_BATCH,
    SUBMIT_PEOPLE,
    SUBMIT_UNITS,
    Sent,
    mapping,
    messages,
    objects,
    text,
)

DONE: Final = "DONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """
    One unit or person in one message.

    Attributes:
        subject: the unit or the profile.
        record: what stood around it; the unit itself.
        result: what the national side said; empty where it said nothing.
        told: the number of the exchange that said it; 0 where none did.
        signature: what was measured of it (see the pack's facts).
    """

    exchange: Exchange
    message: str
    pointer: str
    key: str
    subject: JsonObject
    record: JsonObject
    result: JsonObject
    told: int
    signature: str

    @property
    def number(self) -> int:
        """The number of the exchange that brought it."""
        return self.exchange.number

    @property
    def accepted(self) -> bool:
        """Whether the national side took it."""
        return self.result.get("status") == "ACCEPTED"

    @property
    def rejected(self) -> bool:
        """Whether the national side refused it."""
        return self.result.get("status") == "REJECTED"

    @property
    def errors(self) -> Sequence[JsonObject]:
        """What was wrong with it."""
        return objects(self.result.get("errors"))

    def member_of(self, error: JsonObject) -> str:
        """The member of the subject that an error is about."""
        beside = text(error, "pointer").removeprefix(f"{self.pointer}/")
        return beside.split("/")[0]


def people_posted(exchanges: Sequence[Exchange]) -> Sequence[Posted]:
    """Every person in every message, in order of arrival."""
    return [p for p in _posted(exchanges) if p.exchange.request.operation != SUBMIT_UNITS]


def units_posted(exchanges: Sequence[Exchange]) -> Sequence[Posted]:
    """Every unit in every message, in order of arrival."""
    return [p for p in _posted(exchanges) if p.exchange.request.operation == SUBMIT_UNITS]


def questions(
    exchanges: Sequence[Exchange], operation: str
) -> Sequence[tuple[Exchange, JsonObject, JsonObject]]:
    """The calls of an operation that were answered 200: the exchange, its question, its answer."""
    return [
        (exchange, body_of(exchange, asked=True), body_of(exchange))
        for exchange in exchanges
        if exchange.request.operation == operation and exchange.response.status == 200
    ]


def body_of(exchange: Exchange, *, asked: bool = False) -> JsonObject:
    """The body of a request or of an answer when it is a JSON object, else an empty one."""
    try:
        return mapping(exchange.request.json() if asked else exchange.response.json())
    except Deviation:
        return {}


def _posted(exchanges: Sequence[Exchange]) -> Iterator[Posted]:
    receipts = _receipts(exchanges)
    for sent in messages(exchanges):
        operation = sent.exchange.request.operation
        told, results = sent.exchange.number, sent.results
        if operation == SUBMIT_BATCH:
            told, results = receipts.get(sent.id, (0, {}))
            if told < sent.exchange.number:
                # Another message under the id of one whose job was read already.
                told, results = 0, {}
        for n, record in sent.records.items():
            people = operation in (SUBMIT_PEOPLE, SUBMIT_BATCH)
            subject = mapping(record.get("profile")) if people else record
            result = results.get(n, {})
            yield Posted(
                exchange=sent.exchange,
                message=sent.id,
                pointer=f"/records/{n}/profile" if people else f"/units/{n}",
                key=text(subject, "profileId" if people else "unitCode"),
                subject=subject,
                record=record,
                result=result,
                told=told if result else 0,
                signature=_measured(sent, n),
            )


def _measured(sent: Sent, n: int) -> str:
    return sent.exchange.facts.get(f"signature/{n}", "unmeasured")


def _receipts(exchanges: Sequence[Exchange]) -> Mapping[str, tuple[int, Mapping[int, JsonObject]]]:
    """Message id of a batch -> the exchange that told of its end, and its results by position."""
    found: dict[str, tuple[int, Mapping[int, JsonObject]]] = {}
    for exchange, _, job in questions(exchanges, "readJob"):
        if job.get("status") == DONE:
            results = {
                number - 1: result
                for result in objects(mapping(job.get("receipt")).get("results"))
                if isinstance(number := result.get("recordNo"), int)
            }
            found.setdefault(text(job, "messageId"), (exchange.number, results))
    return found
