"""The last month of work: the ladder of decree 135/2020, against months that its table prints."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import resources
from conformance.contract.codelists import CodeLists
from conformance.packs.vn_cbccvc import days
from conformance.packs.vn_cbccvc.retirement import last_working_month, youngest_birth_month


def month(text: str) -> int:
    return days.of_month(int(text[:4]), int(text[5:7]))


@pytest.mark.parametrize(
    ("sex", "born", "leaves"),
    [
        ("1", "1961-01", "2021-04"),
        ("1", "1961-09", "2021-12"),
        ("1", "1961-10", "2022-04"),
        ("1", "1962-07", "2023-04"),
        ("1", "1966-04", "2028-04"),
        ("1", "1985-12", "2047-12"),
        ("2", "1966-01", "2021-05"),
        ("2", "1985-10", "2045-10"),
        ("2", "1985-12", "2045-12"),
    ],
)
def test_the_table_of_the_decree(sex, born, leaves):
    assert days.iso_month(last_working_month(sex, month(born))) == leaves


@given(sex=st.sampled_from(["1", "2"]), born=st.integers(days.of_month(1940, 1), 2000))
def test_nobody_leaves_before_those_who_are_older(sex, born):
    assert last_working_month(sex, born) <= last_working_month(sex, born + 1)


@given(sex=st.sampled_from(["1", "2"]), day=st.dates(date(2022, 1, 1), date(2060, 1, 1)))
def test_whoever_is_younger_is_in_service_for_months(sex, day):
    born = youngest_birth_month(sex, day) + 1
    assert last_working_month(sex, born) > days.of_month(day.year, day.month) + 2


def test_the_code_list_says_the_same():
    lists = CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0")
    today = date(2026, 11, 21)
    for code in lists.alive("retirement-ages", today):
        row = lists.row("retirement-ages", code, today)
        age = int(row["age_months"])
        # Whoever reaches the age in December of the year leaves then, and not a month later.
        december = days.of_month(int(row["year"]), 12)
        assert last_working_month(row["sex"], december - age) == december
