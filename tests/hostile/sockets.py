"""
A bounded TCP server on loopback whose every byte is ours.

Here: accepting, reading one request, counting, and letting go of everything at the end. What is
answered stands in `servers`. Raw sockets, because a web server would put right what we break.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

#: Nobody waits longer than this for the other side: a forgotten server ends by itself.
LIMIT_S = 30.0
#: Nor reads or writes more on one connection.
LIMIT_BYTES = 256 * 1024 * 1024

_CHUNKED = re.compile(rb"^transfer-encoding:.*chunked", re.IGNORECASE | re.MULTILINE)
_LENGTH = re.compile(rb"^content-length:\s*(\d+)", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Hostile:
    """A running server as its test sees it."""

    url: str
    port: int
    #: The first line of every request that arrived whole, in order of arrival.
    requests: list[str] = field(default_factory=list)
    #: How many connections were accepted.
    connections: int = 0
    #: Where a redirecting server sends its visitors: it counts them.
    elsewhere: Hostile | None = None
    #: PEM file with the authority that a visitor should trust, "" for none.
    ca_file: str = ""


class Line:
    """One connection, as the code that misbehaves on it sees it."""

    def __init__(self, connection: socket.socket, stopping: threading.Event) -> None:
        self._connection = connection
        self._stopping = stopping

    def request(self) -> bytes:
        """One whole request: its head and body, or what came before the other side left."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = self._receive()
            if not more:
                return data
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        while not (
            body.endswith(b"0\r\n\r\n")
            if _CHUNKED.search(head)
            else len(body) >= int(length.group(1) if length else 0)
        ):
            more = self._receive()
            if not more or len(body) > LIMIT_BYTES:
                break
            body += more
        return head + b"\r\n\r\n" + body

    def send(self, data: bytes) -> bool:
        """Whether the other side still takes bytes."""
        try:
            self._connection.sendall(data)
        except OSError:
            return False
        return not self._stopping.is_set()

    def wait(self, seconds: float = LIMIT_S) -> bool:
        """Do nothing for a while; False when the server is being closed."""
        return not self._stopping.wait(seconds)

    def hold(self) -> None:
        """Do nothing until the other side leaves, the server is closed or the limit is reached."""
        with contextlib.suppress(OSError):
            while not self._stopping.is_set() and self._connection.recv(65536):
                pass

    def finish(self) -> None:
        """Close in good order: the other side reads to the end before we go."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        self.hold()

    def reset(self) -> None:
        """Cut with RST instead of FIN."""
        linger = struct.pack("hh" if _WINDOWS else "ii", 1, 0)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._connection.close()

    def _receive(self) -> bytes:
        try:
            return self._connection.recv(65536)
        except OSError:
            return b""


_WINDOWS = not hasattr(socket, "AF_UNIX")


@contextmanager
def listening(
    misbehave: Callable[[Line], None],
    *,
    greets_first: bool = False,
    secure: ssl.SSLContext | None = None,
) -> Iterator[Hostile]:
    """
    Serve `misbehave` on a free port of loopback until the block ends.

    Args:
        misbehave: called once per connection, after one request was read.
        greets_first: call it at once instead, before anything was read.
        secure: shake hands with this first.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    scheme = "http" if secure is None else "https"
    hostile = Hostile(url=f"{scheme}://127.0.0.1:{port}", port=port)
    stopping = threading.Event()
    threads: list[threading.Thread] = []
    open_lines: set[socket.socket] = set()

    def shaken(plain: socket.socket) -> socket.socket:
        return plain if secure is None else secure.wrap_socket(plain, server_side=True)

    def serve(plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain, shaken(plain) as connection:
            line = Line(connection, stopping)
            if not greets_first:
                request = line.request()
                if b"\r\n" in request:
                    hostile.requests.append(request.split(b"\r\n", 1)[0].decode("latin-1"))
            misbehave(line)
        open_lines.discard(plain)

    def accept() -> None:
        while not stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            if stopping.is_set():
                connection.close()
                return
            connection.settimeout(LIMIT_S)
            hostile.connections += 1
            open_lines.add(connection)
            thread = threading.Thread(target=serve, args=(connection,), daemon=True)
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield hostile
    finally:
        stopping.set()
        # A blocked accept does not notice that its socket was closed: wake it.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        acceptor.join(timeout=5)
        listener.close()
        for connection in tuple(open_lines):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(timeout=5)
