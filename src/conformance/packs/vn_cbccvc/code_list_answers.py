"""
The code lists of the contract as the reference serves them: by name, version and page.

A version is named by the first day on which it held. One decision stands in one method; see
`reference`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.intake import Intake
from conformance.packs.vn_cbccvc.paging import Paging
from conformance.reference.exchange import Outgoing

_PAGE: Final = 500
#: How many rows were given, in letters; see `freedoms.rank` for why no digits.
_CURSOR: Final = re.compile(r"[a-j]{1,6}")
_LETTERS: Final = str.maketrans("0123456789", "abcdefghij")
_DIGITS: Final = str.maketrans("abcdefghij", "0123456789")


class CodeListAnswers(Paging, Intake):
    """Lists and reads code lists."""

    def list_code_lists(self) -> Outgoing:
        """Every list with its versions."""
        lists = self.knowledge.code_lists
        items: list[Json] = [
            {
                "name": name,
                "title": lists.title(name, "vi"),
                "versions": list(self.named_versions(name)),
            }
            for name in lists.names
        ]
        return Outgoing(status=200, json={"items": items})

    def named_versions(self, name: str) -> Sequence[str]:
        """The versions that are named to whoever asks for all lists."""
        return self.versions_of(name)

    def versions_of(self, name: str) -> Sequence[str]:
        """The versions of a list, oldest first."""
        return [day.isoformat() for day in self.knowledge.code_lists.versions(name)]

    def read_code_list(self, name: str, query: Mapping[str, Json]) -> Outgoing:
        """One page of one version; of the newest when none is asked for."""
        if name not in self.knowledge.code_lists.names:
            return self.answer_to_unknown_list(name)
        known = self.versions_of(name)
        version = str(query.get("version") or known[-1])
        if version not in known:
            return self.answer_to_unknown_version(name, version)
        limit, cursor = query.get("limit", _PAGE), query.get("cursor")
        assert isinstance(limit, int)
        if cursor is not None and not _CURSOR.fullmatch(str(cursor)):
            return self.answer_to_foreign_cursor(str(cursor))
        rows = self.rows_of(name, version)
        start = int(str(cursor).translate(_DIGITS)) if cursor is not None else 0
        end = start + self.freedoms.page_size(limit, later=bool(cursor))
        return Outgoing(
            status=200,
            json={
                "name": name,
                "version": version,
                "rows": list(rows[start:end]),
                "nextCursor": str(end).translate(_LETTERS) if end < len(rows) else None,
            },
        )

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        """The rows that were in force when the version began."""
        found = self.knowledge.code_lists.rows(name, date.fromisoformat(version))
        return [_shown(row) for row in found]

    def answer_to_unknown_list(self, name: str) -> Outgoing:
        """There is no list of this name."""
        return self.problem(messages.NOT_FOUND, f"No code list {name}.")

    def answer_to_unknown_version(self, name: str, version: str) -> Outgoing:
        """The list never had this version."""
        return self.problem(messages.NOT_FOUND, f"No version {version} of {name}.")


def _shown(row: Mapping[str, str]) -> JsonObject:
    """The contract's `CodeListRow`; what a list says more of its codes stands beside it."""
    own = {"code", "name", "name_vi", "valid_from", "valid_to"}
    return {
        **{_camel(name): value or None for name, value in row.items() if name not in own},
        "code": row["code"],
        "name": row.get("name_vi") or row.get("name") or row["code"],
        "validFrom": row.get("valid_from") or None,
        "validTo": row.get("valid_to") or None,
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
