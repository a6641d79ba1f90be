"""
HTTP to one target: httpx behind one door, with a deadline, a size limit and a pace.

A target may hang, drip, reset, redirect, answer without end, or not speak HTTP. Each
ends here in a `Response` or in a `WorldTrouble`, inside the deadline and in bounded memory.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final, TypeVar

import httpx

from conformance.errors import SuiteDefect, TargetTimeout, TargetUnreachable
from conformance.model.clock import Clock
from conformance.model.exchange import Request, Response
from conformance.model.pack import AsgiApp

T = TypeVar("T")

# httpx and httpcore try this import several times in each request, and Python remembers no search
# that found nothing: it took more time than sending did.
if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

#: No legitimate answer of a sync API in these packs comes near this.
BODY_LIMIT: Final = 4 * 1024 * 1024
#: Of a body past the limit only the beginning is evidence; hundreds of whole ones would fill
#: memory and disk.
KEPT_OF_CUT: Final = 64 * 1024
#: What every request says, unless it says something else itself.
_OURS: Final = (
    (b"Accept", b"*/*"),
    (b"Accept-Encoding", b"identity"),
    (b"Connection", b"keep-alive"),
    (b"User-Agent", b"conformance-toolkit"),
)


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


class Transport:
    """
    A synchronous face on one asynchronous client, so that scenarios need no `await`.

    It owns its event loop; requests "together" share it.
    """

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._runner = asyncio.Runner()
        self._client: httpx.AsyncBaseTransport | None = None
        self._timeout = httpx.Timeout(connection.timeout).as_dict()
        self._next_slot = 0.0

    def run(self, act: Callable[[], Awaitable[T]]) -> T:
        """Run something asynchronous to its end on this transport's loop."""

        async def whole() -> T:
            return await act()

        return self._runner.run(whole())

    async def perform(self, request: Request) -> Response:
        """
        Send one request and read the answer.

        Raises:
            TargetUnreachable: refused, reset, no such name, bad TLS, not HTTP.
            TargetTimeout: not finished within the deadline.
        """
        await self._wait_for_slot()
        limit = self._connection.timeout
        try:
            async with asyncio.timeout(limit):
                return await self._perform(request)
        except TimeoutError:
            raise TargetTimeout(
                "timeout",
                f"{request.method} {request.target}: no complete answer within {limit:g} s",
            ) from None
        except httpx.TimeoutException:
            raise TargetTimeout(
                "timeout",
                f"{request.method} {request.target}: no complete answer within {limit:g} s",
            ) from None
        except (httpx.TransportError, ssl.SSLError, OSError) as error:
            raise _unreachable(request, error) from error
        except AssertionError:
            # httpx's own, about an application that answered twice or not at all.
            if self._connection.app is None:
                raise
            raise TargetUnreachable(
                "connection-reset",
                f"{request.method} {request.target}: the application did not answer in ASGI",
            ) from None
        except (httpx.InvalidURL, UnicodeError) as error:
            raise SuiteDefect(
                f"{request.method} {request.target!r} cannot be sent: {error}"
            ) from error

    async def _perform(self, request: Request) -> Response:
        url = httpx.URL(self._connection.base_url + request.target)
        if _place(url) != _place(httpx.URL(self._connection.base_url)):
            raise httpx.InvalidURL("it would leave the target")
        built = httpx.Request(
            request.method,
            url,
            headers=_stated(request),
            content=request.body,
            extensions={"timeout": self._timeout},
        )
        # By the transport alone: a client would keep cookies, follow redirects, and decode, though
        # we ask for identity, what may be a bomb.
        response = await self._open().handle_async_request(built)
        try:
            body = bytearray()
            truncated = False
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > BODY_LIMIT:
                    del body[KEPT_OF_CUT:]
                    truncated = True
                    break
        finally:
            await response.aclose()
        return Response(
            status=response.status_code,
            headers=tuple(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in response.headers.raw
            ),
            body=bytes(body),
            truncated=truncated,
        )

    def _open(self) -> httpx.AsyncBaseTransport:
        if self._client is None:
            connection = self._connection
            if connection.app is not None:
                self._client = httpx.ASGITransport(connection.app, raise_app_exceptions=False)
            else:
                # A private context costs 20 ms: only where TLS will be spoken.
                secure = connection.base_url.startswith("https:")
                verify = (
                    ssl.create_default_context(cafile=connection.ca_file or None)
                    if secure
                    else False
                )
                # Environment proxies are ignored: what we certify is the named target.
                self._client = httpx.AsyncHTTPTransport(
                    verify=verify, trust_env=False, limits=httpx.Limits(max_connections=16)
                )
        return self._client

    async def _wait_for_slot(self) -> None:
        if not self._connection.pace:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        slot = max(now, self._next_slot)
        self._next_slot = slot + 1 / self._connection.pace
        if slot > now:
            await self._clock.sleep(slot - now)

    def close(self) -> None:
        """Close connections and the loop."""
        if self._client is not None:
            self._runner.run(self._client.aclose())
            self._client = None
        self._runner.close()


def _stated(request: Request) -> list[tuple[bytes, bytes]]:
    """The request's headers, and ours where it says nothing else."""
    theirs = [(name.encode("ascii"), value.encode("utf-8")) for name, value in request.headers]
    named = {name.lower() for name, _ in theirs}
    return [*((name, value) for name, value in _OURS if name.lower() not in named), *theirs]


def _place(url: httpx.URL) -> tuple[str, str, int | None, bytes]:
    return url.scheme, url.host, url.port, url.userinfo


def _unreachable(request: Request, error: BaseException) -> TargetUnreachable:
    """Name what the network did, in a word that has a sentence in every language."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    # httpx gives a cut connection no words; what the system said stands deeper.
    said = next((str(one) for one in causes if str(one)), type(error).__name__)
    detail = f"{request.method} {request.target}: {said}"

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(one, kinds) for one in causes)

    if caused_by(ssl.SSLError):
        return TargetUnreachable("tls", detail)
    if caused_by(socket.gaierror):
        return TargetUnreachable("name-not-found", detail)
    if caused_by(ConnectionResetError, ConnectionAbortedError, BrokenPipeError):
        return TargetUnreachable("connection-reset", detail)
    if isinstance(error, httpx.ConnectError):
        return TargetUnreachable("connection-refused", detail)
    if isinstance(error, httpx.RemoteProtocolError) and not any(
        word in str(error) for word in ("disconnected", "closed connection", "peer closed")
    ):
        return TargetUnreachable("not-http", detail)
    return TargetUnreachable("connection-reset", detail)
