"""The toolkit against the server: everything that it serves is PASS, over a socket."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.second_implementation.server import CLIENTS, serving

SETTINGS = Path(__file__).parent / "conformance.toml"
#: What it was written for. Later classes came with operations that it does not serve.
CLASSES = ("access", "profile", "unit-tree", "trial-sync", "signature")
NOT_SERVED = ("submitOwnerEvents", "askHeldFields", "listConflicts", "reconcile")


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
    assert ended.returncode in (0, 1), ended.stderr
    report = json.loads((tmp_path / "out/report.json").read_text("utf-8"))
    judged = [each for each in report["requirements"] if each["findings"]]
    assert {each["class"] for each in judged} == {*CLASSES}
    accused = [
        (each["id"], finding["scenario"], finding["explanation"])
        for each in judged
        for finding in each["findings"]
        if finding["verdict"] != "PASS"
        and not finding["scenario"].endswith(tuple(f"[{name}]" for name in NOT_SERVED))
    ]
    assert accused == []
