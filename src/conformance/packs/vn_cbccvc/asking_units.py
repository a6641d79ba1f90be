"""
What a scenario asks of the registry about units and code lists: one verb for each operation.

Nothing here judges, and nothing here fails on what a server answers: every verb returns
the exchange as it came, to be opened inside a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from conformance.model.exchange import Exchange
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.line import PAGES_AT_MOST, Line
from conformance.packs.vn_cbccvc.records import Decision, Message, text


@dataclass(slots=True, kw_only=True)
class UnitDesk(Line):
    """The half of the registry that keeps the tree of units, and the code lists."""

    # -- units ----------------------------------------------------------------

    def submit_units(self, message: Message) -> Exchange:
        """Send a message with units."""
        return self.post("/v1/unit-batches", message, "submitUnits")

    def unit(self, unit: JsonObject, *, as_of: str = "") -> Exchange:
        """Read one unit, as it is or as it was on a day (yyyy-mm-dd)."""
        query = f"?asOf={as_of}" if as_of else ""
        return self.get(f"{_path(unit)}{query}", "readUnit")

    def first_page(self, *, limit: int) -> Exchange:
        """The first page of all units."""
        return self.get(f"/v1/units?limit={limit}", "listUnits")

    def all_units(self, *, as_of: str) -> tuple[Exchange, ...]:
        """Walk through all units of a day, to the end or to `PAGES_AT_MOST`."""
        return self.walk(f"/v1/units?{urlencode({'limit': 100, 'asOf': as_of})}", "listUnits")

    def children(self, unit: JsonObject, *, limit: int, as_of: str = "") -> tuple[Exchange, ...]:
        """Walk through a unit's direct children, as they are or as they were on a day."""
        query = {"limit": str(limit), "parentCode": text(unit, "unitCode")}
        if as_of:
            query["asOf"] = as_of
        return self.walk(f"/v1/units?{urlencode(query)}", "listUnits")

    def lineage(self, unit: JsonObject) -> Exchange:
        """Ask where a unit came from and what became of it."""
        return self.get(f"{_path(unit)}/lineage", "readLineage")

    def reorganise(self, decision: Decision) -> Exchange:
        """Send a decision about units."""
        return self.post("/v1/reorganisations", decision, "reorganiseUnits")

    # -- code lists -----------------------------------------------------------

    def code_lists(self) -> Exchange:
        """Ask which code lists there are."""
        return self.get("/v1/code-lists", "listCodeLists")

    def code_list(
        self, name: str, *, version: str, limit: int, pages: int = PAGES_AT_MOST
    ) -> tuple[Exchange, ...]:
        """Walk through one version of a code list, to the end or to so many pages."""
        query = urlencode({"version": version, "limit": limit})
        target = f"/v1/code-lists/{quote(name, safe='')}?{query}"
        return self.walk(target, "readCodeList", pages=pages)


def _path(unit: JsonObject) -> str:
    return f"/v1/units/{quote(text(unit, 'unitCode'), safe='')}"
