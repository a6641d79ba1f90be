"""
Hypothesis over records: one integer carries all randomness, the record is a map of it.

Hypothesis then shrinks, replays and prints an integer, and drawing a record costs what building
it costs. Hypothesis is imported only here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

#: As wide as the seeds that `model.seeds` derives.
_LAST: Final = (1 << 63) - 1


def seeds() -> SearchStrategy[int]:
    """Seeds of records."""
    return st.integers(0, _LAST)


def records(build: Callable[[int], T]) -> SearchStrategy[T]:
    """What `build` makes of a seed."""
    return seeds().map(build)
