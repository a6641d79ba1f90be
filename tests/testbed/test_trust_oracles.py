"""Judgements over whom software trusts: what each accuses, what it lets be; silence passes none."""

from __future__ import annotations

from functools import partial

import pytest

from conformance.errors import Deviation, TargetTimeout
from conformance.packs.vn_cbccvc import trust_oracles as trust
from tests.testbed.test_traffic_oracles import exchange, tree, trial, work

OTHER = ({"profileId": "098090000002", "managingAgencyCode": "H98.1"},)
ORACLES = (
    partial(trust.nothing_was_sent_over, line="expired"),
    trust.nothing_was_sent_in_plain,
    trust.the_renewed_certificate_was_trusted,
    trust.the_work_went_on,
)


def name_of(oracle):
    return getattr(oracle, "func", oracle).__name__


def shown(handshakes="1"):
    facts = {"disturbance": "certificate-shown", "shown": "expired", "handshakes": handshakes}
    return tree(**facts)


def accused(oracle, *held):
    with pytest.raises(Deviation) as raised:
        oracle(work(*held))
    return raised.value


@pytest.mark.parametrize("oracle", ORACLES, ids=name_of)
def test_who_was_shown_nothing_else_or_never_looked_is_not_judged(oracle):
    for held in ((), (tree(), trial(2)), (shown("0"), trial(2))):
        with pytest.raises(TargetTimeout):
            oracle(work(*held))


@pytest.mark.parametrize("line", ["expired", "unknown-authority", "other-name", "old-protocol"])
def test_whatever_comes_over_a_line_to_refuse_is_too_much(line):
    oracle = partial(trust.nothing_was_sent_over, line=line)
    asked = exchange(2, operation="getMetadata", line=line, tls="TLSv1.1")

    error = accused(oracle, shown(), asked)
    assert error.code == "untrusted-line-used"
    assert "TLSv1.1" in error.observed
    oracle(work(shown()))
    oracle(work(shown(), trial(2), exchange(2, line="renewed")))


def test_plain_http_after_a_refusal_is_accused():
    heard = exchange(2, line="plain")

    assert accused(trust.nothing_was_sent_in_plain, shown(), heard).code == "plain-instead-of-tls"
    trust.nothing_was_sent_in_plain(work(shown(), trial(2)))


def test_a_renewed_certificate_is_to_be_used_and_everybody_to_arrive():
    renewed = {"line": "renewed"}
    oracle = trust.the_renewed_certificate_was_trusted

    assert accused(oracle, shown(), trial(2)).code == "renewed-certificate-refused"
    assert accused(oracle, shown(), trial(2, people=OTHER, **renewed)).code == "item-missing"
    oracle(work(shown(), trial(2, **renewed)))


def test_who_waits_for_a_person_is_not_judged_and_who_goes_on_loses_nobody():
    with pytest.raises(TargetTimeout):
        trust.the_work_went_on(work(shown()))
    assert accused(trust.the_work_went_on, shown(), trial(2, people=OTHER)).code == "item-missing"
    trust.the_work_went_on(work(shown(), trial(2)))
