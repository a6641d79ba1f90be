"""
The ranks that people climb, and what each step of them pays.

Which rank follows which is ours to say: the lists give the ranks and the salary groups, and a
promotion leads to the next higher group of one profession. Not here: who is promoted when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from conformance import resources
from conformance.contract.codelists import CodeLists
from conformance.errors import SuiteDefect
from conformance.population.draw import Weighted

#: Ranks in the order in which they are reached, and how many people begin at the bottom of each.
#: The codes stand in codelists/ranks.csv.
_LADDERS: Final = {
    "công chức": {
        ("01.003", "01.002", "01.001"): 30,
        ("02.007", "02.006"): 3,
        ("04.025", "04.024", "04.023"): 4,
        ("06.031", "06.030", "06.029"): 8,
        ("06.038", "06.037", "06.036"): 4,
        ("08.051", "08.050", "08.049"): 3,
        ("03.301", "03.300", "03.299"): 2,
        ("03.232", "03.231", "03.230"): 1,
        ("03.302",): 1,
        ("10.226", "10.225"): 2,
        ("21.189", "21.188", "21.187"): 3,
        ("01.004",): 5,
        ("06.032",): 2,
        ("06.039",): 1,
        ("08.052",): 1,
        ("21.190",): 1,
        ("01.005",): 4,
        ("02.008",): 2,
        ("06.040",): 1,
        ("08.053",): 1,
        ("10.228",): 1,
    },
    "viên chức": {
        ("V.07.01.03", "V.07.01.02", "V.07.01.01"): 4,
        ("V.07.01.23", "V.07.01.03", "V.07.01.02"): 2,
        ("V.07.02.24", "V.07.02.25", "V.07.02.26"): 10,
        ("V.07.03.29", "V.07.03.28", "V.07.03.27"): 14,
        ("V.07.04.32", "V.07.04.31", "V.07.04.30"): 12,
        ("V.07.05.15", "V.07.05.14", "V.07.05.13"): 9,
        ("V.08.01.03", "V.08.01.02", "V.08.01.01"): 6,
        ("V.08.05.12", "V.08.05.11"): 5,
        ("V.08.05.13",): 4,
        ("V.08.03.07",): 3,
        ("V.08.06.15",): 2,
        ("V.08.07.18",): 2,
        ("V.08.08.22",): 2,
        ("V.05.01.03", "V.05.01.02", "V.05.01.01"): 2,
        ("V.05.02.07", "V.05.02.06", "V.05.02.05"): 3,
        ("V.05.02.08",): 1,
        ("V.10.02.06",): 2,
        ("V.11.02.06",): 1,
    },
}
#: The level with which somebody enters, by salary group; all others ask for a degree.
_ENTRY: Final = {"A0": "CD", "B": "TC", "C1": "SC", "C2": "SC", "C3": "SC"}


@dataclass(frozen=True, slots=True, eq=False)
class Rank:
    """A row of codelists/ranks.csv with its column of codelists/salary.csv."""

    code: str
    name: str
    group: str
    period: int
    coefficients: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """Ranks that follow one another; `level` is what is asked of whoever steps on it."""

    ranks: tuple[Rank, ...]
    level: str


@cache
def ladders(staff_type: str, as_of: date) -> Weighted[Ladder]:
    """The ladders open to a kind of staff (CB, CC, VC), the commonest first."""
    kind = "viên chức" if staff_type == "VC" else "công chức"
    weights: dict[Ladder, int] = {}
    for codes, weight in _LADDERS[kind].items():
        ranks = tuple(_rank(code, as_of) for code in codes)
        # Whoever may be promoted holds the degree that is asked for at the top.
        level = _ENTRY.get(ranks[-1].group, "DH")
        weights[Ladder(ranks, level)] = weight
    return Weighted(weights)


@cache
def step_for(rank: Rank, held: str) -> int:
    """The first step of a rank that is not below the coefficient held before."""
    needed = float(held)
    for step, coefficient in enumerate(rank.coefficients, 1):
        if float(coefficient) >= needed:
            return step
    return len(rank.coefficients)


@cache
def _rank(code: str, as_of: date) -> Rank:
    lists = CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0")
    row = lists.row("ranks", code, as_of)
    if row is None:
        raise SuiteDefect(f"nobody can hold the rank {code} on {as_of}")
    group = row["salary_group"]
    steps = (
        lists.row("salary", f"{group}/{step}", as_of) for step in range(1, int(row["max_step"]) + 1)
    )
    return Rank(
        code=code,
        name=row["name_vi"],
        group=group,
        period=int(row["months_to_next_step"]),
        coefficients=tuple(step["coefficient"] for step in steps if step is not None),
    )
