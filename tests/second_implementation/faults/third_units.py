"""Faults of the tree of units and of decisions about it: the third set."""

from __future__ import annotations

import sqlite3
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract
from tests.second_implementation.answers import Refusal
from tests.second_implementation.faults import fault
from tests.second_implementation.profiles import Profiles
from tests.second_implementation.reorganising import Reorganisations
from tests.second_implementation.saying import Wrong
from tests.second_implementation.units import Unit, Units
from tests.second_implementation.web import Web

ALL = 10**6


# There is a status `CLOSED`, so what ended is told with it.
@fault("ended-still-read", "VN-UNIT-007")
class EndedStillRead(Web):
    """Gives a unit that ended as `CLOSED`, where it is to be not found."""

    def unit(self, request: Request, asked: dict[str, Any]) -> Response:
        try:
            return super().unit(request, asked)
        except Refusal:
            with self.parts.store.open() as base:
                unit = self.parts.units.last(base, asked["unitCode"])
            if unit is None or unit["effectiveFrom"] > (asked["asOf"] or contract.today()):
                raise
            return self.parts.answers.json({**unit, "status": "CLOSED"})


# The recursive query that the page of the tree needs serves the parameter too.
@fault("whole-branch-listed", "none")
class WholeBranchListed(Units):
    """Lists all that stands below the parent that was asked for, and not its children alone."""

    def listed(
        self, base: sqlite3.Connection, *, after: str, parent: str | None, day: str, most: int
    ) -> list[Unit]:
        living = super().listed(base, after="", parent=None, day=day, most=ALL)
        above = {each["unitCode"]: each["parentCode"] for each in living}

        def below(code: str | None) -> bool:
            while code is not None:
                code = above.get(code)
                if code == parent:
                    return True
            return False

        found = super().listed(base, after=after, parent=None, day=day, most=ALL)
        return [each for each in found if parent is None or below(each["unitCode"])][:most]


# The unit is looked up as everywhere else, which is among those of today.
@fault("lineage-of-the-living", "VN-UNIT-008")
class LineageOfTheLiving(Web):
    """Tells the lineage of units that live today alone: what ended is not found."""

    def lineage(self, request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            if self.parts.units.on(base, asked["unitCode"], contract.today()) is None:
                raise Refusal("not-found")
        return super().lineage(request, asked)


# What is not carried out is no success, and 422 stands in the list of answers.
@fault("rejection-is-422", "VN-CON-002")
class RejectionIs422(Web):
    """Answers a decision that it rejects with 422."""

    def decide(self, request: Request, asked: dict[str, Any]) -> Response:
        answer = super().decide(request, asked)
        if answer.get_json()["status"] == "REJECTED":
            answer.status_code = 422
        return answer


# "Units that live": on the day of the decision, what else.
@fault("from-alive-that-day", "VN-TIER-002")
class FromAliveThatDay(Reorganisations):
    """Asks whether a unit lives on the day itself: the old order, as it ended, is closed."""

    def unfit_from(self, base: sqlite3.Connection, decision: dict[str, Any]) -> list[Wrong]:
        return super().unfit_from(base, decision) or [
            Wrong(f"/from/{number}", "unit-closed", code)
            for number, code in enumerate(decision["from"])
            if self.units.on(base, code, decision["effectiveOn"]) is None
        ]


# Nothing waits for a day to come: what is accepted is carried out.
@fault("effective-at-once", "VN-TIER-025", "VN-UNIT-024")
class EffectiveAtOnce(Reorganisations):
    """Carries a decision for a later day out today."""

    def last_day(self, day: str) -> str:
        return min(day, contract.today())

    def turn(self, day: str) -> str:
        return min(day, contract.today())


# The table of units has a column for each member that must be there.
@fault("optional-members-lost", "VN-UNIT-001", "VN-UNIT-021")
class OptionalMembersLost(Units):
    """Keeps the members of a unit that must be there, and no others."""

    def write(self, base: sqlite3.Connection, unit: Unit, starts: str) -> None:
        schemas = contract.documents()["unit-tree.yaml"]["components"]["schemas"]
        kept = {name: unit[name] for name in schemas["Unit"]["required"]}
        super().write(base, kept, starts)


# "People of a unit" are those who work in it.
@fault("managed-people-uncounted", "VN-UNIT-013")
class ManagedPeopleUncounted(Profiles):
    """Dissolves a unit that profiles name as their managing agency."""

    def in_unit(self, base: sqlite3.Connection, code: str) -> bool:
        found = base.execute(
            "select 1 from profile where content is not null and unit = ?", [code]
        ).fetchone()
        return found is not None
