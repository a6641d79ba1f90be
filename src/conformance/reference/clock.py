"""The two clocks: the machine's, and one that moves only when it is told to."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock; fulfils `model.clock.Clock`."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass; other tasks go on."""
        await asyncio.sleep(seconds)


class ManualClock:
    """
    Virtual time: whoever sleeps moves the clock and goes on at once.

    Fulfils `model.clock.Clock`. Threads may share one.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware time")
        self._now = start.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The virtual moment, UTC."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock forward; it never goes back."""
        with self._lock:
            self._now += timedelta(seconds=max(0.0, seconds))

    async def sleep(self, seconds: float) -> None:
        """Advance by `seconds` and give every other task its turn."""
        self.advance(seconds)
        await asyncio.sleep(0)
