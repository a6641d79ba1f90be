"""How the reference counts days, on limits that no scenario needs."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from conformance.packs.vn_cbccvc.intake import Knowledge
from conformance.packs.vn_cbccvc.timeliness import SYSTEM, Timeliness


@pytest.fixture(scope="module")
def counting(pack) -> Timeliness:
    return Timeliness(Knowledge.of(pack), None)


@pytest.mark.parametrize(
    ("changed", "origin", "last"),
    [
        ("2026-03-13", SYSTEM, "2026-03-14"),
        ("2026-02-28", SYSTEM, "2026-03-01"),
        ("2026-03-09", "OTHER", "2026-03-12"),
        ("2026-03-13", "OTHER", "2026-03-18"),
        ("2026-03-14", "OTHER", "2026-03-18"),
        ("2026-03-15", "", "2026-03-18"),
        # Tết, the kings' day that fell on a Sunday, and two swapped days.
        ("2026-02-13", "OTHER", "2026-02-25"),
        ("2026-04-24", "OTHER", "2026-05-04"),
        ("2026-08-20", "OTHER", "2026-08-24"),
        ("2026-08-28", "OTHER", "2026-09-07"),
        # Nothing is listed yet: only weekends count.
        ("2027-02-04", "OTHER", "2027-02-09"),
    ],
)
def test_the_last_day(counting, changed, origin, last):
    assert counting.last_day(origin, date.fromisoformat(changed)).isoformat() == last


@pytest.mark.parametrize(
    ("sent", "word"),
    [("2026-03-12T23:59:59.999+07:00", "IN_TIME"), ("2026-03-12T17:00:00Z", "LATE")],
)
def test_a_day_ends_at_midnight_in_hanoi(counting, sent, word):
    changed = datetime.fromisoformat("2026-03-11T00:00:00+07:00")
    assert counting.timeliness(SYSTEM, changed, datetime.fromisoformat(sent)) == word
