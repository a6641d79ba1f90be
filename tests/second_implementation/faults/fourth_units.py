"""Faults of the tree of units: the fourth set."""

from __future__ import annotations

import sqlite3
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract
from tests.second_implementation.answers import Refusal
from tests.second_implementation.faults import fault
from tests.second_implementation.messages import UNITS
from tests.second_implementation.reorganising import FOUNDING, Reorganisations
from tests.second_implementation.units import Unit, Units
from tests.second_implementation.web import Web


# `:day between effective_from and effective_to`.
@fault("v4-last-day-included", "VN-UNIT-007", "VN-UNIT-006", "VN-UNIT-024")
class LastDayIncluded(Units):
    """Lets a unit live on the day on which it ended."""

    def lives(self, unit: Unit, day: str) -> bool:
        ends = unit["effectiveTo"]
        return bool(unit["effectiveFrom"] <= day and (ends is None or day <= ends))


# `staffQuota || null`.
@fault("v4-no-quota-of-zero", "VN-UNIT-001")
class NoQuotaOfZero(Units):
    """Tells a staff quota of 0 as none."""

    def told(self, unit: Unit) -> Unit:
        told = super().told(unit)
        return {**told, "staffQuota": told["staffQuota"] or None} if "staffQuota" in told else told


# A table of units has one row for each: a decision is an UPDATE of it.
@fault("v4-decision-overwrites-past", "VN-UNIT-014", "VN-UNIT-015", "VN-UNIT-019", "VN-UNIT-024")
class DecisionOverwritesPast(Reorganisations):
    """Makes a unit that goes on what the decision says for its past too."""

    def apply(self, base: sqlite3.Connection, decision: dict[str, Any]) -> None:
        super().apply(base, decision)
        if decision["operation"] in FOUNDING:
            return
        for unit in decision["to"]:
            periods = self.units.periods(base, unit["unitCode"])
            if len(periods) > 1:
                where = [unit["unitCode"], periods[-1][0]]
                base.execute("delete from period where code = ? and starts = ?", where)
                self.units.write(base, unit, periods[-2][0])


# A validator compares two fields of the form; nobody climbs the tree.
@fault("v4-only-its-own-parent", "VN-UNIT-017")
class OnlyItsOwnParent(Units):
    """Finds a circle only where a unit names itself as the one above it."""

    def circles(self, _base: sqlite3.Connection, unit: Unit) -> bool:
        return bool(unit["parentCode"] == unit["unitCode"])


# What ended is hidden by the global scope of the model (soft deletes).
@fault("v4-no-lineage-of-the-ended", "VN-UNIT-008")
class NoLineageOfTheEnded(Web):
    """Does not find the lineage of a unit that lives no longer."""

    def lineage(self, request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            if self.parts.units.on(base, asked["unitCode"], contract.today()) is None:
                raise Refusal("not-found")
        return super().lineage(request, asked)


# Message ids were built into the messages with people; units are an upsert, and harmless.
@fault("v4-units-applied-again", "VN-UNIT-025")
class UnitsAppliedAgain(Web):
    """Carries a message with units out every time that it comes, whatever its id."""

    def unit_batch(self, request: Request, _: dict[str, Any]) -> Response:
        message = self.parts.messages.open(request, UNITS)
        with self.parts.store.open() as base:
            units = enumerate(message["units"])
            results = [self.parts.units.take(base, number, unit) for number, unit in units]
        return self.parts.answers.json(self.parts.messages.receipt(UNITS, message, results))
