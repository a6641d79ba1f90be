"""
How the reference gives a long list page by page.

One decision stands in one method; see `reference`. What a list holds, in which order, and where
its next page begins is for each list to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.access import Access
from conformance.reference.exchange import BadParameter, Outgoing

#: Rows of a listing, each behind its place in the order.
Rows = Sequence[tuple[str, JsonObject]]

#: What `freedoms.rank` makes of a key.
_CURSOR: Final = re.compile(r"[a-p]{64}")
_PAGE: Final = 50


class Paging(Access):
    """Gives pages."""

    def page_of(
        self,
        query: Mapping[str, Json],
        rows: Callable[[str], Rows],
        following: Callable[[Rows, Rows], str | None],
    ) -> Outgoing:
        """
        One page; a cursor names the last row of the page before, whatever came in between.

        Args:
            rows: all that the list holds behind a place in its order ("" for the beginning).
            following: where the next page begins, by this page and what is left.
        """
        limit, cursor = query.get("limit", _PAGE), str(query.get("cursor") or "")
        assert isinstance(limit, int)
        if query.get("cursor") is not None and not _CURSOR.fullmatch(cursor):
            return self.answer_to_foreign_cursor(cursor)
        left = rows(cursor)
        size = self.freedoms.page_size(limit, later=bool(cursor))
        page, rest = left[:size], left[size:]
        return Outgoing(
            status=200,
            json={"items": [item for _, item in page], "nextCursor": following(page, rest)},
        )

    def answer_to_foreign_cursor(self, cursor: str) -> Outgoing:
        """A cursor is what a page gave: no other text is one."""
        return self.answer_to_bad_parameter(
            BadParameter(name="cursor", location="query", value=cursor, reason="not from here")
        )
