"""
A column map: which column of a table is which field of a record, as its owner wrote it in TOML.

    kind   = "people"            # what the rows are
    sheet  = "Danh sách"         # of a workbook; the first without it
    header = 3                   # the row of the titles; 1 without it

    [columns]
    "Họ và tên" = "/birthFullName"
    "Ghi chú"   = ""             # not sent
    "Ngày sinh" = { to = "/birthDate", date = "dd/mm/yyyy" }
    "Giới tính" = { to = "/gender", values = { "Nam" = "1", "Nữ" = "2" } }
    "Đào tạo"   = { to = "/qualification", rows = ";", cells = "|", into = ["from", "degree"] }
    "Trường 1"  = "/qualification/0/institution"

    [constants]
    "/managingAgencyCode" = "A1"

Every mistake names file, line, value and remedy.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from conformance.catalogue.fields import Field
from conformance.catalogue.reading import Table as Toml
from conformance.catalogue.reading import TomlFile
from conformance.datafiles.tables import Column
from conformance.datafiles.wants import Shape, date_form
from conformance.errors import Located, PackDefect, UsageError
from conformance.model.flaw import general
from conformance.model.json import Json

_TOP: Final = {"kind", "sheet", "header", "delimiter", "columns", "constants"}
_SHAPE: Final = {"to", "date", "values", "decimals", "rows", "cells", "into"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column goes; `pointer` "" for a column that is not sent."""

    pointer: str
    shape: Shape = Shape()  # noqa: RUF009 - frozen

    @property
    def general(self) -> str:
        """The pointer with `*` for every row."""
        return general(self.pointer)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """
    One map.

    Attributes:
        columns: title -> where it goes.
        lines: title -> "file:line", to tell mistakes.
        constants: pointer -> value, the same in every record.
    """

    kind: str = ""
    sheet: str = ""
    header: int = 1
    delimiter: str = ""
    columns: Mapping[str, Target]
    lines: Mapping[str, str]
    constants: Mapping[str, Json]
    file: str = ""

    def place(self, columns: Sequence[Column], path: Path) -> tuple[Target, ...]:
        """
        Where each column of a file goes.

        Raises:
            UsageError: the file lacks a mapped column, or has one that the map does not name.
        """
        named = {_same(title): title for title in self.columns}
        found = {_same(column.title) for column in columns}
        for key, title in named.items():
            if key not in found:
                near = get_close_matches(title, [c.title for c in columns], 1, 0.5)
                raise UsageError(
                    f"{path.name} has no such column in row {self.header}",
                    where=self.lines[title],
                    value=title,
                    remedy=f"Write {near[0]!r}." if near else "Take the line out, or set header.",
                )
        placed: list[Target] = []
        for column in columns:
            wanted = named.get(_same(column.title))
            if wanted is None and column.title:
                raise UsageError(
                    f"the map does not name a column of {path.name}",
                    where=self.file,
                    value=str(column),
                    remedy=f'Add "{column.title}" = "" under [columns] if it is not sent.',
                )
            placed.append(self.columns[wanted] if wanted is not None else Target(""))
        return tuple(placed)


def read_map(path: Path, guides: Mapping[str, Sequence[Field]], kind: str = "") -> ColumnMap:
    """
    A map from its file.

    Args:
        guides: the fields by kind of records.
        kind: what the operator said they are; "" leaves it to the map.

    Raises:
        UsageError: with file and line.
    """
    try:
        return _read(path, guides, kind)
    except PackDefect as error:
        raise UsageError(
            error.what.replace("the pack lacks a file", "there is no such file"),
            where=error.where,
            value=error.value,
            remedy=error.remedy,
        ) from None


