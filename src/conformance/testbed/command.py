"""A vendor's command as the one that acts: started for each mission, killed, started again."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from conformance.errors import UsageError
from conformance.model.json import compact
from conformance.model.pack import Assignment
from conformance.testbed.driver import DEADLINE, DONE, Credentials, assignment_to_json

#: How much of a failed command's output a note repeats.
_TAIL_BYTES: Final = 2000


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


def parse_command(text: str, *, where: str = "--exec") -> tuple[str, ...]:
    """
    Program and arguments of a command as a person types it.

    Args:
        where: how a message calls the place where it stands.

    Raises:
        UsageError: nothing to run, no such program, or a quotation mark without its partner.
    """
    try:
        parts: Sequence[str] = shlex.split(text, posix=os.name == "posix")
    except ValueError as error:
        raise UsageError(
            f"the command cannot be read: {error}",
            where=where,
            value=text,
            remedy="Close every quotation mark.",
        ) from None
    if not parts:
        raise UsageError(
            "the command is empty", where=where, value=text, remedy="Name a program to run."
        )
    # Windows' way of splitting leaves the quotation marks on.
    command = tuple(p[1:-1] if len(p) > 1 and p[0] == p[-1] == '"' else p for p in parts)
    if shutil.which(command[0]) is None:
        # Found in a mission it would look like a mistake of ours.
        raise UsageError(
            "there is no such program",
            where=where,
            value=command[0],
            remedy="Name a program that can be run from this folder, with its arguments.",
        )
    return command


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
