"""Judgements over a disturbed line: what each accuses, what it lets be; silence passes none."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import Deviation, TargetTimeout
from conformance.packs.vn_cbccvc import line_invariants as always
from conformance.packs.vn_cbccvc import pace_oracles as pace
from conformance.packs.vn_cbccvc import retry_oracles as retry
from tests.testbed.little import START
from tests.testbed.test_traffic_oracles import PEOPLE, exchange, exchanges, tree, trial, work

OVER_WORK = (
    partial(pace.the_stated_time_was_kept, status=503),
    pace.pauses_grew,
    pace.nobody_hammered,
    pace.a_refusal_was_taken_as_one,
    pace.work_went_on_with_a_new_token,
    pace.few_tokens_were_asked_for,
    pace.one_token_served_many_calls,
    partial(retry.the_same_message_came_again, befell="reset"),
    partial(retry.everybody_arrived_in_spite_of, befell="reset"),
    partial(retry.the_answer_was_awaited, seconds=3),
    partial(retry.an_answer_was_enough, befell="members-added"),
    retry.nothing_went_elsewhere,
    partial(retry.order_was_kept_after, befell="outage"),
    retry.times_are_those_of_a_right_clock,
)
OVER_TRAFFIC = (
    always.no_id_names_two_messages,
    always.a_retry_is_byte_for_byte_the_first,
    always.addresses_tell_of_nobody,
    always.bodies_are_declared_as_json,
    always.callers_name_their_software,
)
OTHER = ({"profileId": "098090000002", "managingAgencyCode": "H98.1"},)
BEFALLEN = (
    "unavailable",
    "outage",
    "refused",
    "token-expired",
    "reset",
    "slow",
    "members-added",
    "redirected",
    "clock-skewed",
)
JSON = (("content-type", "application/json"), ("user-agent", "A/1"))


def name_of(oracle):
    return getattr(oracle, "func", oracle).__name__


def accused(oracle, *held, **more):
    with pytest.raises(Deviation) as raised:
        oracle(work(*held), **more)
    return raised.value.code


def accused_over_all(oracle, *held):
    with pytest.raises(Deviation) as raised:
        oracle({"one": held})
    return raised.value.code


def undecided(oracle, *held, **more):
    with pytest.raises(TargetTimeout):
        oracle(work(*held), **more)


@pytest.mark.parametrize("oracle", OVER_WORK, ids=name_of)
def test_silence_passes_no_judgement(oracle):
    undecided(oracle)
    undecided(oracle, exchange(operation="getMetadata"))


@pytest.mark.parametrize("oracle", OVER_TRAFFIC, ids=name_of)
def test_silence_passes_no_judgement_over_all(oracle):
    with pytest.raises(TargetTimeout):
        oracle({"one": ()})


disturbed = st.builds(
    lambda held, facts: [
        type(e)(**{**fields_of(e), "number": n, "facts": {**e.facts, **fact}})
        for n, (e, fact) in enumerate(zip(held, facts, strict=True), start=1)
    ],
    st.lists(exchanges, min_size=4, max_size=4),
    st.lists(
        st.fixed_dictionaries({"disturbance": st.sampled_from(BEFALLEN)}),
        min_size=4,
        max_size=4,
    ),
)


def fields_of(held):
    return {name: getattr(held, name) for name in held.__slots__}


@given(disturbed)
def test_arbitrary_traffic_is_judged_or_not_but_never_breaks_a_judgement(held):
    for oracle in OVER_WORK:
        with contextlib.suppress(Deviation, TargetTimeout):
            oracle(work(*held))
    for oracle in OVER_TRAFFIC:
        with contextlib.suppress(Deviation, TargetTimeout):
            oracle({"one": held})


# -- pace ------------------------------------------------------------------------


def busy(number, after=0, stated="2", status=503):
    answered = (("retry-after", stated),) if stated else ()
    return trial(number, status=status, after=after, answered=answered, disturbance="unavailable")


@pytest.mark.parametrize("stated", ["2", "Fri, 20 Nov 2026 02:00:02 GMT"])
def test_both_forms_of_retry_after_are_measured(stated):
    kept = partial(pace.the_stated_time_was_kept, status=503)

    kept(work(busy(1, stated=stated), trial(2, after=2)))
    assert accused(kept, busy(1, stated=stated), trial(2, after=1.5)) == "sent-too-early"
    undecided(kept, busy(1, stated=stated, status=429), trial(2, after=0))


@pytest.mark.parametrize(
    ("times", "right"),
    [
        ([0, 1, 3, 7, 15], True),
        ([0, 1, 2, 3, 4], False),
        ([0, 1, 1.9, 2.7, 3.4], False),
        ([0, 30, 60, 90, 120], True),
        ([0, 1, 1.5, 4, 5], True),
    ],
)
def test_pauses_grow_somewhere_or_are_long(times, right):
    held = [busy(n, after, stated="") for n, after in enumerate(times, start=1)]
    if right:
        pace.pauses_grew(work(*held))
    else:
        assert accused(pace.pauses_grew, *held) == "pauses-do-not-grow"
    undecided(pace.pauses_grew, *held[:3])


def test_thirty_attempts_a_minute_are_enough():
    def tried(seconds):
        return [trial(n, after=n * seconds, disturbance="outage") for n in range(1, 40)]

    pace.nobody_hammered(work(*tried(2.1)))
    assert accused(pace.nobody_hammered, *tried(0.5)) == "too-many-attempts"


def test_a_refusal_may_be_met_five_times():
    refused = [trial(n, f"m{n}", status=422, disturbance="refused") for n in range(1, 7)]

    pace.a_refusal_was_taken_as_one(work(*refused[:5]))
    assert accused(pace.a_refusal_was_taken_as_one, *refused) == "repeated-for-ever"


def token(number):
    return exchange(number, "issueToken", answer={})


def test_two_tokens_between_a_401_and_the_next_call():
    dead = trial(1, status=401, disturbance="token-expired")

    pace.few_tokens_were_asked_for(work(dead, token(2), token(3), trial(4), token(5)))
    storm = (dead, token(2), token(3), token(4), trial(5))
    assert accused(pace.few_tokens_were_asked_for, *storm) == "too-many-tokens"


def test_a_token_for_each_call_is_too_many():
    each = [held for n in (1, 3, 5) for held in (token(n), trial(n + 1, f"m{n}"))]

    assert accused(pace.one_token_served_many_calls, *each) == "too-many-tokens"
    pace.one_token_served_many_calls(work(token(1), trial(2), trial(3), trial(4)))


# -- retries ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("later", "code"),
    [
        ((), "never-sent-again"),
        ((trial(2, "m2"),), "new-message-id"),
        ((trial(2, "m1", OTHER),), "changed-on-retry"),
    ],
)
def test_a_disturbed_message_comes_again_as_it_was(later, code):
    came = partial(retry.the_same_message_came_again, befell="reset")
    first = trial(1, disturbance="reset")

    assert accused(came, first, *later) == code
    came(work(first, trial(2, signature="another over the same")))
    if code == "never-sent-again":
        undecided(came, first, or_never=True)


def test_units_come_again_under_their_id_too():
    came = partial(retry.the_same_message_came_again, befell="lost", of="submitUnits")

    came(work(tree(1, acknowledgement="lost"), tree(2)))


def test_nothing_is_said_of_software_that_was_never_started_again():
    arrived = partial(retry.everybody_arrived_in_spite_of, befell="power-cut")
    cut = trial(1, accepted=False, disturbance="power-cut")

    undecided(arrived, cut)
    assert accused(arrived, cut, token(2)) == "item-missing"


def test_a_copy_before_the_answer_is_seen_under_any_id():
    awaited = partial(retry.the_answer_was_awaited, seconds=3)
    slow = trial(1, disturbance="slow")

    awaited(work(slow, trial(2, after=3), trial(3, "m3", OTHER, after=1)))
    assert accused(awaited, slow, trial(2, after=1)) == "sent-before-answer"
    assert accused(awaited, slow, trial(2, "m2", after=1)) == "sent-before-answer"


def test_an_answer_is_enough():
    enough = partial(retry.an_answer_was_enough, befell="members-added")
    told = trial(1, disturbance="members-added")

    enough(work(told, trial(2, "m2", OTHER)))
    assert accused(enough, told, trial(2, "m2")) == "sent-again-though-answered"
    undecided(enough, trial(1, accepted=False, disturbance="members-added"))


@pytest.mark.parametrize(
    ("followed", "code"),
    [
        (exchange(2, "", target="/elsewhere/x"), "secret-leaked"),
        (
            exchange(2, "", target="/elsewhere/x", body=b"people", headers=()),
            "records-sent-elsewhere",
        ),
    ],
)
def test_neither_tokens_nor_records_go_elsewhere(followed, code):
    redirected = trial(1, status=307, disturbance="redirected")

    assert accused(retry.nothing_went_elsewhere, redirected, followed) == code
    retry.nothing_went_elsewhere(
        work(redirected, exchange(2, "", target="/elsewhere/x", headers=()))
    )


def test_the_order_after_an_outage_alone_counts():
    kept = partial(retry.order_was_kept_after, befell="outage")
    out = tree(2, disturbance="outage", status=503)

    kept(work(trial(1), out, tree(3), trial(4)))
    assert accused(kept, out, trial(3), tree(4)) == "unit-not-accepted-first"


@pytest.mark.parametrize(
    ("stated", "right"),
    [
        (START.isoformat(), True),
        ((START - timedelta(minutes=4)).isoformat(), True),
        ((START - timedelta(hours=2)).isoformat(), False),
        (START.replace(tzinfo=None).isoformat(), False),
        ("today", False),
    ],
)
def test_a_time_is_the_time(stated, right):
    skewed = exchange(1, "getMetadata", disturbance="clock-skewed")
    message = exchange(2, body={"header": {"messageId": "m1", "sentAt": stated}, "records": []})
    if right:
        retry.times_are_those_of_a_right_clock(work(skewed, message))
    else:
        assert accused(retry.times_are_those_of_a_right_clock, skewed, message) == "wrong-time"


# -- always ----------------------------------------------------------------------


def test_an_id_is_one_messages():
    always.no_id_names_two_messages({"one": (trial(1), trial(2)), "two": (trial(1, "m1", OTHER),)})
    reused = (trial(1), trial(2, "m1", OTHER))
    assert accused_over_all(always.no_id_names_two_messages, *reused) == "message-id-reused"


def test_a_retry_has_the_same_bytes():
    always.a_retry_is_byte_for_byte_the_first({"one": (trial(1), trial(2))})
    changed = (trial(1), trial(2, signature="later"))
    assert accused_over_all(always.a_retry_is_byte_for_byte_the_first, *changed) == (
        "changed-on-retry"
    )


@pytest.mark.parametrize(
    ("target", "right"),
    [
        ("/v1/trial-sync", True),
        (f"/v1/profiles/{PEOPLE[0]['profileId']}", True),
        (f"/v1/profiles/x?of={PEOPLE[0]['profileId']}", False),
        (f"/v1/units/{PEOPLE[0]['profileId']}", False),
    ],
)
def test_an_address_names_a_person_only_where_the_contract_does(target, right):
    held = (trial(1), exchange(2, "", target=target))
    if right:
        always.addresses_tell_of_nobody({"one": held})
    else:
        assert accused_over_all(always.addresses_tell_of_nobody, *held) == (
            "personal-data-in-address"
        )


@pytest.mark.parametrize(
    ("stated", "right"),
    [
        ("application/json", True),
        ('Application/JSON; charset="UTF-8"', True),
        ("application/json; charset=iso-8859-1", False),
        ("text/plain", False),
        ("", False),
    ],
)
def test_a_message_is_json_in_utf8(stated, right):
    held = exchange(headers=(("content-type", stated),), body={"records": []})
    if right:
        always.bodies_are_declared_as_json({"one": (held,)})
    else:
        assert accused_over_all(always.bodies_are_declared_as_json, held) == "wrong-media-type"


@pytest.mark.parametrize("headers", [(), (("user-agent", " "),)])
def test_whoever_calls_says_with_what(headers):
    always.callers_name_their_software({"one": (exchange(headers=JSON),)})
    assert accused_over_all(always.callers_name_their_software, exchange(headers=headers)) == (
        "no-user-agent"
    )
