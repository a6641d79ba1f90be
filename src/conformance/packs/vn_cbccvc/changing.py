"""
What happens to people, as scenarios send it: changes with their times, and records that say them.

Values only; see `records`. Who prepares people is `preparing`, who sends them `asking`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Final

from conformance.errors import SuiteDefect
from conformance.model.json import JsonObject

VIETNAM: Final = timezone(timedelta(hours=7))

#: A grade of codelists/evaluation-grades.csv that goes with no emulation title, and another.
_PLAIN: Final = "HTNV"
_GOOD: Final = "HTTNV"
_FAILED: Final = "KHTNV"


def dated(record: JsonObject, changed_at: str, origin: str = "") -> JsonObject:
    """A signed record that says when its change happened, and where its data were born."""
    return {**record, "changedAt": changed_at, **({"origin": origin} if origin else {})}


def written(moment: datetime, zone: timezone | None = None) -> str:
    """A time to the second, in UTC as `Z` or with the offset of `zone`."""
    local = moment.replace(microsecond=0)
    if zone is None:
        return local.isoformat().replace("+00:00", "Z")
    return local.astimezone(zone).isoformat()


def with_position(person: JsonObject) -> JsonObject:
    """The same person in another job position."""
    return {
        **person,
        "jobPositionName": "Chuyên viên về tổ chức bộ máy",
        "jobPositionCode": f"{person['jobPositionCode']}"[:18] + ".9",
    }


def with_task(person: JsonObject) -> JsonObject:
    """The same person with another main duty."""
    return {**person, "mainDuty": "Theo dõi công tác đào tạo, bồi dưỡng của đơn vị"}


def with_contract(person: JsonObject) -> JsonObject:
    """The same person under a new contract."""
    contract: JsonObject = {"type": "HDLV-KXDTH", "number": "15/HĐLV", "signedOn": "2026-03-02"}
    return {**person, "contract": contract}


def with_rating(person: JsonObject) -> JsonObject:
    """The same person with another rating of the last rated year. Raises SuiteDefect."""
    rows = person.get("evaluation")
    if not isinstance(rows, list) or not is_rated(person):
        raise SuiteDefect("nobody without a rating can be rated otherwise")
    last = rows[-1]
    assert isinstance(last, dict)
    grade = _GOOD if last["grade"] == _PLAIN else _PLAIN
    return {**person, "evaluation": [*rows[:-1], {"year": last["year"], "grade": grade}]}


def disciplined(person: JsonObject) -> JsonObject:
    """The same person, who was reprimanded in the last rated year and failed it. SuiteDefect."""
    rows = person.get("evaluation")
    if not isinstance(rows, list) or not rows or not isinstance(rows[-1], dict):
        raise SuiteDefect("nobody without a rating can fail a year")
    year = rows[-1]["year"]
    reprimand: JsonObject = {
        "from": f"{year}-03",
        "to": f"{year}-12",
        "form": "KT",
        "violation": "Chậm giải quyết hồ sơ (nhập nhầm người)",
        "decidingAgency": "Cơ quan thử nghiệm",
    }
    return {
        **person,
        "discipline": [reprimand],
        "evaluation": [*rows[:-1], {"year": year, "grade": _FAILED}],
    }


def without_a_stain(people: Sequence[JsonObject]) -> JsonObject:
    """The first of several people with two ratings and no discipline. Raises SuiteDefect."""
    for person in people:
        rows = person.get("evaluation")
        if isinstance(rows, list) and len(rows) > 1 and not person.get("discipline"):
            return person
    raise SuiteDefect("nobody of ours has ratings and no discipline")


def is_rated(person: JsonObject) -> bool:
    """Whether somebody's last rating could as well be another: it rests on no discipline."""
    rows = person.get("evaluation")
    last = rows[-1] if isinstance(rows, list) and rows else None
    return isinstance(last, dict) and last.get("grade") != _FAILED


def moved(person: JsonObject, number: int) -> JsonObject:
    """The same person at another address: the plainest change there is."""
    home = person["currentResidence"]
    assert isinstance(home, Mapping)
    return {**person, "currentResidence": {**home, "detail": f"Số {number}, phường thử nghiệm"}}


#: Where `moved` changes a profile.
ADDRESS: Final = "/currentResidence/detail"


def rated_first(people: Sequence[JsonObject]) -> JsonObject:
    """The first of several people who `is_rated`. Raises SuiteDefect."""
    for person in people:
        if is_rated(person):
            return person
    raise SuiteDefect("nobody of ours has a rating")
