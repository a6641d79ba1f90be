"""A run that was killed goes on: what was closed stays as it is, the rest is played anew."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.app.tools import (
    conformance,
    journals,
    report_of,
    sealed,
    steady,
    verdicts,
    wait_until,
)


def begin(out, *more):
    """A certification in a process of its own; some scenarios are closed when this returns."""
    words = ["certify", "reference", "--seed", "7", "--out", str(out), *more]
    running = subprocess.Popen(
        [sys.executable, "-m", "conformance.cli.main", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(
        lambda: running.poll() is not None or len(journals(out) if out.exists() else ()) >= 4,
        because="four scenarios are to be closed",
    )
    assert running.poll() is None, "the run ended before it could be killed"
    return running


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_run_goes_on_to_the_same_verdicts(whole, tmp_path, jobs):
    out = tmp_path / "out"
    running = begin(out, "--jobs", str(jobs))
    running.kill()
    running.wait()
    # Workers notice within moments; until then they may write.
    wait_until(lambda: quiet(out), because="the workers are to end")
    closed = journals(out)
    planned = len(json.loads((out / "plan.json").read_text(encoding="utf-8"))["scenarios"])
    assert 0 < len(closed) < planned
    assert not (out / "report.json").exists()

    assert conformance("certify", "reference", "--seed", 7, "--out", out, "--resume") == 0

    after = journals(out)
    assert {name: after[name] for name in closed} == closed
    assert len(after) == planned
    assert verdicts(out) == verdicts(whole)
    assert report_of(out)["summary"]["requirements"] == report_of(whole)["summary"]["requirements"]
    assert conformance("rejudge", out) == 0


def quiet(out):
    """Whether nothing was written between two looks."""
    before = {p: p.stat().st_size for p in (out / "evidence").iterdir()}
    try:
        wait_until(lambda: False, because="a breath", within=0.3)
    except AssertionError:
        return before == {p: p.stat().st_size for p in (out / "evidence").iterdir()}
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_so_and_can_be_resumed(tmp_path, told):
    out = tmp_path / "out"
    running = begin(out)
    running.send_signal(told)
    assert running.wait(20) == 130
    closed = journals(out)

    assert conformance("certify", "reference", "--out", out, "--resume") == 0
    assert {name: journals(out)[name] for name in closed} == closed


@pytest.mark.parametrize("part", [0.5, 0.0])
def test_an_attempt_cut_short_is_kept_and_not_judged(whole, forged, part):
    """Half a journal is no evidence: its scenario runs again, as the next attempt."""
    name, content = next(iter(journals(forged).items()))
    path = forged / "evidence" / name
    kept = content[: int(len(content) * part)]
    path.write_bytes(kept)

    assert conformance("certify", "reference", "--seed", 7, "--out", forged, "--resume") == 0

    assert path.read_bytes() == kept
    assert sealed((forged / "evidence" / name.replace(".a1.", ".a2.")).read_bytes())
    assert verdicts(forged) == verdicts(whole)
    assert conformance("rejudge", forged) == 0


def test_resuming_a_finished_run_changes_nothing(whole, forged):
    assert conformance("run", "reference", "--out", forged, "--resume") == 0
    assert journals(forged) == journals(whole)
    assert steady(forged) == steady(whole)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--seed", 8], "seed"),
        (["--class", "access"], "selected, scenarios"),
        (["--budget", 3], "budget"),
    ],
)
def test_another_plan_is_not_resumed(forged, capsys, options, named):
    kept = {p: p.read_bytes() for p in forged.rglob("*") if p.is_file()}

    assert conformance("certify", "reference", "--out", forged, "--resume", *options) == 2

    said = capsys.readouterr().err
    assert f"it differs in: {named}" in said
    assert len(said.splitlines()) == 1
    assert {p: p.read_bytes() for p in forged.rglob("*") if p.is_file()} == kept


def test_there_must_be_a_run_to_resume(tmp_path, capsys):
    assert conformance("certify", "reference", "--out", tmp_path / "none", "--resume") == 2
    assert "there is no run to resume" in capsys.readouterr().err
    assert not os.path.lexists(tmp_path / "none")
