"""
Preflight: is anybody there, and is it configured?

It separates configuration from conformance. Only a target that cannot be reached,
resets, hangs, or is no test environment stops a run; what answers is judged.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from conformance.app.opening import Opened
from conformance.contract.contract import Contract
from conformance.errors import Deviation, WorldTrouble
from conformance.model.clock import Clock
from conformance.model.dialect import carried
from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.model.json import at
from conformance.model.pack import LoadedPack, Signer, TrustQuestion
from conformance.model.preflight import Check, Preflight, State
from conformance.model.remark import Remark, remark
from conformance.wire.transport import Transport

#: Beyond this, signatures and token lifetimes begin to fail for no visible reason.
CLOCK_SKEW: Final = 60.0
#: One reset may be an accident; two are an answer.
TRIES: Final = 2


def preflight(
    pack: LoadedPack,
    contract: Contract,
    opened: Opened,
    transport: Transport,
    clock: Clock,
    signer: Signer,
) -> Preflight:
    """
    Knock: name, socket, TLS, one harmless read, clock, credentials, environment, trust.

    Only the last question is a message; it is put to test environments, and refused by them.
    """
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
    if authorised and checks[-1].state is not State.FAILED:
        question = pack.plugin.trust_question(signer=signer, grants=opened.grants, at=clock.now())
        if question is not None:
            checks += _trust(pack, question, transport, clock, authorised)
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
            remedy=remark("name"),
        )
    there = f"{found[0][4][0]}:{port}"
    limit = opened.connection.timeout
    try:
        plain = socket.create_connection((host, port), timeout=limit)
    except TimeoutError:
        return Check(
            name="socket",
            state=State.FAILED,
            seen=remark("not-accepted-in-time", there=there, limit=f"{limit:g}"),
            code="timeout",
            remedy=remark("firewall"),
        )
    except ConnectionResetError:
        # It was accepted and cut before we looked: what is asked next will say so.
        return Check(name="socket", state=State.OK, seen=there)
    except OSError as error:
        return Check(
            name="socket",
            state=State.FAILED,
            seen=f"{there}: {error}",
            code="connection-refused",
            remedy=remark("socket"),
        )
    with plain:
        if scheme != "https":
            return Check(name="socket", state=State.OK, seen=there)
        return _handshake(plain, there, host, opened.connection.ca_file)


def _handshake(plain: socket.socket, there: str, host: str, ca_file: str) -> Check:
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
        # Raises when the line was cut meanwhile: wrapping it would, too, but leave it open.
        plain.getpeername()
        with context.wrap_socket(plain, server_hostname=host) as secured:
            return Check(name="tls", state=State.OK, seen=f"{there}, {secured.version()}")
    except ssl.SSLCertVerificationError as error:
        seen: str | Remark = f"{there}: {error.verify_message or error}"
        remedy = remark("certificate")
    except OSError as error:
        # Refusals, cut lines and silence alike: somebody is there and speaks no TLS with us.
        seen = remark("no-tls", there=there, reason=error)
        remedy = remark("no-tls")
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
            response = transport.perform(request)
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
            seen=remark("no-answer", detail=trouble.detail, count=TRIES),
            code=trouble.code,
            remedy=remark("answer", base=opened.connection.base_url),
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
        return Check(name="clock", state=State.OK, seen=remark("no-time"))
    skew = (there - now).total_seconds()
    if abs(skew) > CLOCK_SKEW:
        return Check(
            name="clock",
            state=State.WARNING,
            seen=remark("skew", seconds=f"{skew:+.0f}"),
            code="clock-skew",
            remedy=remark("clock"),
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
                seen=remark("not-configured", names=", ".join(missing)),
                code="credential-missing",
                remedy=remark("credentials"),
                fault="configuration",
            )
        )
        return {}
    try:
        headers = pack.plugin.dialect.authorise(transport.perform, held.__getitem__)
        for value in headers.values():
            carried(value)
    except (Deviation, WorldTrouble) as error:
        checks.append(
            Check(
                name="credentials",
                state=State.WARNING,
                seen=remark("refused", code=error.code),
                code="credentials-refused",
                remedy=remark("credentials-refused"),
                fault="configuration",
            )
        )
        return {}
    checks.append(Check(name="credentials", state=State.OK, seen=remark("accepted")))
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
        return Check(name="environment", state=State.OK, seen=remark("undeclared"))
    request = _read(pack, contract)
    declared: object = None
    try:
        response = transport.perform(
            Request(
                method=request.method,
                target=request.target,
                headers=(*request.headers, *authorised.items()),
            )
        )
        declared = at(response.json(), how.environment)
    except (Deviation, WorldTrouble, KeyError):
        declared = None
    if declared == how.expected:
        return Check(name="environment", state=State.OK, seen=str(declared))
    expected = repr(how.expected)
    return Check(
        name="environment",
        state=State.WARNING if opened.loopback else State.FAILED,
        seen=(
            remark("no-environment", expected=expected)
            if declared is None
            else remark("other-environment", declared=repr(declared), expected=expected)
        ),
        code="not-a-test-environment",
        remedy=remark("environment"),
        fault="configuration",
    )


#: What a question about trust is about -> (when it is known; when not; what is to be done then).
_TRUSTED: Final = {
    "test-ca": ("ca-known", "ca-unknown", "ca"),
    "revocations": ("list-known", "list-unknown", "list"),
}


def _trust(
    pack: LoadedPack,
    question: TrustQuestion,
    transport: Transport,
    clock: Clock,
    authorised: dict[str, str],
) -> Iterator[Check]:
    """What a run rests on and no read can tell; nothing where the answer does not tell either."""
    headers = tuple(authorised.items())

    def ask(request: Request) -> Response:
        sent = replace(request, headers=(*request.headers, *headers))
        return transport.perform(sent)

    try:
        answer = ask(question.request)
        exchange = Exchange(
            number=1,
            initiator=Initiator.TOOLKIT,
            request=question.request,
            response=answer,
            at=clock.now(),
            elapsed=0,
        )
        # Who takes what it had to refuse is judged in the run; nothing of it may stay.
        for leftover in pack.plugin.leftovers(exchange):
            if leftover.removal is not None:
                ask(leftover.removal)
    except WorldTrouble:
        return
    known = question.read(answer)
    for name, (right, wrong, remedy) in _TRUSTED.items():
        match known.get(name):
            case True:
                yield Check(name=name, state=State.OK, seen=remark(right))
            case False:
                yield Check(
                    name=name,
                    state=State.WARNING,
                    seen=remark(wrong),
                    code=wrong,
                    remedy=remark(remedy),
                    fault="configuration",
                )
