"""`conformance mock` as a process of its own, and three people to send to it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "conformance.cli.main")


@dataclass(frozen=True)
class Mock:
    url: str
    key: str
    credentials: dict[str, str]


@dataclass(frozen=True)
class Trial:
    people: Path
    units: Path


@pytest.fixture(scope="session")
def mock():
    with subprocess.Popen(
        [*COMMAND, "mock", "--port", "0", "--format", "json"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            told = json.loads(process.stdout.readline())
            yield Mock(told["base_url"], told["signing_key"], told["credentials"])
        finally:
            process.terminate()


@pytest.fixture
def trial(tmp_path):
    subprocess.run(
        [*COMMAND, "generate", "people", "--count", "3", "--out", str(tmp_path)], check=True
    )
    return Trial(tmp_path / "people.jsonl", tmp_path / "units.jsonl")
