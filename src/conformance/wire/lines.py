"""
How bytes reach a target: over a socket by httpcore, or in this process by ASGI.

A line asks several requests at the same time and ends each before one deadline. It knows neither
scenarios nor verdicts; what went wrong leaves it as httpcore's, httpx's or the system's own error.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final, Protocol

import httpcore
import httpx

from conformance.model.exchange import Request, Response
from conformance.model.pack import AsgiApp

# httpx and httpcore try this import several times in each request, and Python remembers no search
# that found nothing: it took more time than sending did.
if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

#: No legitimate answer of a sync API in these packs comes near this.
BODY_LIMIT: Final = 4 * 1024 * 1024
#: Of a body past the limit only the beginning is evidence; hundreds of whole ones would fill
#: memory and disk.
KEPT_OF_CUT: Final = 64 * 1024
#: So many connections at once.
LANES: Final = 16
#: A connection that has rested for so many seconds is not used again. Servers close theirs after
#: two to five, and who sends at that moment is answered by a reset.
REST: Final = 1.0
#: A write of more may outlive the deadline between two looks at the clock.
_PIECE: Final = 64 * 1024
#: What every request says, unless it says something else itself.
_OURS: Final = (
    (b"Accept", b"*/*"),
    (b"Accept-Encoding", b"identity"),
    (b"Connection", b"keep-alive"),
    (b"User-Agent", b"conformance-toolkit"),
)
_WITH_BODY: Final = frozenset({"PATCH", "POST", "PUT"})
#: What `httpx.URL` leaves as it is; anything else it must see.
_PLAIN: Final = re.compile(
    r"(?:/[A-Za-z0-9_~-](?:[A-Za-z0-9._~:@-]|%[0-9A-F]{2})*+)++"
    r"(?:\?(?:[A-Za-z0-9._~:@/=&+-]|%[0-9A-F]{2})*+)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of one request: an answer or an error, `elapsed` seconds after it was asked."""

    elapsed: float
    response: Response | None = None
    error: Exception | None = None


class Line(Protocol):
    """Asks one target."""

    def ask(
        self, requests: Sequence[Request], limit: float, wait: Callable[[], None]
    ) -> list[Told]:
        """All of them at the same time, each after `wait` and within `limit` seconds."""

    def close(self) -> None:
        """Close every connection."""


def address(base_url: str, target: str) -> httpx.URL:
    """
    Where a request goes.

    Raises:
        httpx.InvalidURL: it cannot be written, or would leave the target.
        UnicodeError: it holds half of a surrogate pair.
    """
    url = httpx.URL(base_url + target)
    if _place(url) != _place(httpx.URL(base_url)):
        raise httpx.InvalidURL("it would leave the target")
    return url


def _place(url: httpx.URL) -> tuple[str, str, int | None, bytes]:
    return url.scheme, url.host, url.port, url.userinfo


def stated(request: Request, *more: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """The request's headers, and ours where it says nothing else."""
    theirs = [(name.encode("ascii"), value.encode("utf-8")) for name, value in request.headers]
    named = {name.lower() for name, _ in theirs}
    ours = ((name, value) for name, value in (*more, *_OURS) if name.lower() not in named)
    return [*ours, *theirs]


# -- over a socket -----------------------------------------------------------------------


class SocketLine:
    """
    A connection that is kept, and others, each with a thread, for requests at the same time.

    Blocking and not asynchronous: an event loop took more of the processor than all the rest of an
    exchange.
    """

    def __init__(self, base_url: str, ca_file: str) -> None:
        self._base_url = base_url
        # A private context costs 20 ms: only where TLS will be spoken.
        secure = base_url.startswith("https:")
        self._context = ssl.create_default_context(cafile=ca_file or None) if secure else None
        self._mine = threading.local()
        self._lanes: list[_Lane] = []
        self._threads: ThreadPoolExecutor | None = None

    def ask(
        self, requests: Sequence[Request], limit: float, wait: Callable[[], None]
    ) -> list[Told]:
        if len(requests) == 1:
            wait()
            return [self._asked(requests[0], limit)]
        if self._threads is None:
            self._threads = ThreadPoolExecutor(LANES, thread_name_prefix="lane")
        asked = []
        for request in requests:
            wait()
            asked.append(self._threads.submit(self._asked, request, limit))
        return [each.result() for each in asked]

    def _asked(self, request: Request, limit: float) -> Told:
        lane: _Lane | None = getattr(self._mine, "lane", None)
        if lane is None:
            lane = self._mine.lane = _Lane(self._base_url, self._context)
            self._lanes.append(lane)
        began = time.monotonic()
        try:
            response = lane.performed(request, began + limit)
        except Exception as error:  # noqa: BLE001 - told, and named by who asked
            return Told(elapsed=time.monotonic() - began, error=error)
        return Told(elapsed=time.monotonic() - began, response=response)

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown()
        for lane in self._lanes:
            lane.close()


class _Lane:
    """One thread's connection: a pool for all would look at each of them for every request."""

    def __init__(self, base_url: str, context: ssl.SSLContext | None) -> None:
        self._base_url = base_url
        self._base = httpx.URL(base_url)
        self._prefix = self._base.raw_path.rstrip(b"/")
        self._host = (b"Host", self._base.netloc)
        self._line = _Punctual()
        # Environment proxies are ignored: what we certify is the named target.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=1,
            keepalive_expiry=REST,
            network_backend=self._line,
        )

    def performed(self, request: Request, deadline: float) -> Response:
        self._line.deadline = deadline
        body = request.body or b""
        headers = [self._host]
        # A length of 0 is stated where a body would be expected (RFC 9110, section 8.6).
        if (body or request.method in _WITH_BODY) and not request.header("transfer-encoding"):
            headers.append((b"Content-Length", b"%d" % len(body)))
        asked = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=self._base.raw_scheme,
                host=self._base.raw_host,
                port=self._base.port,
                target=self._target(request.target),
            ),
            headers=stated(request, *headers),
            content=body,
        )
        answer = self._pool.handle_request(asked)
        kept = bytearray()
        truncated = False
        try:
            assert isinstance(answer.stream, Iterable)
            for chunk in answer.stream:
                kept += chunk
                if len(kept) > BODY_LIMIT:
                    del kept[KEPT_OF_CUT:]
                    truncated = True
                    break
        finally:
            answer.close()
        return _response(answer.status, answer.headers, bytes(kept), truncated=truncated)

    def _target(self, target: str) -> bytes:
        if _PLAIN.fullmatch(target):
            return self._prefix + target.encode("ascii")
        return address(self._base_url, target).raw_path

    def close(self) -> None:
        self._pool.close()


