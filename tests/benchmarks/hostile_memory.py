"""
What each hostile target costs: exit code, first line, seconds, peak memory.

A script: `python -m tests.benchmarks.hostile_memory [--timeout S] [--only NAME]...` from the
repository's root. POSIX only, because the peak comes from `wait4`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.servers import KINDS, Kind

#: ru_maxrss counts kilobytes on Linux and bytes on macOS.
UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One certification against one hostile target; `peak` in bytes."""

    code: int
    first_line: str
    traceback: bool
    seconds: float
    peak: int


def measure(kind: Kind, folder: Path, timeout: float | None) -> Measured:
    """Certify `kind` in a process of its own, with a configuration that names `timeout`."""
    with kind.serve() as target:
        named = target.url
        if timeout is not None:
            (folder / "conformance.toml").write_text(
                f'[target.hostile]\nlocator = "{target.url}"\ntimeout = {timeout:g}\n',
                encoding="utf-8",
            )
            named = "hostile"
        command = [sys.executable, "-m", "conformance.cli.main", "certify", named, "--seed", "1"]
        with (folder / "said").open("w+b") as said:
            began = time.monotonic()
            child = subprocess.Popen(
                command,
                cwd=folder,
                stdout=said,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "CONFORMANCE_HOME": str(folder / "home")},
            )
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - began
            said.seek(0)
            text = said.read().decode("utf-8", "replace")
    # The headline says what is about to happen; what came of it begins after the counter.
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines[1:] if " of " not in line.split("·")[0]]
    return Measured(
        code=child.returncode,
        first_line=told[0] if told else "",
        traceback="Traceback" in text,
        seconds=seconds,
        peak=usage.ru_maxrss * UNIT,
    )


def say(line: str) -> None:
    """One line, as soon as it is known."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print the table, a line as soon as it is known."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--timeout", type=float, default=None, help="seconds for one exchange")
    options.add_argument("--only", action="append", default=[], help="name of one kind")
    chosen = options.parse_args()
    say(f"{'target':22} {'exit':>4} {'s':>6} {'MB':>5}  first line")
    for kind in KINDS:
        if chosen.only and kind.name not in chosen.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            m = measure(kind, Path(folder), chosen.timeout)
        mark = "  TRACEBACK" if m.traceback else ""
        say(
            f"{kind.name:22} {m.code:4} {m.seconds:6.1f} {m.peak / 1e6:5.0f}  "
            f"{m.first_line[:110]}{mark}"
        )


if __name__ == "__main__":
    main()
