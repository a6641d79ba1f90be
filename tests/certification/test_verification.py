"""Each check of a stranger: what passes it, what fails it, and what that comes to."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest

from conformance.certification import credential, strict, token
from conformance.certification.checks import CheckName, Outcome, Status
from conformance.certification.trust import TrustList
from conformance.certification.verification import LEEWAY, EvidenceProblem, verify
from conformance.crypto.issuer_key import IssuerKey
from conformance.errors import PackDefect
from conformance.model.requirement import Language
from conformance.model.verdict import Verdict
from tests.certification.examples import (
    AT,
    PLAN_BYTES,
    POLICY,
    ROOT,
    Desk,
    InstalledPack,
    desk,
    report,
    report_bytes,
    with_,
)


@pytest.fixture
def office(tmp_path) -> Desk:
    return desk(tmp_path)


def looked_at(office, token_=None, **more):
    arguments = {
        "folder": office.folder,
        "at": AT,
        "evidence_root_of": lambda _folder: ROOT,
        "packs": office.packs,
    } | more
    made = verify(office.token if token_ is None else token_, **arguments)
    assert [check.name for check in made.checks] == list(CheckName)
    for check in made.checks:
        for language in Language:
            assert check.reason.within(language)
            assert check.title(language)
    return made


def line(made, name):
    return next(check for check in made.checks if check.name is name)


def failed(made):
    return {check.name for check in made.checks if check.status is Status.FAILED}


def resigned(office, change, key=None):
    """The office's declaration with its payload changed, and signed again by its own key."""
    payload = json.loads(json.dumps(token.read(office.token).payload))
    change(payload)
    return (key or office.key).sign_jwt(json.dumps(payload).encode(), header={"cty": "vc"})


def rebound(office, value):
    """A declaration bound to another report, as a forger with the key would make it."""
    content = report_bytes(value)
    (office.folder / "report.json").write_bytes(content)

    def change(payload):
        payload["relatedResource"][0]["digestSRI"] = credential.sri(content)

    return resigned(office, change)


def test_a_fresh_declaration_is_valid(office):
    made = looked_at(office)
    assert made.outcome is Outcome.VALID
    assert failed(made) == set()
    assert {c.name for c in made.checks if c.status is not Status.PASSED} == {
        CheckName.ISSUER,
        CheckName.STATUS,
        CheckName.REPLAY,
    }
    assert made.payload is not None


def test_a_line_end_after_the_token_is_forgiven(office):
    assert looked_at(office, office.token + "\r\n").outcome is Outcome.VALID
    assert looked_at(office, (office.token + "\n").encode()).outcome is Outcome.VALID


def test_a_key_that_nobody_vouches_for_is_a_warning(office):
    for trust in (None, TrustList(names={})):
        made = looked_at(office, trust=trust)
        assert line(made, CheckName.ISSUER).status is Status.WARNING
        assert office.key.kid in line(made, CheckName.ISSUER).reason.within(Language.VI)
        assert made.outcome is Outcome.VALID


def test_a_trusted_key_is_called_by_its_name(office):
    made = looked_at(office, trust=TrustList(names={office.key.kid: "Công ty A"}))
    assert line(made, CheckName.ISSUER).status is Status.PASSED
    assert "Công ty A" in line(made, CheckName.ISSUER).reason.within(Language.EN)


def test_another_key_cannot_sign_for_the_issuer(office, tmp_path):
    other = IssuerKey.open(tmp_path / "other", AT)
    made = looked_at(office, resigned(office, lambda _payload: None, key=other))
    assert (failed(made), made.outcome) == ({CheckName.SIGNATURE}, Outcome.INVALID)
    assert made.payload is None


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "typ": "vc+jwt"},
        {"alg": "HS256", "typ": "vc+jwt"},
        {"alg": "ES384", "typ": "vc+jwt"},
        {"alg": ["ES256"], "typ": "vc+jwt"},
        {"typ": "vc+jwt"},
        {"alg": "ES256", "typ": "JWT"},
        {"alg": "ES256", "typ": "vc+jwt", "cty": "text"},
        {"alg": "ES256", "typ": "vc+jwt", "crit": ["b64"], "b64": False},
        {"alg": "ES256", "typ": "vc+jwt", "jwk": {}},
    ],
)
def test_a_header_that_is_not_understood_is_refused_before_the_signature(office, header):
    _, payload, signature = office.token.split(".")
    forged = f"{strict.encode(json.dumps(header).encode())}.{payload}.{signature}"
    made = looked_at(office, forged)
    assert (failed(made), made.outcome) == ({CheckName.FORM}, Outcome.INVALID)


