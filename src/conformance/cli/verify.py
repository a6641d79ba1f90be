"""`verify`: is this certificate valid, and does it say what its report says?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from conformance.cli.common import FormatOption, LanguageOption, guarded, say


@guarded
def verify(
    certificate: Path,
    /,
    *,
    trust: Annotated[
        Path | None, Parameter(name="--trust", help="Issuers you decided to believe (JSON).")
    ] = None,
    replay: Annotated[
        Path | None, Parameter(name="--replay", help="The run's folder: decide every verdict anew.")
    ] = None,
    offline: Annotated[
        bool,
        Parameter(
            name="--offline",
            help="Contact nobody; changes nothing yet, since no check of level L0 goes online.",
            negative="",
        ),
    ] = False,
    lang: LanguageOption = "en",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """
    Make every check of a certificate, each on its own line with its reason.

    Exit codes: 0 valid, 1 invalid, 2 usage, 3 expired, 4 revoked, 5 a bound file is
    missing, 6 replay differs, 7 status not reachable.

    Args:
        certificate: certificate.vc.jwt; the files it binds are looked for beside it.
    """
    from conformance.app.certify import verify as check
    from conformance.model.requirement import Language
    from conformance.reference.clock import SystemClock

    del offline  # Nothing of level L0 is online; the option is a promise to scripts.
    language = Language(lang)
    made = check(certificate, at=SystemClock().now(), trust_file=trust, replay=replay)
    if format == "json":
        document = {
            "schema": "conformance-verification/1",
            "outcome": made.outcome.name,
            "exit_code": int(made.outcome),
            "checks": [
                {
                    "name": c.name.value,
                    "status": c.status.value,
                    "reason": c.reason.within(language),
                }
                for c in made.checks
            ],
        }
        say(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for check_ in made.checks:
            title, why = check_.title(language), check_.reason.within(language)
            say(f"{check_.status.value:8} {title:14} {why}")
    return int(made.outcome)
