"""
Who makes the target act in a mission: the bundled agency, a vendor's command, or a person.

A driver starts the target's work and waits for its end. It neither serves the bed nor
looks at traffic beyond asking whether there is any.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import httpx

from conformance.model import seeds
from conformance.model.clock import Clock
from conformance.model.json import JsonObject
from conformance.model.pack import AgencySurroundings, AsgiApp, Assignment, LoadedPack, Signer

Credentials = Mapping[str, Mapping[str, str]]

DONE: Final = "done"
DEADLINE: Final = "deadline"

#: Seconds that a person gets for one mission, unless told otherwise.
PATIENCE: Final = 900.0

#: So many times as long lasts the silence of whoever was refused, or only has a token: people type.
SECOND_THOUGHTS: Final = 3

#: What tells the outboxes of this process apart.
_OUTBOXES: Final = itertools.count(1)


class Driver(Protocol):
    """Makes the target carry out assignments, one after another."""

    @property
    def time_hook(self) -> bool:
        """Whether the target's time passes at our word, so that hours cost nothing."""

    def perform(
        self, assignment: Assignment, bed_url: str, credentials: Credentials, deadline: float
    ) -> str:
        """
        Have one assignment carried out within `deadline` seconds.

        Returns:
            `done`, `deadline`, or what else ended it (`exit 3: …`) for a person to read.
        """

    def cut_power(self) -> None:
        """
        End the target at once, as `kill -9` does, and have it started again.

        Called from any thread while an assignment is carried out.
        """


