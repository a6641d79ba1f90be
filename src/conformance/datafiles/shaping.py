"""A row of a table as a record of the contract, and which column each field came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from conformance.catalogue.fields import Field
from conformance.datafiles.mapping import ColumnMap, Target
from conformance.datafiles.tables import Column
from conformance.datafiles.wants import PLAIN, Misread, Wants
from conformance.errors import UsageError
from conformance.model.flaw import general
from conformance.model.json import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Misreading:
    """A cell that does not become what its field wants: the field, and what would have been."""

    pointer: str
    name: str
    required: str


@dataclass(frozen=True, slots=True)
class Shaped:
    """
    A record out of a row.

    Attributes:
        places: pointer of each field that a column fills -> the column.
    """

    record: JsonObject
    places: Mapping[str, str]
    misread: tuple[Misreading, ...]


class Shaper:
    """
    Makes records of the rows of one table.

    Without a map the titles are the contract's own names: `birthDate`, `birthPlace.provinceCode`.

    Raises:
        UsageError: map and table do not fit, or a title is no field.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        guide: Sequence[Field],
        column_map: ColumnMap | None,
        path: Path,
    ) -> None:
        self._columns = columns
        self._wants: Final = Wants(guide)
        self._constants = column_map.constants if column_map else {}
        self._targets = (
            column_map.place(columns, path) if column_map else _named(columns, guide, path)
        )
        self._fixed = {
            target.pointer: str(column)
            for column, target in zip(columns, self._targets, strict=True)
            if target.pointer and general(target.pointer) == target.pointer
        }
        self._moving = len(self._fixed) < sum(bool(t.pointer) for t in self._targets)

    def shape(self, row: Sequence[object]) -> Shaped:
        """One row; a cell that cannot be read stays as its text, and is told about."""
        tree: dict[str, object] = {}
        for pointer, value in self._constants.items():
            _put(tree, pointer.split("/")[1:], value)
        misread: list[tuple[str, Misread]] = []
        for target, cell in zip(self._targets, row, strict=False):
            if not target.pointer:
                continue
            value = self._cell(cell, target, misread)
            if value is not None or self._wants.nullable(target.pointer):
                _put(tree, target.pointer.split("/")[1:], value)
        moved: dict[str, str] = {}
        record = cast("JsonObject", _settled(tree, "", "", moved))
        return Shaped(
            record,
            self._places(moved),
            tuple(
                Misreading(moved.get(pointer, pointer), bad.name, bad.required)
                for pointer, bad in misread
            ),
        )

    def _cell(self, cell: object, target: Target, misread: list[tuple[str, Misread]]) -> Json:
        try:
            return self._wants.read(cell, target.general, target.shape or PLAIN)
        except Misread as error:
            misread.append((target.pointer, error))
            return str(cell).strip()

    def _places(self, moved: Mapping[str, str]) -> Mapping[str, str]:
        """Rows of a sub-table close up where columns are empty, so its pointers move."""
        if not self._moving:
            return self._fixed
        return {
            moved.get(target.pointer, target.pointer): str(column)
            for column, target in zip(self._columns, self._targets, strict=True)
            if target.pointer
        }


def _named(columns: Sequence[Column], guide: Sequence[Field], path: Path) -> tuple[Target, ...]:
    known = {field.pointer for field in guide}
    targets: list[Target] = []
    for column in columns:
        pointer = "/" + column.title.replace(".", "/") if column.title else ""
        if pointer and pointer not in known:
            raise UsageError(
                "a column is no field of the contract",
                where=f"{path}:1",
                value=str(column),
                remedy="Write a column map: check FILE --suggest-map prints one to begin with.",
            )
        targets.append(Target(pointer))
    return tuple(targets)


def _put(tree: dict[str, object], tokens: Sequence[str], value: Json) -> None:
    for token in tokens[:-1]:
        inner = tree.setdefault(token, {})
        if not isinstance(inner, dict):
            # A cell that could not be read took the place of its table.
            return
        tree = inner
    tree[tokens[-1]] = value


def _settled(held: object, before: str, after: str, moved: dict[str, str]) -> object:
    """Members that are all numbers are the rows of a table; their gaps close."""
    moved[before] = after
    if not isinstance(held, dict):
        return held
    if held and all(name.isdecimal() for name in held):
        return [
            _settled(held[name], f"{before}/{name}", f"{after}/{place}", moved)
            for place, name in enumerate(sorted(held, key=int))
        ]
    return {
        name: _settled(value, f"{before}/{name}", f"{after}/{name}", moved)
        for name, value in held.items()
    }
