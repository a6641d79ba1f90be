"""When enough has been asked: counted in requests, and only while the answers hold no news."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conformance.model.dialect import Fault, Ok, Refused
from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.oracles.saturation import PATIENCE, Saturation


def answer(status, operation="readThing"):
    return Exchange(
        number=1,
        initiator=Initiator.TOOLKIT,
        request=Request(method="GET", target="/things", operation=operation),
        response=Response(status=status),
        at=datetime(2026, 11, 22, tzinfo=UTC),
        elapsed=0.0,
    )


def saturation(says=lambda _: Ok(value=None), budget=12):
    return Saturation(says, budget=budget)


def refusals(*reasons):
    said = iter(reasons)
    return lambda _: next(said)


def refused(code, *faults):
    return Refused(status=422, code=code, text="any", faults=faults)


def fed(watch, *exchanges):
    """After how many of them it was reached; None when it never was."""
    for number, exchange in enumerate(exchanges, start=1):
        watch.see(exchange)
        if watch.reached:
            return number
    return None


def test_the_same_answer_again_and_again_is_enough_after_as_many_as_patience_has():
    assert fed(saturation(), *[answer(200)] * 50) == 1 + PATIENCE


@pytest.mark.parametrize("news", [answer(500), answer(200, "sendThings")])
def test_another_status_or_operation_begins_the_count_anew(news):
    before = [answer(200)] * PATIENCE
    assert fed(saturation(), *before, news, *[answer(200)] * 50) == PATIENCE + 1 + PATIENCE


@pytest.mark.parametrize(
    "news",
    [
        refused("other"),
        refused("invalid", Fault(rule="R-02")),
        refused("invalid", Fault(code="pattern")),
    ],
)
def test_another_reason_or_rule_is_news(news):
    known = refused("invalid", Fault(rule="R-01", text="in its own words"))
    reasons = [*[known] * PATIENCE, news, *[known] * 50]
    watch = saturation(refusals(*reasons))
    assert fed(watch, *[answer(422)] * len(reasons)) == PATIENCE + 1 + PATIENCE


def test_other_words_at_another_place_are_no_news():
    reasons = [
        refused("invalid", Fault(code="pattern", text=f"row {n}", pointer=f"/rows/{n}"))
        for n in range(50)
    ]
    assert fed(saturation(refusals(*reasons)), *[answer(422)] * 50) == 1 + PATIENCE


def test_who_allows_more_is_looked_for_longer():
    assert fed(saturation(budget=400), *[answer(200)] * 400) == 101
