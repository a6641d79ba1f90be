"""
ASGI middleware that watches one mission: every exchange that the target opens, as it arrives.

It stands between the server and the pack's reference, and is the one to carry out the
mission's disturbances. Redaction, and handing traffic to a scenario, are `bed`'s.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import httpx

from conformance.errors import SuiteDefect
from conformance.model.clock import Clock
from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.model.pack import AsgiApp
from conformance.testbed.alterations import Alter, Call, altered
from conformance.testbed.disturbances import Disturbance, LoseAcknowledgement, Mischief, Unavailable
from conformance.testbed.errands import Errands, Undone
from conformance.testbed.leaks import Secrets

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: How much of one body is stored; beyond it the exchange carries the fact `body` = `truncated`.
STORED_BYTES: Final = 2**20
#: A larger request is refused with 413 before the app sees it: the bed must outlive its guests.
ACCEPTED_BYTES: Final = 2**24

MeasureFacts = Callable[[Request], Mapping[str, str]]


@dataclass(slots=True, kw_only=True)
class Watch:
    """
    One mission's traffic, filled by the server's thread and read by the scenario's.

    An exchange holds its place from the moment it arrives and appears once it is answered.
    """

    mischief: Mischief
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _slots: list[Exchange | None] = field(default_factory=list)
    _troubles: list[str] = field(default_factory=list)
    _errands: dict[int, tuple[Call, ...]] = field(default_factory=dict)
    _in_flight: int = 0
    _last: datetime | None = None

    def arrive(self, operation: str, at: datetime) -> tuple[int, Disturbance | None]:
        """Take a place in the order of arrival; say what befalls this request."""
        with self._lock:
            self._slots.append(None)
            self._in_flight += 1
            self._last = at
            number, disturbance = len(self._slots), self.mischief.meet(operation)
            self._errands[number] = self.mischief.errands(operation)
            return number, disturbance

    def errands(self, number: int) -> tuple[Call, ...]:
        """What others do before this arrival is carried out; told once."""
        with self._lock:
            return self._errands.pop(number, ())

    def leave(self, number: int, exchange: Exchange, at: datetime) -> None:
        """Fill the place that `arrive` gave."""
        with self._lock:
            self._slots[number - 1] = exchange
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
        """When the last answer was given; None while nothing has come or one is being answered."""
        with self._lock:
            return None if self._in_flight else self._last


@dataclass(slots=True, kw_only=True)
class Observer:
    """
    Serves `app` and records into `watch`; one for each mission.

    Attributes:
        operation_of: (method, path and query) -> operationId, "" outside the contract.
        facts: what the pack measures on a request before redaction.
    """

    app: AsgiApp
    watch: Watch
    clock: Clock
    secrets: Secrets
    operation_of: Callable[[str, str], str]
    facts: MeasureFacts
    errands: Errands

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        at = self.clock.now()
        request = Request(method=str(scope["method"]), target=_target(scope), headers=_pairs(scope))
        request = replace(request, operation=self.operation_of(request.method, request.target))
        number, disturbance = self.watch.arrive(request.operation, at)
        facts: dict[str, str] = {}
        response = Response(status=500)
        try:
            body = await _read(receive)
            if body is None:
                response = _problem(413, "Content Too Large")
            else:
                request = replace(request, body=body or None)
                facts |= self._measured(request)
                await self._run_errands(number, scope, facts)
                response = await self._answer(request, disturbance, scope, facts)
        finally:
            # Recorded before it is sent: nobody can act on an answer that we have not yet stored.
            ended = self.clock.now()
            facts |= self.secrets.observe(request, response, reached=not _unreached(disturbance))
            exchange = Exchange(
                number=number,
                initiator=Initiator.TARGET,
                request=replace(request, body=_cut(request.body, facts)),
                response=_shortened(response),
                at=at,
                elapsed=(ended - at).total_seconds(),
                facts=facts,
            )
            self.watch.leave(number, exchange, ended)
        if isinstance(disturbance, LoseAcknowledgement):
            await cut_connection(receive, send)
        else:
            await _send(response, send)

    async def _answer(
        self,
        request: Request,
        disturbance: Disturbance | None,
        scope: Scope,
        facts: dict[str, str],
    ) -> Response:
        match disturbance:
            case Unavailable(retry_after=seconds):
                facts["disturbance"] = "unavailable"
                return _problem(503, "Service Unavailable", ("retry-after", str(seconds)))
            case LoseAcknowledgement():
                facts["acknowledgement"] = "lost"
        try:
            answer = await _carry_out(self.app, scope, request.body or b"")
        except Exception as error:  # noqa: BLE001 - our own defect must not look like the target's
            self.watch.trouble(f"{request.method} {request.target}: {error!r}")
            return _problem(500, "Internal Server Error")
        if answer.status >= 500:
            # A reference answers 500 when it fails inside: that too is our defect.
            self.watch.trouble(f"{request.method} {request.target}: answered {answer.status}")
        if isinstance(disturbance, Alter) and (other := altered(answer, disturbance)) is not None:
            facts["disturbance"] = "altered"
            return other
        return answer

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
            return await _carry_out(self.app, own, request.body or b"")

        try:
            await self.errands.run(calls, carry)
        except Undone as undone:
            facts["errand"] = f"undone: {undone}"
        except SuiteDefect as defect:
            self.watch.trouble(str(defect))

    def _measured(self, request: Request) -> Mapping[str, str]:
        try:
            return self.facts(request)
        except Exception as error:  # noqa: BLE001 - a garbled request must not stop the bed
            self.watch.trouble(f"facts of {request.method} {request.target}: {error!r}")
            return {}


async def cut_connection(receive: Receive, send: Send) -> None:
    """
    End the connection without a byte of answer.

    ASGI has no word for it, so on a real socket the server's own transport is aborted;
    in-process the client sees the exception that httpx raises for such a cut.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    transport.abort()
    # Without this the server would answer 500 for an app that returned in silence.
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None when it is larger than we accept."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > ACCEPTED_BYTES:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
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


async def _send(response: Response, send: Send) -> None:
    headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in response.headers]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def _problem(status: int, title: str, *headers: tuple[str, str]) -> Response:
    """A refusal of the bed's own (RFC 9457): what a gateway before the national system says."""
    body = f'{{"type":"about:blank","title":"{title}","status":{status}}}'.encode()
    fixed = (
        ("content-type", "application/problem+json"),
        ("content-length", str(len(body))),
    )
    return Response(status=status, headers=(*fixed, *headers), body=body)


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


def _unreached(disturbance: Disturbance | None) -> bool:
    return isinstance(disturbance, Unavailable)
