"""Disturbances: what a mission may ask for, and when it happens."""

from __future__ import annotations

import pytest

from conformance.errors import SuiteDefect
from conformance.testbed.disturbances import (
    LoseAcknowledgement,
    Mischief,
    Unavailable,
    parse,
    parse_all,
)


def test_both_kinds_are_read_from_json():
    lost = {"do": "lose-acknowledgement", "operation": "push"}
    busy = {"do": "unavailable", "operation": "push", "nth": 2, "retry_after": 3}

    assert parse_all([lost, busy]) == (
        LoseAcknowledgement(operation="push", nth=1),
        Unavailable(operation="push", nth=2, retry_after=3),
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

    met = [mischief.meet(operation) for operation in ("push", "pull", "pull", "push", "push")]

    assert met == [None, None, None, busy, None]
