"""Faulty references: days that are counted wrongly, and changes that are lost or told twice."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Final

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.timeliness import SYSTEM

_EVERY_TERM: Final = ("VN-CONT-001", "VN-CONT-002", "VN-CONT-003", "VN-CONT-004", "VN-CONT-005")


class CountsTheDayOfTheChange(ProviderMutant):
    """Wants data of the system on the very day of the change."""

    breaks = ("VN-CONT-001", "VN-CONT-005")

    def term(self, origin: str) -> tuple[int, bool]:
        days, working = super().term(origin)
        return (0, working) if origin == SYSTEM else (days, working)


class GivesSystemDataThreeDays(ProviderMutant):
    """Gives data born in the system as long as all others."""

    breaks = ("VN-CONT-001", "VN-CONT-005")

    def term(self, origin: str) -> tuple[int, bool]:
        return super().term("")


class WantsAllDataWithinADay(ProviderMutant):
    """Gives other data no longer than those born in the system."""

    breaks = ("VN-CONT-002", "VN-CONT-003", "VN-CONT-004")

    def term(self, origin: str) -> tuple[int, bool]:
        return super().term(SYSTEM)


class TakesSilenceForTheSystem(ProviderMutant):
    """Takes data of which nobody says where they were born for born in the system."""

    breaks = ("VN-CONT-002",)

    def term(self, origin: str) -> tuple[int, bool]:
        return super().term(origin or SYSTEM)


class GivesAFourthDay(ProviderMutant):
    """Gives other data four working days."""

    breaks = ("VN-CONT-002", "VN-CONT-003", "VN-CONT-004")

    def term(self, origin: str) -> tuple[int, bool]:
        days, working = super().term(origin)
        return (days + 1, working) if working else (days, working)


class JudgesByItsOwnClock(ProviderMutant):
    """Measures until a message arrived, and not until it was sent."""

    breaks = _EVERY_TERM

    def timeliness(self, origin: str, changed_at: datetime, sent_at: datetime) -> str:
        return super().timeliness(origin, changed_at, self.clock.now())


class WorksOnWeekends(ProviderMutant):
    """Counts Saturdays and Sundays as working days."""

    breaks = ("VN-CONT-003", "VN-CONT-004")

    def is_weekend(self, day: date) -> bool:
        return False


class WorksOnSaturdays(ProviderMutant):
    """Counts every Saturday as a working day."""

    breaks = ("VN-CONT-003", "VN-CONT-004")

    def is_weekend(self, day: date) -> bool:
        return day.isoweekday() == 7


class WorksThroughTet(ProviderMutant):
    """Knows no holidays, and no days that are worked in their place."""

    breaks = ("VN-CONT-004",)

    def is_working_day(self, day: date) -> bool:
        return not self.is_weekend(day)


class RestsOnWorkedSaturdays(ProviderMutant):
    """Takes a Saturday that is worked in place of another day for a day off."""

    breaks = ("VN-CONT-004",)

    def is_worked(self, kind: str) -> bool:
        return False


class LivesInGreenwich(ProviderMutant):
    """Ends its days at midnight in UTC."""

    breaks = ("VN-CONT-005",)

    def zone(self) -> tzinfo:
        return UTC


class TakesChangesFromTomorrow(ProviderMutant):
    """Takes changes that are dated after the message that tells them."""

    breaks = ("VN-CONT-006",)

    def is_ahead_of_its_message(self, changed_at: datetime, sent_at: datetime) -> bool:
        return False


class RefusesTheMomentOfSending(ProviderMutant):
    """Rejects a change that is dated to the moment in which it is told."""

    breaks = ("VN-CONT-006",)

    def is_ahead_of_its_message(self, changed_at: datetime, sent_at: datetime) -> bool:
        return changed_at >= sent_at


class KeepsTheOldPosition(ProviderMutant):
    """Takes a new job position, and stores the former one."""

    breaks = ("VN-CONT-007",)

    def profile_to_keep(self, before: JsonObject | None, profile: JsonObject) -> JsonObject:
        return _keeping(("jobPositionName", "jobPositionCode"), before, profile)


class KeepsTheOldTask(ProviderMutant):
    """Takes a new main duty, and stores the former one."""

    breaks = ("VN-CONT-008",)

    def profile_to_keep(self, before: JsonObject | None, profile: JsonObject) -> JsonObject:
        return _keeping(("mainDuty",), before, profile)


class KnowsNoContracts(ProviderMutant):
    """Stores profiles without their contracts."""

    breaks = ("VN-CONT-009",)

    def profile_to_keep(self, before: JsonObject | None, profile: JsonObject) -> JsonObject:
        return {name: value for name, value in profile.items() if name != "contract"}


class KeepsTheOldRating(ProviderMutant):
    """Takes no other rating for a year that it knows already."""

    breaks = ("VN-CONT-010", "VN-PRO-003")

    def profile_to_keep(self, before: JsonObject | None, profile: JsonObject) -> JsonObject:
        return _keeping(("evaluation",), before, profile)


def _keeping(names: tuple[str, ...], before: JsonObject | None, profile: JsonObject) -> JsonObject:
    held = before["profile"] if before else None
    if not isinstance(held, dict):
        return profile
    former = {name: held[name] for name in names if name in held}
    return {**{name: value for name, value in profile.items() if name not in names}, **former}


TIMELINESS: Final = (
    CountsTheDayOfTheChange,
    GivesSystemDataThreeDays,
    JudgesByItsOwnClock,
    WantsAllDataWithinADay,
    TakesSilenceForTheSystem,
    GivesAFourthDay,
    WorksOnWeekends,
    WorksOnSaturdays,
    WorksThroughTet,
    RestsOnWorkedSaturdays,
    LivesInGreenwich,
    TakesChangesFromTomorrow,
    RefusesTheMomentOfSending,
    KeepsTheOldPosition,
    KeepsTheOldTask,
    KnowsNoContracts,
    KeepsTheOldRating,
)
