"""
One civil servant's working life, from birth to the salary step held today.

The order of events is that of the rules (18 at recruitment, rank after recruitment, steps every
24, 36 or 60 months: NĐ 204/2004/NĐ-CP). Not here: names, places, ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from conformance import resources
from conformance.contract.codelists import CodeLists, Row
from conformance.packs.vn_cbccvc.unit_tree import MARGIN
from conformance.population.draw import Draw, Weighted, months_later

_STAFF: Final = Weighted({"VC": 60, "CC": 32, "CB": 8})
#: Oldest age still in service, in whole years: below the retirement age of any year since 2021
#: (NĐ 135/2020/NĐ-CP).
_OLDEST: Final = {"1": 59, "2": 54}
#: Years of service before a group of ranks is reached.
_SENIORITY: Final[Mapping[str, int]] = {"A2.1": 9, "A2.2": 9, "A3.1": 16, "A3.2": 16, "CGCC": 22}
_LEVELS: Final[Mapping[str, Weighted[str]]] = {
    "A": Weighted({"DH": 70, "THS": 25, "TS": 5}),
    "A0": Weighted({"CD": 80, "DH": 20}),
    "B": Weighted({"TC": 70, "CD": 20, "DH": 10}),
    "C": Weighted({"SC": 60, "TC": 40}),
}
#: Age at which a level is reached at the earliest, on the way into service.
_GRADUATES: Final[Mapping[str, int]] = {"SC": 19, "TC": 20, "CD": 21, "DH": 22, "THS": 22, "TS": 22}


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """
    A working life. Every date lies at least two days before the day it was drawn for.

    Attributes:
        admitted, official: the two Party dates; None where there is none.
    """

    born: date
    staff_type: str
    rank: str
    level: str
    recruited: date
    in_agency_since: date
    in_rank_since: date
    step: int
    coefficient: str
    step_since: date
    percent: int
    admitted: date | None
    official: date | None


def career(draw: Draw, sex: str, as_of: date) -> Career:
    """A career that is right on `as_of`."""
    last = as_of - MARGIN
    staff_type = draw.weighted(_STAFF)
    rank = draw.pick(_ranks(staff_type, as_of))
    group = rank["salary_group"]
    level = draw.weighted(_LEVELS.get(group) or _LEVELS[group[0] if group[0] in "AC" else "A"])

    service = _SENIORITY.get(group, 0)
    youngest = _GRADUATES[level] + service + 2
    age = draw.between(youngest, max(youngest, _OLDEST[sex]))
    born = draw.day(months_later(last, -12 * (age + 1)), months_later(last, -12 * age))

    earliest = months_later(born, 12 * _GRADUATES[level])
    latest = min(months_later(born, 12 * 35), months_later(last, -12 * service - 1))
    recruited = draw.day(earliest, max(earliest, latest))
    in_agency_since = recruited if draw.chance(60) else draw.day(recruited, last)

    ranked_first = months_later(recruited, 12 * service)
    in_rank_since = recruited if not service else draw.day(ranked_first, max(ranked_first, last))
    step, step_since = _step(rank, in_rank_since, last)
    row = _code_lists().row("salary", f"{group}/{step}", as_of)
    probation = step == 1 and in_rank_since == recruited and months_later(recruited, 12) > last

    admitted, official = _party(draw, born, recruited, last)
    return Career(
        born=born,
        staff_type=staff_type,
        rank=rank["code"],
        level=level,
        recruited=recruited,
        in_agency_since=in_agency_since,
        in_rank_since=in_rank_since,
        step=step,
        coefficient=row["coefficient"] if row else "",
        step_since=step_since,
        percent=85 if probation else 100,
        admitted=admitted,
        official=official,
    )


def _step(rank: Row, since: date, last: date) -> tuple[int, date]:
    """The step reached by regular rises, and since when it is held."""
    period = int(rank["months_to_next_step"])
    step, held = 1, since
    while step < int(rank["max_step"]) and months_later(since, step * period) <= last:
        held = months_later(since, step * period)
        step += 1
    return step, held


def _party(draw: Draw, born: date, recruited: date, last: date) -> tuple[date | None, date | None]:
    # Counted from 18 years and a day, so that a 29 February is no question.
    first = max(months_later(born, 12 * 18 + 1), months_later(recruited, -24))
    if not draw.chance(45) or first > last:
        return None, None
    admitted = draw.day(first, last)
    official = months_later(admitted, 12 + draw.between(1, 3))
    return admitted, official if official <= last else None


@cache
def _ranks(staff_type: str, as_of: date) -> tuple[Row, ...]:
    """The ranks open to a kind of staff, the common ones many times over."""
    wanted = "viên chức" if staff_type == "VC" else "công chức"
    lists = _code_lists()
    found: list[Row] = []
    for code in lists.alive("ranks", as_of):
        row = lists.row("ranks", code, as_of)
        if row is not None and row["staff_type"] == wanted:
            # Few become principal, fewer senior.
            often = {"A1": 6, "A0": 4, "B": 3, "A2.1": 2, "A2.2": 2}.get(row["salary_group"], 1)
            found += [row] * often
    return tuple(found)


def _code_lists() -> CodeLists:
    return CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0")
