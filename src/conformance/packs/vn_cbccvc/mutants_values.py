"""Faulty references: what real servers do to units, days, numbers, pages and texts."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.batches import UNIT_BATCH, Batch
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.paging import Rows
from conformance.packs.vn_cbccvc.reorganisation import Reorganisation
from conformance.packs.vn_cbccvc.standing import Standing
from conformance.reference.exchange import Outgoing

_COLUMN: Final = 255
_SMALLINT: Final = 32_767


class CutsNamesByBytes(ProviderMutant):
    """Keeps the names of units in a column of 255 bytes."""

    breaks = ("VN-UNIT-021", "VN-UNIT-022")

    def keep_unit(self, unit: JsonObject) -> int:
        return super().keep_unit({**unit, "name": _cut(str(unit["name"]))})


class CutsAddressesByBytes(ProviderMutant):
    """Keeps the addresses of people in a column of 255 bytes."""

    breaks = ("VN-PRO-031",)

    def shown_profile(self, profile: Json) -> Json:
        if not isinstance(profile, dict) or not isinstance(profile["currentResidence"], dict):
            return profile
        home = profile["currentResidence"]
        detail = {"detail": _cut(str(home["detail"]))} if "detail" in home else {}
        return {**profile, "currentResidence": {**home, **detail}}


class CollapsesSpaces(ProviderMutant):
    """Gives addresses back with one space wherever there were two."""

    breaks = ("VN-PRO-031",)

    def shown_profile(self, profile: Json) -> Json:
        if not isinstance(profile, dict) or not isinstance(profile["currentResidence"], dict):
            return profile
        home = profile["currentResidence"]
        detail = {"detail": " ".join(str(home["detail"]).split())} if "detail" in home else {}
        return {**profile, "currentResidence": {**home, **detail}}


class KeepsAllowancesInBinary(ProviderMutant):
    """Keeps allowances as binary numbers, and cuts them to hundredths again."""

    breaks = ("VN-PRO-031",)

    def shown_profile(self, profile: Json) -> Json:
        if not isinstance(profile, dict):
            return profile
        allowances: JsonObject = {
            name: f"{int(float(str(profile[name])) * 100) / 100:.2f}"
            for name in ("concurrentAllowance", "otherAllowance")
            if name in profile
        }
        return {**profile, **allowances}


class KeepsQuotasInTwoBytes(ProviderMutant):
    """Lets a staff quota overflow that two bytes do not hold."""

    breaks = ("VN-UNIT-021", "VN-UNIT-022")

    def keep_unit(self, unit: JsonObject) -> int:
        quota = unit.get("staffQuota")
        if isinstance(quota, int) and quota > _SMALLINT:
            unit = {**unit, "staffQuota": quota % (_SMALLINT + 1)}
        return super().keep_unit(unit)


class KeepsTaxCodesAsNumbers(ProviderMutant):
    """Loses the zeros at the beginning of a tax code, and fills it up at its end."""

    breaks = ("VN-UNIT-021",)

    def shown_unit(self, unit: JsonObject) -> JsonObject:
        code = unit.get("taxCode")
        return (
            {**unit, "taxCode": code.lstrip("0").ljust(10, "0")} if isinstance(code, str) else unit
        )


class ForgetsShortNames(ProviderMutant):
    """Gives a unit back without its short name."""

    breaks = ("VN-UNIT-021", "VN-UNIT-028")

    def shown_unit(self, unit: JsonObject) -> JsonObject:
        return {name: value for name, value in unit.items() if name != "shortName"}


class DecomposesNamesInLists(ProviderMutant):
    """Tells the names of units in decomposed letters (NFD) where it lists them."""

    breaks = ("VN-UNIT-022",)

    def tree_on(self, day: str, parent: Json) -> Rows:
        return [
            (rank, {**unit, "name": unicodedata.normalize("NFD", str(unit["name"]))})
            for rank, unit in super().tree_on(day, parent)
        ]


class ListsAnOldCopy(ProviderMutant):
    """Lists units under the names that they bore when they were first listed."""

    breaks = ("VN-UNIT-022",)

    def tree_on(self, day: str, parent: Json) -> Rows:
        rows = super().tree_on(day, parent)
        for _, unit in rows:
            if self.store.get("listed", str(unit["unitCode"])) is None:
                self.store.put("listed", str(unit["unitCode"]), unit["name"])
        return [
            (rank, {**unit, "name": self.store.get("listed", str(unit["unitCode"]))})
            for rank, unit in rows
        ]


class BeginsAPageOfOneAgain(ProviderMutant):
    """Gives the second unit twice to whoever asks for one unit a page."""

    breaks = ("VN-UNIT-023",)

    def list_units(self, query: Mapping[str, Json]) -> Outgoing:
        answer = super().list_units(query)
        if query.get("limit") != 1 or not isinstance(answer.json, dict):
            return answer
        cursor = answer.json.get("nextCursor")
        known = self.store.get("begun", str(cursor))
        if query.get("cursor") is None or cursor is None or known:
            return answer
        self.store.put("begun", str(cursor), True)
        return replace(answer, json={**answer.json, "nextCursor": query["cursor"]})


class EndsBeforeTheLastUnit(ProviderMutant):
    """Ends a walk of single units before the last of them."""

    breaks = ("VN-UNIT-023",)

    def list_units(self, query: Mapping[str, Json]) -> Outgoing:
        answer = super().list_units(query)
        if query.get("limit") != 1 or not isinstance(answer.json, dict):
            return answer
        following = super().list_units({**query, "cursor": answer.json["nextCursor"]})
        last = isinstance(following.json, dict) and following.json["nextCursor"] is None
        return replace(answer, json={**answer.json, "nextCursor": None}) if last else answer


class GivesOneUnitTooMany(ProviderMutant):
    """Puts one unit more on a page than was asked for."""

    breaks = ("VN-UNIT-023",)

    def list_units(self, query: Mapping[str, Json]) -> Outgoing:
        limit = query.get("limit")
        return super().list_units(
            {**query, "limit": limit + 1} if isinstance(limit, int) else query
        )


class EndsUnitsADayEarly(ProviderMutant):
    """Ends merged units on the day before the decision holds."""

    breaks = ("VN-UNIT-024",)

    def apply_reorganisation(self, change: Reorganisation) -> None:
        super().apply_reorganisation(change)
        for code in change.closing:
            standing = self.standing(code)
            if standing and standing.end == change.day and standing.unit["unitType"] == "PCM":
                self.keep_standing(standing.ended(_before(change.day)))


class RenamesADayLate(ProviderMutant):
    """Tells the new name of a unit from the day after the decision's."""

    breaks = ("VN-UNIT-024",)

    def with_change(self, change: Reorganisation, known: Standing, unit: JsonObject) -> Standing:
        if change.operation == "DOI_TEN":
            return known.changed(unit, _after(change.day))
        return super().with_change(change, known, unit)


