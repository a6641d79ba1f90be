"""
What each hostile target costs a full certification: exit code, seconds, processor time, memory.

A script: `python -m tests.benchmarks.hostile [--timeout S] [--only NAME]...` from the repository's
root. It leaves with 1 when one is passed, breaks us, or costs more than `SECONDS` or `PEAK`.
POSIX only, because the peak comes from `wait4`.
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

#: What no target may cost; certifying the reference, which we serve beside it, peaks at 340 MB.
SECONDS, PEAK = 60.0, 400_000_000
#: ru_maxrss counts kilobytes on Linux and bytes on macOS.
UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One certification against one hostile target; `cpu` in seconds, `peak` in bytes."""

    code: int
    first_line: str
    traceback: bool
    seconds: float
    cpu: float
    peak: int

    @property
    def wrong(self) -> bool:
        """Neither accused nor left undecided, or at too high a price."""
        cheap = self.seconds <= SECONDS and self.peak <= PEAK
        return self.traceback or not cheap or self.code not in (1, 3)


def measure(kind: Kind, folder: Path, timeout: float | None) -> Measured:
    """Certify `kind` in a process of its own, as an operator would who trusts its authority."""
    with kind.serve() as target:
        settings = [f'locator = "{target.url}"']
        if timeout is not None:
            settings.append(f"timeout = {timeout:g}")
        if target.ca_file:
            settings.append(f"ca_file = '{target.ca_file}'")
        (folder / "conformance.toml").write_text(
            "\n".join(["[target.hostile]", *settings, ""]), encoding="utf-8"
        )
        command = [sys.executable, "-m", "conformance.cli.main"]
        command += ["certify", "hostile", "--seed", "1"]
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
    # What preflight warned of, and its remedies below, are not what came of it either.
    lines = [
        line.strip()
        for line in text.splitlines()
        if line.strip() and not line.startswith(("warning ", " " * 22))
    ]
    told = [line for line in lines[1:] if " of " not in line.split("·")[0]]
    return Measured(
        code=child.returncode,
        first_line=told[0] if told else "",
        traceback="Traceback" in text,
        seconds=seconds,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=usage.ru_maxrss * UNIT,
    )


def say(line: str) -> None:
    """One line, as soon as it is known."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Print the table, a line as soon as it is known; 1 when a line is wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--timeout", type=float, default=None, help="seconds for one exchange")
    options.add_argument("--only", action="append", default=[], help="name of one kind")
    chosen = options.parse_args()
    wrong = 0
    say(f"{'target':32} {'exit':>4} {'s':>6} {'cpu s':>6} {'MB':>5}  first line")
    for kind in KINDS:
        if chosen.only and kind.name not in chosen.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            m = measure(kind, Path(folder), chosen.timeout)
        wrong += m.wrong
        mark = "  TRACEBACK" if m.traceback else "  WRONG" if m.wrong else ""
        say(
            f"{kind.name:32} {m.code:4} {m.seconds:6.1f} {m.cpu:6.1f} {m.peak / 1e6:5.0f}  "
            f"{m.first_line[:90]}{mark}"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