@dataclass(slots=True)
class _Power:
    """What can end work that runs in an event loop, from any thread."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _end: Callable[[], None] | None = None

    def on(self, work: asyncio.Future[None]) -> threading.Event:
        """Let `cut` end `work`; the event tells whether it did."""
        loop, was_cut = asyncio.get_running_loop(), threading.Event()

        def end() -> None:
            was_cut.set()
            loop.call_soon_threadsafe(work.cancel)

        with self._lock:
            self._end = end
        return was_cut

    def off(self) -> None:
        """Nothing runs any more."""
        with self._lock:
            self._end = None

    def cut(self) -> None:
        """End what runs."""
        with self._lock:
            if self._end is not None:
                self._end()


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledDriver:
    """
    The pack's own agency software, in this process; a new installation in each mission.

    Attributes:
        app: the bed's app for a run in-process, None for a real socket. A mission on a TLS
            line has one in either case.
        ca_file: what the agency trusts on a TLS line.
        mutant: names of the agency's mutants joined by "+", None for the honest one.
        outbox: SQLite file that the installations share; ":memory:" gives each mission its own.
        served: the store behind what the software serves itself, None where it serves nothing.
        time_hook: whether `clock` is virtual.
    """

    pack: LoadedPack
    clock: Clock
    signer: Signer
    seed: int
    app: AsgiApp | None = None
    ca_file: Path | None = None
    mutant: str | None = None
    outbox: str = ":memory:"
    served: Path | None = None
    time_hook: bool = False
    _held: list[tuple[str, sqlite3.Connection]] = field(default_factory=list)
    _power: _Power = field(default_factory=_Power)

    def perform(
        self, assignment: Assignment, bed_url: str, credentials: Credentials, deadline: float
    ) -> str:
        outbox = self.outbox if self.outbox != ":memory:" else self._in_memory(assignment)
        return asyncio.run(self._perform(assignment, bed_url, credentials, deadline, outbox))

    def _in_memory(self, assignment: Assignment) -> str:
        """
        An outbox of the mission's own, or that of the mission after which it goes on.

        It ends with the last connection to it, and must outlive the software's own.
        """
        if not (assignment.continues and self._held):
            while self._held:
                self._held.pop()[1].close()
            shared = f"file:outbox-{next(_OUTBOXES)}?mode=memory&cache=shared"
            held = sqlite3.connect(shared, uri=True, check_same_thread=False)
            self._held.append((shared, held))
        return self._held[-1][0]

    def cut_power(self) -> None:
        self._power.cut()

    async def _perform(
        self,
        assignment: Assignment,
        bed_url: str,
        credentials: Credentials,
        deadline: float,
        outbox: str,
    ) -> str:
        app = None if bed_url.startswith("https:") else self.app
        surroundings = AgencySurroundings(
            base_url=bed_url,
            transport=None if app is None else httpx.ASGITransport(app=app),
            ca_file=self.ca_file,
            credentials=credentials,
            clock=self.clock,
            signer=self.signer,
            outbox=outbox,
            served=self.served,
            seed=seeds.derive(self.seed, "agency", assignment.id),
        )
        latest = self.clock.now() + timedelta(seconds=deadline)
        try:
            async with asyncio.timeout(deadline):
                while not await self._installed(surroundings, assignment):
                    pass
        except TimeoutError:
            return DEADLINE
        # Virtual time passes without the event loop's timeout noticing.
        return DEADLINE if self.clock.now() > latest else DONE

    async def _installed(self, surroundings: AgencySurroundings, assignment: Assignment) -> bool:
        """Start the software and let it work; False when its power was cut."""
        agency = self.pack.plugin.agency(self.pack, surroundings, mutant=self.mutant)
        work = asyncio.ensure_future(agency.perform(assignment))
        cut = self._power.on(work)
        try:
            await work
        except asyncio.CancelledError:
            if cut.is_set():
                return False
            raise
        finally:
            self._power.off()
            work.cancel()
            await agency.aclose()
        return True


@dataclass(slots=True)
class Turn:
    """
    What the person beside the software says of the mission that is on.

    Attributes:
        held: do not take silence for the end.
        finished: nothing more will come.
    """

    held: bool = False
    finished: bool = False

    def begin(self) -> None:
        """A new mission; who asked to be waited for is waited for in it too."""
        self.finished = False


def over_at(idle_since: datetime | None, faltering: bool, quiet: float) -> datetime | None:
    """When silence ends a mission; None while nothing has come or more is due."""
    if idle_since is None:
        return None
    return idle_since + timedelta(seconds=quiet * (SECOND_THOUGHTS if faltering else 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenDriver:
    """
    A person, or software that acts by itself: told what to do, then waited for.

    Attributes:
        announce: shows the assignment and the bed's address to the person.
        idle_since: the bed's: when its last answer was given, None while there is none.
        faltering: the bed's: whether that answer got the caller no further.
        quiet: seconds without traffic after which the work is taken for done; longer than any
            `Retry-After` that the bed sends.
        every: seconds between two looks.
        turn: what the person says of his own work.
    """

    announce: Callable[[Assignment, str], None]
    idle_since: Callable[[], datetime | None]
    clock: Clock
    faltering: Callable[[], bool] = lambda: False
    quiet: float = 10.0
    every: float = 0.25
    turn: Turn = field(default_factory=Turn)

    @property
    def time_hook(self) -> bool:
        return False

    def cut_power(self) -> None:
        """Nothing: the mission's brief tells the person when to end the software and start it."""

    def perform(
        self, assignment: Assignment, bed_url: str, credentials: Credentials, deadline: float
    ) -> str:
        # Who listens was given its credentials beforehand.
        del credentials
        self.turn.begin()
        self.announce(assignment, bed_url)
        return asyncio.run(self._wait(self.clock.now() + timedelta(seconds=deadline)))

    async def _wait(self, latest: datetime) -> str:
        while True:
            now = self.clock.now()
            if self.turn.finished:
                return DONE
            over = over_at(self.idle_since(), self.faltering(), self.quiet)
            if over is not None and now >= over and not self.turn.held:
                return DONE
            if now >= latest:
                return DEADLINE
            await self.clock.sleep(self.every)


def assignment_to_json(assignment: Assignment) -> JsonObject:
    """What a mission file holds."""
    brief = assignment.brief
    goes_on: JsonObject = {"continues": assignment.continues} if assignment.continues else {}
    return {
        "id": assignment.id,
        "brief": {"en": brief.en, "vi": brief.vi, "id": brief.id},
        "material": assignment.material,
        **goes_on,
    }
