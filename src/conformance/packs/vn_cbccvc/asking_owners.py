"""
What a scenario asks of the registry about others' data: one verb for each operation.

Nothing here judges, and nothing here fails on what a server answers: every verb returns
the exchange as it came, to be opened inside a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from conformance.model.exchange import Exchange
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.line import Line
from conformance.packs.vn_cbccvc.records import Letter, text


@dataclass(slots=True, kw_only=True)
class OwnersDesk(Line):
    """The half of the registry that hears the owners of fields, and compares both sides."""

    def state(self, events: Letter) -> Exchange:
        """Send events of an owner."""
        return self.post("/v1/owner-events", events, "submitOwnerEvents")

    def held_fields(self, question: Letter) -> Exchange:
        """Ask which fields of people need not be sent."""
        return self.post("/v1/held-fields", question, "askHeldFields")

    def conflicts(self, unit: JsonObject, *, owner: str, limit: int = 100) -> tuple[Exchange, ...]:
        """Walk the conflicts of a unit's people with an owner."""
        query = {"agencyCode": text(unit, "unitCode"), "owner": owner, "limit": str(limit)}
        return self.walk(f"/v1/conflicts?{urlencode(query)}", "listConflicts")

    def reconcile(self, rows: Letter) -> Exchange:
        """Have the centre compare our rows with its own."""
        return self.post("/v1/reconciliations", rows, "reconcile")
