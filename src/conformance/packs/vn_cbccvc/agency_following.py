"""
The bundled agency's reader of what comes back: the change feed, and conflicts with owners.

The cursor is kept in the register, so that a restart reads nothing twice and misses nothing.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Final
from urllib.parse import quote

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.agency_line import GaveUp, member, objects, read_json
from conformance.packs.vn_cbccvc.agency_office import Office
from conformance.packs.vn_cbccvc.agency_register import Page

_PAGE: Final = 100


class Following(Office):
    """Decides what is read, and what follows from it."""

    async def follow(self) -> None:
        """Read the feed from where we stopped to its end, and apply what is news."""
        while True:
            answer = await self.call("GET", self.next_page())
            page = read_json(answer)
            following = member(page, "nextCursor")
            if answer.status_code != 200 or not isinstance(following, str):
                raise GaveUp("the change feed is not to be read")
            for change in objects(member(page, "items")):
                await self.apply(change)
            self.keep_cursor(following)
            if not self.goes_on(page):
                return

    def next_page(self) -> str:
        """Where the feed goes on."""
        cursor = self.register.read_note("cursor")
        after = f"&cursor={quote(cursor, safe='')}" if isinstance(cursor, str) else ""
        return f"/v1/changes?limit={_PAGE}{after}"

    def keep_cursor(self, cursor: str) -> None:
        """Remember where to go on."""
        self.register.write(Page.NOTE, "cursor", cursor)

    def goes_on(self, page: Json) -> bool:
        """Whether there is more to read now."""
        return member(page, "more") is True

    async def apply(self, change: JsonObject) -> None:
        """Apply one change to somebody's profile, unless we know it."""
        if change.get("kind") != "PROFILE":
            return
        key = str(change.get("key"))
        if change.get("change") == "WITHDRAWN":
            self.register.remove(Page.PERSON, key)
        elif self.is_news(change):
            stored = read_json(await self.call("GET", f"/v1/profiles/{key}"))
            profile = member(stored, "profile")
            if isinstance(profile, dict):
                self.take_over(key, profile)
                self.register.write(Page.VERSION, key, member(stored, "version"))

    def is_news(self, change: JsonObject) -> bool:
        """A version that we made or read already is none: events come twice."""
        known, told = self.register.read(Page.VERSION, str(change.get("key"))), change["version"]
        return not (isinstance(known, int) and isinstance(told, int) and told <= known)

    @abstractmethod
    def take_over(self, key: str, profile: JsonObject) -> None:
        """Hold somebody as the national side does."""

    # -- conflicts with owners -------------------------------------------------------

    async def resolve(self, agency: str) -> None:
        """Where an owner says otherwise, send the owner's value."""
        cursor = ""
        while True:
            after = f"&cursor={quote(cursor, safe='')}" if cursor else ""
            query = f"?agencyCode={quote(agency, safe='')}{after}"
            page = read_json(await self.call("GET", f"/v1/conflicts{query}"))
            for conflict in objects(member(page, "items")):
                self.give_way(conflict)
            following = member(page, "nextCursor")
            if not isinstance(following, str):
                break
            cursor = following
        await self.drain()

    def give_way(self, conflict: JsonObject) -> None:
        """Hold what the owner of a field states, and queue the record for sending."""
        key = str(conflict.get("profileId"))
        name = str(conflict.get("pointer")).removeprefix("/")
        person = {**self.register.record(Page.PERSON, key), name: conflict.get("ownerValue")}
        self.register.write(Page.PERSON, key, person)
        self.outbox.add(self.channel(), [person])
