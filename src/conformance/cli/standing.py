"""What the consumer role tells its reader: where the test bed stands, and what to do now."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from conformance.app.consumer import Audience
    from conformance.app.live import Live, Standing
    from conformance.app.prepare import Prepared
    from conformance.testbed.showing import Say


def audience(prepared: Prepared) -> Audience | None:
    """Whom a run in the consumer role tells; None when there is no such role in the plan."""
    from conformance.app.consumer import Audience
    from conformance.model.requirement import Role
    from conformance.targets import locator as locators
    from conformance.testbed.showing import Say

    if Role.CONSUMER not in prepared.plan.roles:
        return None
    say = Say(prepared.options.language)
    # Now: while scenarios play, pytest's output is kept from the terminal.
    stream = sys.stderr
    # Nobody sits beside the bundled agency.
    alone = isinstance(prepared.pushing, locators.ReferenceLocator)

    def stand(standing: Standing) -> None:
        if not alone:
            _print(stream, lines(standing, say))

    return Audience(
        folder=prepared.options.out / "missions",
        stand=stand,
        announce=lambda assignment, url, material: _print(
            stream,
            (
                say(
                    "start.mission",
                    id=assignment.id,
                    url=url,
                    brief=assignment.brief.within(prepared.options.language),
                ),
                "  " + say("start.material", file=material),
                "  " + say("act.next_quiet", quiet=f"{prepared.settings.testbed.quiet:g}"),
            ),
        ),
        live=_live(prepared) if not alone or prepared.settings.testbed.page_port else None,
    )


def lines(standing: Standing, say: Say) -> Iterator[str]:
    """Where the bed stands, line by line; commands are ready to be pasted."""
    yield say("start.listens", url=standing.base_url)
    if standing.page_url:
        yield say("start.page", url=standing.page_url)
    fields = ", ".join(f"{name}={value}" for name, value in standing.credentials)
    yield "  " + say("start.credentials", fields=fields)
    if standing.subtree:
        yield "  " + say("start.subtree", value=standing.subtree)
    yield "  " + say("start.key", file=standing.signing)
    if standing.client:
        yield "  " + say("start.client", file=standing.client)
    if standing.required_headers:
        yield "  " + say("start.headers", names=", ".join(standing.required_headers))
    yield "  " + say("start.ca", file=standing.ca)
    if standing.tls:
        yield "  " + say("start.trust")
        for line in trust_lines(str(standing.ca), standing.base_url, standing.client):
            yield f"    {line}"
    yield "  " + say("start.missions", count=standing.missions)


def trust_lines(ca: str, url: str, client: str) -> Iterator[str]:
    """How Java, NSS, Windows and curl are told to trust the test CA."""
    yield (
        f'keytool -importcert -noprompt -alias conformance-test-ca -file "{ca}" '
        "-keystore conformance-trust.p12 -storetype PKCS12 -storepass changeit"
    )
    yield f'certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n conformance-test-ca -i "{ca}"'
    yield f'certutil -user -addstore Root "{ca}"'
    shown = f' --cert "{client}"' if client else ""
    yield f'curl --cacert "{ca}"{shown} {url}'


def _live(prepared: Prepared) -> Live:
    from conformance.app.live import Live
    from conformance.reference.clock import SystemClock
    from conformance.targets import locator as locators
    from conformance.testbed.board import Actor

    match prepared.pushing:
        case locators.ListenLocator():
            actor = Actor.PERSON
        case locators.ExecLocator():
            actor = Actor.COMMAND
        case _:
            actor = Actor.BUNDLED
    return Live(
        pack=prepared.pack,
        plan=prepared.plan,
        clock=SystemClock(),
        actor=actor,
        report=prepared.options.out.resolve() / "report.html",
        language=prepared.options.language,
        quiet=prepared.settings.testbed.quiet,
    )


def _print(stream: TextIO, told: Iterator[str] | tuple[str, ...]) -> None:
    for line in told:
        print(line, file=stream, flush=True)
