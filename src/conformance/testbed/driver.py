"""
Who makes the target act in a mission: the bundled agency, a vendor's command, or a person.

A driver starts the target's work and waits for its end. It neither serves the bed nor
looks at traffic beyond asking whether there is any.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import httpx

from conformance.errors import UsageError
from conformance.model import seeds
from conformance.model.clock import Clock
from conformance.model.json import JsonObject, compact
from conformance.model.pack import AgencySurroundings, AsgiApp, Assignment, LoadedPack, Signer

Credentials = Mapping[str, Mapping[str, str]]

DONE: Final = "done"
DEADLINE: Final = "deadline"

#: Seconds that a person gets for one mission, unless told otherwise.
PATIENCE: Final = 900.0

#: How much of a failed command's output a note repeats.
_TAIL_BYTES: Final = 2000
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
        app: the bed's app for a run in-process, None for a real socket.
        mutant: names of the agency's mutants joined by "+", None for the honest one.
        outbox: SQLite file that the installations share; ":memory:" gives each mission its own.
        time_hook: whether `clock` is virtual.
    """

    pack: LoadedPack
    clock: Clock
    signer: Signer
    seed: int
    app: AsgiApp | None = None
    mutant: str | None = None
    outbox: str = ":memory:"
    time_hook: bool = False
    _power: _Power = field(default_factory=_Power)

    def perform(
        self, assignment: Assignment, bed_url: str, credentials: Credentials, deadline: float
    ) -> str:
        if self.outbox != ":memory:":
            return asyncio.run(
                self._perform(assignment, bed_url, credentials, deadline, self.outbox)
            )
        # It ends with the last connection to it, and must outlive the software's own.
        shared = f"file:outbox-{next(_OUTBOXES)}?mode=memory&cache=shared"
        with closing(sqlite3.connect(shared, uri=True)):
            return asyncio.run(self._perform(assignment, bed_url, credentials, deadline, shared))

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
        surroundings = AgencySurroundings(
            base_url=bed_url,
            transport=None if self.app is None else httpx.ASGITransport(app=self.app),
            credentials=credentials,
            clock=self.clock,
            signer=self.signer,
            outbox=outbox,
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
class _Running:
    """The process at hand, and whether its power was cut."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _process: subprocess.Popen[bytes] | None = None
    _cut: bool = False

    def now(self, process: subprocess.Popen[bytes]) -> None:
        """It is this one."""
        with self._lock:
            self._process, self._cut = process, False

    def cut(self) -> None:
        """Kill it with all that it started."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                self._cut = True
                _end(self._process)

    def was_cut(self) -> bool:
        """Whether it ended because of `cut`."""
        with self._lock:
            return self._cut


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecDriver:
    """
    A vendor's command, run once for each mission and killed at the deadline.

    Where the mission cuts its power it is killed before, and run once more with the same words.

    It is told everything by environment variables: `CONFORMANCE_BASE_URL`, one
    `CONFORMANCE_<FIELD>` for each field of the primary credentials (`CONFORMANCE_CLIENT_ID`,
    `CONFORMANCE_CLIENT_SECRET`), `CONFORMANCE_MISSION` (the assignment's id),
    `CONFORMANCE_MISSION_FILE` (JSON: `id`, `brief`, `material`), `CONFORMANCE_DEADLINE` (seconds),
    and whatever the composition root adds to `environment` (a file with a signing key).

    Attributes:
        command: program and arguments; no shell is involved.
        environment: what the command inherits.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    _running: _Running = field(default_factory=_Running)

    @property
    def time_hook(self) -> bool:
        return False

    def perform(
        self, assignment: Assignment, bed_url: str, credentials: Credentials, deadline: float
    ) -> str:
        with tempfile.TemporaryDirectory(prefix="conformance-mission-") as folder:
            mission_file = Path(folder) / "mission.json"
            mission_file.write_text(compact(assignment_to_json(assignment)), encoding="utf-8")
            environment = {
                **self.environment,
                "CONFORMANCE_BASE_URL": bed_url,
                "CONFORMANCE_MISSION": assignment.id,
                "CONFORMANCE_MISSION_FILE": str(mission_file),
                "CONFORMANCE_DEADLINE": f"{deadline:g}",
                **{
                    f"CONFORMANCE_{name.upper()}": value
                    for name, value in credentials.get("primary", {}).items()
                },
            }
            # A file and not a pipe: a grandchild that survives the kill would hold a pipe open.
            with (Path(folder) / "output").open("w+b") as output:
                status = self._run(environment, output.fileno(), deadline)
                if status is None:
                    return DEADLINE
                if status == 0:
                    return DONE
                output.seek(max(0, output.seek(0, os.SEEK_END) - _TAIL_BYTES))
                said = output.read().decode("utf-8", "replace").strip()
        return f"exit {status}: {said}" if said else f"exit {status}"

    def cut_power(self) -> None:
        self._running.cut()

    def _run(self, environment: Mapping[str, str], output: int, deadline: float) -> int | None:
        """The command's exit status, after a restart for each cut; None at the deadline."""
        latest = time.monotonic() + deadline
        while True:
            process = self._start(environment, output)
            self._running.now(process)
            try:
                status = process.wait(timeout=max(0.0, latest - time.monotonic()))
            except subprocess.TimeoutExpired:
                _end(process)
                return None
            except BaseException:
                _end(process)
                raise
            if not self._running.was_cut():
                return status

    def _start(self, environment: Mapping[str, str], output: int) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603 - the operator's own command is the point
                self.command,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own, so that what it starts ends with it.
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise UsageError(
                f"the command cannot be started: {error.strerror or error}",
                where="--exec",
                value=shlex.join(self.command),
                remedy="Name a program that can be run from this folder, with its arguments.",
            ) from None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenDriver:
    """
    A person, or software that acts by itself: told what to do, then waited for.

    Attributes:
        announce: shows the assignment and the bed's address to the person.
        idle_since: the bed's: when its last answer was given, None while there is none.
        quiet: seconds without traffic after which the work is taken for done; longer than any
            `Retry-After` that the bed sends.
        every: seconds between two looks.
        turn: what the person says of his own work.
    """

    announce: Callable[[Assignment, str], None]
    idle_since: Callable[[], datetime | None]
    clock: Clock
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
            last = self.idle_since()
            quiet = last is not None and (now - last).total_seconds() >= self.quiet
            if quiet and not self.turn.held:
                return DONE
            if now >= latest:
                return DEADLINE
            await self.clock.sleep(self.every)


def parse_command(text: str) -> tuple[str, ...]:
    """
    Program and arguments of a command as a person types it.

    Raises:
        UsageError: nothing to run, no such program, or a quotation mark without its partner.
    """
    try:
        parts: Sequence[str] = shlex.split(text, posix=os.name == "posix")
    except ValueError as error:
        raise UsageError(
            f"the command cannot be read: {error}",
            where="--exec",
            value=text,
            remedy="Close every quotation mark.",
        ) from None
    if not parts:
        raise UsageError(
            "the command is empty", where="--exec", value=text, remedy="Name a program to run."
        )
    # Windows' way of splitting leaves the quotation marks on.
    command = tuple(p[1:-1] if len(p) > 1 and p[0] == p[-1] == '"' else p for p in parts)
    if shutil.which(command[0]) is None:
        # Found in a mission it would look like a mistake of ours.
        raise UsageError(
            "there is no such program",
            where="--exec",
            value=command[0],
            remedy="Name a program that can be run from this folder, with its arguments.",
        )
    return command


def assignment_to_json(assignment: Assignment) -> JsonObject:
    """What a mission file holds."""
    brief = assignment.brief
    return {
        "id": assignment.id,
        "brief": {"en": brief.en, "vi": brief.vi, "id": brief.id},
        "material": assignment.material,
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a command that still runs, with what it started, and wait for its end."""
    if os.name == "posix":
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
    else:
        process.kill()
    process.wait()
