"""Faulty references: what real servers do to units, code lists, days, numbers and texts."""

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
from conformance.packs.vn_cbccvc.reorganisation import Reorganisation
from conformance.packs.vn_cbccvc.standing import Standing
from conformance.packs.vn_cbccvc.tree import Rows
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

    breaks = ("VN-UNIT-021",)

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

    breaks = ("VN-UNIT-024", "VN-UNIT-007", "VN-TIER-006")

    def day_of_reading(self, query: Mapping[str, Json]) -> str:
        day = super().day_of_reading(query)
        return _before(day) if "asOf" in query else day


class ListsTheDayBefore(ProviderMutant):
    """Lists the tree of the day before the one asked for."""

    breaks = ("VN-UNIT-024", "VN-TIER-004")

    def day_of_listing(self, query: Mapping[str, Json]) -> str:
        day = super().day_of_listing(query)
        return _before(day) if "asOf" in query else day


class ShiftsFirstDays(ProviderMutant):
    """Gives the first day of a unit back as the day before."""

    breaks = ("VN-UNIT-021", "VN-UNIT-001")

    def shown_unit(self, unit: JsonObject) -> JsonObject:
        return {**unit, "effectiveFrom": _before(str(unit["effectiveFrom"]))}


class ListsTheDeadToday(ProviderMutant):
    """Lists units that have ended to whoever asks for no day."""

    breaks = ("VN-TIER-003",)

    def is_listed(self, standing: Standing, day: str) -> bool:
        return super().is_listed(standing, day) or day == self.today().isoformat()


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


class LinksBackwardsOnly(ProviderMutant):
    """Knows where a unit came from, and not what became of one."""

    breaks = ("VN-TIER-005", "VN-TIER-018", "VN-TIER-023", "VN-UNIT-008")

    def read_lineage(self, code: str) -> Outgoing:
        answer = super().read_lineage(code)
        if isinstance(answer.json, dict) and "successors" in answer.json:
            return replace(answer, json={**answer.json, "successors": []})
        return answer


class SplitsWithoutOrigin(ProviderMutant):
    """Founds what is split off without a link to what it was split off from."""

    breaks = ("VN-TIER-023",)

    def are_linked(self, change: Reorganisation, heir: Standing, origin: Standing) -> bool:
        return change.operation != "TACH" and super().are_linked(change, heir, origin)


class MovesPeopleWithThePart(ProviderMutant):
    """Lists everybody of a unit under the part that was split off from it."""

    breaks = ("VN-TIER-024",)

    def units_of(self, profile_id: str, named: str) -> Sequence[str]:
        standing = self.standing(named)
        parts = [
            str(link["unitCode"])
            for link in (standing.successors if standing else ())
            if link["operation"] == "TACH"
        ]
        return parts or super().units_of(profile_id, named)


class NumbersLinksByTheLastDecision(ProviderMutant):
    """Names one decision, the last, in every link of a unit."""

    breaks = ("VN-TIER-018",)

    def shown_links(self, links: Sequence[JsonObject]) -> Sequence[JsonObject]:
        return [
            {**link, "decisionNo": [*standing.predecessors, *standing.successors][-1]["decisionNo"]}
            for link in links
            if (standing := self.standing(link["unitCode"]))
        ]


class NeverEndsADistrictInItsList(ProviderMutant):
    """Serves one code list as it was before July 2025 under the name of every version."""

    breaks = ("VN-TIER-022",)

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        return super().rows_of(name, "2025-03-01" if name == "unit-types" else version)


class ForgetsEndedAgencies(ProviderMutant):
    """Serves the agency codes of today under the name of the older version too."""

    breaks = ("VN-TIER-022",)

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        return super().rows_of(name, "2025-07-01" if name == "agency-codes" else version)


class CountsCodesAsNumbers(ProviderMutant):
    """Loses the zeros at the beginning of codes in its code lists."""

    breaks = ("VN-TIER-008", "VN-TIER-009", "VN-ACC-015")

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        return [
            {**row, "code": str(row["code"]).lstrip("0") or "0"}
            for row in super().rows_of(name, version)
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


class FoundsUnitsOnAnyDay(ProviderMutant):
    """Takes new units that do not begin on the day of the decision."""

    breaks = ("VN-TIER-012",)

    def days_fit(self, change: Reorganisation) -> Sequence[Complaint]:
        return [c for c in super().days_fit(change) if not c.pointer.endswith("/effectiveFrom")]


class ClosesUnitsOnArrival(ProviderMutant):
    """Ends units on the day on which a decision about a later one arrives."""

    breaks = ("VN-TIER-025",)

    def apply_reorganisation(self, change: Reorganisation) -> None:
        super().apply_reorganisation(change)
        for code in change.closing:
            standing, today = self.standing(code), self.today().isoformat()
            if standing and standing.end and standing.end > today:
                self.keep_standing(standing.ended(today))


class MovesPeopleOnArrival(ProviderMutant):
    """Lists people under the heir of their unit before the day of the merger."""

    breaks = ("VN-TIER-025",)

    def units_of(self, profile_id: str, named: str) -> Sequence[str]:
        standing = self.standing(named)
        heir = self.heir_of(standing) if standing else None
        ahead = standing and standing.end and standing.end > self.today().isoformat()
        return (heir,) if heir and ahead else super().units_of(profile_id, named)


class LetsDecisionIdsBeReused(ProviderMutant):
    """Carries out another decision under a message id that was used before."""

    breaks = ("VN-TIER-026",)

    def answer_to_reused_decision(self, message: JsonObject) -> Outgoing:
        return self.carry_out(message)


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
TIER_VALUES: Final = (
    ListsTheDeadToday,
    LinksBackwardsOnly,
    CountsCodesAsNumbers,
    NumbersLinksByTheLastDecision,
    NeverEndsADistrictInItsList,
    ForgetsEndedAgencies,
    SplitsWithoutOrigin,
    MovesPeopleWithThePart,
    FoundsUnitsOnAnyDay,
    ClosesUnitsOnArrival,
    MovesPeopleOnArrival,
    LetsDecisionIdsBeReused,
)
