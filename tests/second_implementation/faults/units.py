"""Faults of the tree of units and of decisions about it."""

# ruff: noqa: ARG002 -- a part keeps the signature of the one that it stands for.

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from typing import Any

from tests.second_implementation import contract
from tests.second_implementation.faults import fault
from tests.second_implementation.profiles import Profiles
from tests.second_implementation.reorganising import Reorganisations
from tests.second_implementation.saying import Wrong
from tests.second_implementation.units import Unit, Units

Decision = dict[str, Any]


@fault("zero-quota-lost", "VN-UNIT-001")
class ZeroQuotaLost(Units):
    """Keeps a quota of 0 as none."""

    def write(self, base: sqlite3.Connection, unit: Unit, starts: str) -> None:
        quota = {"staffQuota": unit["staffQuota"] or None} if "staffQuota" in unit else {}
        super().write(base, {**unit, **quota}, starts)


@fault("null-members-lost", "VN-UNIT-001")
class NullMembersLost(Units):
    """Drops members that are null where the contract says null: an unassigned quota."""

    def write(self, base: sqlite3.Connection, unit: Unit, starts: str) -> None:
        kept = {key: value for key, value in unit.items() if key != "staffQuota" or value}
        super().write(base, kept, starts)


@fault("list-keeps-last-day", "VN-UNIT-006")
class ListKeepsLastDay(Units):
    """Lists a unit on the day on which it no longer lives; reading it is right."""

    def listed(
        self, base: sqlite3.Connection, *, after: str, parent: str | None, day: str, most: int
    ) -> list[Unit]:
        self.closed = True
        try:
            return super().listed(base, after=after, parent=parent, day=day, most=most)
        finally:
            self.closed = False

    closed = False

    def lives(self, unit: Unit, day: str) -> bool:
        return super().lives(unit, day) or (self.closed and unit["effectiveTo"] == day)


@fault("begins-a-day-late", "VN-UNIT-007")
class BeginsADayLate(Units):
    """Lets a unit live from the day after its first."""

    def lives(self, unit: Unit, day: str) -> bool:
        return super().lives(unit, day) and unit["effectiveFrom"] != day


@fault("children-of-today", "VN-UNIT-015")
class ChildrenOfToday(Units):
    """Finds the children of a unit by today's parents, whatever day is asked for."""

    def listed(
        self, base: sqlite3.Connection, *, after: str, parent: str | None, day: str, most: int
    ) -> list[Unit]:
        units = super().listed(base, after=after, parent=None, day=day, most=10**6)
        if parent is not None:
            units = [
                each
                for each in units
                if (self.last(base, each["unitCode"]) or each)["parentCode"] == parent
            ]
        return units[:most]


@fault("cycle-of-two", "VN-UNIT-017")
class CycleOfTwo(Units):
    """Looks for a circle among parent and grandparent alone."""

    def circles(self, base: sqlite3.Connection, unit: Unit) -> bool:
        parent = self.last(base, unit["parentCode"])
        return unit["unitCode"] in {unit["parentCode"], parent["parentCode"] if parent else None}


@fault("older-than-parent", "VN-UNIT-004")
class OlderThanParent(Units):
    """Takes a unit that begins before the unit above it."""

    def precedes(self, base: sqlite3.Connection, unit: Unit, parent: Unit) -> bool:
        return False


@fault("tiers-unread", "VN-UNIT-004")
class TiersUnread(Units):
    """Takes a province's unit below a commune's."""

    def overtops(self, unit: Unit, parent: Unit) -> bool:
        return False


@fault("outlives-parent", "none")
class OutlivesParent(Units):
    """Takes a unit below one that has ended."""

    def under(self, base: sqlite3.Connection, unit: Unit) -> list[Wrong]:
        return [each for each in super().under(base, unit) if each.rule != "unit-closed"]


@fault("rejected-parent-counts", "VN-UNIT-004")
class ParentRejectedCounts(Units):
    """Takes a unit whose parent was rejected in the same message."""

    def wrongs(self, base: sqlite3.Connection, unit: Unit) -> list[Wrong]:
        found = super().wrongs(base, unit)
        rejected = self.__dict__.setdefault("rejected", set())
        if found:
            rejected.add(unit.get("unitCode"))
        if [each.rule for each in found] == ["parent-unknown"] and unit["parentCode"] in rejected:
            return []
        return found


@fault("types-of-their-time", "VN-UNIT-005")
class TypesOfTheirTime(Units):
    """Reads the type in the list of the day on which the unit began: districts pass."""

    def unlisted(self, unit: Unit) -> list[Wrong]:
        day = min(unit["effectiveFrom"], contract.today())
        found = super().unlisted(unit)
        return [
            each
            for each in found
            if each.pointer != "/unitType"
            or not self.codes.holds("unit-types", unit["unitType"], day)
        ]


