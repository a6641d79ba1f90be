"""The toolkit's command line against the server, over a socket."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from . import faults
from .server import CLIENTS, serving

SETTINGS = Path(__file__).parent / "conformance.toml"
#: What it was written for, and what asks nothing else of a server.
CLASSES = (
    *("access", "profile", "unit-tree", "trial-sync", "population-match"),
    *("signature", "contract"),
)


def judged(
    folder: Path, *, seed: int, fault: str = "", classes: tuple[str, ...] = CLASSES
) -> tuple[int, dict[str, Any], str]:
    """
    Run the suites in an empty folder against the server, or its faulty twin.

    Returns:
        The exit code, report.json ({} where there is none), and what was said.
    """
    home = folder / "state"
    environment = {
        **os.environ,
        "CONFORMANCE_HOME": str(home),
        "SECOND_SECRET": next(iter(CLIENTS.values())),
    }

    def conformance(*arguments: str) -> subprocess.CompletedProcess[str]:
        entry = "from conformance.cli.main import main; main()"
        command = [sys.executable, "-c", entry, *arguments]
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )

    conformance("sign", "--authority")
    with serving(home, instead=faults.parts(fault)) as base:
        settings = SETTINGS.read_text("utf-8").replace("http://127.0.0.1:8097", base)
        (folder / "conformance.toml").write_text(settings, "utf-8")
        claimed = [word for name in classes for word in ("--class", name)]
        ended = conformance("run", "second", "--seed", str(seed), *claimed, "--out", "out")
    report = folder / "out/report.json"
    found = json.loads(report.read_text("utf-8")) if report.exists() else {}
    return ended.returncode, found, ended.stdout + ended.stderr
