"""
The code lists of a pack: which codes exist, and on which days they may be used.

CSV files in `codelists/`: first column `code`, then what the row says, then `valid_from` and
`valid_to` (half-open, empty = without end). A code may return with another meaning, so a row is
always asked for on a day. What a list is called stands in `codelists/sources.toml`. Not here:
which field holds codes of which list (the schemas say).
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from conformance.errors import PackDefect
from conformance.model.pack import LoadedPack

Row = Mapping[str, str]

_FOLDER: Final = "codelists"
_SOURCES: Final = "sources.toml"


@dataclass(frozen=True, slots=True)
class _Entry:
    row: Row
    start: date
    end: date
    line: int

    def alive(self, on: date) -> bool:
        return self.start <= on < self.end


@dataclass(frozen=True, slots=True)
class _Source:
    """What `sources.toml` says of a list."""

    title: Mapping[str, str]
    version: date


class CodeLists:
    """All code lists of one pack. Every method raises KeyError for an unknown list."""

    def __init__(
        self,
        lists: Mapping[str, Mapping[str, tuple[_Entry, ...]]],
        sources: Mapping[str, _Source],
    ) -> None:
        self._lists = lists
        self._sources = sources

    @staticmethod
    def load(pack: LoadedPack) -> CodeLists:
        """The lists of a pack. Raises PackDefect with file and line."""
        return CodeLists.read(pack.root)

    @staticmethod
    def read(root: Path) -> CodeLists:
        """The lists in `root/codelists/*.csv`. Raises PackDefect with file and line."""
        return _read(root)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the lists, sorted."""
        return tuple(sorted(self._lists))

    def title(self, name: str, language: str = "en") -> str:
        """What the list is called in a language (en, vi, id); its name where nobody says."""
        source = self._sources.get(name)
        return (source.title.get(language) if source else None) or name

    def row(self, name: str, code: str, on: date) -> Row | None:
        """The row of `code` that is in force on a day, all columns as text; None without one."""
        entries = self._lists[name].get(code, ())
        return next((entry.row for entry in entries if entry.alive(on)), None)

    def known(self, name: str, code: str) -> bool:
        """Whether the code ever existed."""
        return code in self._lists[name]

    def alive(self, name: str, on: date) -> tuple[str, ...]:
        """The codes in force on a day, in the order of the file."""
        return tuple(
            code
            for code, entries in self._lists[name].items()
            if any(entry.alive(on) for entry in entries)
        )

    def rows(self, name: str, on: date) -> tuple[Row, ...]:
        """The rows in force on a day, in the order of the file."""
        return tuple(
            entry.row
            for entries in self._lists[name].values()
            for entry in entries
            if entry.alive(on)
        )

    def versions(self, name: str) -> tuple[date, ...]:
        """The first days of the list's versions, sorted: as declared, and wherever it changed."""
        days = {
            day
            for entries in self._lists[name].values()
            for entry in entries
            for day in (entry.start, entry.end)
            if date.min < day < date.max
        }
        if source := self._sources.get(name):
            days.add(source.version)
        # The day on which the last row ended left an empty list: nobody's version.
        return tuple(sorted(day for day in days if self.rows(name, day)))

    def closed(self, name: str, on: date) -> tuple[str, ...]:
        """The codes that existed once and are no longer in force on a day."""
        return tuple(
            code
            for code, entries in self._lists[name].items()
            if all(entry.end <= on for entry in entries)
        )


@cache
def _read(root: Path) -> CodeLists:
    folder = root / _FOLDER
    lists = {path.stem: _list(path) for path in sorted(folder.glob("*.csv"))}
    return CodeLists(lists, _sources(folder / _SOURCES))


def _sources(path: Path) -> Mapping[str, _Source]:
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("list", [])
        return {
            str(table["id"]): _Source(
                title={**table["title"]}, version=date.fromisoformat(table["version"])
            )
            for table in tables
        }
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise PackDefect(
            "a code list has an id, a title and a version (yyyy-mm-dd)",
            where=f"{_FOLDER}/{path.name}",
            value=str(error),
        ) from error


def _list(path: Path) -> Mapping[str, tuple[_Entry, ...]]:
    name = f"{_FOLDER}/{path.name}"
    found: dict[str, tuple[_Entry, ...]] = {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        columns = reader.fieldnames or ()
        if not columns or columns[0] != "code":
            raise PackDefect(
                "the first column of a code list is `code`",
                where=f"{name}:1",
                value=",".join(columns),
            )
        try:
            for row in reader:
                entry = _entry(row, f"{name}:{reader.line_num}", reader.line_num)
                code = entry.row["code"]
                present = found.get(code, ())
                for other in present:
                    if entry.start < other.end and other.start < entry.end:
                        raise PackDefect(
                            f"the code is in force twice on the same day (line {other.line})",
                            where=f"{name}:{reader.line_num}",
                            value=code,
                            remedy="End the earlier row where the later one begins.",
                        )
                found[code] = (*present, entry)
        except (csv.Error, UnicodeDecodeError) as error:
            raise PackDefect(
                "the code list is not CSV in UTF-8", where=f"{name}:{reader.line_num}"
            ) from error
    return found


def _entry(row: Mapping[str | None, str | None], where: str, line: int) -> _Entry:
    if None in row or None in row.values():
        raise PackDefect("the row has more or fewer columns than the header", where=where)
    texts = {str(key): str(value) for key, value in row.items()}
    if not texts["code"]:
        raise PackDefect("the row has no code", where=where)
    start = _day(texts.get("valid_from", ""), date.min, where)
    end = _day(texts.get("valid_to", ""), date.max, where)
    if end <= start:
        raise PackDefect("the row ends before it begins", where=where, value=texts["code"])
    return _Entry(row=texts, start=start, end=end, line=line)


def _day(text: str, otherwise: date, where: str) -> date:
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PackDefect(
            "a day is written yyyy-mm-dd", where=where, value=text, remedy="Correct the day."
        ) from None
