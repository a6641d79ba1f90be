"""
What all proposals of how to break a rule share: small changes to a record.

Values only; the record is never changed in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.packs.vn_cbccvc.workplaces import Workplace
from conformance.population.draw import months_later
from conformance.population.vectors import Mutation

Places = tuple[Workplace, ...]
Proposals = Callable[[JsonObject, date, Places], Iterator[Mutation]]


@dataclass(frozen=True, slots=True)
class Break:
    """How a rule is broken, and who is looked for to break it."""

    proposals: Proposals
    wishes: Wishes = field(default_factory=Wishes)


def text(record: JsonObject, name: str) -> str:
    """A text member; "" without one."""
    value = record.get(name)
    return value if isinstance(value, str) else ""


def moved(record: JsonObject, name: str, *, months: int = 0, days: int = 0) -> str:
    """A date member, moved."""
    day = months_later(date.fromisoformat(text(record, name)), months)
    return (day + timedelta(days=days)).isoformat()


def month(value: str, more: int) -> str:
    """A month yyyy-mm so many months later, or earlier."""
    year, number = divmod(int(value[:4]) * 12 + int(value[5:7]) - 1 + more, 12)
    return f"{year:04d}-{number + 1:02d}"


def rows(record: JsonObject, name: str) -> list[JsonObject]:
    """The rows of a table; none without it."""
    table = record.get(name)
    return [row for row in table if isinstance(row, dict)] if isinstance(table, list) else []


def table(found: list[JsonObject]) -> list[Json]:
    """Rows as a member of a record."""
    return list(found)


def changed_row(record: JsonObject, name: str, index: int, changes: JsonObject) -> list[Json]:
    """The table with one row changed."""
    found = rows(record, name)
    found[index] = {**found[index], **changes}
    return table(found)


def within(record: JsonObject, name: str, changes: JsonObject) -> JsonObject:
    """An object member with some of its members changed."""
    held = record.get(name)
    return {**(held if isinstance(held, dict) else {}), **changes}
