"""Draws, pools and vectors, without any nation."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.rules import RuleBook
from conformance.errors import SuiteDefect
from conformance.population import pools, strategies
from conformance.population.draw import Draw, Weighted, months_later, permuted
from conformance.population.pools import pool
from conformance.population.vectors import ABSENT, break_rules

DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


def test_a_draw_is_the_same_on_every_machine():
    # SplitMix64's published first outputs for the seed 0.
    draw = Draw(0)
    assert [draw.bits() for _ in range(3)] == [
        0xE220A8397B1DCDAF,
        0x6E789E6AA1B965F4,
        0x06C45D188009454F,
    ]


@given(seed=strategies.seeds(), low=st.integers(-50, 50), width=st.integers(0, 50))
def test_a_draw_keeps_its_bounds(seed, low, width):
    draw = Draw(seed)
    assert low <= draw.between(low, low + width) <= low + width
    assert draw.pick("ab") in "ab"
    assert len(draw.digits(6)) == 6


@given(seed=strategies.seeds(), first=DAYS, last=DAYS)
def test_a_day_lies_between_its_ends(seed, first, last):
    day = Draw(seed).day(first, last)
    assert day == first or first <= day <= last


def test_a_fork_does_not_depend_on_what_was_drawn_before():
    fresh, used = Draw(5), Draw(5)
    used.bits()
    assert fresh.fork("a", 1).bits() == used.fork("a", 1).bits()
    assert fresh.fork("a", 1).bits() != fresh.fork("a", 2).bits()


def test_weights_are_kept():
    table = Weighted({"often": 90, "seldom": 10, "never": 0})
    draw = Draw(1)
    drawn = [draw.weighted(table) for _ in range(2000)]
    assert "never" not in drawn
    assert 130 < drawn.count("seldom") < 270


@given(size=st.integers(1, 400), seed=strategies.seeds())
def test_a_permutation_loses_nothing(size, seed):
    assert {permuted(index, size, seed) for index in range(size)} == set(range(size))


@given(day=DAYS, months=st.integers(-600, 600))
def test_months_later_moves_by_whole_months(day, months):
    moved = months_later(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day
    assert moved.day == day.day or months_later(moved, 1).day == moved.day


def test_the_end_of_february_is_the_last_day_there_is():
    assert months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_later(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert months_later(date(2023, 12, 31), 2) == date(2024, 2, 29)


def test_a_pool_is_sorted_distinct_and_composed():
    words = pool("vi_VN", "first_name_female")
    assert list(words) == sorted(set(words))
    assert words == tuple(unicodedata.normalize("NFC", word) for word in words)
    assert pool("vi_VN", "first_name_female") is words


def test_the_pools_on_disk_are_what_faker_says_today():
    held = json.loads(
        (Path(pools.__file__).parent / "harvest/vi_VN.json").read_text(encoding="utf-8")
    )
    assert held == pools.harvest("vi_VN")


@pytest.mark.parametrize(("locale", "method"), [("vi_VN", "no_such"), ("xx_XX", "city")])
def test_a_pool_that_does_not_exist_is_our_error(locale, method):
    with pytest.raises(SuiteDefect):
        pool(locale, method)


def test_no_slow_library_is_imported_before_it_is_needed():
    code = (
        "import sys, conformance.population.pools, conformance.population.vectors\n"
        "import conformance.contract.contract\n"
        "print([m for m in ('faker', 'hypothesis', 'jsonschema', 'cel_expr_python')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def rules(tmp_path):
    one = """
[[rule]]
id = "{id}"
pointer = "/{id}"
title = {{ en = "t", vi = "t", id = "t" }}
message = {{ en = "m", vi = "m", id = "m" }}
expression = "{expression}"
source = {{ document = "d", article = "1", basis = "known" }}
"""
    texts = [("low", "record.n > 0"), ("high", "record.n < 9"), ("note", "has(record.note)")]
    text = "".join(one.format(id=name, expression=rule) for name, rule in texts)
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    return RuleBook.read(tmp_path)


def vector_of(rules, record, rule, *mutations):
    return break_rules(record, rules, lambda _: {}, date(2025, 7, 1), mutations, rule=rule)


def test_a_vector_breaks_one_rule_and_keeps_its_twin(rules):
    record = {"n": 3, "note": "x"}
    vector = vector_of(rules, record, "high", {"n": 0}, {"n": 10, "note": ABSENT}, {"n": 10})

    assert (vector.breaks, vector.pointer, vector.changed) == ("high", "/high", ("n",))
    assert vector.record == {"n": 10, "note": "x"}
    assert vector.twin == record == {"n": 3, "note": "x"}
    assert vector_of(rules, record, "note", {"note": ABSENT}).record == {"n": 3}


def test_a_vector_without_proof_is_our_error(rules):
    with pytest.raises(SuiteDefect, match="breaks low"):
        vector_of(rules, {"n": 3, "note": "x"}, "high", {"n": 0})
    with pytest.raises(SuiteDefect, match="twin must be faultless"):
        vector_of(rules, {"n": 0, "note": "x"}, "high", {"n": 10})
