"""Faults of stored profiles, of lists and history, of batches and of the feed: the second set."""

# ruff: noqa: ARG002 -- a part keeps the signature of the one that it stands for.

from __future__ import annotations

import calendar
import json
import sqlite3
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation.answers import Refusal
from tests.second_implementation.faults import fault
from tests.second_implementation.jobs import Jobs
from tests.second_implementation.judging import Records
from tests.second_implementation.messages import Message
from tests.second_implementation.parameters import Cursors
from tests.second_implementation.profiles import Profiles
from tests.second_implementation.rules import Rules
from tests.second_implementation.saying import Wrong
from tests.second_implementation.web import HIGHEST, Web

MOST = 2**31 - 1


@fault("members-survive", "VN-PRO-001", "VN-PRO-018")
class MembersSurvive(Profiles):
    """Merges a profile into the stored one: a member that is sent no longer is still there."""

    def keep(self, base: sqlite3.Connection, profile: dict[str, Any], message: str) -> int:
        before = self.read(base, profile["profileId"])
        kept = before["profile"] if before else {}
        return super().keep(base, {**kept, **profile}, message)


@fault("rows-survive", "VN-PRO-001", "VN-PRO-008")
class RowsSurvive(Profiles):
    """Adds the rows of a table to the stored ones, and never deletes one."""

    def keep(self, base: sqlite3.Connection, profile: dict[str, Any], message: str) -> int:
        before = self.read(base, profile["profileId"])
        kept = before["profile"] if before else {}
        grown = {
            name: value + [row for row in kept.get(name, []) if row not in value]
            for name, value in profile.items()
            if isinstance(value, list)
        }
        return super().keep(base, {**profile, **grown}, message)


@fault("equal-rows-collapse", "VN-PRO-001", "VN-PRO-008")
class EqualRowsCollapse(Profiles):
    """Stores the rows of a table as a set: of equal ones one comes back."""

    def written(self, profile: dict[str, Any]) -> str:
        told = {
            name: [row for number, row in enumerate(value) if row not in value[:number]]
            for name, value in profile.items()
            if isinstance(value, list)
        }
        return super().written({**profile, **told})


@fault("thirty-two-bits", "VN-PRO-001", "VN-PRO-031")
class ThirtyTwoBits(Profiles):
    """Keeps the greatest number of 32 bits for every greater one, as a lax database does."""

    def written(self, profile: dict[str, Any]) -> str:
        return super().written(_clamped(profile))


@fault("line-ends-changed", "VN-PRO-009", "VN-PRO-031")
class LineEndsChanged(Profiles):
    """Ends lines with a line feed alone when it stores: carriage returns are lost."""

    def written(self, profile: dict[str, Any]) -> str:
        return super().written(profile).replace(r"\r\n", r"\n")


@fault("history-shows-today", "VN-PRO-006")
class HistoryShowsToday(Profiles):
    """Joins every version of the history with the profile as it stands today."""

    def history(self, base: sqlite3.Connection, key: str) -> list[dict[str, Any]]:
        items = super().history(base, key)
        return [{**each, "profile": items[-1]["profile"]} for each in items]


@fault("history-of-ten", "VN-PRO-006")
class HistoryOfTen(Profiles):
    """Gives the last ten versions, the page of a framework, and says nothing of the others."""

    def history(self, base: sqlite3.Connection, key: str) -> list[dict[str, Any]]:
        return super().history(base, key)[-10:]


@fault("index-keeps-old-unit", "VN-PRO-017", "VN-QUAL-004")
class IndexKeepsOldUnit(Profiles):
    """Lists people under the unit with which they were created, wherever they work since."""

    def keep(self, base: sqlite3.Connection, profile: dict[str, Any], message: str) -> int:
        before = self._row(base, profile["profileId"])
        version = super().keep(base, profile, message)
        if before and before["content"] is not None:
            base.execute("update profile set unit = ? where id = ?", [before["unit"], before["id"]])
        return version


