"""
The bed on a TLS line, for missions that ask whom software trusts.

They need a true handshake, so there is a socket even where everything else runs in-process:
a transport that hands requests over could only say what it would have done. It is opened when
a mission first asks for it.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.model.clock import Clock
from conformance.reference.serve import Serving, serve_in_thread
from conformance.testbed.bed import Bed
from conformance.testbed.disturbances import Scripted, ShowCertificate
from conformance.testbed.door import Door, Knock
from conformance.testbed.gateway import Intake
from conformance.testbed.shown import CertificateOf, Showcase, Shown


@dataclass(slots=True, kw_only=True)
class Secured:
    """
    A TLS port of the bed whose certificate may change between two connections.

    Attributes:
        url: where software calls it.
        ca_file: what software trusts there.
    """

    url: str
    ca_file: Path
    door: Door
    showcase: Showcase

    def unable(self, disturbances: Sequence[Scripted]) -> str:
        """Why this machine cannot show what a mission asks for; "" when it can."""
        for each in disturbances:
            if isinstance(each, ShowCertificate):
                try:
                    self.showcase.prepare(each.shown())
                except (ssl.SSLError, ValueError) as error:
                    return f"this machine's OpenSSL cannot show {each.certificate}: {error}"
        return ""

    def as_usual(self) -> None:
        """What a mission changed is over; for any thread."""
        self.showcase.show(Shown.USUAL)
        self.door.close_unusual()

    def seen(self) -> int:
        """How many have begun a handshake with what is shown."""
        return self.showcase.seen()

    def show(self, disturbance: ShowCertificate) -> None:
        """Carry one out; for the thread that serves."""
        self.showcase.show(disturbance.shown(), disturbance.handshakes)
        self.door.close_lines()


@dataclass(slots=True, kw_only=True)
class SecondDoor:
    """
    Opens a TLS port of its own beside a bed that is called in another way.

    Attributes:
        certificate: gives the server's files.
        name: by which software calls; "" for `host`.
        dated: whether the machine's time is the bed's.
    """

    bed: Bed
    clock: Clock
    on_knock: Callable[[Knock], None] = lambda _knock: None
    certificate: CertificateOf
    ca_file: Path
    host: str = "127.0.0.1"
    name: str = ""
    dated: bool = True
    _serving: Serving | None = None
    _secured: Secured | None = None

    def open(self) -> Secured:
        """The port; opened at the first call. Raises OSError."""
        if self._secured is None:
            showcase = Showcase(certificate=self.certificate)
            door = Door(clock=self.clock, on_knock=self.on_knock, on_plain=self.bed.overheard)
            self._serving = serve_in_thread(
                Intake(self.bed.app),
                host=self.host,
                tls=door.context(showcase),
                protocol=door.protocol(),
                dated=self.dated,
            )
            url = self._serving.base_url
            if self.name:
                url = f"https://{self.name}:{self._serving.port}"
            self._secured = Secured(url=url, ca_file=self.ca_file, door=door, showcase=showcase)
        return self._secured

    def close(self) -> None:
        """Close it, if it was opened."""
        if self._serving is not None:
            self._serving.stop()
