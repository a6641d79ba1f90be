"""Verdicts combine like a maximum, and nothing observed never means PASS."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.model.verdict import Verdict, combine

verdicts = st.lists(st.sampled_from(Verdict), max_size=6)


def test_things_only_get_worse_in_this_order():
    assert sorted(Verdict) == [
        Verdict.PASS,
        Verdict.NOT_RUN,
        Verdict.INCONCLUSIVE,
        Verdict.FAIL,
        Verdict.ERROR,
    ]


def test_nothing_observed_is_not_run():
    assert combine(()) is Verdict.NOT_RUN


@given(verdicts.filter(len))
def test_the_worst_one_decides(found):
    assert combine(found) is max(found)
    assert (combine(found) is Verdict.PASS) == (set(found) == {Verdict.PASS})


@given(verdicts.filter(len), verdicts.filter(len))
def test_grouping_and_order_change_nothing(one, other):
    together = combine([*one, *other])
    assert combine([combine(one), combine(other)]) is together
    assert combine([*other, *one]) is together


@given(verdicts.filter(len), st.sampled_from(Verdict))
def test_one_more_judgement_never_makes_it_better(found, another):
    assert combine([*found, another]) >= combine(found)
