"""Whose fault something was is decided by its kind, and by nothing else."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import (
    Deviation,
    GrantUnmet,
    PackDefect,
    ReplayDiverged,
    SuiteDefect,
    TargetTimeout,
    TargetUnreachable,
    UsageError,
)
from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.model.verdict import Fault, Verdict
from conformance.pytest_plugin.judging import Judge, classify
from tests.running.little import AT

DEVIATION = Deviation("wrong-value", observed=1, required=2, pointer="/a", name="x")

TABLE = [
    (DEVIATION, Verdict.FAIL, Fault.TARGET, "wrong-value"),
    (AssertionError("no"), Verdict.FAIL, Fault.TARGET, "assertion"),
    (TargetUnreachable("tls", "d"), Verdict.INCONCLUSIVE, Fault.NETWORK, "tls"),
    (TargetTimeout("timeout", "d"), Verdict.INCONCLUSIVE, Fault.NETWORK, "timeout"),
    (GrantUnmet("grant-unmet", "d"), Verdict.INCONCLUSIVE, Fault.CONFIGURATION, "grant-unmet"),
    (SuiteDefect("d"), Verdict.ERROR, Fault.TOOLKIT, "suite-defect"),
    (PackDefect("d"), Verdict.ERROR, Fault.TOOLKIT, "internal-error"),
    (UsageError("d"), Verdict.ERROR, Fault.TOOLKIT, "internal-error"),
    (KeyError("d"), Verdict.ERROR, Fault.TOOLKIT, "internal-error"),
    (RecursionError(), Verdict.ERROR, Fault.TOOLKIT, "internal-error"),
    (ExceptionGroup("d", [DEVIATION]), Verdict.ERROR, Fault.TOOLKIT, "internal-error"),
]


def exchange(number, scenario=""):
    return Exchange(
        number=number,
        initiator=Initiator.TOOLKIT,
        request=Request(method="GET", target="/"),
        response=Response(status=200),
        at=AT,
        elapsed=0,
        scenario=scenario,
    )


def judge(*declared, step=None):
    kept = []

    @contextmanager
    def nothing(_title):
        yield

    return Judge("s", declared, kept.append, step or nothing), kept


@pytest.mark.parametrize(("error", "verdict", "fault", "code"), TABLE)
def test_what_escapes_a_judgement_is_classified(error, verdict, fault, code):
    asks, kept = judge("XX-1", "XX-2")
    with asks("XX-1", exchange(3), exchange(1, "other")):
        raise error
    with asks("XX-2"):
        pass
    one, other = kept
    assert (one.verdict, one.fault, one.explanation.code) == (verdict, fault, code)
    assert (one.exchanges, one.elsewhere) == ((3,), (("other", 1),))
    # The next judgement is not stopped.
    assert (other.verdict, other.fault, other.explanation) == (Verdict.PASS, None, None)


def test_a_deviation_keeps_what_its_sentence_needs():
    _, _, explanation = classify(DEVIATION)
    assert explanation.pointer == "/a"
    assert explanation.details == {"observed": "1", "required": "2", "name": "x"}


@pytest.mark.parametrize(
    "passing", [ReplayDiverged("s", 3, "d"), KeyboardInterrupt(), SystemExit(3)], ids=repr
)
def test_what_no_judgement_may_swallow_passes_through(passing):
    asks, kept = judge("XX-1")
    with pytest.raises(type(passing)) as caught, asks("XX-1"):
        raise passing
    assert caught.value is passing
    assert kept == []


def test_an_undeclared_judgement_is_our_mistake():
    asks, kept = judge("XX-1")
    with pytest.raises(SuiteDefect, match="XX-9 without declaring it"), asks("XX-9"):
        raise AssertionError("never reached")
    assert kept == []


@pytest.mark.parametrize(
    ("trouble", "verdict", "fault", "code"),
    [
        (None, Verdict.INCONCLUSIVE, Fault.TOOLKIT, "suite-defect"),
        # Outside a judgement nobody is accused.
        (DEVIATION, Verdict.INCONCLUSIVE, Fault.TARGET, "not-reached"),
        (AssertionError("no"), Verdict.INCONCLUSIVE, Fault.TARGET, "not-reached"),
        *TABLE[2:],
    ],
)
def test_what_was_never_reached_is_accounted_for(trouble, verdict, fault, code):
    asks, kept = judge("XX-1", "XX-2")
    with asks("XX-1"):
        pass
    asks.finish(trouble)
    assert [f.requirement for f in kept] == ["XX-1", "XX-2"]
    assert kept[0].verdict is Verdict.PASS
    assert (kept[1].verdict, kept[1].fault, kept[1].explanation.code) == (verdict, fault, code)


def test_what_ended_a_scenario_is_told():
    asks, kept = judge("XX-1")
    asks.finish(DEVIATION)
    assert kept[0].explanation.details["cause"] == "wrong-value"
    assert kept[0].explanation.details["observed"] == "1"


@given(st.text(st.characters(min_codepoint=0xD7F0, max_codepoint=0xE010)))
def test_an_explanation_can_always_be_written_down(text):
    for error in (
        Deviation("c", observed=text, required=text, pointer=text, more=text),
        AssertionError(text),
        TargetTimeout("c", text, remedy=text),
        ValueError(text),
    ):
        _, _, explanation = classify(error)
        " ".join([explanation.pointer, *explanation.details.values()]).encode("utf-8")


def test_a_step_is_opened_around_each_judgement_and_sees_its_failure():
    steps = []

    @contextmanager
    def step(title):
        try:
            yield
        except AssertionError:
            steps.append(f"{title} failed")
            raise
        steps.append(title)

    asks, _ = judge("XX-1", "XX-2", step=step)
    with asks("XX-1"):
        raise AssertionError
    with asks("XX-2"):
        pass
    assert steps == ["XX-1 failed", "XX-2"]
