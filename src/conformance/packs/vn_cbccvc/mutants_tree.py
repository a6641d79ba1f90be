"""Faulty references: units over time, reorganisations, and the code lists of a version."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.reorganisation import Reorganisation
from conformance.packs.vn_cbccvc.standing import Standing
from conformance.reference.exchange import Outgoing


class ListsWhoLivesToday(ProviderMutant):
    """Lists the units that live today, whatever day was asked for."""

    breaks = ("VN-UNIT-006", "VN-TIER-004")

    def is_listed(self, standing: Standing, day: str) -> bool:
        return super().is_listed(standing, self.today().isoformat())


class KeepsUnitsADayTooLong(ProviderMutant):
    """Gives a unit back on the day on which it no longer lives."""

    breaks = ("VN-UNIT-007", "VN-UNIT-024", "VN-TIER-025")

    def has_ended(self, standing: Standing, day: str) -> bool:
        return super().has_ended(standing, day) and standing.end != day


class NamesOnePredecessor(ProviderMutant):
    """Tells of a merger as if there had been one predecessor."""

    breaks = ("VN-UNIT-008", "VN-TIER-005", "VN-TIER-018")

    def shown_links(self, links: Sequence[JsonObject]) -> Sequence[JsonObject]:
        return links[:1]


class KeepsTheAbsorbed(ProviderMutant):
    """Lets a unit live on that was absorbed by another."""

    breaks = ("VN-UNIT-009", "VN-TIER-017")

    def units_to_close(self, change: Reorganisation) -> Sequence[str]:
        return () if change.operation == "SAP_NHAP" else super().units_to_close(change)


class ClosesOnlyTheFirst(ProviderMutant):
    """Closes one of the units that became a new one, and lets the others live on."""

    breaks = ("VN-UNIT-010", "VN-TIER-014", "VN-TIER-017")

    def units_to_close(self, change: Reorganisation) -> Sequence[str]:
        closing = super().units_to_close(change)
        return closing[:1] if change.operation == "HOP_NHAP" else closing


class KeepsTheDivided(ProviderMutant):
    """Lets a unit live on that was divided into others."""

    breaks = ("VN-UNIT-011", "VN-TIER-020")

    def units_to_close(self, change: Reorganisation) -> Sequence[str]:
        return () if change.operation == "CHIA" else super().units_to_close(change)


class ClosesWhatItSplits(ProviderMutant):
    """Closes a unit of which only a part was split off."""

    breaks = ("VN-UNIT-012", "VN-TIER-024")

    def units_to_close(self, change: Reorganisation) -> Sequence[str]:
        return change.before if change.operation == "TACH" else super().units_to_close(change)


class DissolvesOverPeople(ProviderMutant):
    """Dissolves a unit in which people still work."""

    breaks = ("VN-UNIT-013", "VN-TIER-016")

    def has_people(self, code: str) -> bool:
        return False


class RenamesThePast(ProviderMutant):
    """Gives a renamed unit its new name on every day of its life."""

    breaks = ("VN-UNIT-014", "VN-UNIT-024", "VN-UNIT-028", "VN-TIER-004")

    def with_change(self, change: Reorganisation, known: Standing, unit: JsonObject) -> Standing:
        if change.operation == "DOI_TEN":
            return known.changed(unit, known.start)
        return super().with_change(change, known, unit)


class MovesThePast(ProviderMutant):
    """Puts a unit that was moved below its new parent on every day of its life."""

    breaks = ("VN-UNIT-015", "VN-UNIT-024", "VN-UNIT-028", "VN-TIER-003", "VN-TIER-004")

    def with_change(self, change: Reorganisation, known: Standing, unit: JsonObject) -> Standing:
        if change.operation == "CHUYEN":
            return known.changed(unit, known.start)
        return super().with_change(change, known, unit)


class ForgetsWhoseCodeItWas(ProviderMutant):
    """Gives the code of a unit that ended to another one."""

    breaks = ("VN-UNIT-016",)

    def owner(self, code: str) -> Standing | None:
        owner = super().owner(code)
        return None if owner and owner.end else owner


class GoesInCircles(ProviderMutant):
    """Takes a unit below one of its own."""

    breaks = ("VN-UNIT-017",)

    def closes_a_circle(self, code: str, parent: Json, start: str, end: str | None) -> bool:
        return False


class CarriesOutReplaysAgain(ProviderMutant):
    """Judges a replayed reorganisation as if it were a new one."""

    breaks = ("VN-UNIT-018",)

    def answer_to_replayed_reorganisation(self, message: JsonObject, answer: Json) -> Outgoing:
        return self.carry_out(message)


class IgnoresTheNewClass(ProviderMutant):
    """Accepts that a unit comes to another level or type, and leaves it where it was."""

    breaks = ("VN-UNIT-019",)

    def with_change(self, change: Reorganisation, known: Standing, unit: JsonObject) -> Standing:
        old, names = known.unit, ("unitType", "tier")
        kept: JsonObject = {name: old[name] for name in names if name in old}
        return super().with_change(change, known, {**unit, **kept})


class TakesClosedUnits(ProviderMutant):
    """Takes profiles whose units have closed."""

    breaks = ("VN-SYNC-028", "VN-TIER-019")

    def closed_units(self, case: Case) -> Sequence[Complaint]:
        return ()


class NamesNoOldVersions(ProviderMutant):
    """Names only the newest version of every code list."""

    breaks = ("VN-ACC-014",)

    def named_versions(self, name: str) -> Sequence[str]:
        return super().named_versions(name)[-1:]


class ServesTheNewestAsAll(ProviderMutant):
    """Serves the rows of today under the name of every version."""

    breaks = ("VN-ACC-015", "VN-TIER-022")

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        return super().rows_of(name, self.versions_of(name)[-1])


class InventsVersions(ProviderMutant):
    """Serves its newest rows as a version that the code list never had."""

    breaks = ("VN-ACC-016",)

    def answer_to_unknown_version(self, name: str, version: str) -> Outgoing:
        rows: list[Json] = list(self.rows_of(name, self.versions_of(name)[-1]))
        body: JsonObject = {"name": name, "version": version, "rows": rows, "nextCursor": None}
        return Outgoing(status=200, json=body)


TREE: Final = (
    ListsWhoLivesToday,
    KeepsUnitsADayTooLong,
    NamesOnePredecessor,
    KeepsTheAbsorbed,
    ClosesOnlyTheFirst,
    KeepsTheDivided,
    ClosesWhatItSplits,
    DissolvesOverPeople,
    RenamesThePast,
    MovesThePast,
    ForgetsWhoseCodeItWas,
    GoesInCircles,
    CarriesOutReplaysAgain,
    IgnoresTheNewClass,
)
CODE_LISTS: Final = (NamesNoOldVersions, ServesTheNewestAsAll, InventsVersions)
CLOSED_UNITS: Final = (TakesClosedUnits,)
