"""Synthetic records into files or a stream."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal, TextIO

from conformance.catalogue import packs
from conformance.errors import UsageError
from conformance.model.json import Json, JsonObject, compact
from conformance.reference.clock import SystemClock


def write_records(
    what: Literal["people", "units"],
    *,
    count: int,
    seed: int,
    pack: str,
    as_of: date | None,
    form: Literal["jsonl", "csv"],
    out: Path | None,
    stream: TextIO,
) -> None:
    """
    Write `count` records to `out/<what>.<form>`, or to `stream` when `out` is None or "-".

    People into a folder bring the units they work in, as `units.<form>` beside them.

    Raises:
        UsageError: the folder cannot be written.
    """
    loaded = packs.load(pack or packs.default())
    day = as_of or SystemClock().now().date()
    make = loaded.plugin.people if what == "people" else loaded.plugin.units
    records = make(seed=seed, count=count, as_of=day)
    if out is None or str(out) == "-":
        _write(records, form, stream)
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        written = {what: records}
        if what == "people":
            written["units"] = loaded.plugin.workplaces(seed=seed, as_of=day)
        for name, held in written.items():
            with (out / f"{name}.{form}").open("w", encoding="utf-8", newline="") as file:
                _write(held, form, file)
    except OSError as error:
        raise UsageError(
            f"the records cannot be written: {error.strerror or error}",
            where="--out",
            value=str(out),
            remedy="Name a folder that you may write.",
        ) from None


def _write(records: Sequence[JsonObject], form: str, stream: TextIO) -> None:
    if form == "jsonl":
        stream.writelines(compact(record) + "\n" for record in records)
        return
    flat = [_flat(record) for record in records]
    names = list(dict.fromkeys(name for record in flat for name in record))
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)


def _flat(value: JsonObject, prefix: str = "") -> dict[str, Json]:
    """Members of members as `a.b`; a list as its JSON text."""
    found: dict[str, Json] = {}
    for name, member in value.items():
        if isinstance(member, dict):
            found |= _flat(member, f"{prefix}{name}.")
        else:
            found[prefix + name] = compact(member) if isinstance(member, list) else member
    return found
