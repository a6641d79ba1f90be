"""How the rules on rank, pay and position are broken; see `breaking`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Final

from conformance import resources
from conformance.contract.codelists import CodeLists, Row
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
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.population.vectors import ABSENT, Mutation

_BARE: Final = Wishes(bare=True)
_LEADER: Final = Wishes(leader=True)
_VETERAN: Final = Wishes(veteran=True)


def _step_too_high(record: JsonObject, as_of: date, _: Places) -> Iterator[Mutation]:
    rank = _rank(text(record, "rankCode"), as_of)
    most = int(rank["max_step"]) if rank else 12
    if most < 12:
        yield {"salaryStep": most + 1}


def _other_coefficient(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield {"salaryCoefficient": _a_little_more(text(record, "salaryCoefficient"))}


def _agency_before_recruitment(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield {"currentAgencyStartDate": moved(record, "firstRecruitmentDate", days=-1)}


def _step_before_rank(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield {"salaryFromDate": moved(record, "rankAppointmentDate", days=-1)}


def _odd_percent(_: JsonObject, __: date, ___: Places) -> Iterator[Mutation]:
    yield {"salaryPercent": 90}


def _other_staff(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield {"staffType": "CC" if record["staffType"] == "VC" else "VC"}


def _position_since_never(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "appointmentDate" in record:
        yield {"appointmentDate": ABSENT, "reappointmentDate": ABSENT}


def _appointed_before_recruitment(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "appointmentDate" in record:
        before = moved(record, "firstRecruitmentDate", days=-1)
        yield {"appointmentDate": before, "reappointmentDate": ABSENT}


def _reappointed_too_late(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "appointmentDate" in record:
        yield {"reappointmentDate": moved(record, "appointmentDate", months=61)}


def _leader_without_allowance(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "positionAllowanceCoefficient" in record:
        yield {"positionAllowanceCoefficient": ABSENT}


def _allowance_without_post(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "currentPositionCode" not in record:
        yield {"positionAllowanceCoefficient": "0.50"}


def _position_beside_itself(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "currentPositionCode" in record:
        yield {"concurrentPositions": [record["currentPositionCode"]]}


def _other_rank_name(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "rankName" in record:
        yield {"rankName": f"{text(record, 'rankName')} (cũ)"}


def _over_scale_below_the_top(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "overScalePercent" not in record:
        yield {"overScalePercent": 5, "overScaleFromDate": record["salaryFromDate"]}


def _over_scale_of_four(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "overScalePercent" in record:
        yield {"overScalePercent": 4}
        yield {"overScaleFromDate": ABSENT}


def _over_scale_too_soon(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "overScaleFromDate" in record:
        yield {"overScaleFromDate": moved(record, "overScaleFromDate", months=-1)}


def _endless_probation(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if record["salaryPercent"] == 100:
        yield {"salaryPercent": 85}


def _gap_in_pay(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "salaryHistory")
    if len(held) > 1:
        end = month(text(held[0], "to"), -1)
        yield {"salaryHistory": changed_row(record, "salaryHistory", 0, {"to": end})}


def _pay_that_ended(record: JsonObject, as_of: date, _: Places) -> Iterator[Mutation]:
    if rows(record, "salaryHistory"):
        ended: JsonObject = {"to": as_of.isoformat()[:7]}
        yield {"salaryHistory": changed_row(record, "salaryHistory", -1, ended)}


def _pay_before_recruitment(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "salaryHistory")
    if len(held) > 1:
        start = month(text(held[0], "from"), -12)
        yield {"salaryHistory": changed_row(record, "salaryHistory", 0, {"from": start})}


def _pay_beside_the_table(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "salaryHistory")
    if len(held) > 1:
        more = _a_little_more(text(held[0], "coefficient"))
        yield {"salaryHistory": changed_row(record, "salaryHistory", 0, {"coefficient": more})}


def _skipped_step(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    held = rows(record, "salaryHistory")
    for before, gone, after in zip(held, held[1:], held[2:], strict=False):
        if before["rankCode"] == after["rankCode"]:
            joined: JsonObject = {**before, "to": after["from"]}
            kept = [joined if row is before else row for row in held if row is not gone]
            yield {"salaryHistory": table(kept)}


def _a_little_more(coefficient: str) -> str:
    whole, _dot, part = coefficient.partition(".")
    return f"{whole}.{(int(part) + 1) % 100:02d}"


@cache
def _rank(code: str, as_of: date) -> Row | None:
    return CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0").row("ranks", code, as_of)


SERVICE: Final[Mapping[str, Break]] = {
    "VN-R-003": Break(_step_too_high, _BARE),
    "VN-R-004": Break(_other_coefficient, _BARE),
    "VN-R-006": Break(_agency_before_recruitment),
    "VN-R-007": Break(_step_before_rank, _BARE),
    "VN-R-010": Break(_odd_percent),
    "VN-R-011": Break(_other_staff, _BARE),
    "VN-R-034": Break(_position_since_never, _LEADER),
    "VN-R-035": Break(_appointed_before_recruitment, _LEADER),
    "VN-R-036": Break(_reappointed_too_late, _LEADER),
    "VN-R-037": Break(_leader_without_allowance, _LEADER),
    "VN-R-038": Break(_allowance_without_post),
    "VN-R-039": Break(_position_beside_itself, _LEADER),
    "VN-R-040": Break(_other_rank_name),
    "VN-R-041": Break(_over_scale_below_the_top),
    "VN-R-042": Break(_over_scale_of_four, _VETERAN),
    "VN-R-043": Break(_over_scale_too_soon, _VETERAN),
    "VN-R-044": Break(_endless_probation),
    "VN-R-045": Break(_gap_in_pay),
    "VN-R-046": Break(_pay_that_ended),
    "VN-R-047": Break(_pay_before_recruitment),
    "VN-R-048": Break(_pay_beside_the_table),
    "VN-R-049": Break(_skipped_step),
}
