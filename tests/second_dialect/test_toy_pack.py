"""The toy pack under the whole engine: run, killed, decided anew, covered, and unknown to it."""

from __future__ import annotations

import json
import re
import shutil
from typing import ClassVar

import pytest

from conformance.app.coverage import declared
from conformance.app.options import RunOptions, Told
from conformance.app.prepare import prepare
from conformance.app.rejudge import rejudge, rejudge_folder
from conformance.app.run import run
from conformance.app.selftest import Kill, Laboratory, rows
from conformance.catalogue import coverage, packs
from conformance.catalogue.lint import lint
from conformance.cli.main import main
from conformance.errors import UsageError
from conformance.model.requirement import Role
from conformance.model.verdict import Verdict
from tests.architecture.tree import PACKAGE, SUITES, at, texts
from tests.toy_pack.plugin import ToyPlugin
from tests.toy_pack.reference import CREDENTIALS, MUTANTS, Register


def verdicts(report):
    return {a.id: a.verdict for a in report.requirements}


def test_the_pack_is_clean_and_every_must_is_judged_and_proven(pack, home):
    assert lint(pack) == ()
    table = coverage.rows(pack.catalogue, declared(pack, home), pack.plugin.mutants())
    assert coverage.gaps(table) == ()
    assert all(row.scenarios for row in table)


def test_the_suite_passes_on_its_own_reference(pack, played):
    assert set(verdicts(played.report).values()) == {Verdict.PASS}
    assert verdicts(played.report).keys() == pack.catalogue.by_id.keys()


@pytest.mark.parametrize("seed", [2, 3])
def test_the_suite_passes_under_other_seeds(laboratory, seed):
    assert set(verdicts(laboratory.play(seed=seed).report).values()) == {Verdict.PASS}


def test_each_of_the_three_mutants_is_killed_by_its_requirement_alone(laboratory):
    matrix = {row.mutant.name: row for row in rows(laboratory)}
    assert list(matrix) == [mutant.__name__ for mutant in MUTANTS]
    assert len(matrix) == 3
    for row in matrix.values():
        assert (row.verdict, row.failed) == (Kill.KILLED, row.mutant.breaks), row


@pytest.mark.parametrize("mutant", [None, "TakesTheImpossible", "RefusesTheUnknown"])
def test_the_verdicts_are_decided_alike_from_the_journals_alone(pack, laboratory, mutant):
    played = laboratory.play(mutant)
    anew = rejudge(played.plan, pack, played.evidence, played.report)
    assert anew.differences == ()
    assert anew.verdicts == sum(len(a.findings) for a in played.report.requirements)


def test_a_run_over_a_socket_passes_hides_both_tokens_and_is_decided_alike(pack, home, tmp_path):
    out = tmp_path / "out"
    options = RunOptions(target="reference", out=out, home=home, pack=pack.id, seed=7, budget=4)

    outcome = run(prepare(options), told=Told())

    assert outcome.report is not None
    assert set(verdicts(outcome.report).values()) == {Verdict.PASS}
    journals = "".join(path.read_text(encoding="utf-8") for path in (out / "evidence").iterdir())
    for name in ("consumer_key", "consumer_secret", "password"):
        assert CREDENTIALS[name] not in journals
    presented = re.findall(r"(?i)(?:basic|bearer) ([^\"\\]+)", journals)
    issued = re.findall(r'access_token\\*": ?\\*"([^"\\]+)', journals)
    assert presented
    assert issued
    assert {token.split(".")[0] for token in (*presented, *issued)} == {"~redacted"}


class Careless(Register):
    """Saves whatever it is sent."""

    def fault(self, sent):
        return "" if isinstance(sent, dict) else "no boat"

    def save(self, sent):
        if not isinstance(sent, dict):
            return super().save(sent)
        # Without a harbour its own list of boats would break down.
        moored = {"harbour": "", **sent}
        try:
            return super().save(moored)
        except (KeyError, ValueError):
            return super().save({**moored, "id": "", "builtIn": 1900, "launched": "01-01-1900"})


class Sullen(Register):
    """Refuses every boat, under a status of success."""

    def fault(self, sent):  # noqa: ARG002
        return "not today"


