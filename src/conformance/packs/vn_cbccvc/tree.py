"""
What the reference keeps of every unit, and the tree as it was on a day.

One decision stands in one method; see `reference`. What is kept of one unit is a `standing`;
how a reorganisation changes the tree stands in `reorganisations`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta, timezone
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.feed import CLOSED, CREATED, UNIT, UPDATED, Feed
from conformance.packs.vn_cbccvc.paging import Paging, Rows
from conformance.packs.vn_cbccvc.standing import Slice, Standing
from conformance.reference.exchange import Outgoing

#: The day of judgement is the registry's own; its country knows no daylight saving.
HANOI: Final = timezone(timedelta(hours=7))

UNITS: Final = "units"


class Tree(Feed, Paging):
    """Keeps units and gives them back."""

    # -- what is kept ------------------------------------------------------------------

    def keep_unit(self, unit: JsonObject) -> int:
        """Store a unit that was sent, in the place of its last description; its new version."""
        known = self.standing(unit["unitCode"])
        if known is None:
            first = Slice(start=str(unit["effectiveFrom"]), unit=unit)
            return self.keep_standing(Standing(version=1, slices=(first,)))
        return self.keep_standing(known.corrected(unit))

    def keep_standing(self, standing: Standing) -> int:
        """Store everything about a unit, and note what is new of it; its version."""
        code, parent = standing.code, standing.unit["parentCode"]
        before = self.standing(code)
        self.store.put(UNITS, code, standing.as_json())
        if isinstance(parent, str):
            # Never taken back: whose child it once was, it is on the days of then.
            self.store.put(f"{UNITS}/{parent}", code, True)
        if before is None:
            self.note_change(UNIT, code, CREATED, standing.version, code)
        elif before.version != standing.version:
            closed = before.end is None and standing.end is not None
            change = CLOSED if closed else UPDATED
            self.note_change(UNIT, code, change, standing.version, code)
        return standing.version

    def standing(self, code: Json) -> Standing | None:
        """Everything about a unit."""
        return Standing.read(self.store.get(UNITS, code)) if isinstance(code, str) else None

    def unit(self, code: Json) -> JsonObject | None:
        """A stored unit as it stands in the end."""
        standing = self.standing(code)
        return standing.unit if standing else None

    def children(self, code: str) -> Sequence[Standing]:
        """All that ever stood directly below a unit."""
        found = (self.standing(child) for child in self.store.keys(f"{UNITS}/{code}"))
        return [child for child in found if child is not None]

    def today(self) -> date:
        """The registry's day."""
        return self.clock.now().astimezone(HANOI).date()

    # -- reading -------------------------------------------------------------------------

    def read_unit(self, code: str, query: Mapping[str, Json]) -> Outgoing:
        """One unit as it was on the day asked for."""
        standing = self.standing(code)
        day = self.day_of_reading(query)
        if standing is None or not self.may_read_unit(code):
            return self.answer_to_unknown_unit(code)
        if not self.has_begun(standing, day) or self.has_ended(standing, day):
            return self.answer_to_unknown_day(code, day)
        return Outgoing(status=200, json=self.shown_unit(self.told(standing, day)))

    def day_of_reading(self, query: Mapping[str, Json]) -> str:
        """The day of which one unit is told."""
        return str(query.get("asOf") or self.today())

    def has_begun(self, standing: Standing, day: str) -> bool:
        """Whether a unit lives, or lived, by that day."""
        return standing.start <= day

    def has_ended(self, standing: Standing, day: str) -> bool:
        """Whether a unit lives no longer on that day: the end is the first such day."""
        return standing.end is not None and standing.end <= day

    def answer_to_unknown_unit(self, code: str) -> Outgoing:
        """Nothing is stored under this code."""
        return self.problem(messages.NOT_FOUND, f"No unit {code}.")

    def answer_to_unknown_day(self, code: str, day: str) -> Outgoing:
        """The unit is known, and did not live on that day."""
        return self.problem(messages.NOT_FOUND, f"No unit {code} on {day}.")

    def shown_unit(self, unit: JsonObject) -> JsonObject:
        """A stored unit as it is given back when it is read alone."""
        return unit

    def told(self, standing: Standing, day: str) -> JsonObject:
        """A unit as it was on a day of its life; the status is the server's word, if any."""
        unit = {name: value for name, value in standing.on(day).items() if name != "status"}
        status = self.freedoms.optional_text("ACTIVE")
        return {**unit, "status": status} if status else unit

    def list_units(self, query: Mapping[str, Json]) -> Outgoing:
        """The tree of a day, page by page."""

        def behind(place: str) -> Rows:
            units = self.tree_on(self.day_of_listing(query), query.get("parentCode"))
            return [row for row in units if row[0] > place]

        return self.page_of(query, behind, self.next_cursor)

    def day_of_listing(self, query: Mapping[str, Json]) -> str:
        """The day of which a walk tells."""
        return str(query.get("asOf") or self.today())

    def tree_on(self, day: str, parent: Json) -> Rows:
        """All units that live on a day, or only the direct children that a unit has then."""
        codes = self.store.keys(UNITS if parent is None else f"{UNITS}/{parent}")
        found: list[tuple[str, JsonObject]] = []
        for rank, code in sorted((self.freedoms.rank(code), code) for code in codes):
            standing = self.standing(code)
            if standing is None or not self.is_listed(standing, day):
                continue
            if not self.may_list_unit(code):
                continue
            unit = self.told(standing, day)
            if parent is None or unit["parentCode"] == parent:
                found.append((rank, unit))
        return found

    def is_listed(self, standing: Standing, day: str) -> bool:
        """Whether a unit stands in the tree of a day."""
        return standing.lives_on(day)

    def next_cursor(self, page: Rows, rest: Rows) -> str | None:
        """Where the next page begins; None on the last one."""
        return page[-1][0] if rest else None

    def read_lineage(self, code: str) -> Outgoing:
        """Where a unit came from and what became of it, whether it lives or not."""
        standing = self.standing(code)
        if standing is None or not self.may_read_unit(code):
            return self.answer_to_unknown_lineage(code)
        return Outgoing(
            status=200,
            json={
                "unitCode": code,
                "predecessors": list(self.shown_links(self.predecessors(standing))),
                "successors": list(self.shown_links(standing.successors)),
            },
        )

    def answer_to_unknown_lineage(self, code: str) -> Outgoing:
        """Nothing was ever stored under this code."""
        return self.problem(messages.NOT_FOUND, f"No unit {code}.")

    def predecessors(self, standing: Standing) -> Sequence[JsonObject]:
        """Whom a unit came from, whether it lives or not."""
        return standing.predecessors

    def shown_links(self, links: Sequence[JsonObject]) -> Sequence[JsonObject]:
        """The links of a unit in one direction as they are told."""
        return links

    def units_below(self, code: str, day: str) -> frozenset[str]:
        """A unit and all that stand below it on a day, whether it is known itself or not."""
        found: set[str] = set()
        ahead = [code]
        while ahead:
            above = ahead.pop()
            if above not in found:
                found.add(above)
                ahead += [
                    child.code
                    for child in self.children(above)
                    if child.lives_on(day) and child.on(day)["parentCode"] == above
                ]
        return frozenset(found)

    # -- circles ---------------------------------------------------------------------------

    def closes_a_circle(self, code: str, parent: Json, start: str, end: str | None) -> bool:
        """Whether `code`, below `parent` in that interval, would stand below itself on a day."""
        ahead: list[tuple[Json, str, str | None]] = [(parent, start, end)]
        while ahead:
            above, first, last = ahead.pop()
            if above == code:
                return True
            standing = self.standing(above)
            if standing is None:
                continue
            ends = [part.start for part in standing.slices[1:]]
            for part, until in zip(standing.slices, [*ends, standing.end], strict=True):
                low = max(first, part.start)
                high = until if last is None or (until is not None and until < last) else last
                if high is None or low < high:
                    ahead.append((part.unit["parentCode"], low, high))
        return False
