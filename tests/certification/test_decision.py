"""The numbered rules of `decision`, one after the other."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.certification import policy
from conformance.certification.decision import Granted, Kind, Withheld, decide
from conformance.certification.policy import AssuranceLevel
from conformance.certification.waivers import Waiver
from conformance.model.report import Applicability
from conformance.model.requirement import Language, Obligation, Role
from conformance.model.verdict import Verdict
from tests.certification.examples import AT, CATALOGUE, POLICY, report, with_

TERMS = policy.parse(POLICY)
ON = AT.date()


def decided(value, terms=TERMS, **more):
    return decide(value, terms, **{"on": ON, "catalogue": CATALOGUE} | more)


def codes(decision):
    assert isinstance(decision, Withheld), decision
    return [given_.code for given_ in decision.reasons]


def test_a_report_whose_every_must_passes_is_granted():
    assert isinstance(decided(report()), Granted)


@pytest.mark.parametrize(
    ("verdict", "kind", "code"),
    [
        (Verdict.FAIL, Kind.NONCONFORMITY, "must-failed"),
        (Verdict.INCONCLUSIVE, Kind.INCONCLUSIVE, "must-inconclusive"),
        (Verdict.ERROR, Kind.ERROR, "must-error"),
        (None, Kind.INCONCLUSIVE, "must-not-run"),
    ],
)
def test_a_must_that_does_not_pass_withholds(verdict, kind, code):
    decision = decided(report(XX_READ_001=verdict, XX_READ_002=Verdict.PASS))
    assert decision.kind is kind
    assert codes(decision)[0] == code
    assert "XX-READ-001" in decision.reasons[0].within(Language.VI)


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR, None])
def test_a_should_never_withholds(verdict):
    assert isinstance(decided(report(XX_READ_002=verdict)), Granted)


def test_the_worst_kind_names_the_whole_and_every_reason_is_listed():
    both = report(XX_READ_001=Verdict.INCONCLUSIVE, XX_WRITE_001=Verdict.FAIL)
    decision = decided(both)
    assert decision.kind is Kind.NONCONFORMITY
    assert {"must-inconclusive", "must-failed"} <= set(codes(decision))


def test_what_was_left_out_of_the_run_still_applies():
    decision = decided(report(XX_WRITE_001=Applicability.NOT_SELECTED))
    assert decision.kind is Kind.INCONCLUSIVE
    assert codes(decision) == ["class-left-out", "class-not-judged"]


def test_a_required_class_that_is_not_claimed_is_not_certified():
    narrow = with_(report(XX_WRITE_001=Applicability.NOT_CLAIMED), classes=("reading",))
    decision = decided(narrow)
    assert (decision.kind, codes(decision)) == (Kind.INCONCLUSIVE, ["class-not-judged"])


def test_nothing_judged_is_never_a_success():
    nothing = report(
        XX_READ_001=Applicability.EXCUSED,
        XX_READ_002=Applicability.EXCUSED,
        XX_WRITE_001=Applicability.EXCUSED,
    )
    lenient = dataclasses.replace(TERMS, required={})
    assert "role-not-judged" in codes(decided(nothing, lenient, catalogue=None))


def test_each_required_class_has_its_minimum():
    decision = decided(report(), dataclasses.replace(TERMS, minimum_judged=2))
    assert codes(decision) == ["class-not-judged"]
    assert "writing" in decision.reasons[0].within(Language.EN)


@pytest.mark.parametrize(
    "broken",
    [
        with_(report(), roles=()),
        with_(report(), evidence_root="sha256:0"),
        with_(report(), exchanges=2),
        with_(report(), exchange_index={2: ("s", 1)}),
        with_(report(), requirements=(*report().requirements, report().requirements[0])),
        report(XX_READ_001=Applicability.OTHER_ROLE),
        report(XX_READ_001=Applicability.NOT_CLAIMED),
    ],
)
def test_a_report_that_contradicts_itself_is_our_error(broken):
    decision = decided(broken)
    assert decision.kind is Kind.ERROR
    assert "report-incoherent" in codes(decision)


def test_a_pass_that_accuses_somebody_is_a_contradiction():
    first, *others = report().requirements
    failed = report(XX_READ_001=Verdict.FAIL).requirements[0].findings[0]
    forged = dataclasses.replace(
        first, findings=(dataclasses.replace(failed, verdict=Verdict.PASS),)
    )
    assert "report-incoherent" in codes(decided(with_(report(), requirements=(forged, *others))))


def test_a_requirement_that_is_missing_from_the_report_is_named():
    shorter = with_(report(), requirements=report().requirements[1:])
    decision = decided(shorter)
    assert decision.kind is Kind.ERROR
    assert "XX-READ-001" in decision.reasons[0].within(Language.EN)


def test_only_the_catalogue_excuses():
    assert "not-the-catalogue" in codes(decided(report(XX_READ_001=Applicability.EXCUSED)))


def test_a_requirement_cannot_be_softened():
    first, *others = report(XX_READ_001=Verdict.FAIL).requirements
    softer = dataclasses.replace(first, obligation=Obligation.SHOULD)
    assert "not-the-catalogue" in codes(decided(with_(report(), requirements=(softer, *others))))


def test_a_decision_is_not_dated_before_its_run():
    assert codes(decided(report(), on=ON - timedelta(days=1))) == ["decided-too-early"]


WAIVER = Waiver(
    requirement="XX-READ-001",
    reason="Known, harmless until March.",
    granted_by="Connection office",
    since=date(2026, 1, 1),
    until=date(2026, 12, 31),
)


def test_a_supplier_cannot_excuse_itself():
    failed = report(XX_READ_001=Verdict.FAIL)
    assert codes(decided(failed, waivers=[WAIVER])) == ["must-failed"]


def test_an_issuers_waiver_covers_a_failure_and_is_kept():
    issuer = dataclasses.replace(TERMS, level=AssuranceLevel.L2)
    decision = decided(report(XX_READ_001=Verdict.FAIL), issuer, waivers=[WAIVER])
    assert isinstance(decision, Granted)
    assert decision.waivers == (WAIVER,)


@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.INCONCLUSIVE, None])
def test_a_waiver_covers_nothing_but_a_failure(verdict):
    issuer = dataclasses.replace(TERMS, level=AssuranceLevel.L2)
    assert isinstance(decided(report(XX_READ_001=verdict), issuer, waivers=[WAIVER]), Withheld)


def test_a_waiver_ends():
    issuer = dataclasses.replace(TERMS, level=AssuranceLevel.L2)
    failed = report(XX_READ_001=Verdict.FAIL)
    late = decided(failed, issuer, waivers=[WAIVER], on=date(2027, 1, 1))
    assert codes(late) == ["must-failed"]


@given(st.lists(st.sampled_from([*Verdict, None]), min_size=3, max_size=3))
def test_granted_exactly_when_every_must_passes(verdicts):
    read, should, write = verdicts
    decision = decided(report(XX_READ_001=read, XX_READ_002=should, XX_WRITE_001=write))
    assert isinstance(decision, Granted) is (read is write is Verdict.PASS)
    if isinstance(decision, Withheld):
        assert decision.reasons
        for language in Language:
            assert all(given_.within(language) for given_ in decision.reasons)


def test_both_roles_together_need_what_the_policy_requires_of_both():
    demanding = dataclasses.replace(TERMS, required={}, required_of_both=("sending",))
    alone = with_(report(), roles=(Role.PROVIDER,))
    both = with_(report(), roles=(Role.PROVIDER, Role.CONSUMER))
    assert isinstance(decided(alone, demanding), Granted)
    assert "class-not-judged" in codes(decided(both, demanding))


def test_a_role_the_policy_does_not_know_needs_something_judged():
    lenient = dataclasses.replace(TERMS, required={Role.PROVIDER: ("reading",)})
    both = with_(report(), roles=(Role.PROVIDER, Role.CONSUMER))
    assert "role-not-judged" in codes(decided(both, lenient))
