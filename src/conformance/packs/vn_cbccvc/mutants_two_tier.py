"""Faulty references: the reorganisation of July 2025, and the people whom it moved."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.following import Place
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.keeping import HISTORY, PROFILES
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.reorganisation import Reorganisation
from conformance.packs.vn_cbccvc.standing import Standing
from conformance.packs.vn_cbccvc.unit_laws import complaint
from conformance.reference.exchange import Outgoing


class ReadsHistoryOnItsFirstDay(ProviderMutant):
    """Reads the codes of a unit that has ended in the lists of its first day."""

    breaks = ("VN-TIER-001",)

    def day_of_unit_codes(self, case: Case) -> date:
        ended = super().day_of_unit_codes(case) < case.as_of
        return date.fromisoformat(str(case.subject["effectiveFrom"])) if ended else case.as_of


class TakesOneDecisionADay(ProviderMutant):
    """Refuses a second decision of one day about the same unit."""

    breaks = ("VN-TIER-002",)

    def days_fit(self, change: Reorganisation) -> Sequence[Complaint]:
        again = (
            complaint("bad-reorganisation", "/effectiveOn", change.day)
            for code in change.before
            if (standing := self.standing(code)) and standing.slices[-1].start == change.day
        )
        return (*super().days_fit(change), *again)


class StillFindsTheDistricts(ProviderMutant):
    """Finds a district on days on which there is none."""

    breaks = ("VN-TIER-003",)

    def has_ended(self, standing: Standing, day: str) -> bool:
        return super().has_ended(standing, day) and standing.unit["unitType"] != "HUYEN"


class ListsTheDayOfTheEndToo(ProviderMutant):
    """Lists a unit on the day on which it no longer lives, and reads it rightly."""

    breaks = ("VN-TIER-004", "VN-UNIT-006")

    def is_listed(self, standing: Standing, day: str) -> bool:
        return super().is_listed(standing, day) or standing.end == day


class NamesOnePartOfTheDivided(ProviderMutant):
    """Links a divided unit with the first of its parts alone."""

    breaks = ("VN-TIER-005", "VN-UNIT-008")

    def are_linked(self, change: Reorganisation, heir: Standing, origin: Standing) -> bool:
        first = change.operation != "CHIA" or change.after[0]["unitCode"] == heir.code
        return first and super().are_linked(change, heir, origin)


class KeepsTheProvinceCodeOfTheName(ProviderMutant):
    """Leaves a merged province its own province code, wherever the seat is."""

    breaks = ("VN-TIER-006",)

    def with_change(self, change: Reorganisation, known: Standing, unit: JsonObject) -> Standing:
        if change.operation == "SAP_NHAP" and unit["unitType"] == "UBNDT":
            unit = {**unit, "provinceCode": known.unit["provinceCode"]}
        return super().with_change(change, known, unit)


class TellsThePastInTodaysCodes(ProviderMutant):
    """Tells every day of a unit's life with the province code that it bears last."""

    breaks = ("VN-TIER-007",)

    def told(self, standing: Standing, day: str) -> JsonObject:
        return {**super().told(standing, day), "provinceCode": standing.unit["provinceCode"]}


class MapsProvincesByName(ProviderMutant):
    """Leads an old province to its own code wherever one of today bears its name."""

    breaks = ("VN-TIER-008",)

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        rows = super().rows_of(name, version)
        if name != "province-map":
            return rows
        return [
            {**row, "newCode": row["code"]} if row["name"] == row["newName"] else row
            for row in rows
        ]


class MapsCommunesToOne(ProviderMutant):
    """Leads every old commune to one of today, also those that were split."""

    breaks = ("VN-TIER-009",)

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        rows = super().rows_of(name, version)
        return [{**row, "alsoIn": None} for row in rows] if name == "commune-map" else rows


class LeavesUnitsBelowTheEnded(ProviderMutant):
    """Ends a unit over the heads of those that live below it."""

    breaks = ("VN-TIER-010",)

    def nobody_is_orphaned(self, change: Reorganisation) -> Sequence[Complaint]:
        return ()


class CarriesOutWhatItCan(ProviderMutant):
    """Rejects a merger for one unknown unit, and closes the others all the same."""

    breaks = ("VN-TIER-011",)

    def units_before_live(self, change: Reorganisation) -> Sequence[Complaint]:
        complaints = super().units_before_live(change)
        for code in change.closing if complaints else ():
            standing = self.standing(code)
            if standing and standing.end is None:
                self.keep_standing(standing.ended(change.day))
        return complaints


class TakesAnyNumberOfUnits(ProviderMutant):
    """Takes a merger of one and a division into one."""

    breaks = ("VN-TIER-012",)

    def numbers_fit(self, change: Reorganisation) -> Sequence[Complaint]:
        return ()


class ReorganisesTheEnded(ProviderMutant):
    """Decides anew about a unit that an earlier decision ended."""

    breaks = ("VN-TIER-013",)

    def trouble_with(self, code: str, change: Reorganisation) -> str:
        word = super().trouble_with(code, change)
        return "" if word == "unit-closed" else word


