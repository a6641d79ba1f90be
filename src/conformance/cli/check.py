"""`check`: a data file against schema, rules and code lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from conformance.cli.common import (
    Exit,
    FormatOption,
    LanguageOption,
    PackOption,
    day,
    guarded,
    say,
)


@guarded
def check(
    file: Annotated[Path, Parameter(help="One JSON record a line.")],
    /,
    *,
    pack: PackOption = "",
    kind: Annotated[
        str, Parameter(name="--kind", help="What the lines are (people, units); asked of each.")
    ] = "",
    as_of: Annotated[
        str | None, Parameter(name="--as-of", help="The day on which they must be right; today.")
    ] = None,
    lang: LanguageOption = "en",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """
    Check a data file before it is sent; exit code 1 when something is wrong with it.

    Nothing is sent anywhere. Personal ids in the findings are masked.
    """
    from conformance.app.checking import Checker
    from conformance.catalogue import packs
    from conformance.model.flaw import Tally
    from conformance.model.requirement import Language
    from conformance.reporting import checks

    language, tally, name = Language(lang), Tally(), str(file)
    loaded = packs.load(pack or packs.default())
    flaws = Checker(loaded, kind=kind, as_of=day(as_of)).check(file, tally)
    if format == "text":
        for flaw in flaws:
            say(checks.line(flaw, name, language))
        say(checks.ending(tally, language))
        return Exit.NONCONFORMITY if tally.flaws else Exit.OK
    # Written as it is found: a file of any length has one document.
    first = next(flaws, None)
    opening: dict[str, object] = {
        "schema": "conformance-check/1",
        "pack": f"{loaded.id}@{loaded.revision}",
        "file": name,
    }
    say(json.dumps(opening, ensure_ascii=False)[:-1] + ', "findings": [')
    while first is not None:
        following = next(flaws, None)
        text = json.dumps(checks.as_json(first, name, language), ensure_ascii=False)
        say(text + ("," if following else ""))
        first = following
    say('], "summary": ' + json.dumps(checks.counts(tally), ensure_ascii=False) + "}")
    return Exit.NONCONFORMITY if tally.flaws else Exit.OK
