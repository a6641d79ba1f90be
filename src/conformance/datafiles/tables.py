"""
Tables in files: CSV, XLSX, Parquet, as titles and rows, one row in memory at a time.

(Of a workbook the shared texts are held, and some 200 bytes for each row that was read.)
A cell is what the file holds: text, a number, a date, or (in Parquet) a list or a struct. Not
here: what a column means (`mapping`, `shaping`).
"""

from __future__ import annotations

import csv
import importlib
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conformance.datafiles.lines import LINE_AT_MOST, Decoded, lines
from conformance.errors import UsageError

#: A workbook keeps its texts in one part that has to be read whole.
_TEXTS_AT_MOST: Final = 512 * 2**20
_BATCH: Final = 512
_DELIMITERS: Final = ",;\t|"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its title (the second of two equal ones ends in ` #2`) and its letter."""

    title: str
    letter: str = ""

    def __str__(self) -> str:
        return f"{self.title} ({self.letter})" if self.letter else self.title


@dataclass(frozen=True, slots=True)
class Table:
    """
    An open table.

    Attributes:
        rows: (number in the file, from 1; cells in the order of `columns`).
    """

    columns: tuple[Column, ...]
    rows: Iterator[tuple[int, Sequence[object]]]


#: Told once about a file whose bytes are no UTF-8: the line, and how it reads.
OnOther = Callable[[Decoded], None]


@contextmanager
def opened(path: Path, *, sheet: str = "", header: int = 1, delimiter: str = "",
           other: OnOther = lambda _: None) -> Iterator[Table]:  # fmt: skip
    """
    The table in a file, by what its name ends in.

    Args:
        sheet: of a workbook; the first when "".
        header: the row of the titles.
        delimiter: of CSV; "" finds it in the titles.

    Raises:
        UsageError: the file is unreadable, or a library for it is not installed.
    """
    with TABLES[path.suffix.lower()](path, sheet, header, delimiter, other) as table:
        yield table


@contextmanager
def _csv(path: Path, _: str, header: int, delimiter: str, other: OnOther) -> Iterator[Table]:
    with path.open("rb") as stream:
        texts = lines(stream, other)
        for _skipped in range(header - 1):
            next(texts, "")
        titles = next(texts, "")
        by = delimiter or max(_DELIMITERS, key=titles.count)
        csv.field_size_limit(LINE_AT_MOST)
        reader = csv.reader(_chained(titles, texts), delimiter=by)

        def parsed() -> Iterator[list[str]]:
            try:
                yield from reader
            except csv.Error as error:
                number = header - 1 + reader.line_num
                raise _unreadable(path, f"line {number}: {error}") from None

        cells = parsed()
        first = next(cells, [])

        def rows() -> Iterator[tuple[int, Sequence[object]]]:
            start = header + reader.line_num
            for row in cells:
                if any(cell.strip() for cell in row):
                    yield start, row
                start = header + reader.line_num

        yield Table(_columns(first), rows())


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


@contextmanager
def _xlsx(path: Path, sheet: str, header: int, _: str, _other: OnOther) -> Iterator[Table]:
    openpyxl = _library("openpyxl", path)
    try:
        with zipfile.ZipFile(path) as archive:
            texts = [i.file_size for i in archive.infolist() if i.filename.endswith("Strings.xml")]
        if sum(texts) > _TEXTS_AT_MOST:
            raise _unreadable(path, "its texts are larger than 512 MiB")
        with warnings.catch_warnings():
            # About styles, pictures and validations, which nobody asks for.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise _unreadable(path, "it is no workbook (XLSX)") from error
    try:
        if sheet and sheet not in book.sheetnames:
            raise UsageError(
                "the workbook has no such sheet", where=str(path), value=sheet,
                remedy=f"Use one of {', '.join(book.sheetnames)}.",
            )  # fmt: skip
        page = book[sheet] if sheet else book.worksheets[0]
        # What a sheet says of its own size is often wrong.
        page.reset_dimensions()
        every = enumerate(page.iter_rows(values_only=True), 1)
        titles: Sequence[object] = next((row for number, row in every if number == header), ())

        def rows() -> Iterator[tuple[int, Sequence[object]]]:
            try:
                for number, row in every:
                    if any(cell is not None and str(cell).strip() for cell in row):
                        yield number, row
            except (SyntaxError, ValueError, KeyError, zipfile.BadZipFile) as error:
                raise _unreadable(path, "a sheet of it is damaged") from error

        yield Table(_columns(titles), rows())
    finally:
        book.close()


@contextmanager
def _parquet(path: Path, _: str, _header: int, _by: str, _other: OnOther) -> Iterator[Table]:
    _library("pyarrow", path)
    parquet = importlib.import_module("pyarrow.parquet")
    arrow = importlib.import_module("pyarrow")
    try:
        file = parquet.ParquetFile(path, pre_buffer=False, memory_map=False, buffer_size=1 << 20)
    except (arrow.ArrowException, OSError) as error:
        raise _unreadable(path, "it is no Parquet file") from error
    with file:

        def rows() -> Iterator[tuple[int, Sequence[object]]]:
            number = 0
            try:
                for batch in file.iter_batches(batch_size=_BATCH, use_threads=False):
                    for row in batch.to_pylist():
                        number += 1
                        yield number, list(row.values())
            except (arrow.ArrowException, OSError) as error:
                raise _unreadable(path, f"it is damaged after row {number}") from error

        yield Table(tuple(Column(name) for name in file.schema_arrow.names), rows())


#: By what a file's name ends in; anything else is JSON, line by line.
TABLES: Final[dict[str, Any]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".xlsx": _xlsx,
    ".xlsm": _xlsx,
    ".parquet": _parquet,
}


def _columns(titles: Sequence[object]) -> tuple[Column, ...]:
    seen: dict[str, int] = {}
    made: list[Column] = []
    for place, cell in enumerate(titles):
        title = " ".join(str(cell if cell is not None else "").split())
        seen[title] = seen.get(title, 0) + 1
        name = title if seen[title] == 1 else f"{title} #{seen[title]}"
        made.append(Column(name if title else "", _letter(place)))
    return tuple(made)


def _letter(place: int) -> str:
    """0 -> A, 26 -> AA: what a spreadsheet calls a column."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _library(name: str, path: Path) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise UsageError(
            f"{name} is needed to read {path.suffix.upper()[1:]} files",
            where=str(path),
            remedy="Install it: pip install 'api-conformance-toolkit[data]'.",
        ) from None


def _unreadable(path: Path, reason: str) -> UsageError:
    return UsageError(
        f"the file cannot be read: {reason}",
        where=str(path),
        remedy="Save it anew as XLSX, CSV (UTF-8) or Parquet.",
    )
