"""Stored profiles: keeping, reading, listing, their history, and withdrawal."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Any

from . import contract
from .jsontext import same
from .store import Feed


class Profiles:
    """Keeps profiles. Every method works inside the caller's transaction."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed

    def keep(self, base: sqlite3.Connection, profile: dict[str, Any], message: str) -> int:
        """The version under which an accepted profile is stored now."""
        key, moment = profile["profileId"], contract.utc_micros(contract.now())
        before = self._row(base, key)
        if before and before["content"] is not None and self.repeats(before, profile):
            return int(before["version"])
        version = before["version"] + 1 if before else 1
        anew = before is None or before["content"] is None
        since = version if anew else before["since"]
        content = self.written(profile)
        base.execute(
            "insert or replace into profile values (?, ?, ?, ?, ?, ?, ?)",
            [
                key,
                version,
                moment,
                content,
                profile["employingUnitCode"],
                profile["managingAgencyCode"],
                since,
            ],
        )
        base.execute(
            "insert into version values (?, ?, ?, ?, ?)", [key, version, moment, message, content]
        )
        self.feed.tell(base, "PROFILE", key, "CREATED" if anew else "UPDATED", version)
        return int(version)

    def repeats(self, before: Any, profile: dict[str, Any]) -> bool:
        """Whether the profile is stored already, member for member."""
        return same(json.loads(before["content"])) == same(profile)

    def written(self, profile: dict[str, Any]) -> str:
        return json.dumps(profile)

    def read(self, base: sqlite3.Connection, key: str) -> dict[str, Any] | None:
        row = self._row(base, key)
        if row is None or row["content"] is None:
            return None
        return {
            "updatedAt": contract.said(row["updated"]),
            "version": row["version"],
            "profile": json.loads(row["content"]),
        }

    def tag(self, stored: dict[str, Any]) -> str:
        """A weak tag of the content: accepted again as it was, the profile has not changed."""
        return 'W/"' + hashlib.sha256(same(stored["profile"]).encode()).hexdigest()[:40] + '"'

    def listed(
        self, base: sqlite3.Connection, *, below: str, unit: str | None, since: int, most: int
    ) -> list[dict[str, Any]]:
        """Downwards by id, from the one before ``below``; ``since`` in microseconds."""
        rows = base.execute(
            "select * from profile where content is not null and id < ? and updated >= ?"
            " and (? is null or unit = ?) order by id desc limit ?",
            [below, since, unit, unit, most],
        )
        return [
            {
                "employingUnitCode": row["unit"],
                "managingAgencyCode": row["agency"],
                "updatedAt": contract.said(row["updated"]),
                "version": row["version"],
                "profileId": row["id"],
            }
            for row in rows
        ]

    def history(self, base: sqlite3.Connection, key: str) -> list[dict[str, Any]]:
        """Since it was created, or created anew; empty for what is not there."""
        row = self._row(base, key)
        if row is None or row["content"] is None:
            return []
        versions = base.execute(
            "select * from version where profile = ? and version >= ? order by version",
            [key, row["since"]],
        )
        return [
            {
                "messageId": each["message"],
                "profile": json.loads(each["content"]),
                "updatedAt": contract.said(each["updated"]),
                "version": each["version"],
            }
            for each in versions
        ]

    def withdraw(self, base: sqlite3.Connection, key: str) -> bool:
        row = self._row(base, key)
        if row is None or row["content"] is None:
            return False
        base.execute("update profile set content = null where id = ?", [key])
        self.feed.tell(base, "PROFILE", key, "WITHDRAWN", row["version"])
        return True

    def in_unit(self, base: sqlite3.Connection, code: str) -> bool:
        """Whether a profile names the unit as its employer or as its managing agency."""
        return (
            base.execute(
                "select 1 from profile where content is not null and (unit = ? or agency = ?)",
                [code, code],
            ).fetchone()
            is not None
        )

    def _row(self, base: sqlite3.Connection, key: str) -> Any:
        return base.execute("select * from profile where id = ?", [key]).fetchone()
