"""
Days as integers, which is how careers are computed: `month << 5 | day`, months counted from 1900.

A career is a few hundred sums of days and months; on integers they cost a tenth of what they
cost on `datetime.date`. Order is that of the calendar. Sums of months keep the day of the month,
so `later` is for days up to the 28th, which is all that `drawn` gives. Not here: what happens on
a day.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from conformance.population.draw import Draw

_FIRST_YEAR: Final = 1900
_MONTHS: Final = tuple(
    f"{year}-{month:02d}" for year in range(_FIRST_YEAR, 2300) for month in range(1, 13)
)
_DAYS: Final = tuple(f"-{day:02d}" for day in range(32))
_DAY: Final = 31
#: The last day that every month has.
_COMMON: Final = 28


def of(day: date) -> int:
    """The number of a day."""
    return of_month(day.year, day.month) << 5 | day.day


def of_month(year: int, month: int) -> int:
    """The number of a month (months count from 1)."""
    return (year - _FIRST_YEAR) * 12 + month - 1


def of_text(text: str) -> int:
    """The number of a day written yyyy-mm-dd."""
    return of_month(int(text[:4]), int(text[5:7])) << 5 | int(text[8:10])


def iso(day: int) -> str:
    """A day as yyyy-mm-dd."""
    return _MONTHS[day >> 5] + _DAYS[day & _DAY]


def iso_month(month: int) -> str:
    """A month as yyyy-mm."""
    return _MONTHS[month]


def month_of(day: int) -> str:
    """The month of a day, as yyyy-mm."""
    return _MONTHS[day >> 5]


def year(day: int) -> int:
    """The year of a day."""
    return _FIRST_YEAR + (day >> 5) // 12


def year_of_month(month: int) -> int:
    """The year of a month."""
    return _FIRST_YEAR + month // 12


def later(day: int, months: int) -> int:
    """The same day so many months later, or earlier."""
    return day + (months << 5)


def first_of(month: int) -> int:
    """The first day of a month."""
    return month << 5 | 1


def drawn(draw: Draw, first: int, last: int) -> int:
    """A day in [first, last], up to the 28th; the first such one when nothing lies between."""
    low = first if first & _DAY <= _COMMON else first_of((first >> 5) + 1)
    if last & _DAY > _COMMON:
        last = last & ~_DAY | _COMMON
    if last <= low:
        return low
    day = low + draw.below(last - low + 1)
    # The numbers 29 to 31 and 0 are no common days: they go to the day before or after.
    number = day & _DAY
    if number > _COMMON:
        return day - number + _COMMON
    return day if number else day + 1


def birthday(draw: Draw, month: int) -> int:
    """A day in a month, any that it has: also a 29 February."""
    number = draw.between(1, 31)
    if number > _COMMON:
        try:
            date.fromisoformat(f"{_MONTHS[month]}{_DAYS[number]}")
        except ValueError:
            number = _COMMON
    return month << 5 | number
