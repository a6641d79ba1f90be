"""The toolkit against the server: everything that it serves is PASS, over a socket."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.second_implementation.server import CLIENTS, serving

SETTINGS = Path(__file__).parent / "conformance.toml"
#: What it was written for; later classes came with operations of their own.
CLASSES = ("access", "profile", "unit-tree", "trial-sync", "signature", "contract")


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_toolkit_accuses_it_of_nothing(seed, tmp_path):
    home = tmp_path / "state"
    environment = {
        **os.environ,
        "CONFORMANCE_HOME": str(home),
        "SECOND_SECRET": next(iter(CLIENTS.values())),
    }

    def conformance(*arguments: str) -> subprocess.CompletedProcess:
        entry = "from conformance.cli.main import main; main()"
        command = [sys.executable, "-c", entry, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    conformance("sign", "--authority")
    with serving(home) as base:
        settings = SETTINGS.read_text("utf-8").replace("http://127.0.0.1:8097", base)
        (tmp_path / "conformance.toml").write_text(settings, "utf-8")
        claimed = [word for name in CLASSES for word in ("--class", name)]
        ended = conformance("run", "second", "--seed", str(seed), *claimed, "--out", "out")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    report = json.loads((tmp_path / "out/report.json").read_text("utf-8"))
    judged = {each["id"]: each["verdict"] for each in report["requirements"] if each["findings"]}
    assert len(judged) > 150
    assert set(judged.values()) == {"PASS"}