@pytest.mark.parametrize(
    "content",
    ["", "a", "..", "a.b.c", "a.b", "a.b.c.d", "x" * (token.LARGEST + 1), b"\xff\xfe", "é.é.é"],
)
def test_what_is_no_token_is_invalid(office, content):
    made = looked_at(office, content)
    assert (failed(made), made.outcome) == ({CheckName.FORM}, Outcome.INVALID)


def test_a_member_that_stands_twice_is_refused(office):
    head, _, signature = office.token.split(".")
    twice = strict.encode(b'{"issuer": "did:jwk:a", "issuer": "did:jwk:b"}')
    assert failed(looked_at(office, f"{head}.{twice}.{signature}")) == {CheckName.FORM}


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.pop("validUntil"),
        lambda p: p.update(validFrom="yesterday"),
        lambda p: p.update(validFrom="2026-11-22T09:30:60Z"),
        lambda p: p.update(validFrom="0001-01-01T00:00:00Z"),
        lambda p: p.update(more="unsaid"),
        lambda p: p["credentialSubject"].update(security="excellent"),
        lambda p: p["credentialSubject"].pop("limits"),
        lambda p: p["relatedResource"][0].update(id="../../secret"),
        lambda p: p["relatedResource"].reverse(),
        lambda p: p["credentialSubject"]["pack"].update(id="../x"),
        lambda p: p.update(type=["VerifiableCredential"]),
    ],
)
def test_a_statement_of_another_form_is_invalid(office, change):
    made = looked_at(office, resigned(office, change))
    assert (failed(made), made.outcome) == ({CheckName.SCHEMA}, Outcome.INVALID)


def test_validity_begins_and_ends(office):
    start, end = AT.replace(microsecond=0), AT.replace(microsecond=0) + timedelta(days=90)
    second = timedelta(seconds=1)
    assert looked_at(office, at=start - LEEWAY).outcome is Outcome.VALID
    assert looked_at(office, at=start - LEEWAY - second).outcome is Outcome.INVALID
    assert looked_at(office, at=end - second).outcome is Outcome.VALID
    expired = looked_at(office, at=end)
    assert (failed(expired), expired.outcome) == ({CheckName.VALIDITY}, Outcome.EXPIRED)


def test_validity_cannot_run_backwards(office):
    backwards = resigned(office, lambda p: p.update(validUntil=p["validFrom"]))
    assert looked_at(office, backwards).outcome is Outcome.INVALID


def test_an_altered_declaration_that_also_expired_is_invalid(office):
    (office.folder / "report.json").write_bytes(b"{}")
    assert looked_at(office, at=AT + timedelta(days=400)).outcome is Outcome.INVALID


def test_a_status_list_that_cannot_be_asked_is_said(office):
    listed = resigned(office, lambda p: p.update(credentialStatus={"id": "x"}))
    made = looked_at(office, listed)
    assert (failed(made), made.outcome) == ({CheckName.STATUS}, Outcome.STATUS_UNREACHABLE)


@pytest.mark.parametrize(
    ("file", "name"), [("report.json", CheckName.REPORT), ("plan.json", CheckName.PLAN)]
)
def test_a_bound_file_that_is_missing_or_changed(office, file, name):
    path = office.folder / file
    content = path.read_bytes()
    path.write_bytes(content + b" ")
    changed = looked_at(office)
    assert (failed(changed), changed.outcome) == ({name}, Outcome.INVALID)
    path.unlink()
    missing = looked_at(office)
    assert (failed(missing), missing.outcome) == ({name}, Outcome.BOUND_FILE_MISSING)
    path.mkdir()
    assert looked_at(office).outcome is Outcome.INVALID


def test_evidence_is_recomputed(office):
    def outcome(result):
        made = looked_at(office, evidence_root_of=lambda _folder: result)
        assert failed(made) == {CheckName.EVIDENCE}
        return made.outcome

    assert outcome("sha256:" + "0" * 64) is Outcome.INVALID
    assert outcome(EvidenceProblem(missing=("evidence/",))) is Outcome.BOUND_FILE_MISSING
    assert outcome(EvidenceProblem(damaged=("a.jsonl: line 3",))) is Outcome.INVALID
    both = EvidenceProblem(missing=("b",), damaged=("a",))
    assert outcome(both) is Outcome.INVALID


