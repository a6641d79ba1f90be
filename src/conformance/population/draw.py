"""
Cheap picks that are the same on every machine: integers only, no shared stream.

The generator is SplitMix64 (Steele, Lea, Flood 2014): it needs no warm-up, so that every record
can own one. Not for secrets.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Final, Generic, TypeVar

from conformance.errors import SuiteDefect
from conformance.model import seeds

T = TypeVar("T")

_MASK: Final = (1 << 64) - 1
_STEP: Final = 0x9E3779B97F4A7C15


class Weighted(Generic[T]):
    """Things to choose from, each as often as its weight says (whole numbers)."""

    __slots__ = ("items", "totals")

    def __init__(self, weights: Mapping[T, int]) -> None:
        chosen = {item: weight for item, weight in weights.items() if weight > 0}
        if not chosen:
            raise SuiteDefect("nothing to choose from")
        self.items: Final = tuple(chosen)
        self.totals: Final = tuple(accumulate(chosen.values()))


class Draw:
    """One record's source of choices: `Draw(seed)` gives the same choices everywhere."""

    __slots__ = ("_seed", "_state")

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._state = seed & _MASK

    def fork(self, *path: str | int) -> Draw:
        """A source of its own for `path`, whatever was drawn here before."""
        return Draw(seeds.derive(self._seed, *path))

    def bits(self) -> int:
        """The next 64 bits."""
        self._state = (self._state + _STEP) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def below(self, bound: int) -> int:
        """An integer in [0, bound); bounds far below 2**64, whose bias is then nil."""
        if bound <= 0:
            raise SuiteDefect(f"no integer lies below {bound}")
        return (self.bits() * bound) >> 64

    def between(self, low: int, high: int) -> int:
        """An integer in [low, high]."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """True in `percent` of a hundred cases."""
        return self.below(100) < percent

    def pick(self, items: Sequence[T]) -> T:
        """One of `items`, all alike."""
        return items[self.below(len(items))]

    def weighted(self, table: Weighted[T]) -> T:
        """One of the table's items, by its weight."""
        return table.items[bisect_right(table.totals, self.below(table.totals[-1]))]

    def day(self, first: date, last: date) -> date:
        """A day in [first, last]; `first` when the two stand the wrong way round."""
        return first + timedelta(days=self.below(max((last - first).days, 0) + 1))

    def digits(self, count: int) -> str:
        """So many decimal digits."""
        return f"{self.below(10**count):0{count}d}"


def permuted(index: int, size: int, seed: int) -> int:
    """
    Where `index` goes in a permutation of range(size) that follows from `seed`.

    Distinct indexes stay distinct, so that numbers drawn this way never collide.
    """
    if not 0 <= index < size:
        raise SuiteDefect(f"{index} does not lie in range({size})")
    factor = 1 + seeds.derive(seed, "factor") % size
    while _common(factor, size) != 1:
        factor += 1
    return (index * factor + seeds.derive(seed, "offset")) % size


def _common(one: int, other: int) -> int:
    while other:
        one, other = other, one % other
    return one


def months_later(day: date, months: int) -> date:
    """The same day so many months later (or earlier), or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 27))
