"""Faulty references: what real servers do to decisions about units, their links, and code lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.intake import Complaint
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.reorganisation import Reorganisation
from conformance.packs.vn_cbccvc.standing import Standing
from conformance.reference.exchange import Outgoing


class ListsTheDeadToday(ProviderMutant):
    """Lists units that have ended to whoever asks for no day."""

    breaks = ("VN-TIER-003",)

    def is_listed(self, standing: Standing, day: str) -> bool:
        return super().is_listed(standing, day) or day == self.today().isoformat()


class LinksBackwardsOnly(ProviderMutant):
    """Knows where a unit came from, and not what became of one."""

    breaks = ("VN-TIER-005", "VN-TIER-018", "VN-TIER-023", "VN-UNIT-008", "VN-UNIT-020")

    def read_lineage(self, code: str) -> Outgoing:
        answer = super().read_lineage(code)
        if isinstance(answer.json, dict) and "successors" in answer.json:
            return replace(answer, json={**answer.json, "successors": []})
        return answer


class CountsCodesAsNumbers(ProviderMutant):
    """Loses the zeros at the beginning of codes in its code lists."""

    breaks = ("VN-TIER-008", "VN-TIER-009", "VN-ACC-015")

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        return [
            {**row, "code": str(row["code"]).lstrip("0") or "0"}
            for row in super().rows_of(name, version)
        ]


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


class SplitsWithoutOrigin(ProviderMutant):
    """Founds what is split off without a link to what it was split off from."""

    breaks = ("VN-TIER-023", "VN-UNIT-008")

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

    breaks = ("VN-TIER-026", "VN-SYNC-016")

    def answer_to_reused_decision(self, message: JsonObject) -> Outgoing:
        return self.carry_out(message)


DECISIONS: Final = (
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