def test_without_its_plan_the_evidence_has_no_order(office):
    (office.folder / "plan.json").unlink()
    made = looked_at(office, evidence_root_of=lambda _folder: 1 / 0)
    assert line(made, CheckName.EVIDENCE).status is Status.SKIPPED
    assert made.outcome is Outcome.BOUND_FILE_MISSING


def test_evidence_that_cannot_be_read_is_no_traceback(office):
    def broken(_folder):
        raise PermissionError(13, "Permission denied")

    assert failed(looked_at(office, evidence_root_of=broken)) == {CheckName.EVIDENCE}


@pytest.mark.parametrize(
    ("change", "member"),
    [
        (lambda s: s["counts"]["MUST"].update(PASS=99), "/credentialSubject/counts"),
        (lambda s: s["classes"][0].update(verdict="FAIL"), "/credentialSubject/classes"),
        (lambda s: s.update(seed=8), "/credentialSubject/seed"),
        (lambda s: s.update(attempt=1), "/credentialSubject/attempt"),
        (lambda s: s["pack"].update(provenance="official"), "/credentialSubject/pack"),
        (lambda s: s["claim"]["roles"].append("consumer"), "/credentialSubject/claim"),
        (lambda s: s["implementation"].update(version="9"), "/credentialSubject/implementation"),
        (lambda s: s.update(target="https://elsewhere"), "/credentialSubject/target"),
        (lambda s: s["run"].update(id="other"), "/credentialSubject/run"),
    ],
)
def test_a_certificate_cannot_say_more_than_its_report(office, change, member):
    forged = resigned(office, lambda payload: change(payload["credentialSubject"]))
    made = looked_at(office, forged)
    assert (failed(made), made.outcome) == ({CheckName.CONTENT}, Outcome.INVALID)
    assert member in line(made, CheckName.CONTENT).reason.within(Language.EN)


def test_the_tools_must_be_those_of_the_report(office):
    forged = resigned(office, lambda p: p["evidence"][0].update(toolkit="better"))
    assert failed(looked_at(office, forged)) == {CheckName.CONTENT}


def test_a_certificate_over_a_failed_report_is_invalid_even_without_the_pack(office):
    bad = report(XX_READ_001=Verdict.FAIL)
    forged = rebound(office, bad)

    def agree(payload):
        payload["credentialSubject"].update(credential.statement(bad))

    office = dataclasses.replace(office, token=forged)
    made = looked_at(office, resigned(office, agree), packs=None)
    assert (failed(made), made.outcome) == ({CheckName.CONTENT}, Outcome.INVALID)


def test_a_report_whose_sums_were_edited_is_named(office):
    held = json.loads((office.folder / "report.json").read_bytes())
    held["summary"]["requirements"]["PASS"] += 1
    content = json.dumps(held).encode()
    (office.folder / "report.json").write_bytes(content)
    forged = resigned(
        office,
        lambda p: p["relatedResource"][0].update(digestSRI=credential.sri(content)),
    )
    assert failed(looked_at(office, forged)) == {CheckName.REPORT}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"a":1e999}'])
def test_a_report_that_is_none_is_no_traceback(office, content):
    (office.folder / "report.json").write_bytes(content)
    forged = resigned(
        office,
        lambda p: p["relatedResource"][0].update(digestSRI=credential.sri(content)),
    )
    made = looked_at(office, forged)
    assert (failed(made), made.outcome) == ({CheckName.REPORT}, Outcome.INVALID)


def test_a_plan_of_another_run_is_named(office):
    for content in (PLAN_BYTES.replace(b"7", b"8"), b"no plan"):
        (office.folder / "plan.json").write_bytes(content)
        forged = resigned(
            office,
            lambda p, c=content: p["relatedResource"][1].update(digestSRI=credential.sri(c)),
        )
        assert failed(looked_at(office, forged)) == {CheckName.CONTENT}


def test_a_plan_may_be_laid_out_in_any_way(office):
    content = json.dumps(json.loads(PLAN_BYTES)).encode()
    (office.folder / "plan.json").write_bytes(content)
    forged = resigned(
        office, lambda p: p["relatedResource"][1].update(digestSRI=credential.sri(content))
    )
    assert looked_at(office, forged).outcome is Outcome.VALID


