"""`check`: a data file against schema, rules and code lists, and how well it measures."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from conformance.cli.common import (
    Exit,
    FormatOption,
    LanguageOption,
    PackOption,
    day,
    guarded,
    say,
)

if TYPE_CHECKING:
    from conformance.model.flaw import Flaw, Tally
    from conformance.model.requirement import Language


@guarded
def check(
    file: Annotated[
        Path, Parameter(help="One JSON record a line, or a table: .csv, .xlsx, .parquet.")
    ],
    /,
    *,
    pack: PackOption = "",
    kind: Annotated[
        str, Parameter(name="--kind", help="What the records are (people, units); asked of each.")
    ] = "",
    as_of: Annotated[
        str | None, Parameter(name="--as-of", help="The day on which they must be right; today.")
    ] = None,
    map: Annotated[  # noqa: A002 - the option's published name
        Path | None,
        Parameter(name="--map", help="TOML: which column of the table is which field."),
    ] = None,
    suggest_map: Annotated[
        bool,
        Parameter(name="--suggest-map", help="Only print a column map to begin with.", negative=""),
    ] = False,
    units: Annotated[
        Path | None,
        Parameter(name="--units", help="A file of the units that the records name."),
    ] = None,
    list_most: Annotated[
        int | None,
        Parameter(
            name="--list",
            help="How many findings are listed; all are counted. All when absent.",
            validator=validators.Number(gte=0),
        ),
    ] = None,
    lang: LanguageOption = "en",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """
    Check a data file before it is sent; exit code 1 when something is wrong with it.

    Nothing is sent anywhere, converted or kept. Personal ids in the findings are masked.
    """
    from conformance.app.checking import Checker
    from conformance.catalogue import packs
    from conformance.model.flaw import Tally
    from conformance.model.requirement import Language
    from conformance.reporting import checks, quality

    language, tally, name = Language(lang), Tally(), str(file)
    loaded = packs.load(pack or packs.default())
    checker = Checker(loaded, kind=kind, as_of=day(as_of))
    if suggest_map:
        from conformance.app.column_maps import suggestion

        for line in suggestion(checker, loaded, file, kind, language):
            say(line)
        return Exit.OK
    column_map = checker.read_map(map) if map is not None else None
    flaws = checker.check(file, tally, column_map=column_map, units=units)
    called = f"{loaded.id}@{loaded.revision}"
    if format == "json":
        _document(flaws, tally, name, called, language, list_most)
        return Exit.NONCONFORMITY if tally.flaws else Exit.OK
    listed = 0
    for flaw in flaws:
        if list_most is None or listed < list_most:
            say(checks.line(flaw, name, language))
            listed += 1
    if tally.flaws > listed:
        cut = checks.words()["list.cut"].within(language)
        say(cut.format(count=tally.flaws - listed))
    if tally.counting is not None:
        quality.write(tally.counting, called, language, sys.stdout)
        say()
    say(checks.ending(tally, language))
    return Exit.NONCONFORMITY if tally.flaws else Exit.OK


def _document(
    flaws: Iterator[Flaw],
    tally: Tally,
    file: str,
    pack: str,
    language: Language,
    most: int | None,
) -> None:
    """Written as it is found: a file of any length has one document."""
    from conformance.reporting import checks, quality

    # A file that cannot be read at all has no document.
    first = next(flaws, None)
    opening: dict[str, object] = {"schema": "conformance-check/1", "pack": pack, "file": file}
    say(json.dumps(opening, ensure_ascii=False)[:-1] + ', "findings": [')
    listed = 0
    while first is not None:
        if most is None or listed < most:
            text = json.dumps(checks.as_json(first, file, language), ensure_ascii=False)
            say(("," if listed else "") + text)
            listed += 1
        first = next(flaws, None)
    scored = None if tally.counting is None else quality.document(tally.counting, language)
    closing = {"summary": checks.counts(tally), "quality": scored}
    say("], " + json.dumps(closing, ensure_ascii=False)[1:])
