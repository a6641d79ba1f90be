"""`selftest`: the kill matrix."""

from __future__ import annotations

import json
import os

from conformance.cli.common import (
    Exit,
    FormatOption,
    JobsOption,
    PackOption,
    RoleOption,
    SeedOption,
    complain,
    guarded,
    home,
    processes,
    roles,
    say,
)


@guarded
def selftest(
    *,
    pack: PackOption = "",
    role: RoleOption = None,
    seed: SeedOption = 1,
    jobs: JobsOption = "1",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """
    Run every mutant against the suite; each must fail what it breaks and nothing else.

    Exit code 1 when a mutant survived, 4 when the suite accuses the unspoilt reference.
    """
    from conformance.app.selftest import Kill, Row
    from conformance.app.selftest import selftest as run
    from conformance.catalogue import packs
    from conformance.model.requirement import Role

    loaded = packs.load(pack or packs.default())
    chosen = [Role(name) for name in roles(role)] or list(loaded.plugin.roles)

    def show(row: Row) -> None:
        extra = [r for r in row.failed if r not in row.mutant.breaks]
        missed = [r for r in row.mutant.breaks if r not in row.failed]
        say(
            f"{row.verdict.value:10} {row.mutant.name:32} {', '.join(row.mutant.breaks)}"
            + (f"  also: {', '.join(extra)}" if extra else "")
            + (f"  missed: {', '.join(missed)}" if missed else "")
        )

    matrix = run(
        home=home(),
        roles=chosen,
        pack=f"{loaded.id}@{loaded.revision}",
        seed=seed if seed is not None else 1,
        jobs=processes(jobs) or os.cpu_count() or 1,
        on_row=show if format == "text" else lambda _row: None,
    )
    counts = {kill.value: matrix.count(kill) for kill in Kill}
    if format == "json":
        document = {
            "schema": "conformance-selftest/1",
            "mutants": [
                {
                    "name": row.mutant.name,
                    "pack": loaded.id,
                    "role": row.mutant.side,
                    "breaks": list(row.mutant.breaks),
                    "failed": list(row.failed),
                    "verdict": row.verdict.value,
                    "exchanges": row.exchanges,
                    "seconds": round(row.seconds, 3),
                }
                for row in matrix.rows
            ],
            "summary": counts,
        }
        say(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        say(", ".join(f"{n} {word}" for word, n in counts.items()))
    if matrix.accused:
        complain(f"the suite does not pass the reference: {', '.join(matrix.accused)}")
        return Exit.OURS
    return Exit.NONCONFORMITY if matrix.count(Kill.SURVIVED) else Exit.OK
