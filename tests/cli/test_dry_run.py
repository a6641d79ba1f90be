"""--dry-run prints the plan and contacts nobody."""

from __future__ import annotations

import json

import pytest

from conformance.reporting.schemas import why_invalid
from conformance.running import plan as plans
from tests.app.tools import conformance
from tests.hostile import servers


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", ["run", "certify"])
def test_nobody_is_contacted_and_nothing_is_written(empty_folder, capsys, command):
    with servers.always_500() as target:
        assert conformance(command, target.url, "--seed", 1, "--dry-run") == 0
        assert target.connections == 0
    assert list(empty_folder.iterdir()) == []
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{len(lines) - 1} scenarios against {target.url}")


def test_the_plan_is_the_one_that_would_be_frozen(empty_folder, capsys):
    words = ("reference", "--seed", 5, "--class", "access")
    assert conformance("run", *words, "--dry-run", "--format", "json") == 0
    printed = capsys.readouterr().out
    assert conformance("run", *words, "--out", "out") == 0
    assert json.loads(printed) == json.loads(
        (empty_folder / "out/plan.json").read_text(encoding="utf-8")
    )
    assert why_invalid(json.loads(printed), "plan") is None
    assert plans.from_json(printed, name="printed").seed == 5


def test_an_earlier_run_is_left_alone(empty_folder):
    assert conformance("run", "reference", "--class", "access", "--out", "out") == 0
    kept = {p: p.read_bytes() for p in empty_folder.rglob("*") if p.is_file()}
    assert conformance("run", "reference", "--out", "out", "--dry-run") == 0
    assert {p: p.read_bytes() for p in empty_folder.rglob("*") if p.is_file()} == kept


def test_mistakes_are_found_all_the_same(capsys):
    assert conformance("certify", "reference:Zzz", "--dry-run") == 2
    assert "no such mutant" in capsys.readouterr().err