class ListsPeopleInBothOffices(ProviderMutant):
    """Lists the people of a merged unit under the heir, and under the old unit too."""

    breaks = ("VN-TIER-014",)

    def units_of(self, profile_id: str, named: str) -> Sequence[str]:
        return (named, *super().units_of(profile_id, named))


class RewritesSignedProfiles(ProviderMutant):
    """Writes the heir of a merger into the stored profiles, under the old signatures."""

    breaks = ("VN-TIER-015", "VN-TIER-025")

    def apply_reorganisation(self, change: Reorganisation) -> None:
        super().apply_reorganisation(change)
        if change.operation != "HOP_NHAP":
            return
        for key in self.store.keys(PROFILES):
            row = self.stored_profile(key)
            profile = row["profile"] if row else None
            if row and isinstance(profile, dict) and profile["employingUnitCode"] in change.before:
                heir = change.after[0]["unitCode"]
                self.store.put(
                    PROFILES, key, {**row, "profile": {**profile, "employingUnitCode": heir}}
                )


class CountsOnlyWhoNamesTheUnit(ProviderMutant):
    """Dissolves a unit when no file names it, whoever came to it by a merger."""

    breaks = ("VN-TIER-016",)

    def stands_in(self, named: str, code: str) -> bool:
        return named == code


class FollowsOneMerger(ProviderMutant):
    """Lists people under the heir of their unit, also when that has been merged in turn."""

    breaks = ("VN-TIER-017",)

    def whereabouts(self, named: str) -> Place:
        place, standing = super().whereabouts(named), self.standing(named)
        heir = self.heir_of(standing) if standing else None
        return Place(unit=heir, known=True) if heir and place.unit != named else place


class FlattensLineage(ProviderMutant):
    """Names all ancestors of a unit at once, as if they had been merged in one step."""

    breaks = ("VN-TIER-018", "VN-UNIT-020")

    def read_lineage(self, code: str) -> Outgoing:
        answer, standing = super().read_lineage(code), self.standing(code)
        if answer.status != 200 or standing is None or not isinstance(answer.json, dict):
            return answer
        ancestors, ahead = [], list(standing.predecessors)
        while ahead:
            link = ahead.pop(0)
            ancestors.append(link)
            above = self.standing(link["unitCode"])
            ahead += above.predecessors if above else ()
        return Outgoing(status=200, json={**answer.json, "predecessors": list(ancestors)})


class TakesWhatADecisionClosed(ProviderMutant):
    """Takes profiles for a unit that ended by a decision and was not sent as ended."""

    breaks = ("VN-TIER-019",)

    def unit_has_closed(self, code: Json, as_of: date) -> bool:
        standing = self.standing(code)
        return super().unit_has_closed(code, as_of) and not (standing and standing.decided)


class PlacesAllInTheFirstPart(ProviderMutant):
    """Places everybody of a divided unit in the first of its parts."""

    breaks = ("VN-TIER-020",)

    def heir_of(self, standing: Standing) -> str | None:
        parts = [link for link in standing.successors if link["operation"] == "CHIA"]
        return str(parts[0]["unitCode"]) if parts else super().heir_of(standing)


class ForgetsTheUnplaced(ProviderMutant):
    """Lists nowhere who stood in a unit that was divided."""

    breaks = ("VN-TIER-020",)

    def units_of(self, profile_id: str, named: str) -> Sequence[str]:
        return super().units_of(profile_id, named) if self.whereabouts(named).known else ()


class ListsUnderFormerUnits(ProviderMutant):
    """Lists people under every unit that a version of their profile ever named."""

    breaks = ("VN-TIER-021", "VN-QUAL-004")

    def units_of(self, profile_id: str, named: str) -> Sequence[str]:
        rows = [
            self.store.get(f"{HISTORY}/{profile_id}", key)
            for key in self.store.keys(f"{HISTORY}/{profile_id}")
        ]
        profiles = [row["profile"] for row in rows if isinstance(row, dict)]
        return [
            self.whereabouts(str(profile["employingUnitCode"])).unit
            for profile in profiles
            if isinstance(profile, dict)
        ]


TWO_TIER: Final = (
    ReadsHistoryOnItsFirstDay,
    TakesOneDecisionADay,
    StillFindsTheDistricts,
    ListsTheDayOfTheEndToo,
    NamesOnePartOfTheDivided,
    KeepsTheProvinceCodeOfTheName,
    TellsThePastInTodaysCodes,
    MapsProvincesByName,
    MapsCommunesToOne,
    LeavesUnitsBelowTheEnded,
    CarriesOutWhatItCan,
    TakesAnyNumberOfUnits,
    ReorganisesTheEnded,
    ListsPeopleInBothOffices,
    RewritesSignedProfiles,
    CountsOnlyWhoNamesTheUnit,
    FollowsOneMerger,
    FlattensLineage,
    TakesWhatADecisionClosed,
    PlacesAllInTheFirstPart,
    ForgetsTheUnplaced,
    ListsUnderFormerUnits,
)
