"""
HTTP to one target: one door, with a deadline, a size limit and a pace.

A target may hang, drip, reset, redirect, answer without end, or not speak HTTP. Each
ends here in a `Response` or in a `WorldTrouble`, inside the deadline and in bounded memory.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import httpcore
import httpx

from conformance.errors import SuiteDefect, TargetTimeout, TargetUnreachable, WorldTrouble
from conformance.model.clock import Clock
from conformance.model.exchange import Request, Response
from conformance.model.pack import AsgiApp
from conformance.wire.lines import AsgiLine, Line, SocketLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """
    How to reach a target.

    Attributes:
        base_url: scheme, host, port and base path; no trailing slash.
        app: an ASGI application to call in-process instead of a socket.
        ca_file: PEM file with the authorities to trust for TLS, "" for the system's.
        timeout: seconds for one whole exchange, connection to last byte.
        pace: requests per second at most, 0 for no limit.
    """

    base_url: str
    app: AsgiApp | None = None
    ca_file: str = ""
    timeout: float = 10.0
    pace: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """What came of one request: an answer, or the trouble that there was instead."""

    at: datetime
    elapsed: float
    response: Response | None = None
    trouble: WorldTrouble | None = None

    def answer(self) -> Response:
        """The answer. Raises the trouble."""
        if self.response is None:
            assert self.trouble is not None
            raise self.trouble
        return self.response


class Transport:
    """Asks one target; scenarios need no `await`."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._runner = asyncio.Runner()
        self._line: Line | None = None
        self._next_slot = 0.0

    def sleep(self, seconds: float) -> None:
        """Let time pass where the target, if it is in this process, can go on."""
        self._runner.run(self._clock.sleep(seconds))

    def perform(self, request: Request) -> Response:
        """
        Send one request and read the answer.

        Raises:
            TargetUnreachable: refused, reset, no such name, bad TLS, not HTTP.
            TargetTimeout: not finished within the deadline.
        """
        (performed,) = self.together((request,))
        return performed.answer()

    def together(self, requests: Sequence[Request]) -> list[Performed]:
        """
        Send requests at the same time; what came of each, in their order.

        Raises:
            SuiteDefect: one of them cannot be sent.
        """
        at = self._clock.now()
        told = self._open().ask(requests, self._connection.timeout, self._wait_for_slot)
        return [
            Performed(
                at=at,
                elapsed=each.elapsed,
                response=each.response,
                trouble=None if each.error is None else self._named(request, each.error),
            )
            for request, each in zip(requests, told, strict=True)
        ]

    def _named(self, request: Request, error: Exception) -> WorldTrouble:
        """What went wrong, or SuiteDefect where that was our own doing."""
        asked = f"{request.method} {request.target}"
        match error:
            case TimeoutError() | httpcore.TimeoutException():
                limit = self._connection.timeout
                return TargetTimeout("timeout", f"{asked}: no complete answer within {limit:g} s")
            case httpx.InvalidURL() | UnicodeError():
                raise SuiteDefect(
                    f"{request.method} {request.target!r} cannot be sent: {error}"
                ) from error
            case httpcore.NetworkError() | httpcore.ProtocolError() | OSError():
                return _unreachable(asked, error)
            case AssertionError() if self._connection.app is not None:
                # httpx's own, about an application that answered twice or not at all.
                return TargetUnreachable(
                    "connection-reset", f"{asked}: the application did not answer in ASGI"
                )
        raise error

    def _open(self) -> Line:
        if self._line is None:
            connection = self._connection
            if connection.app is None:
                self._line = SocketLine(connection.base_url, connection.ca_file)
            else:
                self._line = AsgiLine(connection.base_url, connection.app, self._runner)
        return self._line

    def _wait_for_slot(self) -> None:
        if not self._connection.pace:
            return
        now = time.monotonic()
        slot = max(now, self._next_slot)
        self._next_slot = slot + 1 / self._connection.pace
        if slot > now:
            self.sleep(slot - now)

    def close(self) -> None:
        """Close connections and the loop."""
        if self._line is not None:
            self._line.close()
            self._line = None
        self._runner.close()


def _unreachable(asked: str, error: BaseException) -> TargetUnreachable:
    """Name what the network did, in a word that has a sentence in every language."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    # httpcore gives a cut connection no words; what the system said stands deeper.
    said = next((str(one) for one in causes if str(one)), type(error).__name__)
    detail = f"{asked}: {said}"

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(one, kinds) for one in causes)

    if caused_by(ssl.SSLError):
        return TargetUnreachable("tls", detail)
    if caused_by(socket.gaierror):
        return TargetUnreachable("name-not-found", detail)
    if caused_by(ConnectionResetError, ConnectionAbortedError, BrokenPipeError):
        return TargetUnreachable("connection-reset", detail)
    if isinstance(error, httpcore.ConnectError):
        return TargetUnreachable("connection-refused", detail)
    if isinstance(error, httpcore.RemoteProtocolError) and not any(
        word in str(error) for word in ("disconnected", "closed connection", "peer closed")
    ):
        return TargetUnreachable("not-http", detail)
    return TargetUnreachable("connection-reset", detail)
