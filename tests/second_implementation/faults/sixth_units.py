"""Sixth set: units, their lineage, and reorganisations."""

from __future__ import annotations

import sqlite3
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract
from tests.second_implementation.answers import Refusal
from tests.second_implementation.faults import fault
from tests.second_implementation.messages import UNITS, Message
from tests.second_implementation.reorganising import Reorganisations
from tests.second_implementation.saying import Wrong
from tests.second_implementation.units import Unit, Units
from tests.second_implementation.web import Web


# The list is validated as a whole, and what passed is saved afterwards.
@fault("v6-parent-of-same-message-unknown", "none")
class ParentOfSameMessageUnknown(Web):
    """Rejects a unit whose parent stands before it in the same message."""

    def unit_batch(self, request: Request, _: dict[str, Any]) -> Response:
        message = self.parts.messages.open(request, UNITS)
        units = self.parts.units

        def apply(base: Any, given: Message) -> Message:
            sent = list(enumerate(given["units"]))
            refused = {n: units.take(base, n, unit) for n, unit in sent if units.wrongs(base, unit)}
            results = [refused.get(n) or units.take(base, n, unit) for n, unit in sent]
            return self.parts.messages.receipt(UNITS, given, results)

        return self.parts.answers.json(self.parts.messages.once(UNITS, message, apply))


# Saving a unit is an upsert by its code; an end is a column like any other.
@fault("v6-ended-code-revived", "VN-UNIT-016")
class EndedCodeRevived(Units):
    """Lets a unit that ended live again when its code is sent without an end."""

    def misplaced(self, base: sqlite3.Connection, unit: Unit) -> list[Wrong]:
        return self.under(base, unit)


# `between` of the database counts both days.
@fault("v6-unit-lives-on-last-day", "VN-UNIT-007", "VN-UNIT-006", "VN-UNIT-024", "VN-TIER-004")
class UnitLivesOnLastDay(Units):
    """Takes `effectiveTo` for the last day on which a unit lives."""

    def lives(self, unit: Unit, day: str) -> bool:
        ends = unit["effectiveTo"]
        return bool(unit["effectiveFrom"] <= day and (ends is None or day <= ends))


# There is one row for each unit, and a rename is an update of its name.
@fault("v6-rename-overwrites", "VN-UNIT-014", "VN-UNIT-020", "VN-UNIT-024", "VN-UNIT-028")
class RenameOverwrites(Reorganisations):
    """Forgets the old name of a unit: asked for a day before the decision, tells the new one."""

    def apply(self, base: sqlite3.Connection, decision: dict[str, Any]) -> None:
        if decision["operation"] != "DOI_TEN":
            super().apply(base, decision)
            return
        for unit in decision["to"]:
            self.units.correct(base, unit)


# Whether a unit is active is asked by the function that every other part asks: of today.
@fault("v6-old-order-judged-today", "VN-TIER-002")
class OldOrderJudgedToday(Reorganisations):
    """Asks whether the units of `from` live today, not on the day before the decision."""

    def unfit_from(self, base: sqlite3.Connection, decision: dict[str, Any]) -> list[Wrong]:
        found = []
        for number, code in enumerate(decision["from"]):
            where = f"/from/{number}"
            periods = self.units.periods(base, code)
            if not periods:
                found.append(Wrong(where, "unit-unknown", code))
            elif self.units.on(base, code, contract.today()) is None:
                found.append(Wrong(where, "unit-closed", code))
            elif periods[-1][0] > decision["effectiveOn"]:
                found.append(Wrong(where, "bad-reorganisation", code))
        return found


# The unit is looked up first, with the query that finds living units alone.
@fault("v6-ended-unit-has-no-lineage", "VN-UNIT-008", "VN-TIER-005")
class EndedUnitHasNoLineage(Web):
    """Answers that there is no lineage of a unit that ended."""

    def lineage(self, request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            if self.parts.units.on(base, asked["unitCode"], contract.today()) is None:
                raise Refusal("not-found")
        return super().lineage(request, asked)


# The decision is checked by the units that it names; nobody looks at what hangs below them.
@fault("v6-children-outlive-merger", "VN-TIER-010")
class ChildrenOutliveMerger(Reorganisations):
    """Ends a unit by a decision although living units stand below it."""

    def orphans(self, _base: sqlite3.Connection, _decision: dict[str, Any]) -> list[Wrong]:
        return []
