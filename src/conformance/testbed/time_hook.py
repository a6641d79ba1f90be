"""
Hours that pass at our word: the operator's command sets the software's clock, and ours follows.

Within a run time never goes back: what comes after an outage of two hours is two hours later.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.model.clock import Clock

#: Where a command names the moment that it has to set.
INSTANT: Final = "{instant}"
#: Seconds that a clock may take to be set.
_PATIENCE: Final = 30.0
_TAIL: Final = 500


class ClockAhead:
    """A clock that may be put forward; fulfils `model.clock.Clock`. Threads may share one."""

    def __init__(self, real: Clock) -> None:
        self.real: Final = real
        self._ahead = timedelta()

    def ahead(self) -> timedelta:
        """How far."""
        return self._ahead

    def put_forward(self, by: timedelta) -> None:
        """Let hours have passed."""
        self._ahead += max(timedelta(), by)

    def now(self) -> datetime:
        """The moment that it is told to be, UTC."""
        return self.real.now() + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Let so much time truly pass."""
        await self.real.sleep(seconds)


@dataclass(slots=True, kw_only=True)
class TimeHook:
    """
    Sets the clock of software under test.

    Attributes:
        command: program and arguments; `{instant}` in them becomes an RFC 3339 time in UTC.
        clock: by which the bed lives.
        environment: what the command inherits.
    """

    command: tuple[str, ...]
    clock: ClockAhead
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    _timer: threading.Timer | None = None
    _trouble: str = ""

    def pass_time(self, wait: float, until: datetime, otherwise: Callable[[], None]) -> None:
        """
        After `wait` true seconds let it be `until`, here and there; returns at once.

        Args:
            otherwise: called when the command fails, and the clocks stay as they are.
        """
        self._timer = threading.Timer(wait, self._pass, (until, otherwise))
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> str:
        """The mission is over; what was wrong with the command, "" for nothing."""
        if self._timer is not None:
            self._timer.cancel()
            # One that has begun is not stopped any more.
            self._timer.join()
        trouble, self._timer, self._trouble = self._trouble, None, ""
        return trouble

    def _pass(self, until: datetime, otherwise: Callable[[], None]) -> None:
        by = until - self.clock.now()
        instant = until.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        words = [word.replace(INSTANT, instant) for word in self.command]
        if trouble := self._run(words):
            self._trouble = trouble
            otherwise()
        else:
            self.clock.put_forward(by)

    def _run(self, words: list[str]) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own command is the point
                words,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        if done.returncode == 0:
            return ""
        said = (done.stderr or done.stdout)[-_TAIL:].decode("utf-8", "replace").strip()
        return f"exit {done.returncode}: {said}" if said else f"exit {done.returncode}"
