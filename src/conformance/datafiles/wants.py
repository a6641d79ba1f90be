"""What a field of the contract wants from a cell, and how a cell becomes it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final

from conformance.catalogue.fields import Field
from conformance.model.json import Json

_MONTH: Final = "2020-01"
_TOKENS: Final = {
    "dd": r"(?P<day>\d{1,2})",
    "mm": r"(?P<month>\d{1,2})",
    "yyyy": r"(?P<year>\d{4})",
}
_WHOLE: Final = re.compile(r"-?[0-9]{1,18}")
_DECIMAL: Final = re.compile(r"-?[0-9]+([.,][0-9]+)?")


class Misread(Exception):
    """
    A cell that does not become what its field wants.

    Attributes:
        name: `date`, `number`, `value`, `zeros`, `parts` or `list`.
        required: what would have been understood.
    """

    def __init__(self, name: str, required: str) -> None:
        super().__init__(name)
        self.name: Final = name
        self.required: Final = required


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """
    How a column is written.

    Attributes:
        dates: forms such as `dd/mm/yyyy` or `mm/yyyy`; none for ISO dates.
        values: the cell's text -> what the contract says.
        decimals: digits behind the point of a number that the contract writes as text.
        rows, cells: what separates the rows of a table in one cell, and the cells of a row.
        into: the members of a row, in the order of its cells.
    """

    dates: tuple[str, ...] = ()
    values: Mapping[str, str] | None = None
    decimals: int | None = None
    rows: str = ""
    cells: str = ""
    into: tuple[str, ...] = ()


PLAIN: Final = Shape()


class Wants:
    """What each field of a kind of records wants, by its pointer with `*` for rows."""

    def __init__(self, guide: Sequence[Field]) -> None:
        self.fields: Final = {field.pointer: field for field in guide}

    def nullable(self, pointer: str) -> bool:
        """Whether an empty cell is said with null: the field must be there, and may be null."""
        field = self.fields.get(pointer)
        return field is not None and field.mandatory and "null" in field.type

    def read(self, cell: object, pointer: str, shape: Shape = PLAIN) -> Json:
        """
        A cell as its field wants it; None for an empty one.

        Args:
            pointer: of the field, `*` for rows.

        Raises:
            Misread: it cannot be.
        """
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return None
        if isinstance(cell, float) and math.isnan(cell):
            return None
        if isinstance(cell, dict):
            return self._members(cell, pointer)
        kind = self._kind(pointer)
        if isinstance(cell, list):
            read = (self._item(item, pointer) for item in cell)
            return [item for item in read if item is not None]
        if kind == "list":
            return self._list(str(cell), pointer, shape)
        if shape.values is not None:
            return _listed(_text(cell), shape.values)
        if isinstance(cell, datetime | date):
            return _day(cell, self._monthly(pointer))
        if shape.dates and kind in ("date", "month", "string"):
            return _dated(_text(cell), shape.dates)
        return self._plain(cell, pointer, kind, shape)

    def _plain(self, cell: object, pointer: str, kind: str, shape: Shape) -> Json:
        if kind in ("integer", "number"):
            return _number(cell, kind)
        if isinstance(cell, bool):
            return cell if kind == "boolean" else _text(cell)
        if kind == "boolean":
            return {"true": True, "false": False}.get(_text(cell).casefold(), _text(cell))
        decimals = self._decimals(pointer)
        if isinstance(cell, str):
            text = cell.strip()
            if shape.decimals is not None and _DECIMAL.fullmatch(text):
                return f"{Decimal(text.replace(',', '.')):.{shape.decimals}f}"
            return text
        wanted = shape.decimals if shape.decimals is not None else decimals
        text = _text(cell) if wanted is None else f"{Decimal(str(cell)):.{wanted}f}"
        pattern = self._pattern(pointer)
        if pattern and not re.search(pattern, text):
            # A spreadsheet that took a code for a number has dropped the zeros before it.
            raise Misread("zeros", pattern)
        return text

    def _list(self, text: str, pointer: str, shape: Shape) -> Json:
        if not shape.rows and not shape.cells:
            try:
                found: Json = json.loads(text)
            except (ValueError, RecursionError):
                raise Misread("list", "JSON") from None
            return found
        if not shape.into:
            parts = [part.strip() for part in text.split(shape.cells or shape.rows)]
            return [part for part in parts if part]
        table: list[Json] = []
        for line in text.split(shape.rows) if shape.rows else [text]:
            if not line.strip():
                continue
            cells = [cell.strip() for cell in line.split(shape.cells or "|")]
            if len(cells) > len(shape.into):
                raise Misread("parts", (shape.cells or "|").join(shape.into))
            row: dict[str, Json] = {}
            for name, cell in zip(shape.into, cells, strict=False):
                inner = f"{pointer}/*/{name}"
                own = Shape(dates=shape.dates if self._kind(inner) in ("date", "month") else ())
                value = self.read(cell, inner, own)
                if value is not None:
                    row[name] = value
            table.append(row)
        return table

    def _item(self, item: object, pointer: str) -> Json:
        if isinstance(item, dict):
            return self._members(item, f"{pointer}/*")
        return None if item is None else _text(item) if not isinstance(item, str) else item

    def _members(self, held: Mapping[str, object], pointer: str) -> Json:
        made: dict[str, Json] = {}
        for name, value in held.items():
            inner = f"{pointer}/{name}"
            read = self.read(value, inner)
            if read is not None or (value is None and self.nullable(inner)):
                made[name] = read
        # Parquet writes a missing struct as one of nothing but nulls as often as not.
        return made or None

    def _kind(self, pointer: str) -> str:
        field = self.fields.get(pointer)
        return "string" if field is None else _kind(field.type)

    def _pattern(self, pointer: str) -> str:
        field = self.fields.get(pointer)
        return "" if field is None else _pattern(field.type)

    def _monthly(self, pointer: str) -> bool:
        return self._kind(pointer) == "month"

    def _decimals(self, pointer: str) -> int | None:
        return _decimals(self._pattern(pointer))


@cache
def _kind(stated: str) -> str:
    word = stated.removesuffix(" | null").split(" ", 1)[0]
    pattern = _pattern(stated)
    if pattern and re.search(pattern, _MONTH) and not re.search(pattern, "2020-13"):
        return "month"
    return word if word in ("integer", "number", "boolean", "date", "list", "object") else "string"


@cache
def _pattern(stated: str) -> str:
    text = stated.removesuffix(" | null")
    return text.removeprefix("string ") if text.startswith("string ^") else ""


@cache
def _decimals(pattern: str) -> int | None:
    """How many decimals a pattern demands; None when it is not about decimals."""
    if not pattern:
        return None
    fitting = [n for n in range(1, 7) if re.search(pattern, f"{1:.{n}f}")]
    return fitting[0] if len(fitting) == 1 else None


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return str(cell).strip()


def _number(cell: object, kind: str) -> Json:
    text = _text(cell)
    if isinstance(cell, bool):
        raise Misread("number", kind)
    if _WHOLE.fullmatch(text):
        return int(text)
    if kind == "number" and _DECIMAL.fullmatch(text) and "," not in text:
        return float(text)
    raise Misread("number", kind)


def _listed(text: str, values: Mapping[str, str]) -> str:
    found = values.get(text) or {key.casefold(): said for key, said in values.items()}.get(
        text.casefold()
    )
    if not found:
        raise Misread("value", ", ".join(values))
    return found


def _day(cell: date, monthly: bool) -> str:
    if isinstance(cell, datetime) and (cell.hour or cell.minute or cell.second or cell.tzinfo):
        return cell.isoformat()
    return f"{cell:%Y-%m}" if monthly else f"{cell.year:04d}-{cell.month:02d}-{cell.day:02d}"


def _dated(text: str, forms: Sequence[str]) -> str:
    for form in forms:
        found = date_form(form).fullmatch(text)
        if found is None:
            continue
        parts = {name: int(value) for name, value in found.groupdict().items()}
        try:
            day = date(parts["year"], parts.get("month", 1), parts.get("day", 1))
        except ValueError:
            continue
        return day.isoformat()[: 10 if "day" in parts else 7 if "month" in parts else 4]
    raise Misread("date", ", ".join(forms))


@cache
def date_form(form: str) -> re.Pattern[str]:
    """
    `dd/mm/yyyy` as a regular expression.

    Raises:
        ValueError: it has no year, a day without a month, or something that is no part of a date.
    """
    parts = re.split("(dd|mm|yyyy)", form)
    made = "".join(_TOKENS.get(part, re.escape(part)) for part in parts)
    tokens = [part for part in parts if part in _TOKENS]
    letters = any(character.isalnum() for part in parts[::2] for character in part)
    if letters or len(set(tokens)) != len(tokens) or "yyyy" not in tokens:
        raise ValueError(form)
    if "dd" in tokens and "mm" not in tokens:
        raise ValueError(form)
    return re.compile(made)
