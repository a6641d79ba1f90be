"""Sixth set: stored profiles, their lists, and the change feed."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract
from tests.second_implementation.contract import HANOI
from tests.second_implementation.faults import fault
from tests.second_implementation.profiles import Profiles
from tests.second_implementation.shapes import moment
from tests.second_implementation.store import Feed
from tests.second_implementation.web import Web


# The mapper sets what the message has; columns that it does not name stay as they were.
@fault("v6-profile-merged", "VN-QUAL-002", "VN-PRO-001", "VN-PRO-006", "VN-PRO-018")
class ProfileMerged(Profiles):
    """Merges a profile into the stored one, so that what was left out stays."""

    def keep(self, base: sqlite3.Connection, profile: dict[str, Any], message: str) -> int:
        stored = self.read(base, profile["profileId"])
        before = stored["profile"] if stored else {}
        return super().keep(base, {**before, **profile}, message)


# Every save raises the column for optimistic locking.
@fault("v6-same-profile-counts-up", "VN-CONT-013", "VN-PRO-006")
class SameProfileCountsUp(Profiles):
    """Makes a new version of a profile that is stored already, member for member."""

    def repeats(self, _before: Any, _profile: dict[str, Any]) -> bool:
        return False


# The row is deleted, and with it the number that it had reached.
@fault("v6-withdrawn-counts-anew", "VN-PRO-034")
class WithdrawnCountsAnew(Profiles):
    """Begins again with version 1 when a withdrawn profile is sent again."""

    def withdraw(self, base: sqlite3.Connection, key: str) -> bool:
        done = super().withdraw(base, key)
        if done:
            base.execute("delete from profile where id = ?", [key])
            base.execute("delete from version where profile = ?", [key])
        return done


# Who looks at a department on a screen wants its divisions too; the codes make that easy.
@fault("v6-unit-filter-takes-branch", "VN-PRO-017")
class UnitFilterTakesBranch(Profiles):
    """Lists the people of the units below too, when asked for those of one unit."""

    def listed(
        self, base: sqlite3.Connection, *, below: str, unit: str | None, since: int, most: int
    ) -> list[dict[str, Any]]:
        rows = base.execute(
            "select * from profile where content is not null and id < ? and updated >= ?"
            " and (? is null or unit = ? or unit like ? || '.%') order by id desc limit ?",
            [below, since, unit, unit, unit, most],
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


# The column has no time zone, and the parameter is read as a local date and time.
@fault("v6-changed-since-without-offset", "VN-PRO-005")
class ChangedSinceWithoutOffset(Web):
    """Reads the time in `changedSince` as local time, whatever offset it bears."""

    def since(self, asked: dict[str, Any]) -> int:
        text = asked["changedSince"]
        return contract.utc_micros(moment(text).replace(tzinfo=HANOI)) if text else -(2**62)


# The feed hangs on the saving of entities; a deletion saves none.
@fault("v6-feed-without-withdrawals", "VN-PRO-013")
class FeedWithoutWithdrawals(Feed):
    """Forgets to tell in the change feed that a profile was withdrawn."""

    def tell(
        self, base: sqlite3.Connection, kind: str, key: str, change: str, version: int
    ) -> None:
        if change != "WITHDRAWN":
            super().tell(base, kind, key, change, version)


# The feed shares the code of the lists, whose last page has no cursor.
@fault("v6-feed-ends-with-null", "VN-CON-002", "VN-PRO-014")
class FeedEndsWithNull(Web):
    """Gives no cursor to go on with when the feed is read to its end."""

    def changes(self, request: Request, asked: dict[str, Any]) -> Response:
        told = json.loads(super().changes(request, asked).get_data())
        if not told["more"]:
            told["nextCursor"] = None
        return self.parts.answers.json(told)
