"""
One decision about units as a value, and what each of the ten operations takes.

Facts: vietnam.md, section 5, and its unit_reorg_operations.csv; the contract's description of
`reorganiseUnits` says the same in words. Who judges and applies them is `reorganisations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from conformance.model.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """
    What one operation takes, and what it does.

    Attributes:
        before, after: the fewest and the most units in `from` and in `to`.
        founds: `to` names new units; otherwise a unit that is there.
        closes: the units of `from` end on the day, except one that is also in `to`.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    founds: bool = False
    closes: bool = False


_MANY: Final = 100
_ONE: Final = (1, 1)
_SAME: Final = Form(before=_ONE, after=_ONE)
FORMS: Final[Mapping[str, Form]] = {
    "THANH_LAP": Form(before=(0, 0), after=_ONE, founds=True),
    "SAP_NHAP": Form(before=(1, _MANY), after=_ONE, closes=True),
    "HOP_NHAP": Form(before=(2, _MANY), after=_ONE, founds=True, closes=True),
    "CHIA": Form(before=_ONE, after=(2, _MANY), founds=True, closes=True),
    "TACH": Form(before=_ONE, after=_ONE, founds=True),
    "GIAI_THE": Form(before=_ONE, after=(0, 0), closes=True),
    "DOI_TEN": _SAME,
    "CHUYEN": _SAME,
    "TO_CHUC_LAI": _SAME,
    "NANG_HANG": _SAME,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorganisation:
    """
    One decision about units.

    Attributes:
        day: the first day of the new order, yyyy-mm-dd.
        before: codes of the units that it is about.
        after: the units that there are then.
    """

    operation: str
    day: str
    decision: str
    before: tuple[str, ...]
    after: tuple[JsonObject, ...]

    @property
    def form(self) -> Form:
        """What its operation takes."""
        return FORMS[self.operation]

    @property
    def closing(self) -> tuple[str, ...]:
        """The codes of the units that end."""
        survivors = {str(unit["unitCode"]) for unit in self.after}
        return tuple(code for code in self.before if self.form.closes and code not in survivors)

    def takes_over(self, code: str) -> bool:
        """Whether it says what becomes of a unit of the old order, and not of a part of it."""
        return code in self.before and (
            self.form.closes or code in {str(unit["unitCode"]) for unit in self.after}
        )

    @staticmethod
    def read(message: JsonObject) -> Reorganisation:
        """From a message that fits its schema."""
        before, after = message["from"], message["to"]
        assert isinstance(before, list)
        assert isinstance(after, list)
        return Reorganisation(
            operation=str(message["operation"]),
            day=str(message["effectiveOn"]),
            decision=str(message["decisionNo"]),
            before=tuple(str(code) for code in before),
            after=tuple(unit for unit in after if isinstance(unit, dict)),
        )
