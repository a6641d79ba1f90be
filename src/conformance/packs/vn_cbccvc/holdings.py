"""
What the reference tells of other registers' values: what it holds, and where agencies differ.

One decision stands in one method; see `reference`. How the values come stands in `ownership`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from conformance.model.json import Json, JsonObject, escape
from conformance.packs.vn_cbccvc.intake import problems
from conformance.packs.vn_cbccvc.ownership import SIGNED, Ownership
from conformance.reference.exchange import BadParameter, Outgoing

COMPONENT: Final = "HeldFieldsMessage"
CODE: Final = "M62"

_CURSOR: Final = re.compile(r"[a-p]{64}")
_PAGE: Final = 50

#: Rows of a listing, each behind its place in the order.
ConflictRows = Sequence[tuple[str, JsonObject]]


class Holdings(Ownership):
    """Tells what is held, and lists conflicts."""

    # -- what need not be sent ---------------------------------------------------------

    def tell_held_fields(self, message: Json) -> Outgoing:
        """The checks of the message, then each person by himself; nothing is stored."""
        found = problems(self.knowledge.contract, COMPONENT, message)
        wrong = self.header_faults(CODE, message, found)
        if wrong or not isinstance(message, dict):
            return self.refuse_message(wrong)
        header, persons = message["header"], message["persons"]
        assert isinstance(header, dict)
        assert isinstance(persons, list)
        results: list[Json] = [
            {"recordNo": number, "fields": list(self.held_fields(str(person["profileId"])))}
            for number, person in enumerate(persons, start=1)
            if isinstance(person, dict)
        ]
        return Outgoing(status=200, json={"messageId": header["messageId"], "results": results})

    def held_fields(self, profile_id: str) -> Sequence[JsonObject]:
        """The fields that owners stated of somebody; never their values."""
        return [
            {"pointer": f"/{escape(member)}", "owner": fact["owner"]}
            for member, fact in self.facts(profile_id).items()
        ]

    # -- conflicts ---------------------------------------------------------------------

    def list_conflicts(self, query: Mapping[str, Json]) -> Outgoing:
        """One page; a cursor names the last row of the page before, whatever came in between."""
        limit, cursor = query.get("limit", _PAGE), query.get("cursor")
        assert isinstance(limit, int)
        if cursor is not None and not _CURSOR.fullmatch(str(cursor)):
            return self.answer_to_bad_parameter(
                BadParameter(
                    name="cursor", location="query", value=str(cursor), reason="not from here"
                )
            )
        agency, owner = str(query["agencyCode"]), query.get("owner")
        found = (
            (self.freedoms.rank(f"{item['profileId']}{item['pointer']}"), item)
            for profile_id in self.people_of(agency)
            for item in self.conflicts_of(profile_id)
            if owner in (None, item["owner"])
        )
        rows = sorted(row for row in found if row[0] > str(cursor or ""))
        size = self.freedoms.page_size(limit, str(cursor or ""))
        page, rest = rows[:size], rows[size:]
        return Outgoing(
            status=200,
            json={
                "items": [item for _, item in page],
                "nextCursor": self.next_conflict(page, rest),
            },
        )

    def people_of(self, agency: str) -> Iterator[str]:
        """The ids of those whose files an agency keeps, or a unit below it."""
        units = self.units_below(agency, self.today().isoformat())
        for profile_id in self.store.keys(SIGNED):
            signed = self.signed_by_agency(profile_id)
            if signed is not None and signed["managingAgencyCode"] in units:
                yield profile_id

    def conflicts_of(self, profile_id: str) -> Sequence[JsonObject]:
        """Where somebody's owners state something else than his agency signed."""
        signed, facts = self.signed_by_agency(profile_id) or {}, self.facts(profile_id)
        return [
            {
                "profileId": profile_id,
                "pointer": f"/{escape(member)}",
                "owner": facts[member]["owner"],
                "agencyValue": signed[member],
                "ownerValue": facts[member]["value"],
                "statedAt": facts[member]["at"],
            }
            for member in self.overwritten(signed, facts)
        ]

    def next_conflict(self, page: ConflictRows, rest: ConflictRows) -> str | None:
        """Where the next page begins; None on the last one."""
        return page[-1][0] if rest else None
