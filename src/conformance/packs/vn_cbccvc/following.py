"""
Where people stand after their unit was reorganised.

A profile is signed and stays as it was sent; what changes is where the registry lists the
person. One decision stands in one method; see `reference`. How units change stands in
`reorganisations`; the contract says at `reorganiseUnits` how people follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.batches import Batches
from conformance.packs.vn_cbccvc.standing import Standing

#: After these a unit has one heir, which takes over everybody.
_MERGERS: Final = ("SAP_NHAP", "HOP_NHAP")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    Where somebody stands.

    Attributes:
        unit: the unit that lives; without one, the last that it came to.
        known: whether that unit lives, so that the person is placed.
    """

    unit: str
    known: bool


class Following(Batches):
    """Says where somebody stands today whose profile names a unit of whatever time."""

    def whereabouts(self, named: str) -> Place:
        """The unit itself, or what became of it, merger after merger."""
        day, code = self.today().isoformat(), named
        while (standing := self.standing(code)) and standing.end is not None:
            if standing.end > day:
                break
            heir = self.heir_of(standing)
            if heir is None:
                return Place(unit=code, known=False)
            code = heir
        return Place(unit=code, known=True)

    def units_of(self, profile_id: str, named: str) -> Sequence[str]:
        """The units under which somebody is listed whose profile names that unit: one."""
        del profile_id
        return (self.whereabouts(named).unit,)

    def heir_of(self, standing: Standing) -> str | None:
        """The one unit that took over a unit which ended; None where there is none or several."""
        heirs = {
            str(link["unitCode"]) for link in standing.successors if link["operation"] in _MERGERS
        }
        return heirs.pop() if len(heirs) == 1 else None

    def shown_place(self, named: str, place: Place) -> JsonObject:
        """What a listing says of it: nothing where somebody stands where the profile says."""
        if place.known and place.unit == named:
            return {}
        return {"placedIn": place.unit if place.known else None}
