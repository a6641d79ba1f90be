"""
A generated province as it was until 30 June 2025, and the decisions that made it one of two tiers.

Provinces, their codes and who merged with whom are those of QĐ 19/2025/QĐ-TTg (`province-map`);
districts and communes are synthetic. Small on purpose: every kind of thing that happened in
July 2025 happens once. Values only; who sends them is `preparing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from conformance.contract.codelists import CodeLists
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.names import commune_name
from conformance.population.draw import Draw

#: The last day of the old order, the first of the new one, and the one after.
EVE, DAY, MORROW = "2025-06-30", "2025-07-01", "2025-07-02"
#: A day on which all of the old order lived already.
FIRST_DAY: Final = "2016-01-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """
    One province of today that was several.

    Attributes:
        name: as it bears it today and one of the old ones bore it: agency codes follow the name.
        own: the old province code of that one.
        host: the old province code of the one with today's seat: province codes follow the seat.
        others: the old codes and names of all that ended.
    """

    name: str
    own: str
    host: str
    others: Mapping[str, str]

    @property
    def crossed(self) -> bool:
        """Whether the two code systems kept different survivors, as in seven provinces."""
        return self.own != self.host


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One decision: its operation, the units that it is about, and those that there are then."""

    operation: str
    before: tuple[JsonObject, ...]
    after: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reform:
    """
    A province, the one that it was merged with, and what became of both.

    Attributes:
        above: units that carry it all, of today and under codes of their own; parents first.
        old: the old order, parents first, every unit ending on `DAY`.
        province: the surviving one as it stands since `DAY`.
        steps: the decisions of `DAY`, in an order in which each can be carried out.
    """

    above: tuple[JsonObject, ...]
    old: Mapping[str, JsonObject]
    province: JsonObject
    steps: Mapping[str, Step]


def mergers(lists: CodeLists) -> tuple[Merger, ...]:
    """Every province of today that was several, in the order of the map."""
    rows: dict[str, list[Mapping[str, str]]] = {}
    for row in lists.rows("province-map", date.fromisoformat(DAY)):
        rows.setdefault(row["new_code"], []).append(row)
    found = []
    for host, old in rows.items():
        named = [row for row in old if _bare(row["name_vi"]) == _bare(row["new_name"])]
        if len(old) > 1 and named:
            own = named[0]["code"]
            found.append(
                Merger(
                    name=old[0]["new_name"],
                    own=own,
                    host=host,
                    others={row["code"]: row["name_vi"] for row in old if row["code"] != own},
                )
            )
    return tuple(found)


def reform(*, seed: int, root: str, lists: CodeLists, crossed: bool, whole: bool) -> Reform:
    """
    One province that was merged in July 2025, below `root`.

    Args:
        crossed: one of the seven whose codes kept different survivors, or one of the others.
        whole: with districts and communes; otherwise the provinces alone.
    """
    draw = Draw(seed)
    merger = draw.pick([one for one in mergers(lists) if one.crossed is crossed])
    above, code = [], root
    for kind, name in (("BO", "Bộ thử nghiệm"), ("CUC", "Cục thử nghiệm")):
        code = f"{code}.{draw.between(100, 999)}"
        above.append(_unit(code, kind, name, "01", ends=None))
    first = draw.between(100, 900)
    province = _unit(
        f"{code}.{first}", "UBNDT", _committee(merger.name), merger.own, tier="province"
    )
    partners = {
        f"partner{number}": _unit(
            f"{code}.{first + number}", "UBNDT", _committee(name), own, tier="province"
        )
        for number, (own, name) in enumerate(merger.others.items(), start=1)
    }
    today: JsonObject = {**province, "provinceCode": merger.host, "effectiveTo": None}
    steps = {
        "province": Step(
            operation="SAP_NHAP", before=(province, *partners.values()), after=(today,)
        )
    }
    old: dict[str, JsonObject] = {"province": province, **partners}
    if whole:
        old.update(_districts(draw, old))
        steps.update(_below(draw, old, today))
    return Reform(above=tuple(above), old=old, province=today, steps=steps)


