"""How the rules on ratings, discipline, training, jobs, movements and family are broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.breaking_tools import (
    Break,
    Places,
    changed_row,
    month,
    moved,
    rows,
    table,
    text,
)
from conformance.packs.vn_cbccvc.family import CHILD, MOTHER, SPOUSES
from conformance.packs.vn_cbccvc.service import FAILED
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.population.vectors import Mutation

_DISCIPLINED: Final = Wishes(disciplined=True)
_MARRIED: Final = Wishes(married=True)
_MOVED: Final = Wishes(moved=True)
#: After the forms of before July 2025 were abolished (NĐ 172/2025/NĐ-CP).
_ABOLISHED: Final = 2025


def _form(code: str, *, members: bool = True) -> Break:
    def proposals(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
        if rows(record, "discipline") and (members or "partyAdmissionDate" not in record):
            yield {"discipline": changed_row(record, "discipline", 0, {"form": code})}

    return Break(proposals, _DISCIPLINED)


def _recalled(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if rows(record, "discipline") and record["staffType"] != "CB":
        yield {"discipline": changed_row(record, "discipline", 0, {"form": "BN"})}


def _abolished_form(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if rows(record, "discipline"):
        late: JsonObject = {"form": "HBL", "from": f"{_ABOLISHED}-09", "to": f"{_ABOLISHED}-12"}
        ratings: list[JsonObject] = [
            {"year": row["year"], "grade": FAILED} if _year(row) == _ABOLISHED else row
            for row in rows(record, "evaluation")
        ]
        yield {
            "discipline": changed_row(record, "discipline", 0, late),
            "evaluation": table(ratings),
        }


def _over_before_it_began(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "discipline")
    if held:
        end = month(text(held[0], "from"), -1)
        yield {"discipline": changed_row(record, "discipline", 0, {"to": end})}


def _rated_twice(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "evaluation")
    for row in held:
        if row["grade"] not in (FAILED, "HTNV"):
            yield {"evaluation": table([*held, {"year": row["year"], "grade": "HTNV"}])}


def _rated_in_advance(record: JsonObject, as_of: date, _: Places) -> Iterator[Mutation]:
    held = rows(record, "evaluation")
    yield {"evaluation": table([*held, {"year": as_of.year + 1, "grade": "HTNV"}])}


def _rated_before_recruitment(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "evaluation")
    year = int(text(record, "firstRecruitmentDate")[:4]) - 1
    yield {"evaluation": table([{"year": year, "grade": "HTNV"}, *held])}


def _rewarded_discipline(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    for index, row in enumerate(rows(record, "evaluation")):
        if row["grade"] == FAILED:
            better: JsonObject = {"grade": "HTTNV"}
            yield {"evaluation": changed_row(record, "evaluation", index, better)}


def _honoured_failure(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    for index, row in enumerate(rows(record, "evaluation")):
        if "emulation" in row:
            yield {"evaluation": changed_row(record, "evaluation", index, {"grade": FAILED})}


def _study_of_no_time(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "qualification")
    if held:
        yield {"qualification": changed_row(record, "qualification", 0, {"from": held[0]["to"]})}


def _master_before_bachelor(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "qualification")
    if len(held) > 1:
        start = month(text(held[0], "to"), -12)
        yield {"qualification": changed_row(record, "qualification", 1, {"from": start})}


def _course_backwards(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "politicalTheory")
    if held:
        end = month(text(held[0], "from"), -1)
        yield {"politicalTheory": changed_row(record, "politicalTheory", 0, {"to": end})}


def _two_jobs_at_once(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "workHistory")
    if len(held) > 1:
        end = month(text(held[1], "from"), 1)
        yield {"workHistory": changed_row(record, "workHistory", 0, {"to": end})}


def _job_that_ended(record: JsonObject, as_of: date, _: Places) -> Iterator[Mutation]:
    if rows(record, "workHistory"):
        ended: JsonObject = {"to": as_of.isoformat()[:7]}
        yield {"workHistory": changed_row(record, "workHistory", -1, ended)}


def _moved_before_recruitment(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if rows(record, "movement"):
        before = moved(record, "firstRecruitmentDate", days=-1)
        early: JsonObject = {"effectiveDate": before, "decisionDate": before}
        yield {"movement": changed_row(record, "movement", 0, early)}


def _decided_in_1900(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if rows(record, "movement"):
        unknown: JsonObject = {"decisionDate": "1900-01-01"}
        yield {"movement": changed_row(record, "movement", 0, unknown)}


def _moved_elsewhere(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if rows(record, "movement"):
        other: JsonObject = {"toUnitCode": f"{text(record, 'managingAgencyCode')}.999"}
        yield {"movement": changed_row(record, "movement", -1, other)}


def _young_mother(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    for index, row in enumerate(rows(record, "family")):
        if row["relation"] == MOTHER:
            year: JsonObject = {"birthYear": _born(record) - 10}
            yield {"family": changed_row(record, "family", index, year)}


def _second_spouse(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "family")
    for row in held:
        if row["relation"] in SPOUSES:
            second: JsonObject = {**row, "fullName": "TRẦN THỊ THỬ", "detail": "Nông dân"}
            yield {"family": table([*held, second])}


def _child_of_a_child(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    for index, row in enumerate(rows(record, "family")):
        if row["relation"] == CHILD:
            year: JsonObject = {"birthYear": _born(record) + 10}
            yield {"family": changed_row(record, "family", index, year)}


def _in_laws_of_nobody(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "family")
    if held and not any(row["relation"] in SPOUSES for row in held):
        someone: JsonObject = {
            "relation": "11",
            "fullName": "TRẦN VĂN THỬ",
            "birthYear": 1955,
            "detail": "Nông dân",
        }
        yield {"spouseFamily": [someone]}


def _born(record: JsonObject) -> int:
    return int(text(record, "birthDate")[:4])


def _year(row: JsonObject) -> int:
    return int(str(row["year"]))


TABLES: Final[Mapping[str, Break]] = {
    "VN-R-050": Break(_recalled, _DISCIPLINED),
    "VN-R-051": _form("CCH"),
    "VN-R-052": Break(_abolished_form, Wishes(staff_type="CC", disciplined=True)),
    "VN-R-053": Break(_over_before_it_began, _DISCIPLINED),
    "VN-R-054": _form("D-KT", members=False),
    "VN-R-055": Break(_rated_twice),
    "VN-R-056": Break(_rated_in_advance),
    "VN-R-057": Break(_rated_before_recruitment),
    "VN-R-058": Break(_rewarded_discipline, _DISCIPLINED),
    "VN-R-059": Break(_honoured_failure),
    "VN-R-061": Break(_study_of_no_time),
    "VN-R-062": Break(_master_before_bachelor, Wishes(doctor=True)),
    "VN-R-065": Break(_course_backwards, Wishes(party=True)),
    "VN-R-066": Break(_two_jobs_at_once, _MOVED),
    "VN-R-067": Break(_job_that_ended),
    "VN-R-068": Break(_moved_before_recruitment, _MOVED),
    "VN-R-069": Break(_decided_in_1900, _MOVED),
    "VN-R-070": Break(_moved_elsewhere, _MOVED),
    "VN-R-071": Break(_young_mother, _MARRIED),
    "VN-R-072": Break(_second_spouse, _MARRIED),
    "VN-R-073": Break(_child_of_a_child, _MARRIED),
    "VN-R-074": Break(_in_laws_of_nobody),
}
