"""Faults of stored profiles, jobs, the change feed and the match: the third set."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract
from tests.second_implementation.answers import Answers
from tests.second_implementation.faults import fault
from tests.second_implementation.jobs import Jobs
from tests.second_implementation.messages import Message
from tests.second_implementation.parameters import Parameters
from tests.second_implementation.population import Population
from tests.second_implementation.profiles import Profiles
from tests.second_implementation.rules import Row, Rules
from tests.second_implementation.saying import Wrong
from tests.second_implementation.store import Feed
from tests.second_implementation.web import Web

HERE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+07:00")


# An audit log is shown with the last entry on top.
@fault("history-newest-first", "VN-PRO-006")
class HistoryNewestFirst(Profiles):
    """Tells the newest version first."""

    def history(self, base: sqlite3.Connection, key: str) -> list[dict[str, Any]]:
        return super().history(base, key)[::-1]


# A query that finds nothing is an empty list, and an empty list is an answer.
@fault("history-of-nobody", "VN-PRO-002", "VN-PRO-016")
class HistoryOfNobody(Web):
    """Gives an empty history of whom it does not know, and of who was withdrawn."""

    def history(self, _request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            items = self.parts.profiles.history(base, asked["profileId"])
        return self.parts.answers.json({"items": items})


# A mark says that a row is deleted; the query of the list was written before there was one.
@fault("withdrawn-still-listed", "VN-PRO-016", "VN-PRO-018")
class WithdrawnStillListed(Profiles):
    """Lists withdrawn profiles with the others; read one by one they are gone."""

    def listed(
        self, base: sqlite3.Connection, *, below: str, unit: str | None, since: int, most: int
    ) -> list[dict[str, Any]]:
        rows = base.execute(
            "select * from profile where id < ? and updated >= ?"
            " and (? is null or unit = ?) order by id desc limit ?",
            [below, since, unit, unit, most],
        )
        return [
            {
                "employingUnitCode": row["unit"],
                "updatedAt": contract.said(row["updated"]),
                "version": row["version"],
                "profileId": row["id"],
            }
            for row in rows
        ]


# DELETE is idempotent, so it is answered alike whether there was something or not.
@fault("withdrawn-anyhow", "VN-PRO-002")
class WithdrawnAnyhow(Web):
    """Answers 204 to the withdrawal of a profile that is not there."""

    def withdraw(self, _request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            self.parts.profiles.withdraw(base, asked["profileId"])
        return Response(status=204)


# An object has all of its members, and a serialiser writes each unless it is told not to.
@fault("absent-told-as-null", "VN-PRO-001")
class AbsentToldAsNull(Profiles):
    """Gives every member back that a profile may have: null where nothing was sent."""

    def read(self, base: sqlite3.Connection, key: str) -> dict[str, Any] | None:
        stored = super().read(base, key)
        if stored is None:
            return None
        return {**stored, "profile": {**dict.fromkeys(_members()), **stored["profile"]}}


# Drivers give 64-bit numbers as texts where the language has no such numbers.
@fault("money-as-text", "VN-PRO-001", "VN-PRO-031")
class MoneyAsText(Profiles):
    """Gives sums of money back as texts, as some drivers do with 64-bit numbers."""

    def read(self, base: sqlite3.Connection, key: str) -> dict[str, Any] | None:
        stored = super().read(base, key)
        return None if stored is None else {**stored, "profile": _told(stored["profile"])}


# The service does not know under which path the gateway shows it.
@fault("location-behind-gateway", "VN-PRO-010")
class LocationBehindGateway(Web):
    """Gives the address of a job as it is behind the gateway, without `/v1`."""

    def location(self, request: Request, job: str) -> str:
        return f"{request.host_url}jobs/{job}"


# A serialiser writes the member before there is a value for it.
@fault("receipt-null-before", "VN-CON-002")
class ReceiptNullBefore(Jobs):
    """Tells `receipt` as null until the job is done, where it is to be absent."""

    def read(self, base: sqlite3.Connection, job: str) -> Message | None:
        told = super().read(base, job)
        return None if told is None else {"receipt": None, **told}


# The feed hangs on the hook that runs when something is saved, and a deletion saves nothing.
@fault("withdrawal-untold", "VN-PRO-013")
class WithdrawalUntold(Feed):
    """Says nothing in the change feed of profiles that are withdrawn."""

    def tell(
        self, base: sqlite3.Connection, kind: str, key: str, change: str, version: int
    ) -> None:
        if change != "WITHDRAWN":
            super().tell(base, kind, key, change, version)


# `<` was written for `<=`.
@fault("limit-below-most", "VN-VEC-003")
class LimitBelowMost(Parameters):
    """Refuses the greatest limit that the contract allows."""

    def keeps(self, name: str, check: Any, value: Any) -> bool:
        if name == "limit" and value >= check["maximum"]:
            return False
        return super().keeps(name, check, value)


# The database keeps local time without an offset, and the format of answers ends with a `Z`.
@fault("local-time-called-utc", "VN-PRO-005")
class LocalTimeCalledUtc(Answers):
    """Writes Z behind the clock of Hà Nội: all times are told seven hours late."""

    def json(
        self, value: Any, status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        return super().json(_renamed(value), status, headers)


# Ages are the difference of two years.
@fault("age-by-year", "VN-RULE-005")
class AgeByYear(Rules):
    """Counts the age at recruitment in calendar years: the birthday may come after it."""

    def broken(self, record: Row, unit: Row, day: str) -> list[Wrong]:
        years = int(record["firstRecruitmentDate"][:4]) - int(record["birthDate"][:4])
        return [
            each
            for each in super().broken(record, unit, day)
            if each.rule != "VN-R-005" or years < 18
        ]


# `lower()` of a database that knows the letters of ASCII and no others.
@fault("capitals-of-ascii", "VN-MATCH-002")
class CapitalsOfAscii(Population):
    """Lowers the capitals of ASCII alone when it compares names: Đ and Ễ are not đ and ễ."""

    def words(self, name: str) -> list[str]:
        lowered = "".join(each.lower() if each.isascii() else each for each in name)
        return unicodedata.normalize("NFD", lowered).split()


# An inner join of the question with the register.
@fault("unknown-left-out", "VN-MATCH-008")
class UnknownLeftOut(Web):
    """Leaves people whom the register does not know out of its answer."""

    def match(self, request: Request, asked: dict[str, Any]) -> Response:
        told = dict(super().match(request, asked).get_json())
        known = [each for each in told["results"] if each["result"] != "NOT_FOUND"]
        return self.parts.answers.json({**told, "results": known})


# The register has people of whom only the year is known, and the comparison was made for them.
@fault("birth-year-suffices", "VN-MATCH-005")
class BirthYearSuffices(Population):
    """Compares the year of birth, and neither the month nor the day."""

    def match(self, base: sqlite3.Connection, person: dict[str, Any]) -> str:
        stored = self.profiles.read(base, person["profileId"])
        known = stored["profile"]["birthDate"] if stored else ""
        if known[:4] == person["birthDate"][:4]:
            person = {**person, "birthDate": known}
        return super().match(base, person)


def _members() -> list[str]:
    schemas = contract.documents()["profile-fields.yaml"]["components"]["schemas"]
    return list(schemas["Profile"]["properties"])


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: str(each) if name.endswith("Vnd") else _told(each) for name, each in value.items()
        }
    return [_told(each) for each in value] if isinstance(value, list) else value


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _renamed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each) for each in value]
    if isinstance(value, str) and HERE.fullmatch(value):
        return value.removesuffix("+07:00") + "Z"
    return value
