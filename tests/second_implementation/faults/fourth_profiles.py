"""Faults of stored profiles, batches and the change feed: the fourth set."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation.faults import fault
from tests.second_implementation.jobs import Jobs
from tests.second_implementation.messages import BATCH, Message
from tests.second_implementation.profiles import Profiles
from tests.second_implementation.web import HIGHEST, Web

DECIMALS = re.compile(r"[0-9]+\.[0-9]{2}")
EVERY = 10**9


# A page is an offset (Spring's Pageable, Django's Paginator), and a list shows the newest first.
@fault("v4-pages-by-offset", "VN-PRO-004")
class PagesByOffset(Web):
    """Pages by number through a list whose order changes with every acceptance."""

    def profiles(self, _request: Request, asked: dict[str, Any]) -> Response:
        state = {"unit": asked["unitCode"], "since": self.since(asked), "start": 0}
        if asked["cursor"] is not None:
            state = self.parts.cursors.read("profiles", asked["cursor"])
        start = state["start"]
        end = start + self.parts.cursors.page(asked["limit"])
        with self.parts.store.open() as base:
            items = self.parts.profiles.listed(
                base, below=HIGHEST, unit=state["unit"], since=state["since"], most=EVERY
            )
        items.sort(key=lambda each: each["updatedAt"], reverse=True)
        more = None
        if end < len(items):
            more = self.parts.cursors.write("profiles", {**state, "start": end})
        return self.parts.answers.json({"nextCursor": more, "items": items[start:end]})


# Coefficients are columns of numbers, and a number has no zeros at its end.
@fault("v4-coefficients-are-numbers", "VN-PRO-001", "VN-PRO-031")
class CoefficientsAreNumbers(Profiles):
    """Gives decimals back without the zeros at their end."""

    def read(self, base: sqlite3.Connection, key: str) -> dict[str, Any] | None:
        found = super().read(base, key)
        return found and {**found, "profile": _numbers(found["profile"])}

    def history(self, base: sqlite3.Connection, key: str) -> list[dict[str, Any]]:
        rows = super().history(base, key)
        return [{**each, "profile": _numbers(each["profile"])} for each in rows]


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    if isinstance(value, str) and DECIMALS.fullmatch(value):
        return str(float(value))
    return value


# The tag is made of the time of the last change, which the column keeps in seconds.
@fault("v4-tag-of-the-second", "VN-PRO-003")
class TagOfTheSecond(Profiles):
    """Gives two versions of one second the same entity tag."""

    def tag(self, stored: dict[str, Any]) -> str:
        return f'W/"{stored["updatedAt"][:19]}"'


# Withdrawal is `DELETE FROM`, with a cascade.
@fault("v4-version-begins-anew", "VN-PRO-034", "VN-PRO-018")
class VersionBeginsAnew(Profiles):
    """Forgets who was withdrawn, and counts from one when they are sent again."""

    def withdraw(self, base: sqlite3.Connection, key: str) -> bool:
        done = super().withdraw(base, key)
        if done:
            base.execute("delete from profile where id = ?", [key])
            base.execute("delete from version where profile = ?", [key])
        return done


# The cursor is a time stamp in seconds, and reading goes on behind it.
@fault("v4-feed-by-seconds", "VN-PRO-013")
class FeedBySeconds(Web):
    """Leaves out changes of the second in which the page before ended."""

    def changes(self, _request: Request, asked: dict[str, Any]) -> Response:
        feed, cursors = self.parts.feed, self.parts.cursors
        with self.parts.store.open() as base:
            rows = base.execute("select sequence, at from change order by sequence").fetchall()
            seconds = {row["sequence"]: row["at"] // 10**6 for row in rows}
            last = 0
            if asked["cursor"] == "latest":
                last = max(seconds.values(), default=0)
            elif asked["cursor"] is not None:
                last = cursors.read("changes", asked["cursor"])["last"]
            past = max((each for each, at in seconds.items() if at <= last), default=0)
            items = feed.after(base, past, cursors.page(asked["limit"]))
        last = seconds[items[-1]["sequence"]] if items else last
        more = any(at > last for at in seconds.values())
        told = {"more": more, "nextCursor": cursors.write("changes", {"last": last})}
        return self.parts.answers.json({**told, "items": items})


# `@Transactional` around the whole job: one record that fails marks it for rollback.
@fault("v4-batch-rolled-back", "VN-PRO-032", "VN-PRO-001")
class BatchRolledBack(Jobs):
    """Takes back every record of a batch when one is rejected, and says that they were accepted."""

    def carry_out(self, job: str) -> None:
        with self.store.open() as base:
            base.execute("update job set status = 'RUNNING' where id = ?", [job])
            row = base.execute("select body from job where id = ?", [job]).fetchone()
        message = json.loads(row["body"])
        with self.store.open() as base:
            base.execute("savepoint batch")
            results: list[Message] = []
            seen: set[str] = set()
            for number, record in enumerate(message["records"]):
                results.append(self.one(base, number, record, message, seen))
            if any(each["status"] == "REJECTED" for each in results):
                base.execute("rollback to batch")
            base.execute("release batch")
        self.finish(job, self.messages.receipt(BATCH, message, results))


# `@Cacheable` on reading, `@CacheEvict` on saving; nobody thought of it where one deletes.
@fault("v4-cache-outlives-withdrawal", "VN-PRO-016", "VN-PRO-002")
class CacheOutlivesWithdrawal(Profiles):
    """Goes on giving a profile that was read before it was withdrawn."""

    def read(self, base: sqlite3.Connection, key: str) -> dict[str, Any] | None:
        kept: dict[str, dict[str, Any]] = self.__dict__.setdefault("kept", {})
        if key not in kept:
            found = super().read(base, key)
            if found is None:
                return None
            kept[key] = found
        return kept[key]

    def keep(self, base: sqlite3.Connection, profile: dict[str, Any], message: str) -> int:
        self.__dict__.get("kept", {}).pop(profile["profileId"], None)
        return super().keep(base, profile, message)
