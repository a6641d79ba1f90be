"""
How Hypothesis is made to draw the same from one seed in every process.

Shared by all who let it draw. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

#: Where Hypothesis keeps what it found in imported modules; there is no public switch.
_LOCAL_CONSTANTS: Final = "_get_local_constants"


@contextmanager
def nothing_local() -> Iterator[None]:
    """
    Keep Hypothesis from seeding its strings with constants of whatever is imported by now.

    Else the cases of a seed depend on which modules this process happens to hold: a worker,
    a wheel and a checkout would each ask something else.
    """
    from hypothesis.internal.conjecture import providers

    held: Any = providers
    kept = getattr(held, _LOCAL_CONSTANTS)
    nothing = held.Constants()
    setattr(held, _LOCAL_CONSTANTS, lambda: nothing)
    held.CONSTANTS_CACHE.cache.clear()
    try:
        yield
    finally:
        setattr(held, _LOCAL_CONSTANTS, kept)
        held.CONSTANTS_CACHE.cache.clear()
