"""
Preflight: is anybody there, and is it configured?

It separates configuration from conformance. Only a target that cannot be reached,
resets, hangs, or is no test environment stops a run; what answers is judged.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from conformance.app.opening import Opened
from conformance.contract.contract import Contract
from conformance.errors import Deviation, WorldTrouble
from conformance.model.clock import Clock
from conformance.model.exchange import Request, Response
from conformance.model.json import at
from conformance.model.pack import LoadedPack
from conformance.wire.transport import Transport

#: Beyond this, signatures and token lifetimes begin to fail for no visible reason.
CLOCK_SKEW: Final = 60.0
#: One reset may be an accident; two are an answer.
TRIES: Final = 2


class State(StrEnum):
    """How one check ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the preflight: what was looked at, what was seen, what to do."""

    name: str
    state: State
    seen: str
    code: str = ""
    remedy: str = ""
    fault: str = "network"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """All checks, in order."""

    checks: tuple[Check, ...]

    @property
    def stopped_by(self) -> Check | None:
        """The first check that makes a run pointless."""
        return next((c for c in self.checks if c.state is State.FAILED), None)


def preflight(
    pack: LoadedPack, contract: Contract, opened: Opened, transport: Transport, clock: Clock
) -> Preflight:
    """Knock: name, socket, TLS, one harmless read, clock, environment, credentials, grants."""
    checks: list[Check] = []
    base = urlsplit(opened.connection.base_url)
    if opened.connection.app is None:
        checks.append(_name_and_socket(opened, base.hostname or "", base.port, base.scheme))
        if checks[-1].state is State.FAILED:
            return Preflight(checks=tuple(checks))
    answer = _knock(pack, contract, opened, transport, checks)
    if answer is None:
        return Preflight(checks=tuple(checks))
    checks.append(_clock(answer, clock.now()))
    authorised = _credentials(pack, opened, transport, checks)
    checks.append(_environment(pack, contract, opened, transport, authorised))
    return Preflight(checks=tuple(checks))


def _name_and_socket(opened: Opened, host: str, port: int | None, scheme: str) -> Check:
    port = port or (443 if scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return Check(
            name="name",
            state=State.FAILED,
            seen=f"{host}: {error}",
            code="name-not-found",
            remedy="Check the host name and this machine's DNS.",
        )
    there = f"{found[0][4][0]}:{port}"
    limit = opened.connection.timeout
    try:
        plain = socket.create_connection((host, port), timeout=limit)
    except TimeoutError:
        return Check(
            name="socket",
            state=State.FAILED,
            seen=f"{there} did not accept within {limit:g} s",
            code="timeout",
            remedy="Check that the system runs and that a firewall lets this machine through.",
        )
    except OSError as error:
        return Check(
            name="socket",
            state=State.FAILED,
            seen=f"{there}: {error}",
            code="connection-refused",
            remedy="Start the system, or correct host and port.",
        )
    with plain:
        if scheme != "https":
            return Check(name="socket", state=State.OK, seen=there)
        return _handshake(plain, there, host, opened.connection.ca_file)


def _handshake(plain: socket.socket, there: str, host: str, ca_file: str) -> Check:
    remedy = "Renew the certificate, or name its authority as ca_file in conformance.toml."
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
        with context.wrap_socket(plain, server_hostname=host) as secured:
            return Check(name="tls", state=State.OK, seen=f"{there}, {secured.version()}")
    except ssl.SSLCertVerificationError as error:
        seen = f"{there}: {error.verify_message or error}"
    except OSError as error:
        # Refusals, cut lines and silence alike: somebody is there and speaks no TLS with us.
        seen = f"{there} accepted and spoke no TLS: {error}"
        remedy = "Check that this port serves https; where it does not, write http://."
    return Check(
        name="tls",
        state=State.FAILED,
        seen=seen,
        code="tls",
        remedy=remedy,
        fault="configuration",
    )


def _knock(
    pack: LoadedPack,
    contract: Contract,
    opened: Opened,
    transport: Transport,
    checks: list[Check],
) -> Response | None:
    """One read without credentials: any HTTP answer will do."""
    request = _read(pack, contract)
    trouble: WorldTrouble | None = None
    for _ in range(TRIES):
        try:
            response = transport.run(lambda: transport.perform(request))
        except WorldTrouble as error:
            trouble = error
        else:
            checks.append(
                Check(
                    name="answer",
                    state=State.OK,
                    seen=f"{request.method} {request.target}: HTTP {response.status}",
                )
            )
            return response
    assert trouble is not None
    checks.append(
        Check(
            name="answer",
            state=State.FAILED,
            seen=f"{trouble.detail} ({TRIES} tries)",
            code=trouble.code,
            remedy="Check that an HTTP server of this API answers at "
            f"{opened.connection.base_url}.",
        )
    )
    return None


def _read(pack: LoadedPack, contract: Contract) -> Request:
    operation = contract.operation(pack.preflight.operation)
    return Request(
        method=operation.method,
        target=operation.template,
        headers=(("Accept", "application/json"),),
        operation=operation.id,
    )


def _clock(answer: Response, now: datetime) -> Check:
    stated = answer.header("date")
    try:
        there = parsedate_to_datetime(stated) if stated else None
    except ValueError:
        there = None
    if there is None or there.tzinfo is None:
        return Check(name="clock", state=State.OK, seen="the target states no time")
    skew = (there - now).total_seconds()
    if abs(skew) > CLOCK_SKEW:
        return Check(
            name="clock",
            state=State.WARNING,
            seen=f"the target's clock differs by {skew:+.0f} s",
            code="clock-skew",
            remedy="Synchronise both clocks (NTP); signatures and tokens depend on them.",
            fault="configuration",
        )
    return Check(name="clock", state=State.OK, seen=f"{skew:+.0f} s")


def _credentials(
    pack: LoadedPack, opened: Opened, transport: Transport, checks: list[Check]
) -> dict[str, str]:
    """Authorise once; a refusal is a warning, because the suite will judge it."""
    held = opened.credentials.get("primary", {})
    missing = [name for name in pack.plugin.dialect.credential_fields() if name not in held]
    if missing:
        checks.append(
            Check(
                name="credentials",
                state=State.WARNING,
                seen=f"not configured: {', '.join(missing)}",
                code="credential-missing",
                remedy="Name them in [target.NAME.credentials.primary] of conformance.toml.",
                fault="configuration",
            )
        )
        return {}
    try:
        headers = pack.plugin.dialect.authorise(
            lambda request: transport.run(lambda: transport.perform(request)), held.__getitem__
        )
    except (Deviation, WorldTrouble) as error:
        checks.append(
            Check(
                name="credentials",
                state=State.WARNING,
                seen=f"not accepted ({error.code})",
                code="credentials-refused",
                remedy="Check the credentials; what the answer deserves is judged in the run.",
                fault="configuration",
            )
        )
        return {}
    checks.append(Check(name="credentials", state=State.OK, seen="accepted"))
    return dict(headers)


def _environment(
    pack: LoadedPack,
    contract: Contract,
    opened: Opened,
    transport: Transport,
    authorised: dict[str, str],
) -> Check:
    """Beyond this machine, records are created only where the target says it is a test system."""
    how = pack.preflight
    if not how.environment:
        return Check(name="environment", state=State.OK, seen="this API does not declare one")
    request = _read(pack, contract)
    declared: object = None
    try:
        response = transport.run(
            lambda: transport.perform(
                Request(
                    method=request.method,
                    target=request.target,
                    headers=(*request.headers, *authorised.items()),
                )
            )
        )
        declared = at(response.json(), how.environment)
    except (Deviation, WorldTrouble, KeyError):
        declared = None
    if declared == how.expected:
        return Check(name="environment", state=State.OK, seen=str(declared))
    return Check(
        name="environment",
        state=State.WARNING if opened.loopback else State.FAILED,
        seen=f"declares {declared!r}, not {how.expected!r}",
        code="not-a-test-environment",
        remedy="Point the run at a test environment; a run creates records.",
        fault="configuration",
    )
