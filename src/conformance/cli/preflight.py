"""`preflight`: is the target there, and is it configured?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cli.certify import AcknowledgeOption, ConfigOption
from conformance.cli.common import (
    Exit,
    FormatOption,
    LanguageOption,
    PackOption,
    guarded,
    home,
    say,
)

if TYPE_CHECKING:
    from conformance.app.preflight import Preflight


@guarded
def preflight(
    target: str,
    /,
    *,
    pack: PackOption = "",
    config: ConfigOption = None,
    lang: LanguageOption = "en",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
    acknowledge_host: AcknowledgeOption = (),
) -> int:
    """
    Look at name, socket, TLS, clock, credentials and environment; one harmless read.

    Args:
        target: as for certify, provider role.
    """
    from conformance.app.authority import authority_of
    from conformance.app.opening import open_provider
    from conformance.app.options import RunOptions
    from conformance.app.preflight import preflight as look
    from conformance.app.prepare import prepare
    from conformance.model.requirement import Language
    from conformance.reference.clock import SystemClock
    from conformance.wire.transport import Transport

    options = RunOptions(
        target=target,
        out=Path(),
        home=home(),
        pack=pack,
        config=config,
        language=Language(lang),
        acknowledged_hosts=acknowledge_host,
    )
    prepared = prepare(options)
    clock = SystemClock()
    authority = authority_of(prepared, clock.now())
    with open_provider(prepared, clock=clock, authority=authority) as opened:
        transport = Transport(opened.connection, clock)
        try:
            seen = look(prepared.pack, prepared.contract, opened, transport, clock)
        finally:
            transport.close()
    if format == "json":
        say(to_json(seen))
    else:
        for line in lines(seen):
            say(line)
    return Exit.INCONCLUSIVE if seen.stopped_by else Exit.OK


def lines(seen: Preflight) -> list[str]:
    """One line for each check; the remedy under it when something is to be done."""
    told = []
    for check in seen.checks:
        told.append(f"{check.state.value:8} {check.name:12} {check.seen}")
        if check.remedy:
            told.append(f"{'':21} {check.remedy}")
    return told


def to_json(seen: Preflight) -> str:
    """The checks as a document."""
    stopped = seen.stopped_by
    return json.dumps(
        {
            "schema": "conformance-preflight/1",
            "verdict": "INCONCLUSIVE" if stopped else "PASS",
            "checks": [
                {
                    "name": c.name,
                    "state": c.state.value,
                    "seen": c.seen,
                    "code": c.code,
                    "remedy": c.remedy,
                    "fault": c.fault if c.code else None,
                }
                for c in seen.checks
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
