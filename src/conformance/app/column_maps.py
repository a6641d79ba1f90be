"""A column map to begin with, for the table that somebody has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from conformance.app.checking import Checker
from conformance.catalogue import quality
from conformance.contract.codelists import CodeLists
from conformance.datafiles.reading import is_table
from conformance.datafiles.suggesting import Suggester, folded
from conformance.datafiles.tables import Column, opened
from conformance.errors import UsageError
from conformance.model.pack import LoadedPack
from conformance.model.requirement import Language

_SAMPLE: Final = 300
#: Above the titles stand, at most, the agency's name and the heading.
_HEADERS: Final = range(1, 11)


def suggestion(
    checker: Checker, pack: LoadedPack, path: Path, kind: str, language: Language
) -> Iterator[str]:
    """
    The lines of a map.

    Raises:
        UsageError: the file is no table, or cannot be read.
    """
    if not is_table(path):
        raise UsageError(
            "a column map is for tables",
            where="--suggest-map",
            value=str(path),
            remedy="Name a CSV, XLSX or Parquet file.",
        )
    standard = quality.load(pack)
    lists = CodeLists.load(pack)

    def codes(name: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for row in lists.rows(name, checker.as_of):
            for column in ("code", "name_vi", "name_en", "name"):
                if row.get(column):
                    found.setdefault(folded(row[column]), row["code"])
        return found

    usual = standard.usual if standard else ()
    suggesters = {
        name: Suggester(guide, usual, codes)
        for name, guide in checker.guides.items()
        if not kind or name == kind
    }
    best = (0, "", 1)
    for header in _HEADERS:
        columns, _ = _sample(path, header, 0)
        for name, suggester in suggesters.items():
            best = max(
                best, (len(suggester.pointers(columns)), name, header), key=lambda found: found[0]
            )
        if not columns or best[0] > len(columns) // 2:
            break
    matched, name, header = best
    if not matched:
        raise UsageError(
            "no column is called as any field of the contract",
            where="--suggest-map",
            value=str(path),
            remedy="See the names with pack show --fields, and write the map by hand.",
        )
    columns, rows = _sample(path, header, _SAMPLE)
    yield f'kind   = "{name}"'
    if header != 1:
        yield f"header = {header}"
    yield "\n[columns]"
    suggester = suggesters[name]
    filled: list[str] = []
    for made in suggester.suggest(columns, rows):
        filled.append(made.pointer)
        yield made.line()
    missing = suggester.missing(filled)
    if missing:
        yield "\n[constants]"
        for one in missing:
            yield f'# "{one.pointer}" = ""  # {one.title.within(language)}'


def _sample(
    path: Path, header: int, most: int
) -> tuple[tuple[Column, ...], list[Sequence[object]]]:
    try:
        with opened(path, header=header) as table:
            return table.columns, [row for _, row in islice(table.rows, most)]
    except OSError as error:
        raise UsageError(
            f"the file cannot be read: {error.strerror or error}",
            where="check",
            value=str(path),
            remedy="Name a CSV, XLSX or Parquet file.",
        ) from None
