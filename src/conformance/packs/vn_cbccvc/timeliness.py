"""
Whether an agency kept its time: one day for data born in its system, three working days for others.

NĐ 27/2026/NĐ-CP, article 19 (the terms are quoted, how they are counted is not): the day of the
change is not counted and the last day counts to its end, as in articles 147 and 148 of the Civil
Code (91/2015/QH13). One decision stands in one method; see `reference`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from conformance.packs.vn_cbccvc.intake import Intake
from conformance.packs.vn_cbccvc.tree import HANOI

IN_TIME: Final = "IN_TIME"
LATE: Final = "LATE"
SYSTEM: Final = "SYSTEM"

_LIST: Final = "holidays"
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


class Timeliness(Intake):
    """Counts days."""

    def timeliness(self, origin: str, changed_at: datetime, sent_at: datetime) -> str:
        """`IN_TIME` for what was sent before the end of the last day, else `LATE`."""
        zone = self.zone()
        day, sent = changed_at.astimezone(zone).date(), sent_at.astimezone(zone).date()
        return IN_TIME if sent <= self.last_day(origin, day) else LATE

    def zone(self) -> tzinfo:
        """Whose midnight ends a day."""
        return HANOI

    def last_day(self, origin: str, changed: date) -> date:
        """The last day on which a change of that day is in time."""
        left, working = self.term(origin)
        day = changed
        while left:
            day += _DAY
            left -= not working or self.is_working_day(day)
        return day

    def term(self, origin: str) -> tuple[int, bool]:
        """How many days an agency has, and whether only working days count."""
        return (1, False) if origin == SYSTEM else (3, True)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work that day."""
        row = self.knowledge.code_lists.row(_LIST, day.isoformat(), day)
        if row is not None:
            return self.is_worked(row["kind"])
        return not self.is_weekend(day)

    def is_weekend(self, day: date) -> bool:
        """Saturday or Sunday."""
        return day.weekday() >= _SATURDAY

    def is_worked(self, kind: str) -> bool:
        """Whether a day of the list is worked in place of another, or off."""
        return kind == "WORK"
