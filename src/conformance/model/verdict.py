"""
What a judgement may end in, and how judgements combine.

1. Verdicts are ordered and combine by `max`: things only get worse.
2. Whose fault it is stands beside the verdict, never in it.
3. An empty combination is NOT_RUN: nothing observed never means PASS.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Verdict(IntEnum):
    """What one judgement, requirement, class or run came to."""

    PASS = 0
    """Observed, and as required."""
    NOT_RUN = 1
    """Never put to the question: excused, not claimed, another role, or not reached."""
    INCONCLUSIVE = 2
    """The world kept us from knowing."""
    FAIL = 3
    """The target did what the requirement forbids."""
    ERROR = 4
    """We did wrong; nothing may be concluded about the target."""


class Fault(StrEnum):
    """Who has to act on a verdict that is not PASS."""

    TARGET = "target"
    CONFIGURATION = "configuration"
    NETWORK = "network"
    CONTRACT = "contract"
    TOOLKIT = "toolkit"


def combine(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of them; NOT_RUN when there are none."""
    return max(verdicts, default=Verdict.NOT_RUN)
