"""Requirement ids in few words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_NUMBERED: Final = re.compile(r"(.*?)([0-9]+)")
#: Two neighbours are named, three are a range.
_SHORTEST: Final = 3


def in_ranges(ids: Sequence[str]) -> str:
    """`A-001…004, A-007, B-001` for these ids, in the order given."""
    ranges: list[list[str]] = []
    for name in ids:
        if ranges and _follows(ranges[-1][-1], name):
            ranges[-1].append(name)
        else:
            ranges.append([name])
    return ", ".join(_said(names) for names in ranges)


def _said(names: Sequence[str]) -> str:
    if len(names) < _SHORTEST:
        return ", ".join(names)
    last = _NUMBERED.fullmatch(names[-1])
    assert last is not None
    return f"{names[0]}…{last[2]}"


def _follows(before: str, name: str) -> bool:
    one, other = _NUMBERED.fullmatch(before), _NUMBERED.fullmatch(name)
    if one is None or other is None:
        return False
    alike = one[1] == other[1] and len(one[2]) == len(other[2])
    return alike and int(other[2]) == int(one[2]) + 1