@fault("gone-but-304", "VN-PRO-016")
class GoneBut304(Web):
    """Tells the reader of a withdrawn profile that it is the same: the tag is asked first."""

    def profile(self, request: Request, asked: dict[str, Any]) -> Response:
        try:
            return super().profile(request, asked)
        except Refusal:
            with self.parts.store.open() as base:
                last = base.execute(
                    "select content from version where profile = ? order by version desc limit 1",
                    [asked["profileId"]],
                ).fetchone()
            if last is None:
                raise
            tag = self.parts.profiles.tag({"profile": json.loads(last["content"])})
            if not self.held(request.headers.get("If-None-Match", ""), tag):
                raise
            return Response(status=304, headers={"ETag": tag})


@fault("offset-paging", "VN-PRO-004")
class OffsetPaging(Web):
    """Counts from the start where a page begins: who leaves meanwhile takes another along."""

    def profiles(self, _request: Request, asked: dict[str, Any]) -> Response:
        state = {"unit": asked["unitCode"], "since": self.since(asked), "offset": 0}
        if asked["cursor"] is not None:
            state = self.parts.cursors.read("profiles", asked["cursor"])
        start, most = state.pop("offset"), self.parts.cursors.page(asked["limit"])
        with self.parts.store.open() as base:
            items = self.parts.profiles.listed(base, below=HIGHEST, most=start + most + 1, **state)
        after = {**state, "offset": start + most}
        more = len(items) > start + most
        told = {"nextCursor": self.parts.cursors.write("profiles", after) if more else None}
        return self.parts.answers.json({**told, "items": items[start : start + most]})


@fault("cursor-forgets-filter", "VN-PRO-005", "VN-PRO-017")
class CursorForgetsFilter(Cursors):
    """Goes on through all profiles, whatever the first page was asked for."""

    def write(self, kind: str, state: dict[str, Any]) -> str:
        if kind == "profiles":
            state = {**state, "unit": None, "since": -(2**62)}
        return super().write(kind, state)


@fault("seen-outlives-batch", "VN-PRO-018", "VN-PRO-032")
class SeenOutlivesBatch(Jobs):
    """Remembers from batch to batch who stood before: whoever is sent again is a duplicate."""

    def start(self) -> None:
        self.before: set[str] = set()
        super().start()

    def one(
        self,
        base: sqlite3.Connection,
        number: int,
        record: Message,
        message: Message,
        seen: set[str],
    ) -> Message:
        return super().one(base, number, record, message, self.before)


@fault("bulk-signatures-unread", "VN-PRO-032")
class BulkSignaturesUnread(Jobs):
    """Asks of the records of a batch whether they are signed, and not whether it holds."""

    def start(self) -> None:
        self.records = Unverified(**vars(self.records))
        super().start()


class Unverified(Records):
    def unsound(self, record: dict[str, Any]) -> list[Wrong]:
        return []


@fault("more-by-full-page", "none")
class MoreByFullPage(Web):
    """Says that there are more changes when the page holds as many as were asked for."""

    def changes(self, _request: Request, asked: dict[str, Any]) -> Response:
        told = json.loads(super().changes(_request, asked).data)
        return self.parts.answers.json({**told, "more": len(told["items"]) == asked["limit"]})


@fault("leap-day-clamped", "VN-RULE-017", "VN-RULE-028", "VN-RULE-033")
class LeapDayClamped(Rules):
    """Celebrates the birthday of a 29 February on 28 February, and not on 1 March."""

    def context(self, record: dict[str, Any], unit: dict[str, Any], day: str) -> dict[str, Any]:
        told = super().context(record, unit, day)
        told["turns"] = {age: _real(turn) for age, turn in told["turns"].items()}
        return told


def _real(day: str) -> str:
    common = day.endswith("-02-29") and not calendar.isleap(int(day[:4]))
    return day[:-2] + "28" if common else day


def _clamped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clamped(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_clamped(each) for each in value]
    return min(value, MOST) if isinstance(value, int | float) and value > MOST else value
