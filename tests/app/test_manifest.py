"""A run lists what it created, and takes away what the contract lets it take away."""

from __future__ import annotations

import json
from collections import Counter


def test_every_person_was_withdrawn_and_every_unit_is_named(whole):
    created = json.loads((whole / "created.json").read_text(encoding="utf-8"))["created"]
    fates = Counter((entry["kind"], entry["removed"]) for entry in created)
    # Units cannot be taken out of a tree that others may have built upon.
    assert set(fates) == {("profile", True), ("unit", False)}
    planned = json.loads((whole / "plan.json").read_text(encoding="utf-8"))["scenarios"]
    order = [scenario["id"] for scenario in planned]
    places = [order.index(entry["scenario"]) for entry in created]
    assert places == sorted(places)
