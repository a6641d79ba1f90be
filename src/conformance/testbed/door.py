"""
The test bed's door: who knocked, how far he came, and when a silent one is shown out.

A person whose software does not come through needs to know whether it called at all. Below
HTTP nobody is recorded: what never became a request says nothing about conformance.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from conformance.model.clock import Clock
from conformance.testbed.shown import Handing, Shaken, Showcase, Shown

#: Seconds after which a connection is cut whose request has not begun, or whose body stands still.
SILENCE: Final = 30.0
#: Connections beyond so many are cut at once; fewer than the files that a process may open.
MOST_CONNECTIONS: Final = 800
#: The first byte of a TLS handshake (RFC 8446, section 5.1).
_HANDSHAKE: Final = 0x16
_LONGEST_METHOD: Final = 20


class Came(StrEnum):
    """How far a connection came; the values are codes that reports have sentences for."""

    REQUEST = "called"
    SILENT = "called-in-silence"
    CUT_SHORT = "called-and-stopped"
    NOT_HTTP = "called-without-http"
    TLS_ON_PLAIN = "tls-on-plain-port"
    PLAIN_ON_TLS = "plain-on-tls-port"
    DISTRUSTED = "our-certificate-refused"
    NO_CERTIFICATE = "no-client-certificate"
    WRONG_CERTIFICATE = "client-certificate-refused"
    HANDSHAKE_BROKEN = "handshake-broken"


#: OpenSSL's reasons, as the `ssl` module names them; any other is a broken handshake.
_REASONS: Final = {
    "HTTP_REQUEST": Came.PLAIN_ON_TLS,
    "HTTPS_PROXY_REQUEST": Came.PLAIN_ON_TLS,
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": Came.NO_CERTIFICATE,
    "CERTIFICATE_VERIFY_FAILED": Came.WRONG_CERTIFICATE,
    "TLSV1_ALERT_UNKNOWN_CA": Came.DISTRUSTED,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": Came.DISTRUSTED,
    "SSLV3_ALERT_BAD_CERTIFICATE": Came.DISTRUSTED,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": Came.DISTRUSTED,
    "TLSV1_ALERT_UNRECOGNIZED_NAME": Came.DISTRUSTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """One connection, at the furthest that it came."""

    at: datetime
    came: Came


@dataclass(slots=True, kw_only=True)
class Door:
    """
    Watches connections below HTTP.

    Attributes:
        silence: seconds; see `SILENCE`.
        most: see `MOST_CONNECTIONS`.
        on_knock: told of each, by the thread that serves.
        on_plain: given what came in plain HTTP to a port that speaks TLS, by that thread.
        lines: those that are open, in `loop`.
    """

    clock: Clock
    silence: float = SILENCE
    most: int = MOST_CONNECTIONS
    on_knock: Callable[[Knock], None] = lambda _knock: None
    on_plain: Callable[[bytes], None] = lambda _bytes: None
    lines: set[_Watched] = field(default_factory=set)
    loop: asyncio.AbstractEventLoop | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _last: Knock | None = None

    def last(self) -> Knock | None:
        """The last connection of which something is known; None when nobody came."""
        with self._lock:
            return self._last

    def note(self, came: Came) -> None:
        """Somebody came so far."""
        knock = Knock(at=self.clock.now(), came=came)
        with self._lock:
            self._last = knock
        self.on_knock(knock)

    def protocol(self) -> type[asyncio.Protocol]:
        """HTTP/1.1 over a watched connection, for `serve_in_thread`."""
        return type("_AtThisDoor", (_Watched,), {"door": self})

    def context(self, showcase: Showcase) -> ssl.SSLContext:
        """
        TLS whose failed handshakes are noted.

        Raises:
            OSError: a file cannot be read, or holds no such thing.
        """
        showcase.current()
        context = Handing(ssl.PROTOCOL_TLS_SERVER)
        context.showcase = showcase
        context.kind = type("_Handshake", (_Handshake,), {"door": self, "showcase": showcase})
        return context

    def close_lines(self) -> None:
        """
        Let every client connect anew, after the answer that it awaits.

        For the thread that serves alone.
        """
        for line in tuple(self.lines):
            line.shutdown()

    def close_unusual(self) -> None:
        """The same for those that were not shown the usual certificate; for any thread."""

        def close() -> None:
            for line in tuple(self.lines):
                if line.shown() is not Shown.USUAL:
                    line.shutdown()

        if self.loop is not None:
            self.loop.call_soon_threadsafe(close)


class _Handshake(Shaken):
    """A TLS line that tells how its handshake failed; asyncio keeps that to itself."""

    door: ClassVar[Door]
    showcase: ClassVar[Showcase]
    _begun = False
    _looked = False

    def do_handshake(self) -> None:
        self._look()
        try:
            super().do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            # Asked once before anything came, and again with what came.
            self.door.note(Came.HANDSHAKE_BROKEN if self._begun else Came.SILENT)
            self._begun = True
            raise
        except ssl.SSLError as error:
            self.door.note(_REASONS.get(str(error.reason), Came.HANDSHAKE_BROKEN))
            raise

    def _look(self) -> None:
        """Note what comes first: a handshake, or a request that nobody should have sent so."""
        if self._looked or not self.incoming.pending:
            return
        self._looked = True
        first = self.incoming.read()
        self.incoming.write(first)
        if first[0] == _HANDSHAKE:
            self.showcase.looked(self.shown)
        else:
            self.door.on_plain(first)


class _Watched(H11Protocol):
    """uvicorn's HTTP/1.1; left alone it waits for ever for the first byte of a connection."""

    door: ClassVar[Door]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._first = b""
        self._came: Came | None = None
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.door.most:
            transport.abort()
            return
        self.door.lines.add(self)
        self.door.loop = self.loop
        self._wait()

    def data_received(self, data: bytes) -> None:
        if len(self._first) < _LONGEST_METHOD:
            self._first += data[:_LONGEST_METHOD]
        super().data_received(data)
        if self._came is None and self._begun():
            self._came = Came.REQUEST
            self.door.note(self._came)
        # The head has one term for all of it; a body has one for each piece.
        if self._begun():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self.door.lines.discard(self)
        if self._waiting is not None:
            self._waiting.cancel()
        if self._came is None:
            self.door.note(self._how_far())
        super().connection_lost(exc)

    def shown(self) -> Shown:
        """What the client of this line was shown."""
        line = self.transport.get_extra_info("ssl_object")
        return line.shown if isinstance(line, Shaken) else Shown.USUAL

    def send_400_response(self, msg: str) -> None:
        if self._came is None:
            self._came = self._how_far(Came.NOT_HTTP)
            self.door.note(self._came)
        super().send_400_response(msg)

    def _how_far(self, begun: Came = Came.CUT_SHORT) -> Came:
        if not self._first:
            return Came.SILENT
        if self._first[0] == _HANDSHAKE and self.scheme == "http":
            return Came.TLS_ON_PLAIN
        # A method is letters (RFC 9110, section 9.1), and its name begins every request.
        method = self._first.split(b" ")[0]
        return begun if method.isalpha() else Came.NOT_HTTP

    def _wait(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self.loop.call_later(self.door.silence, self._too_long)

    def _too_long(self) -> None:
        if not self._begun() or (self.cycle.more_body and not self.cycle.response_complete):
            self.transport.abort()

    def _begun(self) -> bool:
        """Whether the head of a request has come; uvicorn does not type it as it is."""
        cycle: object = self.cycle
        return cycle is not None
