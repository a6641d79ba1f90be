"""Ctrl-C and SIGTERM end every command alike, and only what can go on offers to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals"),
    pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM]),
]


def begun(folder, *arguments):
    """A command in a process of its own, when it has printed a line."""
    call = "from conformance.cli.main import main; main()"
    running = subprocess.Popen(
        [sys.executable, "-c", call, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert running.stdout.readline()
    return running


def test_the_mock_serves_until_it_is_stopped(tmp_path, told):
    mock = begun(tmp_path, "mock", "--port", "0", "--format", "json")
    mock.send_signal(told)
    assert mock.communicate(timeout=20)[0] == ""
    assert mock.returncode == 0


def test_a_selftest_cannot_be_resumed_and_says_only_that_it_ended(tmp_path, told):
    selftest = begun(tmp_path, "selftest", "--role", "consumer")
    selftest.send_signal(told)
    said, _ = selftest.communicate(timeout=20)
    assert said.splitlines()[-1] == "interrupted"
    assert selftest.returncode == 130
