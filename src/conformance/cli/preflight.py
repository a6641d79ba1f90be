"""`preflight`: is the target there, and is it configured?"""

from __future__ import annotations

import json
from pathlib import Path

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
    Look at name, socket, TLS, clock, credentials, environment, and what the target trusts.

    One harmless read, and in a test environment one message that must be refused.

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
    from conformance.reporting import preflight as telling
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
            seen = look(prepared.pack, prepared.contract, opened, transport, clock, authority)
        finally:
            transport.close()
    if format == "json":
        document = telling.document(seen, options.language)
        say(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for line in telling.lines(seen, options.language):
            say(line)
    return Exit.INCONCLUSIVE if seen.stopped_by else Exit.OK
