"""
Which certificate the test bed shows, and which TLS it speaks: the right one, or one to refuse.

Chosen anew for each connection, so that it may change while software is at work.
"""

from __future__ import annotations

import ssl
import threading
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Shown(StrEnum):
    """What a client meets when it connects."""

    USUAL = "usual"
    RENEWED = "renewed"
    """Another key and certificate of the same authority, for the same names."""
    UNKNOWN_AUTHORITY = "unknown-authority"
    OTHER_NAME = "other-name"
    EXPIRED = "expired"
    OLD_PROTOCOL = "old-protocol"
    """The right certificate, and nothing newer than TLS 1.1 (RFC 8996)."""


#: The fact of a line that is no TLS at all, where there should be.
PLAIN = "plain"

#: Kind of certificate, as `crypto.authority` names it -> its PEM file.
CertificateOf = Callable[[str], Path]


@dataclass(slots=True, kw_only=True)
class Showcase:
    """
    Hands each connection its TLS, and counts whoever came so far as to look.

    Attributes:
        certificate: gives the server's files.
        client_ca: PEM of the CA under which a client must show a certificate, None for no
            such demand.
    """

    certificate: CertificateOf
    client_ca: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _now: Shown = Shown.USUAL
    _left: int = 0
    _seen: int = 0
    _contexts: dict[Shown, ssl.SSLContext] = field(default_factory=dict)

    def show(self, shown: Shown, handshakes: int = 0) -> None:
        """
        Meet the next clients so; after that many handshakes (0: never) as usual again.

        Raises:
            OSError, ValueError: this machine's OpenSSL cannot.
        """
        self.prepare(shown)
        with self._lock:
            self._now, self._left, self._seen = shown, handshakes, 0

    def prepare(self, shown: Shown) -> None:
        """Make ready what is shown later. Raises as `show`."""
        self._context(shown)

    def seen(self) -> int:
        """How many handshakes were begun with what was shown last."""
        with self._lock:
            return self._seen

    def current(self) -> tuple[Shown, ssl.SSLContext]:
        """What the next connection meets."""
        with self._lock:
            shown = self._now
        return shown, self._context(shown)

    def looked(self, shown: Shown) -> None:
        """A client began a handshake and was shown this."""
        with self._lock:
            if shown is not self._now or shown is Shown.USUAL:
                return
            self._seen += 1
            if self._left and self._seen >= self._left:
                self._now = Shown.USUAL

    def _context(self, shown: Shown) -> ssl.SSLContext:
        with self._lock:
            if shown not in self._contexts:
                self._contexts[shown] = self._made(shown)
            return self._contexts[shown]

    def _made(self, shown: Shown) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if shown is Shown.OLD_PROTOCOL:
            with warnings.catch_warnings():
                # Spoken to find who still speaks it.
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
            # OpenSSL 3 counts SHA-1 in the handshake below its first level.
            context.set_ciphers("ALL:@SECLEVEL=0")
        else:
            context.minimum_version = ssl.TLSVersion.TLSv1_2
        usual = shown in (Shown.USUAL, Shown.OLD_PROTOCOL)
        context.load_cert_chain(self.certificate("" if usual else shown.value))
        if self.client_ca is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.client_ca)
        return context


class Shaken(ssl.SSLObject):
    """A TLS line that knows what its client was shown, and what came before it was read."""

    shown: Shown = Shown.USUAL
    incoming: ssl.MemoryBIO


class Handing(ssl.SSLContext):
    """A context in name alone: each connection gets the one that a showcase shows then."""

    showcase: Showcase
    kind: type[Shaken]

    def wrap_bio(
        self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *args: Any, **more: Any
    ) -> ssl.SSLObject:
        shown, context = self.showcase.current()
        context.sslobject_class = self.kind
        line = context.wrap_bio(incoming, outgoing, *args, **more)
        assert isinstance(line, Shaken)
        line.shown, line.incoming = shown, incoming
        return line


def what_was_shown(line: object) -> Mapping[str, str]:
    """The facts of an exchange over a line that was not the usual one; empty for the usual."""
    if not isinstance(line, Shaken) or line.shown is Shown.USUAL:
        return {}
    return {"line": line.shown.value, "tls": line.version() or ""}
