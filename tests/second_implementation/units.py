"""The tree of units: what lives on a day, what may be sent, and the history behind it."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from . import contract, shapes
from .codelists import CodeLists
from .saying import Teller, Wrong
from .store import Feed

UNIT = {"$ref": "unit-tree.yaml#/components/schemas/Unit"}
TIERS = ("central", "province", "district", "commune")
Unit = dict[str, Any]


def outlives(ends: str | None, other: str | None) -> bool:
    """Whether what ends then lives longer than the other; null is no end."""
    return other is not None and (ends is None or ends > other)


class Units:
    """Keeps units. A unit is a row of periods; each holds what the unit was from its start on."""

    def __init__(self, codes: CodeLists, feed: Feed, teller: Teller) -> None:
        self.codes = codes
        self.feed = feed
        self.teller = teller

    # ── reading ─────────────────────────────────────────────────────────────
    def known(self, base: sqlite3.Connection, code: str) -> bool:
        return base.execute("select 1 from unit where code = ?", [code]).fetchone() is not None

    def periods(self, base: sqlite3.Connection, code: str) -> list[tuple[str, Unit]]:
        rows = base.execute("select * from period where code = ? order by starts", [code])
        return [(row["starts"], json.loads(row["description"])) for row in rows]

    def last(self, base: sqlite3.Connection, code: str) -> Unit | None:
        periods = self.periods(base, code)
        return periods[-1][1] if periods else None

    def begins(self, base: sqlite3.Connection, code: str) -> str:
        return str(self.periods(base, code)[0][1]["effectiveFrom"])

    def on(self, base: sqlite3.Connection, code: str, day: str) -> Unit | None:
        """The unit as it was on the day, or None when it did not live on it."""
        found = None
        for starts, each in self.periods(base, code):
            if starts <= day:
                found = each
        return found if found and self.lives(found, day) else None

    def lives(self, unit: Unit, day: str) -> bool:
        ends = unit["effectiveTo"]
        return bool(unit["effectiveFrom"] <= day and (ends is None or day < ends))

    def told(self, unit: Unit) -> Unit:
        return {"status": "ACTIVE", **unit}

    def listed(
        self, base: sqlite3.Connection, *, after: str, parent: str | None, day: str, most: int
    ) -> list[Unit]:
        """The living, in the order of their codes read backwards, so that branches are mixed."""
        codes = (row["code"] for row in base.execute("select code from unit"))
        found: list[Unit] = []
        for code in sorted((each for each in codes if each[::-1] > after), key=_backwards):
            unit = self.on(base, code, day)
            if unit and (parent is None or unit["parentCode"] == parent):
                found.append(unit)
            if len(found) == most:
                break
        return found

    def lineage(self, base: sqlite3.Connection, code: str) -> dict[str, Any]:
        def kin(mine: str, theirs: str) -> list[dict[str, str]]:
            rows = base.execute(f"select * from kinship where {mine} = ?", [code])
            return [
                {
                    "decisionNo": row["decision"],
                    "effectiveOn": row["effective"],
                    "operation": row["operation"],
                    "unitCode": row[theirs],
                }
                for row in rows
            ]

        return {
            "successors": kin("predecessor", "successor"),
            "predecessors": kin("successor", "predecessor"),
            "unitCode": code,
        }

    # ── taking ──────────────────────────────────────────────────────────────
    def take(self, base: sqlite3.Connection, number: int, unit: Unit) -> dict[str, Any]:
        """The result of unit ``number`` (from 0) of a message."""
        wrongs = self.wrongs(base, unit)
        if wrongs:
            prefix = f"/units/{number}"
            errors = [self.teller.error(each.below(prefix), number + 1) for each in wrongs]
            return {"errors": errors, "status": "REJECTED", "recordNo": number + 1}
        version = self.correct(base, unit)
        return {"version": version, "status": "ACCEPTED", "recordNo": number + 1}

    def wrongs(self, base: sqlite3.Connection, unit: Unit) -> list[Wrong]:
        return (
            shapes.record("unit-tree.yaml", "Unit", unit)
            or self.unlisted(unit)
            or self.misplaced(base, unit)
        )

    def unlisted(self, unit: Unit) -> list[Wrong]:
        found = self.codes.wrong("unit-tree.yaml", UNIT, unit, contract.today())
        return [Wrong(where, "code-list", code) for where, code in found]

    def misplaced(self, base: sqlite3.Connection, unit: Unit) -> list[Wrong]:
        found = self.under(base, unit)
        stored = self.last(base, unit["unitCode"])
        if stored and outlives(unit["effectiveTo"], stored["effectiveTo"]):
            found.append(Wrong("/unitCode", "code-reused", unit["unitCode"]))
        return found

    def under(self, base: sqlite3.Connection, unit: Unit) -> list[Wrong]:
        """What is wrong with the unit above."""
        code = unit["parentCode"]
        if code is None:
            return []
        if self.circles(base, unit):
            return [Wrong("/parentCode", "cycle", code)]
        parent = self.last(base, code)
        if parent is None or self.precedes(base, unit, parent) or self.overtops(unit, parent):
            return [Wrong("/parentCode", "parent-unknown", code)]
        if outlives(unit["effectiveTo"], parent["effectiveTo"]):
            return [Wrong("/parentCode", "unit-closed", code)]
        return []

    def circles(self, base: sqlite3.Connection, unit: Unit) -> bool:
        above, seen = unit["parentCode"], set[str]()
        while above is not None and above not in seen:
            if above == unit["unitCode"]:
                return True
            seen.add(above)
            parent = self.last(base, above)
            above = parent["parentCode"] if parent else None
        return False

    def precedes(self, base: sqlite3.Connection, unit: Unit, parent: Unit) -> bool:
        return bool(unit["effectiveFrom"] < self.begins(base, parent["unitCode"]))

    def overtops(self, unit: Unit, parent: Unit) -> bool:
        if "tier" not in unit or "tier" not in parent:
            return False
        return TIERS.index(unit["tier"]) < TIERS.index(parent["tier"])

    def correct(self, base: sqlite3.Connection, unit: Unit) -> int:
        """Store a new unit, or replace the last description of a stored one."""
        periods = self.periods(base, unit["unitCode"])
        before = periods[-1][1] if periods else None
        self.write(base, unit, periods[-1][0] if periods else "")
        if before is None:
            change = "CREATED"
        else:
            ended = before["effectiveTo"] is None and unit["effectiveTo"] is not None
            change = "CLOSED" if ended else "UPDATED"
        return self.count(base, unit["unitCode"], change)

    def write(self, base: sqlite3.Connection, unit: Unit, starts: str) -> None:
        """What the unit is from the day ``starts`` on; ``""`` is from its beginning."""
        kept = {key: value for key, value in unit.items() if key != "status"}
        base.execute(
            "insert or replace into period values (?, ?, ?)",
            [unit["unitCode"], starts, json.dumps(kept)],
        )

    def count(self, base: sqlite3.Connection, code: str, change: str) -> int:
        base.execute(
            "insert into unit values (?, 1) on conflict do update set version = version + 1", [code]
        )
        version = base.execute("select version from unit where code = ?", [code]).fetchone()[0]
        self.feed.tell(base, "UNIT", code, change, version)
        return int(version)


def _backwards(code: str) -> str:
    return code[::-1]