def _districts(draw: Draw, provinces: Mapping[str, JsonObject]) -> Mapping[str, JsonObject]:
    """A district of each of two provinces; five communes and two."""
    found: dict[str, JsonObject] = {}
    names = iter(_names(draw, 9))
    for place, communes in (("province", (1, 2, 3, 4, 5)), ("partner1", (6, 7))):
        above = provinces[place]
        kind = f"district_of_{place}"
        district = _unit(
            _below_code(above, draw.between(100, 499)),
            "HUYEN",
            f"Ủy ban nhân dân huyện {next(names)}",
            str(above["provinceCode"]),
            tier="district",
        )
        found[kind] = district
        for number in communes:
            found[f"commune{number}"] = _unit(
                _below_code(district, 100 + number),
                "UBNDX",
                f"Ủy ban nhân dân xã {next(names)}",
                str(above["provinceCode"]),
                tier="commune",
            )
    return found


def _below(draw: Draw, old: Mapping[str, JsonObject], province: JsonObject) -> Mapping[str, Step]:
    """What became of districts and communes: each of them is named once."""
    names = _names(draw.fork("new"), 4)

    def founded(number: int) -> JsonObject:
        unit = _unit(
            _below_code(province, 500 + number),
            "UBNDX",
            f"Ủy ban nhân dân xã {names[number]} mới",
            str(province["provinceCode"]),
            tier="commune",
            ends=None,
        )
        return {**unit, "parentCode": province["unitCode"], "effectiveFrom": DAY}

    def lives_on(name: str, **changed: Json) -> JsonObject:
        return {
            **old[name],
            "parentCode": province["unitCode"],
            "provinceCode": province["provinceCode"],
            "effectiveTo": None,
            **changed,
        }

    moved, renamed = lives_on("commune3"), lives_on("commune7")
    return {
        "merged": Step(
            operation="HOP_NHAP", before=(old["commune1"], old["commune2"]), after=(founded(0),)
        ),
        "moved": Step(operation="CHUYEN", before=(old["commune3"],), after=(moved,)),
        "divided": Step(
            operation="CHIA", before=(old["commune4"],), after=(founded(1), founded(2))
        ),
        "absorbed": Step(
            operation="SAP_NHAP",
            before=(old["commune5"], old["commune6"]),
            after=(lives_on("commune5"),),
        ),
        "moved_too": Step(operation="CHUYEN", before=(old["commune7"],), after=(renamed,)),
        "renamed": Step(
            operation="DOI_TEN",
            before=(renamed,),
            after=({**renamed, "name": f"Ủy ban nhân dân xã {names[3]} mới"},),
        ),
        "dissolved": Step(operation="GIAI_THE", before=(old["district_of_province"],)),
        "dissolved_too": Step(operation="GIAI_THE", before=(old["district_of_partner1"],)),
    }


def _unit(
    code: str, kind: str, name: str, province: str, *, tier: str = "", ends: str | None = DAY
) -> JsonObject:
    unit: JsonObject = {
        "unitCode": code,
        "parentCode": code.rpartition(".")[0],
        "name": name,
        "unitType": kind,
        "provinceCode": province,
        "effectiveFrom": FIRST_DAY,
        "effectiveTo": ends,
    }
    return {**unit, "tier": tier} if tier else unit


def _below_code(above: JsonObject, number: int) -> str:
    return f"{above['unitCode']}.{number}"


def _names(draw: Draw, count: int) -> tuple[str, ...]:
    """Distinct names of communes."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[commune_name(draw)] = None
    return tuple(found)


def _committee(province: str) -> str:
    return f"Ủy ban nhân dân {province[0].lower()}{province[1:]}"


def _bare(name: str) -> str:
    return name.removeprefix("Tỉnh ").removeprefix("Thành phố ")