class ReadsTheDayBefore(ProviderMutant):
    """Reads a unit as of the day before the one asked for, as midnight in another zone is."""

    breaks = ("VN-UNIT-024", "VN-UNIT-007", "VN-TIER-006", "VN-TIER-025")

    def day_of_reading(self, query: Mapping[str, Json]) -> str:
        day = super().day_of_reading(query)
        return _before(day) if "asOf" in query else day


class ListsTheDayBefore(ProviderMutant):
    """Lists the tree of the day before the one asked for."""

    breaks = ("VN-UNIT-024", "VN-UNIT-006", "VN-TIER-004")

    def day_of_listing(self, query: Mapping[str, Json]) -> str:
        day = super().day_of_listing(query)
        return _before(day) if "asOf" in query else day


class ShiftsFirstDays(ProviderMutant):
    """Gives the first day of a unit back as the day before."""

    breaks = ("VN-UNIT-021", "VN-UNIT-001")

    def shown_unit(self, unit: JsonObject) -> JsonObject:
        return {**unit, "effectiveFrom": _before(str(unit["effectiveFrom"]))}


class ListsByTodaysParent(ProviderMutant):
    """Lists the units of a day below the parents that they have today."""

    breaks = ("VN-UNIT-024", "VN-UNIT-015", "VN-TIER-004")

    def tree_on(self, day: str, parent: Json) -> Rows:
        rows = super().tree_on(day, None)
        return [
            (rank, unit)
            for rank, unit in rows
            if parent is None or (self.unit(unit["unitCode"]) or {}).get("parentCode") == parent
        ]


class AppliesUnitsAgain(ProviderMutant):
    """Repeats its first answer to a repeated message with units, and applies it once more."""

    breaks = ("VN-UNIT-025",)

    def answer_to_replay(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem], receipt: Json
    ) -> Outgoing:
        if batch is UNIT_BATCH:
            with self.store.transaction():
                self.apply(batch, message, found, self.clock.now())
        return super().answer_to_replay(batch, message, found, receipt)


class LetsUnitsOutliveTheirParent(ProviderMutant):
    """Takes units that live when nobody stands above them."""

    breaks = ("VN-UNIT-026",)

    def parent_lives(self, case: Case) -> Sequence[Complaint]:
        return ()


class TurnsTheLevelsOver(ProviderMutant):
    """Takes a unit of a higher level than the one above it."""

    breaks = ("VN-UNIT-027",)

    def tier_fits(self, case: Case) -> Sequence[Complaint]:
        return ()


def _cut(text: str) -> str:
    return text.encode()[:_COLUMN].decode(errors="ignore")


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


PROFILE_VALUES: Final = (CutsAddressesByBytes, CollapsesSpaces, KeepsAllowancesInBinary)
UNIT_VALUES: Final = (
    CutsNamesByBytes,
    KeepsQuotasInTwoBytes,
    KeepsTaxCodesAsNumbers,
    ForgetsShortNames,
    ShiftsFirstDays,
    DecomposesNamesInLists,
    ListsAnOldCopy,
    BeginsAPageOfOneAgain,
    EndsBeforeTheLastUnit,
    GivesOneUnitTooMany,
    EndsUnitsADayEarly,
    RenamesADayLate,
    ReadsTheDayBefore,
    ListsTheDayBefore,
    ListsByTodaysParent,
    AppliesUnitsAgain,
    LetsUnitsOutliveTheirParent,
    TurnsTheLevelsOver,
)
