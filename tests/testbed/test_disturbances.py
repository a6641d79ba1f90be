"""Disturbances: what a mission may ask for, and when it happens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conformance.errors import SuiteDefect
from conformance.testbed.disturbances import (
    ExpireToken,
    LoseAcknowledgement,
    Mischief,
    Outage,
    Unavailable,
    parse,
    parse_all,
)
from tests.testbed.little import START


def test_disturbances_are_read_from_json():
    lost = {"do": "lose-acknowledgement", "operation": "push"}
    busy = {"do": "unavailable", "operation": "push", "nth": 2, "retry_after": None}

    assert parse_all([lost, busy]) == (
        LoseAcknowledgement(operation="push", nth=1),
        Unavailable(operation="push", nth=2, retry_after=None, status=503),
    )


@pytest.mark.parametrize(
    "value",
    [
        "lose-acknowledgement",
        {},
        {"do": "explode", "operation": "push"},
        {"do": ["unavailable"], "operation": "push"},
        {"do": "unavailable"},
        {"do": "unavailable", "operation": ""},
        {"do": "unavailable", "operation": "push", "nth": 0},
        {"do": "unavailable", "operation": "push", "nth": True},
        {"do": "unavailable", "operation": "push", "retry_after": "2"},
        {"do": "lose-acknowledgement", "operation": "push", "retry_after": 2},
        {"do": "slow", "operation": "push"},
        {"do": "slow", "operation": "push", "seconds": True},
        {"do": "gateway-page", "operation": "push", "status": 200},
        {"do": "refuse", "operation": "push", "status": 403, "body": "no"},
        {"do": "power-cut", "operation": "push", "committed": 1},
    ],
)
def test_what_does_not_exist_is_our_defect(value):
    with pytest.raises(SuiteDefect):
        parse(value)


def test_one_arrival_is_disturbed_once():
    with pytest.raises(SuiteDefect, match="arrival 1 of push"):
        parse_all([{"do": "unavailable", "operation": "push"}] * 2)


def test_arrivals_are_counted_by_operation():
    busy = Unavailable(operation="push", nth=2)
    mischief = Mischief(disturbances=(busy,))

    met = [mischief.meet(each, START) for each in ("push", "pull", "pull", "push", "push")]

    assert met == [None, None, None, busy, None]


@pytest.mark.parametrize(("time_hook", "lasts"), [(False, 5), (True, 7200)])
def test_an_outage_lasts_and_what_it_meets_is_no_arrival(time_hook, lasts):
    outage = Outage(operation="push", nth=1, seconds=5, hooked_seconds=7200)
    late = Unavailable(operation="push", nth=2)
    mischief = Mischief(disturbances=(outage, late), time_hook=time_hook)

    def at(seconds, operation="push"):
        return mischief.meet(operation, START + timedelta(seconds=seconds))

    assert at(0, "pull") is None
    assert [at(1), at(2, "pull"), at(lasts)] == [outage] * 3
    assert at(lasts + 1) is late


def test_a_dead_token_stays_dead_and_another_one_lives():
    dead = ExpireToken(operation="push", nth=1)
    mischief = Mischief(disturbances=(dead,))

    met = [mischief.meet("push", START, token) for token in ("one", "one", "two")]

    assert met == [dead, dead, None]
