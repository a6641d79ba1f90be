"""Days as integers: they are days, in the order of the calendar."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from conformance.packs.vn_cbccvc import days
from conformance.population import strategies
from conformance.population.draw import Draw, months_later

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
COMMON = DAYS.filter(lambda day: day.day <= 28)


@given(one=DAYS, other=DAYS)
def test_numbers_are_ordered_as_days_are(one, other):
    assert (days.of(one) < days.of(other)) == (one < other)
    assert days.iso(days.of(one)) == one.isoformat()
    assert days.of_text(one.isoformat()) == days.of(one)
    assert days.year(days.of(one)) == one.year


@given(day=COMMON, months=st.integers(-600, 600))
def test_months_are_added_as_on_dates(day, months):
    later = months_later(day, months)
    if later >= date(1900, 1, 1):
        assert days.iso(days.later(days.of(day), months)) == later.isoformat()


@given(seed=strategies.seeds(), first=DAYS, last=DAYS)
def test_a_day_is_drawn_between_its_ends(seed, first, last):
    drawn = date.fromisoformat(days.iso(days.drawn(Draw(seed), days.of(first), days.of(last))))
    assert drawn.day <= 28
    assert first <= drawn
    assert drawn <= last or drawn == first or (drawn.day == 1 and first.day > 28)


@given(seed=strategies.seeds(), month=st.integers(0, 3599))
def test_a_birthday_is_a_day_of_its_month(seed, month):
    born = days.birthday(Draw(seed), month)
    assert date.fromisoformat(days.iso(born)).isoformat()[:7] == days.iso_month(month)