def test_a_declaration_is_not_older_than_its_run(office):
    late = with_(report(), finished_at=AT + timedelta(minutes=3))

    def agree(payload):
        payload["credentialSubject"].update(credential.statement(late))

    office = dataclasses.replace(office, token=rebound(office, late))
    assert failed(looked_at(office, resigned(office, agree))) == {CheckName.CONTENT}


def test_a_pack_that_is_not_ours_is_a_warning_and_leaves_the_decision_open(office):
    def defective(_id, _revision):
        raise PackDefect("broken", where="pack.toml:1")

    other = InstalledPack(id="xx-pack", digest="sha256:" + "0" * 64, root=office.folder / "pack")
    for packs in (None, lambda *_: None, lambda *_: other, defective):
        made = looked_at(office, packs=packs)
        assert line(made, CheckName.PACK).status is Status.WARNING
        assert line(made, CheckName.DECISION).status is Status.SKIPPED
        assert made.outcome is Outcome.VALID


@pytest.mark.parametrize(
    ("change", "member"),
    [
        (lambda p: p["credentialSubject"].update(assuranceLevel="L3"), "assuranceLevel"),
        (lambda p: p["credentialSubject"]["basis"].update(quoted=50), "basis"),
        (lambda p: p["credentialSubject"]["limits"][0].update(en="All is secure."), "limits"),
        (lambda p: p["name"][0].update({"@value": "Certificate of conformity"}), "/name"),
        (lambda p: p.update(validUntil="2999-01-01T00:00:00Z"), "/validUntil"),
    ],
)
def test_a_certificate_is_issued_on_the_policys_terms(office, change, member):
    made = looked_at(office, resigned(office, change))
    assert (failed(made), made.outcome) == ({CheckName.DECISION}, Outcome.INVALID)
    assert member in line(made, CheckName.DECISION).reason.within(Language.ID)


def test_a_report_that_leaves_a_requirement_out_is_withheld_again(office):
    shorter = with_(report(), requirements=report().requirements[1:])

    def agree(payload):
        payload["credentialSubject"].update(credential.statement(shorter))

    office = dataclasses.replace(office, token=rebound(office, shorter))
    made = looked_at(office, resigned(office, agree))
    assert failed(made) == {CheckName.DECISION}
    assert "XX-READ-001" in line(made, CheckName.DECISION).reason.within(Language.VI)


def test_a_stricter_policy_of_the_same_pack_withholds_again(office):
    (office.folder / "pack" / "policy.toml").write_text(
        POLICY.replace("minimum_judged = 1", "minimum_judged = 2"), encoding="utf-8"
    )
    assert failed(looked_at(office)) == {CheckName.DECISION}


def test_verdicts_are_decided_again_when_asked(office):
    same = looked_at(office, rejudge=lambda _folder: ())
    assert line(same, CheckName.REPLAY).status is Status.PASSED
    made = looked_at(office, rejudge=lambda _folder: ("XX-READ-001: PASS became FAIL",))
    assert (failed(made), made.outcome) == ({CheckName.REPLAY}, Outcome.REPLAY_DIFFERS)


def test_another_run_cannot_answer_for_this_one(office, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def asked(folder):
        assert folder == elsewhere
        return ()

    def looked():
        made = looked_at(office, rejudge=asked, bundle=elsewhere)
        return line(made, CheckName.REPLAY).status, made.outcome

    assert looked() == (Status.FAILED, Outcome.BOUND_FILE_MISSING)
    (elsewhere / "report.json").write_bytes(report_bytes(with_(report(), id="another")))
    assert looked() == (Status.FAILED, Outcome.INVALID)
    (elsewhere / "report.json").write_bytes((office.folder / "report.json").read_bytes())
    assert looked() == (Status.PASSED, Outcome.VALID)


def test_without_journals_nothing_is_replayed(office):
    made = looked_at(office, evidence_root_of=None, rejudge=lambda _folder: 1 / 0)
    assert line(made, CheckName.REPLAY).status is Status.SKIPPED
    assert made.outcome is Outcome.VALID


def test_words_of_a_stranger_do_not_reach_the_terminal_raw(office):
    forged = resigned(office, lambda p: p.update(issuer="did:jwk:\x1b[2J\u202e"))
    made = looked_at(office, forged)
    assert failed(made) == {CheckName.SIGNATURE}
    assert line(made, CheckName.SIGNATURE).reason.within(Language.EN).isprintable()
