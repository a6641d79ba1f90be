"""One seed gives one plan and one report, whatever the jobs; other seeds accuse nobody."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from conformance.app.mocking import reference_app
from conformance.app.selftest import Laboratory
from conformance.catalogue import packs
from conformance.model.report import Applicability
from conformance.model.requirement import Role
from conformance.model.verdict import Verdict
from conformance.reference.serve import serve_in_thread
from conformance.wire.redaction import Vault
from tests.app.tools import conformance, report_of, steady, verdicts


def test_one_seed_twice_gives_equal_plans_and_equal_reports(whole, tmp_path):
    assert conformance("run", "reference", "--seed", 7, "--out", tmp_path / "again") == 0

    assert (tmp_path / "again/plan.json").read_bytes() == (whole / "plan.json").read_bytes()
    assert steady(tmp_path / "again") == steady(whole)


def test_what_may_differ_does_differ(whole, tmp_path):
    """Otherwise the marks in the schema would hide more than they have to."""
    conformance("run", "reference", "--seed", 7, "--class", "access", "--out", tmp_path / "out")
    one, other = report_of(whole), report_of(tmp_path / "out")
    assert one["run"]["id"] != other["run"]["id"]
    assert one["footer"]["evidence_root"] != other["footer"]["evidence_root"]


@pytest.mark.long
def test_another_seed_gives_other_data_and_the_same_verdicts(whole, tmp_path):
    assert conformance("run", "reference", "--seed", 8, "--out", tmp_path / "other") == 0

    assert verdicts(tmp_path / "other") == verdicts(whole)
    assert (tmp_path / "other/plan.json").read_bytes() != (whole / "plan.json").read_bytes()


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.CONSUMER])
def test_a_run_in_virtual_time_repeats_itself(role):
    laboratory = Laboratory(home=Path(os.environ["CONFORMANCE_HOME"]), roles=(role,), seed=3)
    one, other = laboratory.play(), laboratory.play()
    assert one.plan == other.plan
    assert [a.findings for a in one.report.requirements] == [
        a.findings for a in other.report.requirements
    ]
    assert one.report.exchanges == other.report.exchanges


@pytest.mark.long
def test_one_seed_passes_again_on_a_server_that_remembers(tmp_path):
    """Whoever corrects a fault tries again with the seed that showed it."""
    pack = packs.load(packs.default())
    home = Path(os.environ["CONFORMANCE_HOME"])
    app = reference_app(pack, home=home, mutant=None, store=None, seed=1)
    with serve_in_thread(app) as target:
        for out in (tmp_path / "first", tmp_path / "second"):
            assert conformance("run", target.base_url, "--seed", 7, "--jobs", 2, "--out", out) == 0
    assert verdicts(tmp_path / "first") == verdicts(tmp_path / "second")


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.PROVIDER, Role.CONSUMER])
def test_five_seeds_accuse_nobody(role):
    laboratory = Laboratory(home=Path(os.environ["CONFORMANCE_HOME"]), roles=(role,))
    for seed in range(100, 105):
        report = laboratory.play(seed=seed).report
        judged = [a for a in report.requirements if a.applicability is Applicability.REQUIRED]
        assert judged
        assert {a.id: a.verdict for a in judged if a.verdict is not Verdict.PASS} == {}, seed


@pytest.mark.long
def test_four_seeds_are_granted_over_a_real_socket(tmp_path):
    for seed in range(200, 204):
        out = tmp_path / str(seed)
        assert conformance("certify", "reference", "--seed", seed, "--out", out) == 0
        assert set(verdicts(out).values()) == {"PASS"}


def test_no_token_is_taken_for_a_personal_id():
    """One run in two hundred lost its own access token that way, and accused the target."""
    words = {"secrets": {}, "members": ["t"], "personal_id": "[0-9]{12}", "is_ours": never}
    for number in range(2000):
        secret = f"a-secret-{number}"
        vault = Vault(key=bytes(32), **words)
        stored = json.loads(vault.redact(json.dumps({"t": secret})))["t"]
        assert vault.redact(stored) == stored
        assert vault.reveal(stored) == secret


def never(_identifier):
    return False
