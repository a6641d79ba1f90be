"""Decisions about units (M54): applied whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from .profiles import Profiles
from .saying import Teller, Wrong
from .units import Unit, Units, outlives

SAME_CODE: dict[str, Callable[[Unit, Unit], bool]] = {
    "DOI_TEN": lambda old, new: old["name"] != new["name"],
    "CHUYEN": lambda old, new: old["parentCode"] != new["parentCode"],
    "TO_CHUC_LAI": lambda old, new: old.get("tier") != new.get("tier"),
    # "another type or class": a class has no member of its own, so nothing must differ.
    "NANG_HANG": lambda _old, _new: True,
}
MANY = 100
# (fewest, most) of `from` and of `to`
COUNTS = {
    "THANH_LAP": ((0, 0), (1, 1)),
    "SAP_NHAP": ((1, MANY), (1, 1)),
    "HOP_NHAP": ((2, MANY), (1, 1)),
    "CHIA": ((1, 1), (2, MANY)),
    "TACH": ((1, 1), (1, 1)),
    "GIAI_THE": ((1, 1), (0, 0)),
} | dict.fromkeys(SAME_CODE, ((1, 1), (1, 1)))
FOUNDING = {"THANH_LAP", "HOP_NHAP", "CHIA", "TACH"}
ENDING = {"SAP_NHAP", "HOP_NHAP", "CHIA", "GIAI_THE"}
RELATING = {"SAP_NHAP", "HOP_NHAP", "CHIA", "TACH"}


def day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat() if day > "0001-01-01" else ""


class Reorganisations:
    """Judges a decision and carries it out."""

    def __init__(self, units: Units, profiles: Profiles, teller: Teller) -> None:
        self.units = units
        self.profiles = profiles
        self.teller = teller

    def take(self, base: sqlite3.Connection, decision: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {"messageId": decision["header"]["messageId"]}
        wrongs = self.wrongs(base, decision)
        if wrongs:
            errors = [self.teller.error(each, _number(each.pointer)) for each in wrongs]
            return {"errors": errors, "status": "REJECTED", **answer}
        self.apply(base, decision)
        return {"status": "ACCEPTED", **answer}

    # ── judging ─────────────────────────────────────────────────────────────
    def wrongs(self, base: sqlite3.Connection, decision: dict[str, Any]) -> list[Wrong]:
        return (
            self.unlisted(decision)
            or self.miscounted(decision)
            or self.unfit_from(base, decision)
            or self.unfit_to(base, decision)
            or self.attached(base, decision)
            or self.orphans(base, decision)
        )

    def unlisted(self, decision: dict[str, Any]) -> list[Wrong]:
        return [
            wrong.below(f"/to/{number}")
            for number, unit in enumerate(decision["to"])
            for wrong in self.units.unlisted(unit)
        ]

    def miscounted(self, decision: dict[str, Any]) -> list[Wrong]:
        for name, (fewest, most) in zip(("from", "to"), COUNTS[decision["operation"]], strict=True):
            codes = [each if name == "from" else each["unitCode"] for each in decision[name]]
            if not fewest <= len(codes) <= most or len(set(codes)) != len(codes):
                return [Wrong(f"/{name}", "bad-reorganisation")]
        return []

    def unfit_from(self, base: sqlite3.Connection, decision: dict[str, Any]) -> list[Wrong]:
        """Each of `from` lives on the day before, and nothing was decided of it for later."""
        found, eve = [], day_before(decision["effectiveOn"])
        for number, code in enumerate(decision["from"]):
            where = f"/from/{number}"
            periods = self.units.periods(base, code)
            if not periods:
                found.append(Wrong(where, "unit-unknown", code))
            elif self.units.on(base, code, eve) is None:
                found.append(Wrong(where, "unit-closed", code))
            elif periods[-1][0] > decision["effectiveOn"]:
                found.append(Wrong(where, "bad-reorganisation", code))
        return found

    def unfit_to(self, base: sqlite3.Connection, decision: dict[str, Any]) -> list[Wrong]:
        found: list[Wrong] = []
        for number, unit in enumerate(decision["to"]):
            wrongs = (
                self.unfit_new(base, decision, unit)
                if decision["operation"] in FOUNDING
                else self.unfit_heir(base, decision, unit)
            ) or self.under(base, decision, unit)
            found += [each.below(f"/to/{number}") for each in wrongs]
        return found

    def unfit_new(
        self, base: sqlite3.Connection, decision: dict[str, Any], unit: Unit
    ) -> list[Wrong]:
        stored = self.units.last(base, unit["unitCode"])
        if stored:
            rule = "code-reused" if stored["effectiveTo"] else "bad-reorganisation"
            return [Wrong("/unitCode", rule, unit["unitCode"])]
        if unit["effectiveFrom"] != decision["effectiveOn"]:
            return [Wrong("/effectiveFrom", "bad-reorganisation", unit["effectiveFrom"])]
        return []

    def unfit_heir(
        self, base: sqlite3.Connection, decision: dict[str, Any], unit: Unit
    ) -> list[Wrong]:
        """A unit that goes on: the same code, alive, and changed in what the decision is about."""
        code = unit["unitCode"]
        old = self.units.on(base, code, day_before(decision["effectiveOn"]))
        if old is None:
            rule = "unit-closed" if self.units.known(base, code) else "unit-unknown"
            return [Wrong("/unitCode", rule, code)]
        changed = SAME_CODE.get(decision["operation"])
        if changed and (decision["from"] != [code] or not changed(old, unit)):
            return [Wrong("", "bad-reorganisation")]
        if unit["effectiveFrom"] > decision["effectiveOn"]:
            return [Wrong("/effectiveFrom", "bad-reorganisation", unit["effectiveFrom"])]
        stored = self.units.last(base, code)
        if stored and outlives(unit["effectiveTo"], stored["effectiveTo"]):
            return [Wrong("/unitCode", "code-reused", code)]
        return []

    def under(self, base: sqlite3.Connection, decision: dict[str, Any], unit: Unit) -> list[Wrong]:
        """The unit above is there, and does not end by this decision."""
        if unit["parentCode"] in self.ending(decision):
            return [Wrong("/parentCode", "bad-reorganisation", unit["parentCode"])]
        earlier = [each["unitCode"] for each in decision["to"] if each is not unit]
        if unit["parentCode"] in earlier and decision["operation"] in FOUNDING:
            return []
        return self.units.under(base, unit)

    def attached(self, base: sqlite3.Connection, decision: dict[str, Any]) -> list[Wrong]:
        if decision["operation"] != "GIAI_THE":
            return []
        return [
            Wrong(f"/from/{number}", "people-attached", code)
            for number, code in enumerate(decision["from"])
            if self.profiles.in_unit(base, code)
        ]

    def orphans(self, base: sqlite3.Connection, decision: dict[str, Any]) -> list[Wrong]:
        """Units that would live on below one that ends."""
        ending = self.ending(decision)
        for number, code in enumerate(decision["from"]):
            if code not in ending:
                continue
            for row in base.execute("select code from unit").fetchall():
                child = self.units.last(base, row["code"])
                if (
                    child
                    and child["parentCode"] == code
                    and row["code"] not in ending
                    and (child["effectiveTo"] or "9999") > decision["effectiveOn"]
                ):
                    return [Wrong(f"/from/{number}", "bad-reorganisation", code)]
        return []

    def ending(self, decision: dict[str, Any]) -> set[str]:
        if decision["operation"] not in ENDING:
            return set()
        return set(decision["from"]) - {unit["unitCode"] for unit in decision["to"]}

    # ── carrying out ────────────────────────────────────────────────────────
    def apply(self, base: sqlite3.Connection, decision: dict[str, Any]) -> None:
        day, operation = decision["effectiveOn"], decision["operation"]
        for code in decision["from"]:
            if code in self.ending(decision):
                self.end(base, code, day)
        for unit in decision["to"]:
            if operation in FOUNDING:
                self.units.write(base, unit, "")
                self.units.count(base, unit["unitCode"], "CREATED")
            else:
                self.units.write(base, unit, self.turn(day))
                self.units.count(base, unit["unitCode"], "UPDATED")
        if operation in RELATING:
            self.relate(base, decision)

    def end(self, base: sqlite3.Connection, code: str, day: str) -> None:
        starts, last = self.units.periods(base, code)[-1]
        self.units.write(base, {**last, "effectiveTo": self.last_day(day)}, starts)
        self.units.count(base, code, "CLOSED")

    def last_day(self, day: str) -> str:
        """`effectiveTo` of what ends by a decision of the day."""
        return day

    def turn(self, day: str) -> str:
        """From when on a changed unit is as the decision says."""
        return day

    def relate(self, base: sqlite3.Connection, decision: dict[str, Any]) -> None:
        for old in decision["from"]:
            for new in decision["to"]:
                if old != new["unitCode"]:
                    self.link(base, old, new["unitCode"], decision)

    def link(self, base: sqlite3.Connection, old: str, new: str, decision: dict[str, Any]) -> None:
        base.execute(
            "insert into kinship values (?, ?, ?, ?, ?)",
            [old, new, decision["operation"], decision["effectiveOn"], decision["decisionNo"]],
        )


def _number(where: str) -> int:
    """The place in its list, from 1; what is said of no list is said of the one decision."""
    parts = where.split("/")
    return int(parts[2]) + 1 if len(parts) > 2 and parts[2].isdigit() else 1