@pytest.mark.parametrize("register", [Careless, Sullen])
def test_the_contract_suite_tells_a_refusal_from_an_acceptance_under_one_status(home, register):
    class Variant(ToyPlugin):
        variants: ClassVar = {"Other": register}

    with packs.register(Variant()):
        laboratory = Laboratory(home=home, roles=(Role.PROVIDER,), pack="toy", budget=6)
        report = laboratory.play("Other").report

    (assessment,) = (a for a in report.requirements if a.id == "TOY-CON-003")
    failed = [f for f in assessment.findings if f.verdict is Verdict.FAIL]
    # Generated requests may all miss what a few keywords hit.
    assert any("test_keywords" in finding.scenario for finding in failed)
    for finding in failed:
        assert finding.scenario.endswith("[saveBoat]")
        assert finding.explanation.code == (
            "not-refused" if register is Careless else "unexpected-status"
        )
        seen = finding.explanation.details["observed"]
        assert seen.startswith(("200 application/json", "taken with a broken /"))


def test_the_commands_take_the_pack_by_its_name(plugin, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def conformance(*words):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--pack", plugin.id])
        return ended.value.code

    out = tmp_path / "out"
    common = ("--seed", "3", "--budget", "4", "--format", "json")
    assert conformance("preflight", "reference") == 0
    capsys.readouterr()
    assert conformance("run", "reference:ReadsTheMonthFirst", *common, "--out", str(out)) == 1
    report = json.loads(capsys.readouterr().out)
    assert report == json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["pack"]["id"] == plugin.id
    assert rejudge_folder(out).differences == ()


def test_a_pack_for_providers_alone_binds_no_consumer(pack, home, tmp_path):
    options = RunOptions(
        target="reference", out=tmp_path, home=home, pack=pack.id, roles=(Role.CONSUMER,)
    )
    with pytest.raises(UsageError, match="binds no consumer"):
        prepare(options)


def test_what_stands_above_a_packs_suites_is_not_for_us(pack, home, tmp_path):
    # A third party's pack lives in a project with tests and fixtures of its own.
    shutil.copytree(pack.suites, tmp_path / "project" / "suites" / pack.id)
    for folder in (tmp_path / "project", tmp_path / "project" / "suites"):
        (folder / "conftest.py").write_text("raise RuntimeError('loaded')\n", encoding="utf-8")

    class Elsewhere(ToyPlugin):
        suites_root = tmp_path / "project" / "suites"

    with packs.register(Elsewhere()):
        moved = packs.load("toy")
        assert moved.suites != pack.suites
        assert declared(moved, home) == declared(pack, home)


def test_the_engine_has_no_line_about_this_pack():
    # The words of its contract; of nations see tests/architecture/test_words.py.
    own = re.compile(r"\btoy\b|harbour|\bboats?\b|mapData|\bTOY-", re.IGNORECASE)
    assert [
        at(path, number, found.group())
        for path in (*texts(PACKAGE), *texts(SUITES))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for found in own.finditer(line)
    ] == []


def saturated(played):
    return {
        scenario: (event, journal.events)
        for scenario, journal in played.evidence.closed.items()
        for event in journal.events
        if event.kind == "saturated"
    }


def test_the_generated_requests_of_an_operation_end_when_nothing_new_comes(pack, home):
    patient = Laboratory(home=home, roles=(Role.PROVIDER,), pack=pack.id, budget=40)
    played = patient.play()
    assert set(verdicts(played.report).values()) == {Verdict.PASS}
    ended = saturated(played)
    assert ended
    for event, events in ended.values():
        drawn = [case for e in events if e.kind == "examples" for case in e.answer]
        sent = [e for e in events[: event.number] if e.kind == "exchange"]
        assert 10 < event.ask["sent"] == len(sent) <= len(drawn)
        assert event.ask["sent"] + event.ask["unspent"] == 40
    # A whole portion was not enough for one of them, and the same answers end it at the same place.
    assert any(event.ask["sent"] > 12 for event, _ in ended.values())
    again = saturated(patient.play())
    assert {s: e.ask for s, (e, _) in again.items()} == {s: e.ask for s, (e, _) in ended.items()}
    assert rejudge(played.plan, pack, played.evidence, played.report).differences == ()
