"""
ASGI middleware that watches one mission: every exchange that the target opens, as it arrives.

It stands between the server and the pack's reference. What a disturbance does to an answer
and to the line is `interference`'s; redaction, and handing traffic to a scenario, are `bed`'s.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol

from conformance.model.clock import Clock
from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.model.pack import AsgiApp
from conformance.testbed import interference
from conformance.testbed.alterations import Alter, Call
from conformance.testbed.disturbances import Disturbance, Mischief, PowerCut, ShowCertificate
from conformance.testbed.errands import Errands, Undone
from conformance.testbed.interference import Message, Receive, Scope, Send, problem
from conformance.testbed.leaks import Secrets
from conformance.testbed.shown import what_was_shown

#: How much of one body is stored; beyond it the exchange carries the fact `body` = `truncated`.
STORED_BYTES: Final = 2**20
#: A larger request is refused with 413 before the app sees it: the bed must outlive its guests.
ACCEPTED_BYTES: Final = 2**24
#: What one mission keeps at most; who sends more is turned away, and the mission is void.
MOST_EXCHANGES: Final = 20_000
MOST_BYTES: Final = 2**25

MeasureFacts = Callable[[Request], Mapping[str, str]]


class Showing(Protocol):
    """What changes the certificate that clients meet; `secured.Secured` does."""

    def show(self, disturbance: ShowCertificate) -> None:
        """Carry it out; called by the thread that serves."""

    def seen(self) -> int:
        """How many have begun a handshake with what is shown."""


@dataclass(slots=True, kw_only=True)
class Watch:
    """
    One mission's traffic, filled by the server's thread and read by the scenario's.

    An exchange holds its place from the moment it arrives and appears once it is answered.

    Attributes:
        cut_power: ends the target abruptly and has it started again.
        showing: changes what the next connections meet; None where there is no TLS.
    """

    mischief: Mischief
    on_exchange: Callable[[Exchange], None] = lambda _exchange: None
    cut_power: Callable[[], None] = lambda: None
    showing: Showing | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _slots: list[Exchange | None] = field(default_factory=list)
    _troubles: list[str] = field(default_factory=list)
    _errands: dict[int, tuple[Call, ...]] = field(default_factory=dict)
    _in_flight: int = 0
    _owed: bool = False
    _faltering: bool = False
    _last: datetime | None = None
    _bytes: int = 0

    def full(self) -> bool:
        """Whether no more can be kept."""
        with self._lock:
            return len(self._slots) >= MOST_EXCHANGES or self._bytes >= MOST_BYTES

    def arrive(
        self, operation: str, at: datetime, authorization: str
    ) -> tuple[int, Disturbance | None]:
        """Take a place in the order of arrival; say what befalls this request."""
        with self._lock:
            self._slots.append(None)
            self._in_flight += 1
            self._last = at
            number, disturbance = len(self._slots), self.mischief.meet(operation, at, authorization)
            self._errands[number] = self.mischief.errands()
            self._owed = interference.calls_for_more(disturbance)
            return number, disturbance

    def errands(self, number: int) -> tuple[Call, ...]:
        """What others do before this arrival is carried out; told once."""
        with self._lock:
            return self._errands.pop(number, ())

    def leave(self, number: int, exchange: Exchange, at: datetime, *, further: bool) -> None:
        """Fill the place that `arrive` gave; `further` says whether the answer leads on."""
        with self._lock:
            if self._bytes >= MOST_BYTES:
                # Others came at the same time and filled it: the mission is void already.
                exchange = replace(
                    exchange,
                    request=replace(exchange.request, body=None),
                    response=replace(exchange.response, body=b"", truncated=True),
                )
            self._slots[number - 1] = exchange
            self._in_flight -= 1
            self._last = at
            self._faltering = not further
            self._bytes += len(exchange.request.body or b"") + len(exchange.response.body)
        self.on_exchange(exchange)

    def overheard(self, exchange: Exchange) -> None:
        """A request that should never have been sent so; it meets nothing and is not answered."""
        with self._lock:
            self._slots.append(replace(exchange, number=len(self._slots) + 1))
        self.on_exchange(exchange)

    def abandon(self, at: datetime) -> None:
        """A request was not sent to its end: nobody carries it out, and it is no exchange."""
        with self._lock:
            self._in_flight -= 1
            self._last = at

    def trouble(self, what: str) -> None:
        """Note that we ourselves failed; the mission's verdicts are void."""
        with self._lock:
            self._troubles.append(what)

    def exchanges(self) -> tuple[Exchange, ...]:
        """What has been answered so far, in order of arrival."""
        with self._lock:
            return tuple(exchange for exchange in self._slots if exchange is not None)

    def troubles(self) -> tuple[str, ...]:
        """Where we failed."""
        with self._lock:
            return tuple(self._troubles)

    def idle_since(self) -> datetime | None:
        """
        When the last answer was given.

        None while nothing has come, one is being answered, or the last one must be tried again:
        software may take its time for that.
        """
        with self._lock:
            return None if self._in_flight or self._owed else self._last

    def faltering(self) -> bool:
        """Whether the last answer got the caller no further: refused, or only a token."""
        with self._lock:
            return self._faltering


