"""The issuer's exceptions, as values. Where they come from and how they are granted is not here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """
    A dated, reasoned, expiring exception for one requirement, printed on the certificate.

    Not a baseline: that is the implementer's own list, and never reaches a decision.

    Attributes:
        reason: why the issuer bears with the deviation, in the issuer's words.
        until: the last day on which it holds.
    """

    requirement: str
    reason: str
    granted_by: str
    since: date
    until: date

    def holds(self, on: date) -> bool:
        """Whether it may be relied on that day."""
        return self.since <= on <= self.until
