"""
The change feed: what happened to profiles and units, told back to the agencies in one order.

One decision stands in one method; see `reference`. Who notes a change is whoever stores
it (`batches`, `profile_reads`, `tree`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.paging import Paging
from conformance.packs.vn_cbccvc.tenants import Tenants
from conformance.reference.exchange import Outgoing
from conformance.reference.store import Store

CHANGES: Final = "changes"
_COUNTERS: Final = "counters"
_PAGE: Final = 50

PROFILE: Final = "PROFILE"
UNIT: Final = "UNIT"
CREATED: Final = "CREATED"
UPDATED: Final = "UPDATED"
WITHDRAWN: Final = "WITHDRAWN"
CLOSED: Final = "CLOSED"

#: The word that begins at the end of the feed.
LATEST: Final = "latest"
#: Letters only: a run of digits in an opaque value can pass for somebody's personal id.
_CURSOR: Final = re.compile(r"[a-p]{16}")
_DIGITS: Final = "0123456789abcdef"
_LETTERS: Final = "abcdefghijklmnop"
_TO_LETTERS: Final = str.maketrans(_DIGITS, _LETTERS)
_TO_DIGITS: Final = str.maketrans(_LETTERS, _DIGITS)


class Feed(Tenants, Paging):
    """Notes changes, and tells them page by page."""

    store: Store

    def note_change(self, kind: str, key: str, change: str, version: int, unit: Json) -> None:
        """
        Append one change; inside a transaction it is kept or dropped with what it tells of.

        Args:
            unit: the code of the unit, or of the one that employs the person: whose change it is.
        """
        sequence = self.last_sequence() + 1
        moment = self.clock.now().astimezone(UTC).isoformat().replace("+00:00", "Z")
        self.store.put(
            CHANGES,
            str(sequence),
            {
                "sequence": sequence,
                "kind": kind,
                "key": key,
                "change": change,
                "version": version,
                "at": moment,
                "unit": unit,
            },
        )
        self.store.put(_COUNTERS, CHANGES, sequence)

    def last_sequence(self) -> int:
        """The number of the last change, 0 before the first."""
        last = self.store.get(_COUNTERS, CHANGES)
        return last if isinstance(last, int) else 0

    def read_changes(self, query: Mapping[str, Json]) -> Outgoing:
        """One page of the feed after a cursor, and where to go on."""
        limit, cursor = query.get("limit", _PAGE), query.get("cursor")
        assert isinstance(limit, int)
        last = self.last_sequence()
        after = self.place_of(cursor, last)
        if after is None:
            return self.answer_to_foreign_cursor(str(cursor))
        size = self.freedoms.page_size(limit, later=bool(cursor))
        until = min(after + size, last)
        items = [_shown(item) for item in self.told_between(after, until)]
        return Outgoing(
            status=200,
            json={
                "items": list(self.in_order(items)),
                "nextCursor": _written(self.next_place(after, until, last)),
                "more": self.has_more(items, limit, until, last),
            },
        )

    def told_between(self, after: int, until: int) -> Iterator[JsonObject]:
        """What the reader is told of the changes behind one number, up to another."""
        for number in range(after + 1, until + 1):
            change = self.store.get(CHANGES, str(number))
            if isinstance(change, dict) and self.may_be_told(change) and self.is_told(change):
                yield change

    def has_more(self, items: Sequence[JsonObject], limit: int, until: int, last: int) -> bool:
        """Whether there is more to read now behind a page: others' changes are nothing to read."""
        del items, limit
        return any(True for _ in self.told_between(until, last))

    def place_of(self, cursor: Json, last: int) -> int | None:
        """After which change a page begins; None for a cursor that is not from here."""
        if cursor is None:
            return 0
        if cursor == LATEST:
            return last
        if not isinstance(cursor, str) or not _CURSOR.fullmatch(cursor):
            return None
        place = int(cursor.translate(_TO_DIGITS), 16)
        return place if place <= last else None

    def next_place(self, after: int, until: int, last: int) -> int:
        """After which change the next page begins: the last one that this page reached."""
        del after, last
        return until

    def is_told(self, change: JsonObject) -> bool:
        """Whether a change stands in the feed: every one does."""
        del change
        return True

    def in_order(self, changes: Sequence[JsonObject]) -> Sequence[JsonObject]:
        """The changes of a page, by their numbers."""
        return changes


def _shown(change: JsonObject) -> JsonObject:
    return {name: value for name, value in change.items() if name != "unit"}


def _written(place: int) -> str:
    return f"{place:016x}".translate(_TO_LETTERS)
