"""
What the reference gives back about people, and how a profile is withdrawn.

One decision stands in one method; see `reference`. How profiles come in stands in `batches`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.feed import PROFILE, WITHDRAWN
from conformance.packs.vn_cbccvc.following import Following
from conformance.packs.vn_cbccvc.keeping import HISTORY, PROFILES, content_digest, moment_of
from conformance.packs.vn_cbccvc.paging import Rows
from conformance.reference.exchange import BadParameter, Incoming, Outgoing

#: One entity tag of a list (RFC 9110, section 8.8.3); weak and strong ones are compared alike.
_TAG: Final = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


class ProfileReads(Following):
    """Reads, lists and withdraws profiles."""

    # -- one profile -------------------------------------------------------------------

    def read_profile(self, profile_id: str, incoming: Incoming) -> Outgoing:
        """One stored profile under its tag; nothing but the tag for who holds it already."""
        row = self.row_to_read(profile_id)
        if row is None or not self.may_read_profile(row):
            return self.answer_to_unknown_profile(profile_id)
        tag = self.tag(profile_id, row["profile"])
        if self.holds_already(incoming.headers.get("if-none-match", ""), tag):
            return Outgoing(status=304, media_type="", headers={"ETag": tag})
        return Outgoing(
            status=200,
            json={
                "profile": self.shown_profile(row["profile"]),
                "version": row["version"],
                "updatedAt": row["updatedAt"],
            },
            headers={"ETag": tag},
        )

    def row_to_read(self, profile_id: str) -> JsonObject | None:
        """What is stored about somebody, as it is now."""
        return self.stored_profile(profile_id)

    def answer_to_unknown_profile(self, profile_id: str) -> Outgoing:
        """Nobody is stored under this id, and the answer does not repeat it."""
        del profile_id
        return self.problem(messages.NOT_FOUND, "Nobody is stored under this id.")

    def shown_profile(self, profile: Json) -> Json:
        """A stored profile as it is given back."""
        return profile

    def tag(self, profile_id: str, profile: Json) -> str:
        """Weak, because version and time may change while the profile stays."""
        del profile_id
        return f'W/"{content_digest(profile)[:32]}"'

    def holds_already(self, condition: str, tag: str) -> bool:
        """Whether `If-None-Match` names the tag (RFC 9110, section 13.1.2, weak comparison)."""
        if condition.strip() == "*":
            return True
        return tag.removeprefix("W/") in _TAG.findall(condition)

    def read_history(self, profile_id: str) -> Outgoing:
        """Every version that was accepted since the profile was last withdrawn."""
        row = self.stored_profile(profile_id)
        if row is None or not self.may_read_history(row):
            return self.problem(messages.NOT_FOUND, "Nobody is stored under this id.")
        return Outgoing(
            status=200,
            json={
                "items": [
                    {**version, "profile": self.shown_profile(version["profile"])}
                    for version in self.shown_versions(self.versions(profile_id, row))
                ]
            },
        )

    def versions(self, profile_id: str, row: JsonObject) -> Sequence[JsonObject]:
        """All versions of a stored profile, oldest first."""
        first, last = row["first"], row["version"]
        assert isinstance(first, int)
        assert isinstance(last, int)
        held = (self.store.get(f"{HISTORY}/{profile_id}", str(n)) for n in range(first, last + 1))
        return [version for version in held if isinstance(version, dict)]

    def shown_versions(self, versions: Sequence[JsonObject]) -> Sequence[JsonObject]:
        """The versions as they are told."""
        return versions

    # -- all profiles ------------------------------------------------------------------

    def list_profiles(self, query: Mapping[str, Json]) -> Outgoing:
        """People since a moment, or of a unit, page by page."""
        since, unit = query.get("changedSince"), query.get("unitCode")
        moment = None if since is None else moment_of(str(since))
        if since is not None and moment is None:
            return self.answer_to_bad_parameter(
                BadParameter(
                    name="changedSince", location="query", value=str(since), reason="no such time"
                )
            )
        of_unit = None if unit is None else str(unit)
        return self.page_of(
            query,
            lambda place: self.rows_after(place, of_unit, moment),
            self.next_profile_cursor,
        )

    def rows_after(self, cursor: str, unit: str | None, since: datetime | None) -> Rows:
        """What the listing holds behind a cursor, in its order."""
        ranked = sorted((self.freedoms.rank(key), key) for key in self.store.keys(PROFILES))
        found: list[tuple[str, JsonObject]] = []
        for rank, key in ranked:
            row = self.stored_profile(key) if rank > cursor else None
            profile = row["profile"] if row else None
            if row is None or not isinstance(profile, dict) or not self.may_list_profile(row):
                continue
            named = str(profile["employingUnitCode"])
            if unit is not None and not any(
                self.works_there(works_in, unit) for works_in in self.units_of(key, named)
            ):
                continue
            if since is not None and not self.changed_since(row, since):
                continue
            item: JsonObject = {
                "profileId": key,
                "version": row["version"],
                "updatedAt": row["updatedAt"],
                "employingUnitCode": named,
                **self.shown_place(named, self.whereabouts(named)),
            }
            found.append((rank, item))
        return found

    def works_there(self, works_in: str, unit: str) -> bool:
        """Whether somebody who stands in `works_in` is listed for `unit`: that unit, none below."""
        return works_in == unit

    def changed_since(self, row: JsonObject, since: datetime) -> bool:
        """Whether the last acceptance was at that time or later."""
        return datetime.fromisoformat(str(row["updatedAt"])) >= since

    def next_profile_cursor(self, page: Rows, rest: Rows) -> str | None:
        """Where the next page begins; None on the last one."""
        return page[-1][0] if rest else None

    # -- withdrawing -------------------------------------------------------------------

    def withdraw_profile(self, profile_id: str) -> Outgoing:
        """Take a profile out of the registry, as only test environments do."""
        row = self.stored_profile(profile_id)
        if row is None or not self.may_withdraw(row):
            return self.problem(messages.NOT_FOUND, "Nobody is stored under this id.")
        version = row["version"]
        assert isinstance(version, int)
        with self.store.transaction():
            self.take_out(profile_id, version)
            self.note_change(PROFILE, profile_id, WITHDRAWN, version, self.employer(row))
        return Outgoing(status=204, media_type="")

    def take_out(self, profile_id: str, version: int) -> None:
        """What remains is the number of the last version, so that none is given twice."""
        self.store.put(PROFILES, profile_id, {"version": version})
