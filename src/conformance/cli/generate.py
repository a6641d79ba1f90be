"""`generate`: synthetic people and unit trees."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, validators

from conformance.cli.common import Exit, PackOption, SeedOption, day, guarded


@guarded
def generate(
    what: Literal["people", "units"],
    /,
    *,
    count: Annotated[
        int, Parameter(name="--count", validator=validators.Number(gte=1, lte=10_000_000))
    ] = 10,
    seed: SeedOption = 1,
    pack: PackOption = "",
    as_of: Annotated[
        str | None, Parameter(name="--as-of", help="The day on which they live; today.")
    ] = None,
    format: Annotated[  # noqa: A002 - the option's published name
        Literal["jsonl", "csv"], Parameter(name="--format")
    ] = "jsonl",
    out: Annotated[
        Path | None,
        Parameter(
            name="--out", help="Folder for people.jsonl or units.jsonl; - is standard output."
        ),
    ] = None,
) -> int:
    """
    Write synthetic records, the same for the same seed and day.

    People belong to the units that the same seed and day give.

    Args:
        what: people or units.
    """
    from conformance.app.bulk import write_records

    write_records(
        what,
        count=count,
        seed=seed if seed is not None else 1,
        pack=pack,
        as_of=day(as_of),
        form=format,
        out=out,
        stream=sys.stdout,
    )
    return Exit.OK
