"""Time as a parameter: nothing below the composition root reads the wall clock."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from, and how to let it pass."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
