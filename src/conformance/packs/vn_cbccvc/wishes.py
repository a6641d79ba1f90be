"""
What somebody's life must hold, when not everybody will do.

Who is to break a rule must have something to break it with. Not here: how a wish comes true.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """
    What a life must hold; otherwise the draw decides.

    Attributes:
        veteran: at the top of the scale, and beyond it.
        new: recruited in the last months, so in probation.
        old: in the last years before retirement.
        everything: also the rest that a form can hold; `veteran`, `new` and `old` are apart.
        bare: nothing but what the form demands.
    """

    staff_type: str = ""
    sex: str = ""
    party: bool = False
    soldier: bool = False
    veteran: bool = False
    doctor: bool = False
    new: bool = False
    old: bool = False
    moved: bool = False
    leader: bool = False
    married: bool = False
    disciplined: bool = False
    everything: bool = False
    bare: bool = False
