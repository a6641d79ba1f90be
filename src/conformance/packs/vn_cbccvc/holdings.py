"""
What the reference tells of other registers' values: what it holds, and where agencies differ.

One decision stands in one method; see `reference`. How the values come stands in `ownership`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from conformance.model.json import Json, JsonObject, escape
from conformance.packs.vn_cbccvc.ownership import SIGNED, Ownership
from conformance.packs.vn_cbccvc.paging import Rows
from conformance.reference.exchange import Outgoing

COMPONENT: Final = "HeldFieldsMessage"
CODE: Final = "M62"


class Holdings(Ownership):
    """Tells what is held, and lists conflicts."""

    # -- what need not be sent ---------------------------------------------------------

    def tell_held_fields(self, message: Json) -> Outgoing:
        """The checks of the message, then each person by himself; nothing is stored."""
        opened = self.opened(CODE, COMPONENT, message)
        if isinstance(opened, Outgoing):
            return opened
        header, persons = opened["header"], opened["persons"]
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
        """Where owners and an agency differ, page by page."""
        agency, owner = str(query["agencyCode"]), query.get("owner")

        def behind(place: str) -> Rows:
            found = (
                (self.freedoms.rank(f"{item['profileId']}{item['pointer']}"), item)
                for profile_id in self.people_of(agency)
                for item in self.conflicts_of(profile_id)
                if owner in (None, item["owner"])
            )
            return sorted(row for row in found if row[0] > place)

        return self.page_of(query, behind, self.next_conflict)

    def people_of(self, agency: str) -> Iterator[str]:
        """The ids of those whose files an agency keeps, or a unit below it."""
        units = self.units_below(agency, self.today().isoformat())
        if not self.may_list_conflicts(agency):
            return
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

    def next_conflict(self, page: Rows, rest: Rows) -> str | None:
        """Where the next page begins; None on the last one."""
        return page[-1][0] if rest else None
