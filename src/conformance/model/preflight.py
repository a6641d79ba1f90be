"""What was seen of a target before a run: check by check, each with its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.model.remark import Remark


class State(StrEnum):
    """How one check ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """
    One line of the preflight.

    Attributes:
        name: what was looked at, stable (`credentials`).
        seen: what was found; a text where it is a value, the same in every language.
        code: why it is not well, stable; "" when it is.
        remedy: what to do; None when all is well.
        fault: who has to act.
    """

    name: str
    state: State
    seen: str | Remark
    code: str = ""
    remedy: Remark | None = None
    fault: str = "network"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """All checks, in order."""

    checks: tuple[Check, ...]

    @property
    def stopped_by(self) -> Check | None:
        """The first check that makes a run pointless."""
        return next((c for c in self.checks if c.state is State.FAILED), None)
