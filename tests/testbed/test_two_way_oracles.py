"""Judgements over both faces: a story that did not come about accuses nobody."""

from __future__ import annotations

import pytest

from conformance.errors import Deviation, TargetTimeout
from conformance.packs.vn_cbccvc import two_way_oracles as oracles
from conformance.packs.vn_cbccvc.content_assignments import STOPGAP, Told
from conformance.packs.vn_cbccvc.two_way_missions import NATIONS_DUTY, OWN_PHONE, Back, Pushed
from tests.testbed.test_traffic_oracles import exchange

NOBODY = Pushed(units={}, people={}, answers={}, lists=[], withdrawn={})
NAMED = {
    "theirs": "1",
    "shared": "2",
    "refused": "3",
    "leaving": "4",
    "renamed": "H98.1",
    "mover": "2",
    "closing": "H98.1",
    "heir": "H98.2",
}
RIGHT = {"profileId": "2", "phone": OWN_PHONE, "mainDuty": NATIONS_DUTY, "employingUnitCode": "H98"}


def results(*statuses):
    said = [{"recordNo": n, "status": status} for n, status in enumerate(statuses, start=1)]
    return {"results": said}


def told(*sent):
    return Told(units=(), people=(), exchanges=tuple(sent), material={}, hidden={})


def sent(*people, number=1):
    body = {"header": {}, "records": [{"profile": person} for person in people]}
    return exchange(number=number, body=body, answer=results(*["ACCEPTED"] * len(people)))


def back(*people, first="ACCEPTED"):
    return Back(
        told=[
            exchange(answer=results(first, "ACCEPTED", "REJECTED")),
            exchange(operation="submitUnits", answer=results("ACCEPTED")),
            exchange(operation="withdrawProfile", status=204),
        ],
        next=told(sent(*people)) if people else told(),
        named=NAMED,
        history=[exchange(answer={"items": []}), exchange(answer={"items": [{}, {}]})],
    )


OVER_WHAT_WAS_TOLD = (
    oracles.nothing_told_comes_back,
    oracles.the_next_change_builds_on_what_was_told,
    oracles.each_change_is_one_version,
    oracles.what_it_refused_it_does_not_push,
    oracles.whom_the_nation_withdrew_stays_away,
)


@pytest.mark.parametrize(
    "oracle",
    [
        oracles.units_are_served_as_pushed,
        oracles.people_are_served_as_pushed,
        oracles.nobody_is_listed_twice,
        oracles.whom_it_took_back_is_gone,
    ],
)
def test_nothing_pushed_passes_no_judgement(oracle):
    with pytest.raises(TargetTimeout):
        oracle(NOBODY)


@pytest.mark.parametrize("oracle", OVER_WHAT_WAS_TOLD)
@pytest.mark.parametrize("story", [back(), back(RIGHT, first="REJECTED")])
def test_what_was_not_taken_or_not_followed_accuses_nobody(oracle, story):
    with pytest.raises(TargetTimeout):
        oracle(story)


@pytest.mark.parametrize(
    ("oracle", "person", "code"),
    [
        (oracles.nothing_told_comes_back, {"profileId": "1"}, "sent-unasked"),
        (oracles.whom_the_nation_withdrew_stays_away, {"profileId": "4"}, "sent-unasked"),
        (
            oracles.the_next_change_builds_on_what_was_told,
            {**RIGHT, "mainDuty": "before"},
            "wrong-value",
        ),
        (
            oracles.what_it_refused_it_does_not_push,
            {**RIGHT, "profileId": "3", "mainDuty": STOPGAP},
            "wrong-value",
        ),
    ],
)
def test_a_sin_is_named(oracle, person, code):
    with pytest.raises(Deviation) as caught:
        oracle(back(RIGHT, person))
    assert caught.value.code == code


@pytest.mark.parametrize("count", [1, 3])
def test_a_change_is_one_version_and_neither_none_nor_two(count):
    oracles.each_change_is_one_version(back(RIGHT))
    story = back(RIGHT)
    story.history[1] = exchange(answer={"items": [{}] * count})
    with pytest.raises(Deviation) as caught:
        oracles.each_change_is_one_version(story)
    assert caught.value.code == "count-differs"


def test_the_right_change_passes():
    story = back(RIGHT, {**RIGHT, "profileId": "3", "mainDuty": "before"})
    for oracle in OVER_WHAT_WAS_TOLD:
        oracle(story)


def test_a_feed_that_was_not_read_accuses_nobody():
    held = {"profileId": "2"}
    with pytest.raises(TargetTimeout):
        oracles.nothing_read_comes_back(told(sent(RIGHT)), held)
    with pytest.raises(TargetTimeout):
        oracles.what_was_read_is_served(told(sent(RIGHT)), held, exchange())


def test_what_was_pushed_before_the_feed_was_read_is_no_echo():
    feed = exchange(number=2, operation="readChanges", answer={})
    held = {"profileId": "2"}
    oracles.nothing_read_comes_back(told(sent(RIGHT), feed), held)
    with pytest.raises(Deviation):
        oracles.nothing_read_comes_back(told(sent(RIGHT), feed, sent(RIGHT, number=3)), held)


def test_who_stood_in_a_closed_unit_may_not_name_it():
    merger = [exchange(operation="reorganiseUnits", answer={"status": "ACCEPTED"})]
    there = Back(told=merger, next=told(sent({**RIGHT, "employingUnitCode": "H98.2"})), named=NAMED)
    oracles.people_follow_what_was_told(there)
    still = Back(told=merger, next=told(sent({**RIGHT, "employingUnitCode": "H98.1"})), named=NAMED)
    with pytest.raises(Deviation) as caught:
        oracles.people_follow_what_was_told(still)
    assert caught.value.code == "closed-unit-named"
    with pytest.raises(TargetTimeout):
        oracles.people_follow_what_was_told(
            Back(told=[exchange(answer={})], next=told(), named=NAMED)
        )
