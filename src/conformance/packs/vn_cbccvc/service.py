"""
What service leaves in the file: pay and allowances, jobs, movements, ratings, discipline.

All rows follow from one career and one workplace. Tables are half-open: a row ends in the month
in which the next one begins, and the row of today has no end. Not here: the career itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc import days
from conformance.packs.vn_cbccvc.careers import Career
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.packs.vn_cbccvc.workplaces import Position, Workplace, positions
from conformance.population.draw import Draw, Weighted

#: Codes of codelists/evaluation-grades.csv.
FAILED: Final = "KHTNV"
_GRADES: Final = Weighted({"HTXSNV": 15, "HTTNV": 74, "HTNV": 10, FAILED: 1})
#: Codes of codelists/emulation-titles.csv and codelists/reward-forms.csv that go with a grade.
_EMULATION: Final = {"HTXSNV": "CSTDCS", "HTTNV": "LDTT"}
_REWARD: Final = Weighted({"07": 80, "06": 18, "05": 2})
#: Years of ratings that a file keeps at most.
_RATED: Final = 8
_OFFENCES: Final = (
    "Chậm giải quyết hồ sơ của người dân",
    "Vi phạm quy định về thời giờ làm việc",
    "Không hoàn thành nhiệm vụ được giao nhiều lần",
)
_MOVES: Final = Weighted({"DD": 75, "LC": 20, "BP": 5})


@dataclass(frozen=True, slots=True)
class Post:
    """A leading position that is held today, and since when."""

    position: Position
    appointed: int
    reappointed: int | None
    concurrent: tuple[str, ...]


def post(draw: Draw, life: Career, place: Workplace, as_of: date, wishes: Wishes) -> Post | None:
    """The leading position of some of those who have served five years."""
    wished = wishes.leader or wishes.everything
    first = max(days.later(life.recruited, 60), life.in_agency_since, days.later(life.last, -112))
    offered = positions(place.kind, as_of)
    if not offered or first > days.later(life.last, -1) or not (wished or draw.chance(24)):
        return None
    position = draw.pick(offered)
    appointed = days.drawn(draw, first, days.later(life.last, -62 if wishes.everything else -1))
    again = days.later(appointed, 57 + draw.below(4))
    others = [other.code for other in offered if other is not position]
    return Post(
        position=position,
        appointed=appointed,
        reappointed=again if again <= life.last else None,
        concurrent=tuple(others[-1:]) if wishes.everything or draw.chance(8) else (),
    )


def pay_history(life: Career) -> list[JsonObject]:
    """Table 37.1."""
    rows: list[JsonObject] = []
    for pay, after in zip(life.pay, (*life.pay[1:], None), strict=True):
        row: JsonObject = {"from": days.month_of(pay.since)}
        if after is not None:
            row["to"] = days.month_of(after.since)
        row["rankCode"] = pay.rank.code
        row["step"] = pay.step
        row["coefficient"] = pay.coefficient
        rows.append(row)
    return rows


def jobs(life: Career, place: Workplace, held: Post | None) -> list[JsonObject]:
    """Table 33: where, and as what, since the recruitment."""
    moved = life.in_agency_since > life.recruited
    title = life.pay[0].rank.name
    events = [(life.recruited >> 5, place.before[1] if moved else place.name, title)]
    if moved:
        events.append((life.in_agency_since >> 5, place.name, title))
    if life.rank_since > life.recruited:
        title = life.pay[-1].rank.name
        unit = place.name if life.rank_since >= life.in_agency_since else place.before[1]
        events.append((life.rank_since >> 5, unit, title))
    if held is not None:
        events.append((held.appointed >> 5, place.name, held.position.name))
    events.sort(key=lambda event: event[0])
    # Two events of one month are one row: the later one says what came of it.
    months = {month: (unit, title) for month, unit, title in events}
    starts = list(months)
    rows: list[JsonObject] = []
    for start, end in zip(starts, (*starts[1:], None), strict=True):
        unit, title = months[start]
        row: JsonObject = {"from": days.iso_month(start)}
        if end is not None:
            row["to"] = days.iso_month(end)
        rows.append({**row, "unit": unit, "title": title})
    return rows


def movements(draw: Draw, life: Career, place: Workplace) -> list[JsonObject]:
    """The decision that brought somebody from elsewhere to the present unit."""
    if life.in_agency_since <= life.recruited:
        return []
    signed = max(life.recruited, days.drawn(draw, life.in_agency_since - 40, life.in_agency_since))
    return [
        {
            "type": draw.weighted(_MOVES),
            "decisionNumber": f"{draw.between(12, 2400)}/QĐ-SNV",
            "decisionDate": days.iso(signed),
            "effectiveDate": days.iso(life.in_agency_since),
            "fromUnitCode": place.before[0],
            "toUnitCode": place.code,
        }
    ]


def disciplined(draw: Draw, life: Career, place: Workplace, wishes: Wishes) -> list[JsonObject]:
    """Table 35.2: a reprimand or a warning, of few people."""
    served = (life.last >> 5) - (life.recruited >> 5)
    wished = wishes.disciplined or wishes.everything
    if served < 40 or not (wished or draw.chance(2)):
        return []
    start = (life.last >> 5) - 16 - draw.below(min(served - 18, 40))
    return [
        {
            "from": days.iso_month(start),
            "to": days.iso_month(start + 12),
            "form": "KT" if draw.chance(80) else "CC",
            "violation": draw.pick(_OFFENCES),
            "decidingAgency": place.managing_name,
        }
    ]


def ratings(draw: Draw, life: Career, faults: list[JsonObject], wishes: Wishes) -> list[JsonObject]:
    """Table 35.1: the last years that have ended; a year with a discipline is failed."""
    failed = {str(fault["from"])[:4] for fault in faults}
    last = days.year(life.last)
    rows: list[JsonObject] = []
    for year in range(max(days.year(life.recruited), last - _RATED), last):
        grade = FAILED if str(year) in failed else draw.weighted(_GRADES)
        row: JsonObject = {"year": year, "grade": grade}
        emulation = _EMULATION.get(grade)
        if emulation is not None:
            if draw.chance(80):
                row["emulation"] = emulation
            if wishes.everything or draw.chance(15):
                row["reward"] = draw.weighted(_REWARD)
        rows.append(row)
    return rows


def allowances(life: Career, held: Post | None) -> list[JsonObject]:
    """Table 37.2: the position's allowance, and that beyond the scale."""
    rows: list[JsonObject] = []
    if held is not None:
        rows.append(
            {
                "from": days.month_of(held.appointed),
                "type": "CV",
                "coefficient": held.position.allowance,
                "form": "HT",
            }
        )
    if life.over_scale is not None:
        percent, since = life.over_scale
        rows.append(
            {"from": days.month_of(since), "type": "TNVK", "percent": percent, "form": "HT"}
        )
    return rows
