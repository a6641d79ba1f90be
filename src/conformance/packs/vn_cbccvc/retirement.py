"""
The last month of work: NĐ 135/2020/NĐ-CP, which replaced a table of ages by a ladder of years.

In 2021 men left at 60 years and 3 months and women at 55 and 4; each year adds 3 and 4 months,
until 62 (2028) and 60 (2035). Whoever reaches the age in a month leaves on its last day.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

from conformance.packs.vn_cbccvc import days

_BEGAN: Final = 2021
#: By sex code: age in months in 2021, months added each year, age at which that ends.
_LADDER: Final = {"1": (60 * 12 + 3, 3, 62 * 12), "2": (55 * 12 + 4, 4, 60 * 12)}
#: A server's calendar may be ahead of ours, and a run may last: nobody is in the last months.
_MARGIN: Final = 3


@cache
def last_working_month(sex: str, born: int) -> int:
    """
    The last month of work of whoever was born in the month `born`.

    Months are those of `days`. Whoever reached the age before 2021 left by older rules: for
    them the answer is a month before 2021.
    """
    first, more, most = _LADDER[sex]
    year = _BEGAN
    while True:
        leaves = born + min(first + more * (year - _BEGAN), most)
        if days.year_of_month(leaves) <= year:
            return leaves
        year += 1


@cache
def youngest_birth_month(sex: str, as_of: date) -> int:
    """The latest month of birth of those who have left, or soon will have, on `as_of`."""
    wanted = days.of_month(as_of.year, as_of.month) + _MARGIN
    born = wanted - _LADDER[sex][2] - 12
    while last_working_month(sex, born + 1) < wanted:
        born += 1
    return born
