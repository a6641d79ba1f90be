"""Deciding anew: the same for honest folders, and every forgery is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from conformance.app.rejudge import rejudge, rejudge_folder
from conformance.app.selftest import Laboratory
from conformance.model.requirement import Role
from tests.app.tools import (
    conformance,
    edit,
    edit_report,
    journal_of,
    renew_root,
    report_of,
)

SUBJECT = "VN-SYNC-001"


def differences(folder):
    return rejudge_folder(folder).differences


def test_an_honest_run_is_decided_alike(whole, capsys):
    assert conformance("rejudge", whole) == 0
    said = capsys.readouterr().out
    findings = sum(len(r["findings"]) for r in report_of(whole)["requirements"])
    assert said == f"same: {findings} verdicts decided anew\n"


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.CONSUMER])
def test_one_mutant_is_decided_alike(role):
    mutants_are_decided_alike(role, slice(1))


@pytest.mark.long
@pytest.mark.parametrize(("role", "step"), [(Role.PROVIDER, 72), (Role.CONSUMER, 14)])
def test_mutants_are_decided_alike(role, step):
    """Of many, every so many-th: neighbours are faults of one kind."""
    mutants_are_decided_alike(role, slice(step // 2, None, step))


def mutants_are_decided_alike(role, chosen):
    laboratory = Laboratory(home=Path(os.environ["CONFORMANCE_HOME"]), roles=(role,))
    mutants = [m.name for m in laboratory.mutants()]
    for mutant in mutants[chosen]:
        played = laboratory.play(mutant)
        anew = rejudge(played.plan, laboratory.prepared.pack, played.evidence, played.report)
        assert anew.differences == (), mutant
        assert anew.verdicts > 0


# ── one thing changed, and nothing else ──────────────────────────────────────
def last_exchange(body):
    return next(line for line in reversed(body) if line["kind"] == "exchange")


def edit_an_answer(body):
    last_exchange(body)["answer"]["response"]["status"] = 418


def edit_a_request(body):
    last_exchange(body)["ask"]["request"]["target"] += "x"


def remove_an_exchange(body):
    body.remove(last_exchange(body))


def add_an_exchange(body):
    one = last_exchange(body)
    body.insert(body.index(one) + 1, {**one})


def edit_a_judgement(body):
    line = next(line for line in body if line["kind"] == "judgement")
    line["answer"]["verdict"] = "FAIL"


def reorder(body):
    body[1], body[2] = body[2], body[1]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (edit_an_answer, "(exchange) was edited after sealing"),
        (edit_a_request, "(exchange) was edited after sealing"),
        (remove_an_exchange, "was removed after sealing"),
        (add_an_exchange, "added after sealing"),
        (edit_a_judgement, "(judgement) was edited after sealing"),
        (reorder, "reordered after sealing"),
    ],
)
def test_one_changed_line_is_named_with_its_file(forged, capsys, change, named):
    path = journal_of(forged, SUBJECT)
    edit(path, change, reseal=False)

    assert conformance("rejudge", forged) == 1

    told = capsys.readouterr().out.splitlines()
    assert any(path.name in line and named in line for line in told), told
    # One cause must not be buried under what merely follows from it.
    assert len(told) <= 12, told


def test_every_journal_but_the_changed_one_is_left_in_peace(forged):
    path = journal_of(forged, SUBJECT)
    edit(path, edit_an_answer, reseal=False)
    others = {p.name for p in path.parent.iterdir()} - {path.name}
    assert not [d for d in differences(forged) if any(name in d for name in others)]


# ── a thorough forger: the footer and the report's root agree again ──────────
@pytest.mark.parametrize(
    ("change", "named"),
    [
        (edit_an_answer, ": recorded PASS, decided FAIL"),
        (edit_a_request, "the exchange differs from the recorded one at /request/target"),
        (remove_an_exchange, "event"),
        (add_an_exchange, "event"),
        (edit_a_judgement, "recorded FAIL, decided PASS"),
    ],
)
def test_a_resealed_forgery_is_named_by_what_is_decided_anew(forged, capsys, change, named):
    edit(journal_of(forged, SUBJECT), change, reseal=True)
    renew_root(forged)

    assert conformance("rejudge", forged) == 1

    told = capsys.readouterr().out
    assert named in told, told
    assert "after sealing" not in told
    assert "its root is" not in told


def test_a_mutant_s_verdicts_cannot_be_talked_up(tmp_path, capsys):
    """Report and journals say PASS in one voice; the exchanges do not."""
    target = "reference:EchoesPersonalIds"
    out = tmp_path / "out"
    assert conformance("run", target, "--seed", 7, "--class", "trial-sync", "--out", out) == 1
    guilty = [r["id"] for r in report_of(out)["requirements"] if r["verdict"] == "FAIL"]
    (one,) = guilty

    def acquit(body):
        for line in body:
            if line["kind"] == "judgement" and line["ask"] == one:
                line["answer"].update(verdict="PASS", fault=None, explanation=None)

    def talk_up(report):
        for requirement in report["requirements"]:
            if requirement["id"] == one:
                requirement["verdict"] = "PASS"
                for finding in requirement["findings"]:
                    finding.update(verdict="PASS", fault=None, explanation=None, deviation=None)

    edit(journal_of(out, one), acquit, reseal=True)
    edit_report(out, talk_up)
    renew_root(out)
    capsys.readouterr()

    assert conformance("rejudge", out) == 1
    assert f"{one}: recorded PASS, decided FAIL" in capsys.readouterr().out


# ── the report, the plan, the folder ─────────────────────────────────────────
def set_verdict(report):
    (one,) = (r for r in report["requirements"] if r["id"] == SUBJECT)
    for finding in one["findings"]:
        finding["verdict"] = "FAIL"


def set_combined_verdict(report):
    (one,) = (r for r in report["requirements"] if r["id"] == SUBJECT)
    one["verdict"] = "FAIL"


def set_summary(report):
    report["summary"]["verdict"] = "FAIL"


def set_counts(report):
    report["summary"]["requirements"]["PASS"] += 1


def set_class(report):
    report["classes"][0]["verdict"] = "FAIL"


def set_score(report):
    report["quality"]["principles"][2]["score"] = 12.5


def drop_scores(report):
    del report["quality"]


def set_obligation(report):
    (one,) = (r for r in report["requirements"] if r["id"] == SUBJECT)
    one["obligation"] = "SHOULD"


def drop_requirement(report):
    report["requirements"] = [r for r in report["requirements"] if r["id"] != SUBJECT]


def drop_finding(report):
    (one,) = (r for r in report["requirements"] if r["id"] == SUBJECT)
    one["findings"] = one["findings"][1:]


def drop_finding_and_recount(report):
    drop_finding(report)
    report["footer"]["findings"] -= 1


def set_title(report):
    (one,) = (r for r in report["requirements"] if r["id"] == SUBJECT)
    one["title"] = "Anything goes"


def set_applicability(report):
    (one,) = (r for r in report["requirements"] if r["id"] == SUBJECT)
    one["applicability"] = "NOT_CLAIMED"


def set_product(report):
    report["target"]["implementation"]["name"] = "Another product"


def set_exchanges(report):
    report["summary"]["exchanges"] += 1


def set_pack(report):
    report["pack"]["digest"] = "sha256:" + "0" * 64


def set_seed(report):
    report["run"]["seed"] += 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (set_verdict, SUBJECT),
        (set_combined_verdict, SUBJECT),
        (set_summary, '/summary/verdict: "FAIL" is stated, "PASS" follows'),
        (set_counts, "/summary/requirements/PASS"),
        (set_class, "/classes/access/verdict"),
        (set_score, "/quality/principles/clean/score"),
        (drop_scores, "/quality"),
        (set_obligation, SUBJECT),
        (drop_requirement, "something was cut or added"),
        (drop_finding, "something was cut or added"),
        (drop_finding_and_recount, SUBJECT),
        (set_applicability, SUBJECT),
        (set_product, "/target/implementation/name"),
        (set_exchanges, "exchanges"),
        (set_pack, "/pack/digest"),
        (set_seed, "/run/seed"),
        (set_title, f"/requirements/{SUBJECT}/title"),
    ],
)
def test_one_edited_word_of_the_report_is_named(forged, capsys, change, named):
    edit_report(forged, change)

    assert conformance("rejudge", forged) == 1
    assert named in capsys.readouterr().out


def test_an_edited_plan_is_named(forged, capsys):
    path = forged / "plan.json"
    plan = json.loads(path.read_text(encoding="utf-8"))
    plan["scenarios"] = plan["scenarios"][1:]
    path.write_text(json.dumps(plan), encoding="utf-8")

    assert conformance("rejudge", forged) == 1
    said = capsys.readouterr().out
    assert "plan.json: not the plan that report.json names" in said


def test_a_removed_journal_is_named_by_its_scenario(forged, capsys):
    path = journal_of(forged, SUBJECT)
    scenario = json.loads(path.read_text(encoding="utf-8").splitlines()[0])["scenario"]
    path.unlink()

    assert conformance("rejudge", forged) == 1
    assert f"{scenario}: its journal is missing" in capsys.readouterr().out


def test_a_journal_cut_short_is_named_by_its_scenario(forged, capsys):
    path = journal_of(forged, SUBJECT)
    scenario = json.loads(path.read_text(encoding="utf-8").splitlines()[0])["scenario"]
    path.write_bytes(path.read_bytes()[:-40])

    assert conformance("rejudge", forged) == 1
    assert scenario in capsys.readouterr().out


@pytest.mark.parametrize(
    "garbage",
    [b"", b"{}", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"schema": "conformance-report/1"}'],
)
def test_a_report_that_is_none_any_more_is_a_difference(forged, capsys, garbage):
    (forged / "report.json").write_bytes(garbage)
    assert conformance("rejudge", forged) == 1
    captured = capsys.readouterr()
    assert "report.json" in captured.out
    assert captured.err == ""


@pytest.mark.parametrize(
    "garbage", [b"\x00" * 100, b"[]\n", b'{"kind": "footer"}\n', b'{"kind":"header"}\n', b"\xff\n"]
)
def test_a_journal_of_garbage_is_named_and_nothing_breaks(forged, capsys, garbage):
    path = journal_of(forged, SUBJECT)
    path.write_bytes(garbage)
    assert conformance("rejudge", forged) == 1
    captured = capsys.readouterr()
    assert "missing" in captured.out or path.name in captured.out
    assert captured.err == ""


@pytest.mark.parametrize("broken", [b"", b"{}", b"\xff", b'{"schema": "conformance-plan/1"}'])
def test_a_broken_plan_is_a_mistake_that_names_the_file(forged, capsys, broken):
    (forged / "plan.json").write_bytes(broken)
    assert conformance("rejudge", forged) == 2
    assert "plan.json: this is not a plan" in capsys.readouterr().err


def test_a_folder_without_a_run_is_a_mistake(tmp_path, capsys):
    assert conformance("rejudge", tmp_path) == 2
    assert "this folder holds no finished run" in capsys.readouterr().err


def test_as_a_document(forged, capsys):
    edit_report(forged, set_verdict)
    assert conformance("rejudge", forged, "--format", "json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["same"] is False
    assert any(SUBJECT in sentence for sentence in document["differences"])
