"""
One civil servant's working life, from birth to what is held today: a skeleton of days.

The order of events is that of the rules (18 at recruitment, ranks after one another, steps every
24 or 36 months and the coefficient kept on promotion: NĐ 204/2004/NĐ-CP). Days are the integers
of `days`. Not here: which ranks there are (`ladders`), and what the sub-tables say of a life
(`service`, `training`, `family`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from conformance.packs.vn_cbccvc import days
from conformance.packs.vn_cbccvc.ladders import Ladder, Rank, ladders, step_for
from conformance.packs.vn_cbccvc.retirement import youngest_birth_month
from conformance.packs.vn_cbccvc.unit_tree import MARGIN
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.packs.vn_cbccvc.workplaces import STAFF
from conformance.population.draw import Draw

#: Months of study for a level, from September.
STUDY: Final = {"SC": 9, "TC": 21, "CD": 33, "DH": 45}
#: Months before a higher rank, at the earliest (nine years, then six).
_PROMOTED: Final = (108, 72, 72)
#: A day after every other one.
_NEVER: Final = 1 << 40


@dataclass(frozen=True, slots=True)
class Pay:
    """One row of the pay history: held from that day until the next one begins."""

    since: int
    rank: Rank
    step: int

    @property
    def coefficient(self) -> str:
        """With two decimals, as the table has it."""
        return self.rank.coefficients[self.step - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """
    A working life. Every day lies at least two before the one it was drawn for.

    Attributes:
        level, entry_level: the highest one, and the one with which service began.
        study_from: the month in which the first studies began; so `master_from`, `doctor_from`.
        pay: the pay history; the last row is today's.
        over_scale: percent and its day, of those who passed the top step.
        admitted, official: the two Party days; enlisted and discharged: the two of the army.
        last: nothing happened after this day.
    """

    sex: str
    born: int
    staff_type: str
    level: str
    entry_level: str
    study_from: int
    recruited: int
    in_agency_since: int
    rank_since: int
    pay: tuple[Pay, ...]
    percent: int
    over_scale: tuple[int, int] | None
    admitted: int | None
    official: int | None
    enlisted: int | None
    discharged: int | None
    master_from: int | None
    doctor_from: int | None
    last: int


def career(
    draw: Draw, as_of: date, wishes: Wishes, *, kind: str = "", joined: int | None = None
) -> Career:
    """
    A career that is right on `as_of`.

    Args:
        kind: of the workplace.
        joined: a day on which whoever was in service came to the present agency.
    """
    last = days.of(as_of - MARGIN)
    sex = wishes.sex or ("1" if draw.below(2) else "2")
    staff_type = wishes.staff_type or draw.weighted(STAFF.get(kind, STAFF[""]))
    ladder = draw.weighted(ladders(staff_type, as_of))
    if wishes.veteran or wishes.doctor or wishes.old:
        ladder = ladders(staff_type, as_of).items[0]
    soldier = wishes.soldier or (sex == "1" and draw.chance(14))

    born = _birth(draw, sex, last, ladder, wishes, soldier=soldier, as_of=as_of)
    enlisted = discharged = None
    study_from = days.of_month(days.year(born) + 18, 9)
    if soldier:
        # In February of the year in which they turn 19; home two years later.
        enlisted = days.first_of(days.of_month(days.year(born) + 19, 2)) + draw.below(20)
        discharged = days.later(enlisted, 24)
        study_from += 36
    free = days.first_of(study_from + STUDY[ladder.level] + 1)
    recruited = _recruited(draw, free, last, wishes)
    pay = _pay(draw, ladder, recruited, last, wishes)
    now = pay[-1]

    served = (last >> 5) - (recruited >> 5)
    admitted, official = _party(draw, born, recruited, last, wishes)
    level, master, doctor = _postgraduate(draw, ladder.level, recruited, last, wishes)
    return Career(
        sex=sex,
        born=born,
        staff_type=staff_type,
        level=level,
        entry_level=ladder.level,
        study_from=study_from,
        recruited=recruited,
        in_agency_since=_joined(draw, recruited, last, wishes, joined),
        rank_since=next(row.since for row in pay if row.rank is now.rank),
        pay=pay,
        # A server's calendar may be ahead: probation that ends tomorrow is none.
        percent=85 if served < _probation(ladder.level) - 1 else 100,
        over_scale=_over_scale(now, last),
        admitted=admitted,
        official=official,
        enlisted=enlisted,
        discharged=discharged,
        master_from=master,
        doctor_from=doctor,
        last=last,
    )


def _birth(
    draw: Draw, sex: str, last: int, ladder: Ladder, wishes: Wishes, *, soldier: bool, as_of: date
) -> int:
    """A day of birth that leaves time for the studies, and before the age of retirement."""
    oldest = youngest_birth_month(sex, as_of) + 1
    # Eighteen years to the September, the studies, a month.
    youngest = (last >> 5) - (18 * 12 + 13 + STUDY[ladder.level] + 2 + (36 if soldier else 0))
    if wishes.old:
        youngest = oldest + 6
    elif wishes.veteran:
        # The way to the top of the first rank and beyond it takes 27 years.
        oldest, youngest = oldest + 12, oldest + 48
    elif wishes.doctor or wishes.everything:
        youngest -= 15 * 12
    elif wishes.moved or wishes.leader or wishes.disciplined or wishes.married:
        youngest -= 11 * 12
    elif wishes.new:
        oldest = youngest - 24
    return days.birthday(draw, draw.between(min(oldest, youngest), youngest))


def _recruited(draw: Draw, free: int, last: int, wishes: Wishes) -> int:
    if wishes.new:
        return days.drawn(draw, max(free, days.later(last, -3)), last)
    if wishes.veteran or wishes.doctor or wishes.old or wishes.everything:
        return days.drawn(draw, free, min(days.later(free, 3), last))
    span = 84 if draw.chance(15) and not wishes.moved and not wishes.leader else 24
    return days.drawn(draw, free, min(days.later(free, span), last))


def _joined(draw: Draw, recruited: int, last: int, wishes: Wishes, joined: int | None) -> int:
    """The day on which somebody came to the present agency."""
    if wishes.everything:
        # Early enough for a post there, and for a second term of it.
        return days.drawn(draw, days.later(recruited, 12), days.later(last, -130))
    if joined is not None and recruited < joined <= last and not wishes.moved:
        return joined
    if wishes.moved or (days.later(recruited, 24) <= last and draw.chance(50)):
        return min(days.drawn(draw, days.later(recruited, 12), last), last)
    return recruited


def _pay(draw: Draw, ladder: Ladder, recruited: int, last: int, wishes: Wishes) -> tuple[Pay, ...]:
    """The pay history: regular rises, some a year early, and the coefficient kept on promotion."""
    rows = []
    place, step, since = 0, 1, recruited
    promotion = _promotion(draw, ladder, 0, recruited, wishes)
    while True:
        rank = ladder.ranks[place]
        rows.append(Pay(since, rank, step))
        early = 12 if step > 1 and draw.chance(4) else 0
        rise = days.later(since, rank.period - early)
        if step == len(rank.coefficients):
            rise = _NEVER
        if min(promotion, rise) > last:
            return tuple(rows)
        if promotion <= rise:
            place += 1
            step = step_for(ladder.ranks[place], rank.coefficients[step - 1])
            since = promotion
            promotion = _promotion(draw, ladder, place, since, wishes)
        else:
            step += 1
            since = rise


def _promotion(draw: Draw, ladder: Ladder, place: int, since: int, wishes: Wishes) -> int:
    if place + 1 >= len(ladder.ranks) or wishes.veteran or draw.chance(50 + 15 * place):
        return _NEVER
    return days.later(since, _PROMOTED[place] + draw.below(60))


def _over_scale(now: Pay, last: int) -> tuple[int, int] | None:
    """5 percent after the months of one step at the top, and one more with each year."""
    beyond = days.later(now.since, now.rank.period)
    if now.step < len(now.rank.coefficients) or beyond > last:
        return None
    years = ((last - beyond) >> 5) // 12
    return 5 + years, days.later(beyond, 12 * years)


def _probation(level: str) -> int:
    """Months of probation: a year with a degree, half a year below (NĐ 138/2020/NĐ-CP)."""
    return 6 if level in ("SC", "TC") else 12


def _party(
    draw: Draw, born: int, recruited: int, last: int, wishes: Wishes
) -> tuple[int | None, int | None]:
    first = max(days.later(born, 12 * 18 + 1), days.later(recruited, -24))
    wished = wishes.party or wishes.everything
    if not (wished or draw.chance(45)) or first > last:
        return None, None
    latest = min(last, days.later(first, 180))
    admitted = days.drawn(draw, first, days.later(latest, -24) if wished else latest)
    if admitted > last:
        return None, None
    official = days.later(admitted, 12 + draw.below(4))
    return admitted, official if official <= last else None


def _postgraduate(
    draw: Draw, entry: str, recruited: int, last: int, wishes: Wishes
) -> tuple[str, int | None, int | None]:
    """The level reached, and the months in which the studies for a master and a doctor began."""
    master = (recruited >> 5) + 25 + draw.below(1 if wishes.doctor else 96)
    if entry != "DH" or not (wishes.doctor or draw.chance(26)) or master + 24 >= last >> 5:
        return entry, None, None
    doctor = master + 24 + 12 + draw.below(1 if wishes.doctor else 60)
    if not (wishes.doctor or draw.chance(14)) or doctor + 48 >= last >> 5:
        return "THS", master, None
    return "TS", master, doctor