@dataclass(slots=True, kw_only=True)
class Observer:
    """
    Serves `app` and records into `watch`; one for each mission.

    Attributes:
        operation_of: (method, path and query) -> operationId, "" outside the contract.
        needs_token: whether an operation can be called with a token alone.
        facts: what the pack measures on a request before redaction.
        nation: `app` without what stands before it; errands go there.
    """

    app: AsgiApp
    nation: AsgiApp
    watch: Watch
    clock: Clock
    secrets: Secrets
    operation_of: Callable[[str, str], str]
    needs_token: Callable[[str], bool]
    facts: MeasureFacts
    errands: Errands

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        at = self.clock.now()
        if self.watch.full():
            turned_away = problem(503, "Service Unavailable", ("retry-after", "60"))
            await interference.send_answer(None, turned_away, receive, send)
            return
        request = Request(method=str(scope["method"]), target=_target(scope), headers=_pairs(scope))
        request = replace(request, operation=self.operation_of(request.method, request.target))
        authorization = request.header("authorization") or ""
        number, disturbance = self.watch.arrive(request.operation, at, authorization)
        facts: dict[str, str] = dict(what_was_shown(interference.line_of(send)))
        # Before the body is read: others act even when this request is not sent to its end.
        await self._run_errands(number, scope, facts)
        try:
            body = await _read(receive)
        except _CutShortError:
            self.watch.abandon(self.clock.now())
            return
        response = Response(status=500)
        try:
            if body is None:
                response = problem(413, "Content Too Large")
            else:
                request = replace(request, body=body or None)
                facts |= self._measured(request)
                response = await self._answer(request, disturbance, scope, facts)
        finally:
            # Recorded before it is sent: nobody can act on an answer that we have not yet stored.
            ended = self.clock.now()
            seen = interference.reached(disturbance)
            facts |= self.secrets.observe(request, response, reached=seen)
            facts |= interference.told(disturbance)
            exchange = Exchange(
                number=number,
                initiator=Initiator.TARGET,
                request=replace(request, body=_cut(request.body, facts)),
                response=_shortened(response),
                at=at,
                elapsed=(ended - at).total_seconds(),
                facts=facts,
            )
            # What we did ourselves is no reason to give the caller more time.
            further = disturbance is not None or (
                response.status < 400 and self.needs_token(request.operation)
            )
            self.watch.leave(number, exchange, ended, further=further)
        if isinstance(disturbance, PowerCut):
            self.watch.cut_power()
            # In-process the target dies here, at its next step, and never sees the line break.
            await asyncio.sleep(0)
        if isinstance(disturbance, ShowCertificate):
            assert self.watch.showing is not None
            self.watch.showing.show(disturbance)
        await interference.send_answer(disturbance, response, receive, send)

    def overheard(self, request: Request, response: Response) -> Mapping[str, str]:
        """What a request tells that came in plain HTTP, and reached nobody."""
        return self.secrets.observe(request, response, reached=False)

    async def _answer(
        self,
        request: Request,
        disturbance: Disturbance | None,
        scope: Scope,
        facts: dict[str, str],
    ) -> Response:
        if disturbance is not None and not interference.reached(disturbance):
            scheme = str(scope.get("scheme", "http"))
            return interference.instead(disturbance, request, self.clock.now(), scheme)
        body = request.body or b""
        try:
            answer = await _carry_out(self.app, scope, body)
        except Exception as error:  # noqa: BLE001 - our own defect must not look like the target's
            self.watch.trouble(f"{request.method} {request.target}: {error!r}")
            return problem(500, "Internal Server Error")
        if answer.status >= 500:
            # A reference answers 500 when it fails inside: that too is our defect.
            self.watch.trouble(f"{request.method} {request.target}: answered {answer.status}")
        await interference.delay(disturbance, len(body) + len(answer.body), self.clock)
        other = interference.altered(disturbance, answer, self.clock.now())
        if isinstance(disturbance, Alter) and other is not answer:
            facts["disturbance"] = "altered"
        return other

    async def _run_errands(self, number: int, scope: Scope, facts: dict[str, str]) -> None:
        calls = self.watch.errands(number)
        if not calls:
            return

        async def carry(request: Request) -> Response:
            path, _, query = request.target.partition("?")
            headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in request.headers]
            own = {
                **scope,
                "method": request.method,
                "path": path,
                "raw_path": path.encode(),
                "query_string": query.encode(),
                "headers": headers,
            }
            return await _carry_out(self.nation, own, request.body or b"")

        try:
            await self.errands.run(calls, carry)
        except Undone as undone:
            facts["errand"] = f"undone: {undone}"
        except Exception as error:  # noqa: BLE001 - nor must this one
            self.watch.trouble(f"an errand: {error!r}")

    def _measured(self, request: Request) -> Mapping[str, str]:
        try:
            return self.facts(request)
        except Exception as error:  # noqa: BLE001 - a garbled request must not stop the bed
            self.watch.trouble(f"facts of {request.method} {request.target}: {error!r}")
            return {}


class _CutShortError(Exception):
    """The client left in the middle of its request."""


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None when it is larger than we accept. Raises _CutShortError."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _CutShortError
        body += message.get("body", b"")
        if len(body) > ACCEPTED_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _carry_out(app: AsgiApp, scope: Scope, body: bytes) -> Response:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    started: Message = {}
    answered = bytearray()

    async def receive() -> Message:
        return pending.pop() if pending else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        elif message["type"] == "http.response.body":
            answered.extend(message.get("body", b""))

    await app(scope, receive, send)
    return Response(status=int(started["status"]), headers=_pairs(started), body=bytes(answered))


def _target(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or str(scope["path"]).encode()
    query: bytes = scope.get("query_string", b"")
    target = raw + b"?" + query if query else raw
    return target.decode("latin-1")


def _pairs(holder: Message) -> tuple[tuple[str, str], ...]:
    return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in holder.get("headers", ()))


def _cut(body: bytes | None, facts: dict[str, str]) -> bytes | None:
    if body is None or len(body) <= STORED_BYTES:
        return body
    facts["body"] = "truncated"
    return body[:STORED_BYTES]


def _shortened(response: Response) -> Response:
    if len(response.body) <= STORED_BYTES:
        return response
    return replace(response, body=response.body[:STORED_BYTES], truncated=True)
