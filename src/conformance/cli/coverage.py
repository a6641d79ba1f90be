"""`coverage`: requirement x scenario x mutant, and what is not judged and why."""

from __future__ import annotations

import json

from conformance.cli.common import Exit, FormatOption, PackOption, complain, guarded, home, say


@guarded
def coverage(
    *,
    pack: PackOption = "",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """
    Which scenario judges each requirement, and which mutant proves that it can fail.

    Exit code 1 when a MUST is neither judged with a mutant nor excused.
    """
    from conformance.app.coverage import declared
    from conformance.catalogue import coverage as tables
    from conformance.catalogue import packs

    loaded = packs.load(pack or packs.default())
    rows = tables.rows(loaded.catalogue, declared(loaded, home()), loaded.plugin.mutants())
    gaps = tables.gaps(rows)
    if format == "json":
        document = {
            "schema": "conformance-coverage/1",
            "requirements": [
                {
                    "id": row.id,
                    "obligation": row.obligation.value,
                    "role": row.role.value,
                    "scenarios": list(row.scenarios),
                    "mutants": list(row.mutants),
                    "not_judged": row.not_judged,
                }
                for row in rows
            ],
        }
        say(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            judged = row.not_judged or (
                f"{len(row.scenarios)} scenario(s), mutants: {', '.join(row.mutants) or 'none'}"
            )
            say(f"{row.id:14} {row.obligation.value:7} {row.role.value:9} {judged}")
        say(f"{len(rows)} requirements, {len(gaps)} gaps")
    for gap in gaps:
        complain(f"gap: {gap.requirement} lacks a {' and a '.join(gap.lacks)}")
    return Exit.NONCONFORMITY if gaps else Exit.OK
