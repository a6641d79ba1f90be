"""Fifth blind set: units, their lineage, reorganisations and reading as of a day."""

from __future__ import annotations

import sqlite3
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract
from tests.second_implementation.answers import Refusal
from tests.second_implementation.judging import Records
from tests.second_implementation.reorganising import Reorganisations
from tests.second_implementation.saying import Wrong
from tests.second_implementation.units import Unit, Units
from tests.second_implementation.web import Web

from . import fault


# Saving the unit with its list of periods replaces the list (cascade, orphanRemoval).
@fault("v5-correction-wipes-history", "VN-UNIT-028")
class CorrectionWipesHistory(Units):
    """Forgets with a correction what reorganisations had made of the unit before."""

    def correct(self, base: sqlite3.Connection, unit: Unit) -> int:
        version = super().correct(base, unit)
        base.execute("delete from period where code = ?", [unit["unitCode"]])
        self.write(base, unit, "")
        return version


# The column `parent_id` of the unit has an index and holds today's parent; only the texts are
# joined from the table of periods.
@fault("v5-children-by-todays-parent", "VN-UNIT-015")
class ChildrenByTodaysParent(Units):
    """Lists the children of a past day by the parent that they have now."""

    def listed(
        self, base: sqlite3.Connection, *, after: str, parent: str | None, day: str, most: int
    ) -> list[Unit]:
        living = super().listed(base, after=after, parent=None, day=day, most=-1)
        return [each for each in living if parent in {None, self.parent(base, each)}][:most]

    def parent(self, base: sqlite3.Connection, unit: Unit) -> str | None:
        last = self.last(base, unit["unitCode"])
        return last["parentCode"] if last else None


# The handler begins like every other one: load the unit (of today), or 404.
@fault("v5-lineage-of-ended-not-found", "VN-UNIT-008", "VN-TIER-005")
class LineageOfEndedNotFound(Web):
    """Does not find the lineage of a unit that has ended."""

    def lineage(self, request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            if self.parts.units.on(base, asked["unitCode"], contract.today()) is None:
                raise Refusal("not-found")
        return super().lineage(request, asked)


# First the old units are closed, then the new ones are checked; the rejection is an answer and no
# exception, so nothing is rolled back.
@fault("v5-rejected-decision-ends-units", "VN-TIER-011")
class RejectedDecisionEndsUnits(Reorganisations):
    """Ends the units of a decision that it then rejects for what comes after them."""

    def unfit_to(self, base: sqlite3.Connection, decision: dict[str, Any]) -> list[Wrong]:
        wrongs = super().unfit_to(base, decision)
        if wrongs:
            for code in decision["from"]:
                if code in self.ending(decision):
                    self.end(base, code, decision["effectiveOn"])
        return wrongs


# The check was written into the branch for dissolving, where one thinks of it.
@fault("v5-merger-leaves-children", "VN-TIER-010")
class MergerLeavesChildren(Reorganisations):
    """Lets units live on below one that a merger or a division ends."""

    def orphans(self, base: sqlite3.Connection, decision: dict[str, Any]) -> list[Wrong]:
        return super().orphans(base, decision) if decision["operation"] == "GIAI_THE" else []


# A bulk `UPDATE unit SET effective_to = ?` goes past the listeners that write the feed.
@fault("v5-endings-untold", "VN-PRO-013")
class EndingsUntold(Reorganisations):
    """Leaves units that end by a decision out of the change feed."""

    def end(self, base: sqlite3.Connection, code: str, day: str) -> None:
        starts, last = self.units.periods(base, code)[-1]
        self.units.write(base, {**last, "effectiveTo": self.last_day(day)}, starts)


# `WHERE effective_to IS NULL` for "active".
@fault("v5-planned-end-is-closed", "VN-SYNC-001", "VN-TIER-025")
class PlannedEndIsClosed(Records):
    """Takes a unit whose end is still to come for a closed one."""

    def unhoused(self, base: sqlite3.Connection, profile: dict[str, Any], day: str) -> list[Wrong]:
        names = ("employingUnitCode", "managingAgencyCode")
        return super().unhoused(base, profile, day) or [
            Wrong(f"/{name}", "unit-closed", profile[name])
            for name in names
            if (self.units.last(base, profile[name]) or {}).get("effectiveTo")
        ]


# Keyset pages over the column that the screen is sorted by: `WHERE name > :last ORDER BY name`.
@fault("v5-same-name-skipped", "VN-UNIT-002", "VN-UNIT-023")
class SameNameSkipped(Units):
    """Skips units that bear the name of the last one on the page before."""

    def listed(
        self, base: sqlite3.Connection, *, after: str, parent: str | None, day: str, most: int
    ) -> list[Unit]:
        last = self.on(base, after[::-1], day) if after else None
        living = super().listed(base, after="", parent=parent, day=day, most=-1)
        behind = [each for each in living if last is None or each["name"] > last["name"]]
        return sorted(behind, key=lambda each: str(each["name"]))[:most]
