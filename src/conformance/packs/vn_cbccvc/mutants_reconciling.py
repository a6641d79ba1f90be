"""Faulty references: what is found when agency and centre compare, and what is invented."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc import reconciling
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.reconciling import (
    DIFFERENT,
    MISSING_AT_AGENCY,
    MISSING_AT_CENTRE,
    Subject,
)
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT


class ExpectsAJobPositionOfEverybody(ProviderMutant):
    """Misses a job position of people who have none."""

    breaks = ("VN-RECON-001",)

    def has_a_row(self, subject: Subject, profile: JsonObject) -> bool:
        return subject is reconciling.POSITIONS or super().has_a_row(subject, profile)


class CallsEverybodyAnOfficial(ProviderMutant):
    """Counts everybody among the structural officials."""

    breaks = ("VN-RECON-001",)

    def has_a_row(self, subject: Subject, profile: JsonObject) -> bool:
        return subject is reconciling.OFFICIALS or super().has_a_row(subject, profile)


class NeverMissesSomebodyAtTheCentre(ProviderMutant):
    """Passes over the agency's people whom the centre does not know."""

    breaks = ("VN-RECON-002",)

    def kinds_of(self, subject: Subject) -> Collection[str]:
        if subject is reconciling.PEOPLE:
            return (MISSING_AT_AGENCY, DIFFERENT)
        return super().kinds_of(subject)


class LooksOneWay(ProviderMutant):
    """Passes over the centre's people whom the agency does not hold."""

    breaks = ("VN-RECON-002",)

    def kinds_of(self, subject: Subject) -> Collection[str]:
        if subject is reconciling.PEOPLE:
            return (MISSING_AT_CENTRE, DIFFERENT)
        return super().kinds_of(subject)


class ComparesPeopleByNameAlone(ProviderMutant):
    """Compares the names of people, and nothing else of them."""

    breaks = ("VN-RECON-002",)

    def members_of(self, subject: Subject) -> Collection[str]:
        if subject is reconciling.PEOPLE:
            return ("birthFullName",)
        return super().members_of(subject)


class CountsJobPositions(ProviderMutant):
    """Looks whether people have a job position, and not which."""

    breaks = ("VN-RECON-003",)

    def members_of(self, subject: Subject) -> Collection[str]:
        return () if subject is reconciling.POSITIONS else super().members_of(subject)


class ForgetsWhenOfficialsWereAppointed(ProviderMutant):
    """Compares the positions of officials without the dates of appointment."""

    breaks = ("VN-RECON-004",)

    def members_of(self, subject: Subject) -> Collection[str]:
        if subject is reconciling.OFFICIALS:
            return ("currentPositionCode",)
        return super().members_of(subject)


class OverlooksUnknownOfficials(ProviderMutant):
    """Passes over officials whom the centre does not know as such."""

    breaks = ("VN-RECON-004",)

    def kinds_of(self, subject: Subject) -> Collection[str]:
        if subject is reconciling.OFFICIALS:
            return (MISSING_AT_AGENCY, DIFFERENT)
        return super().kinds_of(subject)


class ComparesUnitsByName(ProviderMutant):
    """Compares units without looking where they hang."""

    breaks = ("VN-RECON-005",)

    def members_of(self, subject: Subject) -> Collection[str]:
        return ("name",) if subject is reconciling.UNITS else super().members_of(subject)


class OverlooksForgottenUnits(ProviderMutant):
    """Passes over units that the agency does not hold."""

    breaks = ("VN-RECON-005",)

    def kinds_of(self, subject: Subject) -> Collection[str]:
        if subject is reconciling.UNITS:
            return (MISSING_AT_CENTRE, DIFFERENT)
        return super().kinds_of(subject)


class PrintsWholeIds(ProviderMutant):
    """Names people in mismatches by their whole personal id."""

    breaks = ("VN-RECON-006",)

    def shown_key(self, profile_id: str) -> str:
        return profile_id


class ComparesTheNeighboursToo(ProviderMutant):
    """Compares an agency's rows with everybody at the centre."""

    # The neighbours of a right comparison are a difference that is none.
    breaks = ("VN-RECON-001", "VN-RECON-007")

    def units_meant(self, agency: str, day: str) -> frozenset[str]:
        return super().units_meant(ROOT_UNIT, day)


class ComparesForAnybody(ProviderMutant):
    """Compares the data of whichever agency is named."""

    breaks = ("VN-RECON-007",)

    def may_compare(self, sender: str, agency: str) -> bool:
        return True


class ComparesTheTreeOfToday(ProviderMutant):
    """Compares the units of today, whatever day was asked for."""

    breaks = ("VN-RECON-008",)

    def day_of_tree(self, day: str | None) -> str:
        return super().day_of_tree(None)


class ComparesThePeopleOfToday(ProviderMutant):
    """Compares the profiles of today, whatever day was asked for."""

    breaks = ("VN-RECON-008",)

    def profile_by_end_of(self, profile_id: str, day: str | None) -> JsonObject | None:
        return super().profile_by_end_of(profile_id, None)


RECONCILIATION: Final = (
    ExpectsAJobPositionOfEverybody,
    CallsEverybodyAnOfficial,
    ComparesTheNeighboursToo,
    NeverMissesSomebodyAtTheCentre,
    LooksOneWay,
    ComparesPeopleByNameAlone,
    CountsJobPositions,
    ForgetsWhenOfficialsWereAppointed,
    OverlooksUnknownOfficials,
    ComparesUnitsByName,
    OverlooksForgottenUnits,
    PrintsWholeIds,
    ComparesForAnybody,
    ComparesTheTreeOfToday,
    ComparesThePeopleOfToday,
)
