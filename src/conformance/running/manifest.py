"""What a run left on its target: a manifest, from the journals alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.running.evidence import Evidence
from conformance.running.plan import Plan
from conformance.wire.codec import mapping
from conformance.wire.journal import Journal

SCHEMA: Final = "conformance-created/1"


def manifest(plan: Plan, evidence: Evidence) -> JsonObject:
    """
    Everything that scenarios created on the target, in plan order, and whether it was removed.

    Journals that were cut short count too: what they created is there, judged or not.
    """
    order = {scenario.id: place for place, scenario in enumerate(plan.scenarios)}
    journals = sorted(
        (*evidence.cut_short, *evidence.closed.values()),
        key=lambda journal: (order.get(journal.scenario, len(order)), journal.attempt),
    )
    return {
        "schema": SCHEMA,
        "created": [entry for journal in journals for entry in _entries(journal)],
    }


def _entries(journal: Journal) -> Iterator[JsonObject]:
    there: dict[tuple[str, str], bool] = {}
    for event in journal.events:
        if event.kind not in ("created", "removed"):
            continue
        thing = mapping(event.ask)
        there[str(thing.get("kind")), str(thing.get("key"))] = event.kind == "created"
    for (kind, key), remains in there.items():
        removed: Json = not remains
        yield {"scenario": journal.scenario, "kind": kind, "key": key, "removed": removed}
