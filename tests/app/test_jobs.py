"""Jobs: the same report from several processes, and workers that end with their parent."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from conformance.app import pool
from conformance.errors import SuiteDefect
from tests.app.tools import conformance, journals, steady

IDLE_WORKER = """
import sys, threading
from conformance.app import worker
sys.stdin.readline()
threading.Thread(target=worker._end_with_parent, daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
"""


def test_four_jobs_give_the_plan_and_the_report_of_one(whole, tmp_path, capsys):
    out = tmp_path / "out"
    assert conformance("run", "reference", "--seed", 7, "--jobs", 4, "--out", out) == 0

    assert (out / "plan.json").read_bytes() == (whole / "plan.json").read_bytes()
    assert steady(out) == steady(whole)
    assert list(journals(out)) == list(journals(whole))
    # What the workers close is counted while they work.
    scenarios = len(json.loads((out / "plan.json").read_text(encoding="utf-8"))["scenarios"])
    assert f"{scenarios} of {scenarios} scenarios" in capsys.readouterr().err


@pytest.mark.long
def test_a_consumer_s_missions_are_shared_too(tmp_path):
    for jobs in (1, 2):
        command = ("run", "reference", "--role", "consumer", "--seed", 7, "--jobs", jobs)
        assert conformance(*command, "--out", tmp_path / str(jobs)) == 0
    assert steady(tmp_path / "1") == steady(tmp_path / "2")


def test_scenarios_are_dealt_like_cards():
    assert pool.shares(["a", "b", "c", "d", "e"], 2) == [["a", "c", "e"], ["b", "d"]]
    assert pool.shares(["a"], 4) == [["a"]]


def test_a_worker_that_breaks_is_told_and_not_passed_over():
    with pytest.raises(SuiteDefect, match="KeyError"):
        pool.run([{"nonsense": 1}], lambda _scenario, _verdicts: None)


def test_a_worker_ends_at_once_when_its_parent_is_gone(tmp_path):
    """It would go on asking a target that the parent served, and seal what it then sees."""
    order = {"out": str(tmp_path), "home": str(tmp_path), "role": "provider"}
    worker = subprocess.Popen(
        [sys.executable, "-c", IDLE_WORKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with worker:
        worker.stdin.write(json.dumps(order) + "\n")
        worker.stdin.flush()
        assert worker.stdout.readline() == "ready\n"
        worker.stdin.close()
        assert worker.wait(20) != 0
