"""
A data file as records: JSON, one a line, or a table with one record a row.

One record is in memory at a time. Not here: whether a record is right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from conformance.catalogue.fields import Field
from conformance.datafiles.lines import Decoded, lines
from conformance.datafiles.mapping import ColumnMap
from conformance.datafiles.shaping import Misreading, Shaper
from conformance.datafiles.tables import TABLES, opened
from conformance.errors import UsageError
from conformance.model.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    What stands on one line or in one row.

    Attributes:
        line: from 1, as an editor or a spreadsheet counts.
        trouble: why there is no record; "" when there is one.
        places: pointer -> the column that fills it.
        misread: cells that did not become what their fields want.
    """

    line: int
    record: Json = None
    trouble: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    misread: tuple[Misreading, ...] = ()


def is_table(path: Path) -> bool:
    """Whether the file holds rows and columns, by what its name ends in."""
    return path.suffix.lower() in TABLES


@contextmanager
def items(
    path: Path,
    guides: Mapping[str, Sequence[Field]],
    *,
    kind_of: Callable[[Sequence[str]], str],
    column_map: ColumnMap | None,
    other: Callable[[Decoded], None],
) -> Iterator[Iterator[Item]]:
    """
    The items of a file.

    Args:
        guides: the fields by kind of records.
        kind_of: what kind a table without a map holds, by its titles.
        other: hears once of a line whose bytes are no UTF-8.

    Raises:
        UsageError: the file cannot be read, or does not fit the map.
    """
    if column_map is not None and not is_table(path):
        raise UsageError(
            "a column map is for tables",
            where="--map",
            value=str(path),
            remedy="Leave --map out, or name a CSV, XLSX or Parquet file.",
        )
    try:
        if is_table(path):
            how = column_map or ColumnMap(columns={}, lines={}, constants={})
            with opened(
                path, sheet=how.sheet, header=how.header, delimiter=how.delimiter, other=other
            ) as table:
                kind = how.kind or kind_of([column.title for column in table.columns])
                shaper = Shaper(table.columns, guides[kind], column_map, path)
                yield _shaped(table.rows, shaper)
        else:
            with path.open("rb") as stream:
                yield _parsed(lines(stream, other))
    except OSError as error:
        raise UsageError(
            f"the file cannot be read: {error.strerror or error}",
            where="check",
            value=str(path),
            remedy="Name a file with one JSON record a line, or a CSV, XLSX or Parquet file.",
        ) from None


def _shaped(rows: Iterator[tuple[int, Sequence[object]]], shaper: Shaper) -> Iterator[Item]:
    for number, row in rows:
        made = shaper.shape(row)
        yield Item(line=number, record=made.record, places=made.places, misread=made.misread)


def _parsed(texts: Iterator[str]) -> Iterator[Item]:
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        try:
            record: Json = json.loads(text)
        except (ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, json.JSONDecodeError) else type(error).__name__
            yield Item(line=number, trouble=reason)
        else:
            yield Item(line=number, record=record)