class _Punctual(httpcore.NetworkBackend):
    """Every wait ends at one `deadline`: httpcore's own limits are for a read or a write each."""

    def __init__(self) -> None:
        self.deadline = 0.0
        self._plain = httpcore.SyncBackend()

    def left(self, late: type[Exception]) -> float:
        """Seconds until the deadline. Raises `late` when it has passed."""
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise late("the deadline of the whole exchange")
        return seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - ours is stricter
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = self.left(httpcore.ConnectTimeout)
        stream = self._plain.connect_tcp(host, port, left, local_address, socket_options)
        return _PunctualStream(stream, self)


class _PunctualStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, line: _Punctual) -> None:
        self._stream = stream
        self._line = line
        self._unsent = bytearray()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        if self._unsent:
            self._flush()
        return self._stream.read(max_bytes, self._line.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        # Header and body leave in one piece, when the answer is awaited: a call into the system
        # costs more than anything else here.
        self._unsent += buffer
        if len(self._unsent) > _PIECE:
            self._flush()

    def _flush(self) -> None:
        unsent, self._unsent = bytes(self._unsent), bytearray()
        try:
            for begin in range(0, len(unsent), _PIECE):
                left = self._line.left(httpcore.WriteTimeout)
                self._stream.write(unsent[begin : begin + _PIECE], left)
        except httpcore.WriteError:
            # Who refuses early closes before it has read all: its answer may be waiting.
            return

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        left = self._line.left(httpcore.ConnectTimeout)
        return _PunctualStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._line
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


# -- in this process ---------------------------------------------------------------------


class AsgiLine:
    """An ASGI application, called without a socket on an event loop of its own."""

    def __init__(self, base_url: str, app: AsgiApp, runner: asyncio.Runner) -> None:
        self._base_url = base_url
        self._line = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._runner = runner

    def ask(
        self, requests: Sequence[Request], limit: float, wait: Callable[[], None]
    ) -> list[Told]:
        for _ in requests:
            wait()

        async def all_of_them() -> list[Told]:
            return await asyncio.gather(*(self._asked(request, limit) for request in requests))

        return self._runner.run(all_of_them())

    async def _asked(self, request: Request, limit: float) -> Told:
        began = time.monotonic()
        try:
            async with asyncio.timeout(limit):
                response = await self._performed(request)
        except Exception as error:  # noqa: BLE001 - told, and named by who asked
            return Told(elapsed=time.monotonic() - began, error=error)
        return Told(elapsed=time.monotonic() - began, response=response)

    async def _performed(self, request: Request) -> Response:
        asked = httpx.Request(
            request.method,
            address(self._base_url, request.target),
            headers=stated(request),
            content=request.body,
        )
        answer = await self._line.handle_async_request(asked)
        body = await answer.aread()
        truncated = len(body) > BODY_LIMIT
        kept = body[:KEPT_OF_CUT] if truncated else body
        return _response(answer.status_code, answer.headers.raw, bytes(kept), truncated=truncated)

    def close(self) -> None:
        self._runner.run(self._line.aclose())


def _response(
    status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes, *, truncated: bool
) -> Response:
    return Response(
        status=status,
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers),
        body=body,
        truncated=truncated,
    )
