"""Faults of the tree of units and of decisions about it: the second set."""

from __future__ import annotations

import sqlite3
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract
from tests.second_implementation.faults import fault
from tests.second_implementation.messages import UNITS, Message
from tests.second_implementation.parameters import Cursors
from tests.second_implementation.reorganising import FOUNDING, Reorganisations
from tests.second_implementation.saying import Wrong
from tests.second_implementation.units import Unit, Units
from tests.second_implementation.web import Web

ALL = 10**6


@fault("cursor-forgets-day", "VN-UNIT-006")
class CursorForgetsDay(Cursors):
    """Goes on in the tree of today, whatever day the first page told of."""

    def write(self, kind: str, state: dict[str, Any]) -> str:
        if kind == "units":
            state = {**state, "day": contract.today()}
        return super().write(kind, state)


@fault("parent-of-today", "VN-UNIT-026")
class ParentOfToday(Units):
    """Looks for the unit above among those that live today: one that is yet to begin is unknown."""

    def under(self, base: sqlite3.Connection, unit: Unit) -> list[Wrong]:
        above = unit["parentCode"]
        found = super().under(base, unit)
        if found or above is None or self.on(base, above, contract.today()):
            return found
        return [Wrong("/parentCode", "parent-unknown", above)]


@fault("names-unique", "none")
class NamesUnique(Units):
    """Takes every name once: a second school of the same name, elsewhere, is rejected."""

    def misplaced(self, base: sqlite3.Connection, unit: Unit) -> list[Wrong]:
        found = super().misplaced(base, unit)
        for row in base.execute("select code from unit").fetchall():
            other = self.last(base, row["code"])
            if other and row["code"] != unit["unitCode"] and other["name"] == unit["name"]:
                found.append(Wrong("/name", "code-reused", unit["name"]))
                break
        return found


@fault("parent-from-code", "VN-UNIT-015")
class ParentFromCode(Units):
    """Finds the children of a unit by their codes: what was moved stays where its code says."""

    def listed(
        self, base: sqlite3.Connection, *, after: str, parent: str | None, day: str, most: int
    ) -> list[Unit]:
        found = super().listed(base, after=after, parent=None, day=day, most=ALL)
        return [each for each in found if parent in {None, each["unitCode"].rpartition(".")[0]}][
            :most
        ]


@fault("lineage-whole", "VN-UNIT-008", "VN-TIER-018")
class LineageWhole(Units):
    """Tells all ancestors and heirs of a unit, and not one step in each direction."""

    def lineage(self, base: sqlite3.Connection, code: str) -> dict[str, Any]:
        told: dict[str, Any] = {"unitCode": code}
        for name in ("predecessors", "successors"):
            found: list[dict[str, str]] = []
            waiting = [code]
            while waiting:
                for each in super().lineage(base, waiting.pop())[name]:
                    if each not in found:
                        found.append(each)
                        waiting.append(each["unitCode"])
            told[name] = found
        return told


@fault("join-loses-root", "VN-UNIT-002", "VN-UNIT-006")
class JoinLosesRoot(Units):
    """Lists units joined with the one above: what has none is left out."""

    def listed(
        self, base: sqlite3.Connection, *, after: str, parent: str | None, day: str, most: int
    ) -> list[Unit]:
        found = super().listed(base, after=after, parent=parent, day=day, most=ALL)
        return [each for each in found if each["parentCode"] is not None][:most]


@fault("status-of-today", "none")
class StatusOfToday(Units):
    """Tells the status that a unit has today, whatever day is asked for."""

    def told(self, unit: Unit) -> Unit:
        lives = self.lives(unit, contract.today())
        return {**super().told(unit), "status": "ACTIVE" if lives else "CLOSED"}


@fault("change-rewrites-past", "VN-UNIT-014", "VN-UNIT-024")
class ChangeRewritesPast(Reorganisations):
    """Writes a new name or parent into the last description: the day before has it too."""

    def apply(self, base: sqlite3.Connection, decision: dict[str, Any]) -> None:
        super().apply(base, decision)
        for unit in () if decision["operation"] in FOUNDING else decision["to"]:
            code = unit["unitCode"]
            periods = self.units.periods(base, code)
            if len(periods) > 1:
                base.execute(
                    "delete from period where code = ? and starts = ?", [code, periods[-1][0]]
                )
                self.units.write(base, unit, periods[-2][0])


@fault("later-parent-counts", "VN-UNIT-004")
class LaterParentCounts(Web):
    """Takes a unit whose parent comes later in the message: foreign keys are checked at the end."""

    def unit_batch(self, request: Request, _: dict[str, Any]) -> Response:
        message = self.parts.messages.open(request, UNITS)
        take = self.parts.units.take

        def apply(base: Any, given: Message) -> Message:
            results = [take(base, number, unit) for number, unit in enumerate(given["units"])]
            for number, unit in enumerate(given["units"]):
                rules = {error["rule"] for error in results[number].get("errors", ())}
                if rules == {"parent-unknown"}:
                    results[number] = take(base, number, unit)
            return self.parts.messages.receipt(UNITS, given, results)

        return self.parts.answers.json(self.parts.messages.once(UNITS, message, apply))