@fault("correction-forgets", "none")
class CorrectionForgets(Units):
    """Forgets with a correction what reorganisations made of the unit before."""

    def correct(self, base: sqlite3.Connection, unit: Unit) -> int:
        base.execute("delete from period where code = ? and starts <> ''", [unit["unitCode"]])
        return super().correct(base, unit)


@fault("unit-version-stands", "none")
class UnitVersionStands(Units):
    """Gives every correction version 1."""

    def take(self, base: sqlite3.Connection, number: int, unit: Unit) -> dict[str, Any]:
        told = super().take(base, number, unit)
        return {**told, "version": 1} if "version" in told else told


@fault("ended-reopens", "VN-UNIT-016")
class ReopenedByNull(Units):
    """Opens an ended unit again when it is sent with `effectiveTo` null."""

    def misplaced(self, base: sqlite3.Connection, unit: Unit) -> list[Wrong]:
        found = super().misplaced(base, unit)
        if unit["effectiveTo"] is None:
            found = [each for each in found if each.rule != "code-reused"]
        return found


@fault("ends-a-day-late", "VN-UNIT-009", "VN-UNIT-010", "VN-UNIT-011")
class EndsADayLate(Reorganisations):
    """Ends a unit on the day after the decision takes effect."""

    def last_day(self, day: str) -> str:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


@fault("changes-a-day-late", "VN-UNIT-014", "VN-UNIT-015", "VN-UNIT-019")
class ChangesADayLate(Reorganisations):
    """Renames and moves from the day after the decision takes effect."""

    def turn(self, day: str) -> str:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


@fault("division-loses-second", "VN-UNIT-008")
class DivisionLosesSecond(Reorganisations):
    """Writes the lineage of a division for its first part alone."""

    def relate(self, base: sqlite3.Connection, decision: Decision) -> None:
        if decision["operation"] == "CHIA":
            decision = {**decision, "to": decision["to"][:1]}
        super().relate(base, decision)


@fault("split-has-no-lineage", "VN-UNIT-008")
class SplitHasNoLineage(Reorganisations):
    """Writes no lineage for a part that is split off."""

    def relate(self, base: sqlite3.Connection, decision: Decision) -> None:
        if decision["operation"] != "TACH":
            super().relate(base, decision)


@fault("lineage-of-the-decision-day", "VN-UNIT-008")
class LineageOfTheDecisionDay(Reorganisations):
    """Writes the day of the decision into the lineage, not the day of its effect."""

    def link(self, base: sqlite3.Connection, old: str, new: str, decision: Decision) -> None:
        super().link(base, old, new, {**decision, "effectiveOn": decision["decisionDate"]})


@fault("half-applied", "none")
class HalfApplied(Reorganisations):
    """Ends the predecessors of a decision that it then rejects."""

    def unfit_to(self, base: sqlite3.Connection, decision: Decision) -> list[Wrong]:
        found = super().unfit_to(base, decision)
        if found:
            for code in decision["from"]:
                if code in self.ending(decision):
                    self.end(base, code, decision["effectiveOn"])
        return found


@fault("founded-under-old-code", "VN-UNIT-016")
class FoundedUnderOldCode(Reorganisations):
    """Founds a unit under the code of one that ended; only sending one so is rejected."""

    def unfit_new(self, base: sqlite3.Connection, decision: Decision, unit: Unit) -> list[Wrong]:
        return [
            each for each in super().unfit_new(base, decision, unit) if each.rule != "code-reused"
        ]


@fault("orphans-pass", "none")
class OrphansPass(Reorganisations):
    """Ends a unit although another one lives below it."""

    def orphans(self, base: sqlite3.Connection, decision: Decision) -> list[Wrong]:
        return []


@fault("withdrawn-still-attached", "VN-UNIT-013")
class WithdrawnStillAttached(Profiles):
    """Counts people who were withdrawn among those who work in a unit."""

    def in_unit(self, base: sqlite3.Connection, code: str) -> bool:
        return (
            base.execute(
                "select 1 from profile where unit = ? or agency = ?", [code, code]
            ).fetchone()
            is not None
        )


@fault("any-form-passes", "none")
class AnyFormPasses(Reorganisations):
    """Looks at no number of units: one alone is consolidated, one is divided into one."""

    def miscounted(self, decision: Decision) -> list[Wrong]:
        return []


@fault("moved-below-itself", "VN-UNIT-017")
class MovedBelowItself(Reorganisations):
    """Looks for circles when units are sent, and not when one is moved."""

    def under(self, base: sqlite3.Connection, decision: Decision, unit: Unit) -> list[Wrong]:
        return [each for each in super().under(base, decision, unit) if each.rule != "cycle"]
