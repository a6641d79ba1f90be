"""What a scenario's agency prepares lies within what the documents allow."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from conformance.packs.vn_cbccvc import population
from conformance.packs.vn_cbccvc.preparing import Agency


@pytest.mark.parametrize("units", [1, 237, 900])
def test_no_ground_has_a_code_of_more_digits_than_a_segment_takes(units):
    for drawn in range(1_000):
        world = SimpleNamespace(
            grant=lambda _name: "H98",
            draw=lambda _label, drawn=drawn: drawn * 900**3,
            now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
            as_of=date(2026, 11, 22),
        )
        _, divisions = Agency(world=world, registry=None, pack=None).ground(units=units)
        assert len({division["unitCode"] for division in divisions}) == units
        assert population.contract().is_valid("Unit", divisions[-1])