def _read(path: Path, guides: Mapping[str, Sequence[Field]], kind: str) -> ColumnMap:
    file = TomlFile(path, str(path))
    top = file.root("column map")
    top.only(_TOP)
    stated = top.string("kind") if top.has("kind") else kind or next(iter(guides))
    if stated not in guides or (kind and stated != kind):
        raise top.defect(
            "the map is about other records",
            "kind",
            stated,
            remedy=f"Use one of {', '.join(guides)}, the same as --kind.",
        )
    guide = {field.pointer: field for field in guides[stated]}
    columns: dict[str, Target] = {}
    lines: dict[str, str] = {}
    taken: dict[str, str] = {}
    listed = top.inner("columns")
    for title in listed.names():
        lines[title] = listed.where(title)
        target = _target(listed, title, guide)
        if target.pointer and target.pointer in taken:
            raise listed.defect(
                f"{target.pointer} is filled by {taken[target.pointer]!r} already",
                title,
                title,
                remedy="Send one of the two columns.",
            )
        taken[target.pointer] = title
        columns[title] = target
    constants = _constants(top, guide)
    header = top.get("header") if top.has("header") else 1
    if not isinstance(header, int) or isinstance(header, bool) or not 1 <= header <= 100:
        raise top.defect(
            "header is the number of a row", "header", header, remedy="Write 1 to 100."
        )
    return ColumnMap(
        kind=stated,
        sheet=top.string("sheet") if top.has("sheet") else "",
        header=header,
        delimiter=_delimiter(top),
        columns=columns,
        lines=lines,
        constants=constants,
        file=str(path),
    )


def _delimiter(top: Toml) -> str:
    if not top.has("delimiter"):
        return ""
    # Not `string`: a tab is blank.
    found = top.get("delimiter")
    if not isinstance(found, str) or len(found) != 1:
        raise top.defect(
            "delimiter is one character", "delimiter", found, remedy='Write ";" or "\\t".'
        )
    return found


def _constants(top: Toml, guide: Mapping[str, Field]) -> Mapping[str, Json]:
    if not top.has("constants"):
        return {}
    table = top.inner("constants")
    made: dict[str, Json] = {}
    for pointer in table.names():
        _known(table, pointer, pointer, guide)
        value = table.get(pointer)
        if not isinstance(value, str | int | float | bool):
            raise table.defect("a constant is one value", pointer, value, remedy="Write a text.")
        made[pointer] = value
    return made


def _target(table: Toml, title: str, guide: Mapping[str, Field]) -> Target:
    stated = table.get(title)
    if isinstance(stated, str):
        if stated:
            _known(table, title, stated, guide)
        return Target(stated)
    held = table.inner(title)
    try:
        held.only(_SHAPE)
        pointer = held.string("to")
        _known(table, title, pointer, guide)
        return Target(pointer, _shape(held, pointer, guide))
    except Located as error:
        # An inline table stands on the line of its title.
        raise PackDefect(
            error.what, where=table.where(title), value=error.value, remedy=error.remedy
        ) from None


def _shape(held: Toml, pointer: str, guide: Mapping[str, Field]) -> Shape:
    values: dict[str, str] | None = None
    if held.has("values"):
        inner = held.inner("values")
        values = {name: inner.string(name) for name in inner.names()}
    dates: tuple[str, ...] = ()
    if held.has("date"):
        stated = held.get("date")
        dates = held.strings("date") if isinstance(stated, list) else (held.string("date"),)
    for form in dates:
        try:
            date_form(form)
        except ValueError:
            raise held.defect(
                "a date form is made of dd, mm and yyyy", "date", form, remedy="Write dd/mm/yyyy."
            ) from None
    decimals = held.get("decimals") if held.has("decimals") else None
    if decimals is not None and (not isinstance(decimals, int) or not 0 <= decimals <= 9):
        raise held.defect("decimals are counted", "decimals", decimals, remedy="Write 0 to 9.")
    into = held.strings("into") if held.has("into") else ()
    for name in into:
        if f"{general(pointer)}/*/{name}" not in guide:
            raise held.defect(
                f"{pointer} has no such member", "into", name, remedy="See pack show --fields."
            )
    return Shape(
        dates=dates,
        values=values,
        decimals=decimals,
        rows=_separator(held, "rows"),
        cells=_separator(held, "cells"),
        into=into,
    )


def _separator(held: Toml, key: str) -> str:
    found = held.get(key) if held.has(key) else ""
    if not isinstance(found, str):
        raise held.defect(f"{key} is what separates them", key, found, remedy='Write ";".')
    return found


def _known(table: Toml, key: str, pointer: str, guide: Mapping[str, Field]) -> None:
    if general(pointer) in guide or pointer in guide:
        return
    near = get_close_matches(pointer, guide, 1, 0.5)
    raise table.defect(
        "the contract has no such field",
        key,
        pointer,
        remedy=f"Write {near[0]}." if near else "See pack show --fields.",
    )


def _same(title: str) -> str:
    """Titles are the same whatever their blanks and however their letters are composed."""
    return unicodedata.normalize("NFC", " ".join(title.split()))
