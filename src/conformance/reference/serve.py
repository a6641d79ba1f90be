"""An ASGI application on a real socket, served from a thread beside the caller."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from types import TracebackType
from typing import Final, Self

import uvicorn

from conformance.model.pack import AsgiApp

#: Seconds that open requests get when the server is told to stop.
_GRACE: Final = 2
_STARTUP: Final = 20.0


class Serving:
    """
    A running server.

    Attributes:
        base_url: `http://host:port` or `https://host:port`, without a trailing slash.
        port: the one that was bound.
    """

    def __init__(
        self, server: uvicorn.Server, thread: threading.Thread, base_url: str, port: int
    ) -> None:
        self._server = server
        self._thread = thread
        self.base_url: Final = base_url
        self.port: Final = port

    def stop(self) -> None:
        """Stop listening and wait for the thread; calling it twice does no harm."""
        self._server.should_exit = True
        self._thread.join(timeout=_GRACE + 5)

    def wait(self) -> None:
        """Block until the server stops, for commands that serve until interrupted."""
        while self._thread.is_alive():
            # A join without a timeout cannot be interrupted on Windows.
            self._thread.join(timeout=0.5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class _Server(uvicorn.Server):
    """uvicorn, which tells when it is ready instead of being asked again and again."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def serve_in_thread(
    app: AsgiApp,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    protocol: type[asyncio.Protocol] | None = None,
    waiting: int = 128,
    keep_alive: int = 5,
    dated: bool = True,
) -> Serving:
    """
    Serve `app` until `Serving.stop`; port 0 takes a free one.

    Args:
        tls: None for plain HTTP.
        protocol: speaks HTTP in the place of uvicorn's own.
        waiting: how many connections may wait to be taken.
        keep_alive: seconds for which a connection without a request is kept.
        dated: whether answers bear the machine's time; not where `app` lives in another.

    Raises:
        OSError: the address cannot be bound, or the server did not come up.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, or asyncio would not turn Nagle off: 40 ms an answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(waiting)
    except OSError:
        listener.close()
        raise
    bound = listener.getsockname()[1]
    server = _Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http=protocol or "auto",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=dated,
            backlog=waiting,
            timeout_keep_alive=keep_alive,
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
            timeout_graceful_shutdown=_GRACE,
        )
    )

    def run() -> None:
        try:
            # SystemExit is how uvicorn gives up; in a thread it would only print.
            with contextlib.suppress(SystemExit):
                server.run(sockets=[listener])
        finally:
            listener.close()
            server.ready.set()

    thread = threading.Thread(target=run, name=f"serving-{bound}", daemon=True)
    thread.start()
    if not server.ready.wait(_STARTUP) or not server.started:
        server.should_exit = True
        raise OSError(f"the server on {host}:{bound} did not start")
    shown = f"[{host}]" if family == socket.AF_INET6 else host
    scheme = "http" if tls is None else "https"
    return Serving(server, thread, f"{scheme}://{shown}:{bound}", bound)
