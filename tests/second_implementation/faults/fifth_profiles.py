"""Fifth blind set: stored profiles, their history and tags, lists, and the change feed."""

from __future__ import annotations

import sqlite3
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract
from tests.second_implementation.profiles import Profiles
from tests.second_implementation.store import Feed
from tests.second_implementation.web import HIGHEST, Web

from . import fault


# An ORM that copies what is there onto the loaded entity: `if (dto.x != null) entity.x = dto.x`.
@fault("v5-left-out-kept", "VN-PRO-001", "VN-QUAL-002")
class LeftOutKept(Profiles):
    """Keeps what the stored profile says in members that the new one leaves out."""

    def keep(self, base: sqlite3.Connection, profile: dict[str, Any], message: str) -> int:
        before = self.read(base, profile["profileId"])
        merged = {**before["profile"], **profile} if before else profile
        return super().keep(base, merged, message)


# Serialisers and form binders trim texts by default (Django REST framework, Spring, Laravel).
@fault("v5-texts-trimmed", "VN-PRO-009", "VN-PRO-031")
class TextsTrimmed(Profiles):
    """Trims texts before it stores them."""

    def written(self, profile: dict[str, Any]) -> str:
        return super().written(_trimmed(profile))


def _trimmed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _trimmed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_trimmed(each) for each in value]
    return value.strip() if isinstance(value, str) else value


# "Nothing changed" is decided by the newest version on record, and a withdrawal is only a flag on
# the profile that this path does not look at.
@fault("v5-sent-anew-not-restored", "VN-PRO-018", "VN-PRO-034")
class SentAnewNotRestored(Profiles):
    """Accepts a withdrawn profile that is sent again as it was, and does not bring it back."""

    def keep(self, base: sqlite3.Connection, profile: dict[str, Any], message: str) -> int:
        newest = base.execute(
            "select * from version where profile = ? order by version desc limit 1",
            [profile["profileId"]],
        ).fetchone()
        if newest and self.repeats(newest, profile):
            return int(newest["version"])
        return super().keep(base, profile, message)


# The tag is made of the time of the last change, in the precision of `Last-Modified`.
@fault("v5-tag-by-the-second", "VN-PRO-003")
class TagByTheSecond(Profiles):
    """Gives a profile that changes twice within a second the same tag."""

    def tag(self, stored: dict[str, Any]) -> str:
        return f'W/"{stored["updatedAt"][:19]}"'


# A column without zone holds the local time, and the format ends in a literal 'Z'.
@fault("v5-local-time-called-utc", "VN-PRO-005")
class LocalTimeCalledUtc(Profiles):
    """Tells the time of acceptance on the clock of Hà Nội and calls it UTC."""

    def read(self, base: sqlite3.Connection, key: str) -> dict[str, Any] | None:
        stored = super().read(base, key)
        return stored and _called_utc(stored)

    def listed(
        self, base: sqlite3.Connection, *, below: str, unit: str | None, since: int, most: int
    ) -> list[dict[str, Any]]:
        rows = super().listed(base, below=below, unit=unit, since=since, most=most)
        return [_called_utc(each) for each in rows]

    def history(self, base: sqlite3.Connection, key: str) -> list[dict[str, Any]]:
        return [_called_utc(each) for each in super().history(base, key)]


def _called_utc(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "updatedAt": told["updatedAt"].replace("+07:00", "Z")}


# `Pageable` with "newest first": page number times size, while others go on sending.
@fault("v5-profiles-by-offset", "VN-PRO-004", "VN-CONT-020")
class ProfilesByOffset(Web):
    """Pages through the profiles by offset, newest first, so that changes shift the pages."""

    def profiles(self, _request: Request, asked: dict[str, Any]) -> Response:
        state = {"unit": asked["unitCode"], "since": self.since(asked), "offset": 0}
        if asked["cursor"] is not None:
            state = self.parts.cursors.read("profiles", asked["cursor"])
        begin = state.pop("offset")
        end = begin + self.parts.cursors.page(asked["limit"])
        with self.parts.store.open() as base:
            found = self.parts.profiles.listed(base, below=HIGHEST, most=-1, **state)
        found.sort(key=lambda each: (each["updatedAt"], each["profileId"]), reverse=True)
        more = None
        if end < len(found):
            more = self.parts.cursors.write("profiles", {**state, "offset": end})
        return self.parts.answers.json({"nextCursor": more, "items": found[begin:end]})


# The feed is a view of the tables by their time of change: one row for each thing.
@fault("v5-feed-of-last-changes", "VN-PRO-013")
class FeedOfLastChanges(Feed):
    """Tells of each profile and unit its last change only."""

    def after(self, base: sqlite3.Connection, last: int, most: int) -> list[dict[str, Any]]:
        rows = base.execute(
            "select * from change where sequence > ? and sequence in"
            " (select max(sequence) from change group by kind, key) order by sequence limit ?",
            [last, most],
        )
        names = ("version", "change", "key", "kind", "sequence")
        return [
            {"at": contract.said(row["at"]), **{name: row[name] for name in names}} for row in rows
        ]
