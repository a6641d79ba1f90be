"""
Addresses in two levels, province and commune, with the version of the list that they mean.

Today's residence stands in the list of 1 July 2025; places of birth and origin may stand in the
older one, as people wrote them then. Streets are invented. Not here: who lives there.
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
from conformance.packs.vn_cbccvc.names import street_address
from conformance.population.draw import Draw

#: The versions of the lists of provinces and communes.
TODAYS_LIST: Final = "2025-07-01"
OLDER_LIST: Final = "2004-11-26"
_OLDER_DAY: Final = date.fromisoformat(OLDER_LIST)


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of today's list."""

    code: str
    name: str
    province: str


@dataclass(frozen=True, slots=True)
class _Places:
    """One version of the lists: its provinces that have communes, and their communes."""

    provinces: Sequence[str]
    communes: Mapping[str, Sequence[Commune]]


def commune(draw: Draw, as_of: date, province: str = "") -> Commune:
    """A commune of today, in a province when one is given that has communes."""
    return _commune(draw, _places(as_of), province)


def residence(draw: Draw, place: Commune) -> JsonObject:
    """Where somebody lives today."""
    return {**_coded(place, TODAYS_LIST), "detail": street_address(draw, place.name)}


def origin(draw: Draw, place: Commune, *, older: bool) -> JsonObject:
    """A place of birth or origin; `older` gives one in the list of before July 2025."""
    if older:
        return _coded(_commune(draw, _places(_OLDER_DAY), ""), OLDER_LIST)
    return _coded(place, TODAYS_LIST)


def older_residence(draw: Draw) -> JsonObject:
    """A residence that was never brought up to date."""
    place = _commune(draw, _places(_OLDER_DAY), "")
    return {**_coded(place, OLDER_LIST), "detail": street_address(draw, place.name)}


def other_province(address: JsonObject, as_of: date) -> str:
    """A province of the address's list that is not the address's own."""
    older = address.get("codeListVersion") == OLDER_LIST
    provinces = _places(_OLDER_DAY if older else as_of).provinces
    return provinces[0] if provinces[0] != address.get("provinceCode") else provinces[1]


def _commune(draw: Draw, places: _Places, province: str) -> Commune:
    within = places.communes.get(province)
    return draw.pick(within or places.communes[draw.pick(places.provinces)])


def _coded(place: Commune, version: str) -> JsonObject:
    return {
        "provinceCode": place.province,
        "communeCode": place.code,
        "codeListVersion": version,
    }


@cache
def _places(on: date) -> _Places:
    lists = CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0")
    communes: dict[str, list[Commune]] = {}
    for code in lists.alive("communes", on):
        row = lists.row("communes", code, on)
        if row is not None:
            found = Commune(code, row["name_vi"], row["province_code"])
            communes.setdefault(found.province, []).append(found)
    return _Places(tuple(communes), communes)
