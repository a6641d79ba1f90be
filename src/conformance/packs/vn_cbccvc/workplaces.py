"""
Where somebody works, as the career sees it: what the unit calls its leaders, and what came before.

The kinds of workplace are a ministry's unit, a province's department, a commune, and a public
service unit (school, station, centre). Not here: the units themselves (`unit_tree`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from conformance import resources
from conformance.contract.codelists import CodeLists
from conformance.model.json import JsonObject
from conformance.population.draw import Weighted

#: Kind of workplace by unit type; what is not named is a province's.
_KINDS: Final[Mapping[str, str]] = {
    "BO": "ministry",
    "VU": "ministry",
    "CUC": "ministry",
    "VPB": "ministry",
    "UBNDX": "commune",
    "VPHDUB": "commune",
    "PKT": "commune",
    "PVHXH": "commune",
    "TTPVHCC": "commune",
    "TRUONG": "service",
    "TYT": "service",
    "DVSN": "service",
}

#: Kinds of staff by kind of workplace : offices are the civil servants'.
STAFF: Final = {
    "service": Weighted({"VC": 1}),
    "commune": Weighted({"CC": 62, "CB": 23, "VC": 15}),
    "": Weighted({"CC": 68, "CB": 8, "VC": 24}),
}


@dataclass(frozen=True, slots=True)
class Position:
    """A leading position: code, what it is called, and its allowance with two decimals."""

    code: str
    name: str
    allowance: str


@dataclass(frozen=True, slots=True, eq=False)
class Workplace:
    """
    One unit with people.

    Attributes:
        managing: the agency that keeps their files.
        before: a unit from which somebody may have come, and what it was called.
    """

    code: str
    name: str
    kind: str
    province: str
    managing: str
    managing_name: str
    before: tuple[str, str]


def workplaces(units: Sequence[JsonObject]) -> tuple[Workplace, ...]:
    """The units, each with what its people need to know of it."""
    known = {str(unit["unitCode"]): unit for unit in units}
    found = []
    for index, unit in enumerate(units):
        code, name = str(unit["unitCode"]), str(unit["name"])
        above = str(unit["parentCode"])
        managing = above if above in known else code
        other = units[index - 1]
        came_from = (str(other["unitCode"]), str(other["name"]))
        if other is unit:
            came_from = (f"{code}.901", f"Phòng Tổng hợp, {name}")
        found.append(
            Workplace(
                code=code,
                name=name,
                kind=_KINDS.get(str(unit["unitType"]), "province"),
                province=str(unit["provinceCode"]),
                managing=managing,
                managing_name=str(known[managing]["name"]),
                before=came_from,
            )
        )
    return tuple(found)


@cache
def positions(kind: str, as_of: date) -> tuple[Position, ...]:
    """The leading positions of a kind of workplace, from the top down."""
    lists = CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0")
    rows = (lists.row("positions", code, as_of) for code in lists.alive("positions", as_of))
    return tuple(
        Position(row["code"], row["name_vi"], row["coefficient"])
        for row in rows
        if row is not None and row["level"] == kind and row["coefficient"]
    )
