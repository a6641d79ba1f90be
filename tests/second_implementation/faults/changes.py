"""Faults of the match, of jobs and of the change feed."""

from __future__ import annotations

import sqlite3
from typing import Any

from werkzeug import Response

from tests.second_implementation.answers import Answers
from tests.second_implementation.faults import fault
from tests.second_implementation.jobs import Jobs
from tests.second_implementation.messages import Message, Messages
from tests.second_implementation.parameters import Cursors
from tests.second_implementation.population import TONES, Population
from tests.second_implementation.store import Feed

Profile = dict[str, Any]


@fault("withdrawn-is-known", "VN-MATCH-008")
class WithdrawnIsKnown(Population):
    """Matches people whose profiles were withdrawn."""

    def match(self, base: sqlite3.Connection, person: Profile) -> str:
        found = super().match(base, person)
        if found == "NOT_FOUND":
            rows = "select content from version where profile = ? order by version desc"
            row = base.execute(rows, [person["profileId"]]).fetchone()
            return "MATCHED" if row else found
        return found


@fault("marks-ignored", "VN-MATCH-004")
class MarksIgnored(Population):
    """Compares names without any mark: Hải is Hai."""

    def heard(self, word: str) -> Any:
        return "".join(each for each in word if each not in TONES), ()


@fault("sex-first", "VN-MATCH-007")
class SexFirst(Population):
    """Names the sex first of several members that differ."""

    def match(self, base: sqlite3.Connection, person: Profile) -> str:
        stored = self.profiles.read(base, person["profileId"])
        if stored and stored["profile"]["gender"] != person["gender"]:
            return "MISMATCH_SEX"
        return super().match(base, person)


@fault("job-stops", "VN-PRO-010")
class JobStops(Jobs):
    """Swallows what follows a rejected record, and is done all the same."""

    def finish(self, job: str, receipt: Message) -> None:
        results = receipt["results"]
        rejected = [number for number, each in enumerate(results) if each["status"] == "REJECTED"]
        told = results[: rejected[0] + 1] if rejected else results
        accepted = sum(each["status"] == "ACCEPTED" for each in told)
        counts = {"accepted": accepted, "rejected": len(told) - accepted, "received": len(told)}
        super().finish(job, {**receipt, **counts, "results": told})


@fault("job-forgets-duplicates", "VN-SYNC-023")
class JobForgetsDuplicates(Jobs):
    """Judges the records of a batch each for itself: the second of a person is accepted."""

    def one(
        self, base: sqlite3.Connection, number: int, record: Message, message: Message, _: set[str]
    ) -> Message:
        return super().one(base, number, record, message, set())


@fault("retry-after-missing", "VN-PRO-010")
class RetryAfterMissing(Answers):
    """Says nowhere when to ask again."""

    def json(
        self, value: Any, status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        headers = {key: each for key, each in (headers or {}).items() if key != "Retry-After"}
        return super().json(value, status, headers)


@fault("done-job-forgotten", "VN-PRO-012")
class DoneJobForgotten(Jobs):
    """Forgets the id of a batch when its job is done: sent again, it is another job."""

    def finish(self, job: str, receipt: Message) -> None:
        super().finish(job, receipt)
        with self.store.open() as base:
            base.execute("delete from message where id = ?", [receipt["messageId"].lower()])
            base.execute("update job set message = id where id = ?", [job])


@fault("jobs-not-in-feed", "VN-PRO-013")
class JobsNotInFeed(Jobs):
    """Leaves what a batch changed out of the change feed: it is written in bulk."""

    def one(
        self,
        base: sqlite3.Connection,
        number: int,
        record: Message,
        message: Message,
        seen: set[str],
    ) -> Message:
        last = self.records.profiles.feed.end(base)
        told = super().one(base, number, record, message, seen)
        base.execute("delete from change where sequence > ?", [last])
        return told


@fault("feed-compacted", "VN-PRO-013")
class FeedCompacted(Feed):
    """Keeps the last change of each key alone."""

    def tell(
        self, base: sqlite3.Connection, kind: str, key: str, change: str, version: int
    ) -> None:
        base.execute("delete from change where key = ?", [key])
        super().tell(base, kind, key, change, version)


@fault("feed-closed-missing", "VN-PRO-013")
class FeedClosedMissing(Feed):
    """Says nothing of units that end by a decision."""

    def tell(
        self, base: sqlite3.Connection, kind: str, key: str, change: str, version: int
    ) -> None:
        if change != "CLOSED":
            super().tell(base, kind, key, change, version)


@fault("feed-full-page-repeats", "VN-PRO-014")
class FeedFullPageRepeats(Feed):
    """Begins a page behind a full one with the change that it ended with."""

    def after(self, base: sqlite3.Connection, last: int, most: int) -> list[dict[str, Any]]:
        items = super().after(base, last, most)
        if len(items) == most > 1:
            return items
        return super().after(base, last - 1, most) if last else items


@fault("feed-latest-skips", "VN-PRO-013")
class FeedLatestSkips(Feed):
    """Stands one ahead at `latest`: the next change is never told."""

    def end(self, base: sqlite3.Connection) -> int:
        return super().end(base) + 1


@fault("received-is-accepted", "VN-PRO-010")
class ReceiptOfThisProcess(Messages):
    """Counts the accepted records of a batch alone as received."""

    def receipt(self, kind: Any, message: Message, results: list[Message]) -> Message:
        told = super().receipt(kind, message, results)
        return {**told, "received": told["accepted"]} if kind.code == "M52" else told


@fault("cursor-serves-once", "none")
class CursorEndsEarly(Cursors):
    """Refuses a cursor of its own when it is asked for again: a cursor serves once."""

    def read(self, kind: str, text: str) -> dict[str, Any]:
        used = self.__dict__.setdefault("used", set())
        state = super().read(kind, text)
        if text in used and kind == "changes":
            return super().read(kind, "used")
        used.add(text)
        return state
