"""Tables as people keep them, written with the libraries that read them."""

from __future__ import annotations

import csv
from datetime import date

from conformance.model.json import compact


def flat(record, prefix=""):
    """A record under the contract's own names; lists as JSON text."""
    found = {}
    for name, value in record.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = compact(value) if isinstance(value, list) else value
    return found


def table(records):
    """Titles and rows of records, lists as JSON text."""
    rows = [flat(record) for record in records]
    titles = list(dict.fromkeys(name for row in rows for name in row))
    return titles, [[row.get(title) for title in titles] for row in rows]


def write(path, titles, rows, *, above=(), delimiter=",", encoding="utf-8"):
    """A table by what the file's name ends in."""
    match path.suffix:
        case ".csv":
            with path.open("w", encoding=encoding, newline="") as stream:
                writer = csv.writer(stream, delimiter=delimiter)
                writer.writerows([*above, titles, *rows])
        case ".xlsx":
            import openpyxl

            book = openpyxl.Workbook(write_only=True)
            sheet = book.create_sheet("Danh sách")
            for row in [*above, titles, *rows]:
                sheet.append(list(row))
            book.save(path)
        case ".parquet":
            import pyarrow
            from pyarrow import parquet

            held = [dict(zip(titles, row, strict=True)) for row in rows]
            parquet.write_table(pyarrow.Table.from_pylist(held), path, row_group_size=500)
    return path


def dotted(day):
    """`2026-07-01` -> `01/07/2026`."""
    return f"{date.fromisoformat(day):%d/%m/%Y}"
