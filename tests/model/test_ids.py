"""Requirement ids in few words."""

from __future__ import annotations

import pytest

from conformance.model.ids import in_ranges


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ([], ""),
        (["A-001"], "A-001"),
        (["A-001", "A-002"], "A-001, A-002"),
        (["A-001", "A-002", "A-003"], "A-001…003"),
        (["A-009", "A-010", "A-011", "A-013"], "A-009…011, A-013"),
        (["A-001", "A-002", "B-003", "B-004", "B-005"], "A-001, A-002, B-003…005"),
        (["A-99", "A-100", "A-101"], "A-99, A-100, A-101"),
        (["A-003", "A-002", "A-001"], "A-003, A-002, A-001"),
        (["without a number", "A-1"], "without a number, A-1"),
    ],
)
def test_neighbours_are_a_range_and_nobody_else_is_in_it(ids: list[str], said: str) -> None:
    assert in_ranges(ids) == said
