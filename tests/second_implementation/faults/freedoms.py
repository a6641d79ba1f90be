"""No faults: servers that use a freedom of the contract, and that nobody may accuse."""

# ruff: noqa: ARG002 -- a part keeps the signature of the one that it stands for.

from __future__ import annotations

import gzip
import hashlib
import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract, jsontext
from tests.second_implementation.access import Access
from tests.second_implementation.answers import Answers
from tests.second_implementation.codelists import CodeLists
from tests.second_implementation.faults import fault
from tests.second_implementation.jobs import Jobs
from tests.second_implementation.jsontext import same
from tests.second_implementation.messages import Message
from tests.second_implementation.parameters import Cursors
from tests.second_implementation.profiles import Profiles
from tests.second_implementation.saying import Teller, Wrong
from tests.second_implementation.store import Feed
from tests.second_implementation.units import Unit, Units
from tests.second_implementation.web import Web


@fault("free-relative-location")
class RelativeLocation(Web):
    """Gives `Location` relative to the address of the request (RFC 9110, section 10.2.2)."""

    def location(self, request: Request, job: str) -> str:
        return f"jobs/{job}"


@fault("free-short-tokens")
class ShortTokens(Access):
    """Issues tokens that live for a minute, and says so."""

    lifetime = 60


@fault("free-pages-of-three")
class PagesOfThree(Cursors):
    """Gives three rows a page, whatever the limit."""

    def page(self, limit: int) -> int:
        return min(limit, 3)


@fault("free-empty-pages")
class EmptyPages(Web):
    """Gives an empty page first: only `nextCursor` null ends a walk."""

    def profiles(self, request: Request, asked: dict[str, Any]) -> Response:
        return self.parts.answers.json(self.lead("profiles", request, asked))

    def units(self, request: Request, asked: dict[str, Any]) -> Response:
        return self.parts.answers.json(self.lead("units", request, asked))

    def lead(self, walk: str, request: Request, asked: dict[str, Any]) -> Any:
        if asked["cursor"] is None:
            return {"items": [], "nextCursor": self.parts.cursors.write("start", {})}
        if asked["cursor"] == self.parts.cursors.write("start", {}):
            asked = {**asked, "cursor": None}
        return json.loads(getattr(super(), walk)(request, asked).get_data())


@fault("free-tag-of-version")
class TagOfVersion(Profiles):
    """Makes strong tags of the whole answer, version and time included."""

    def tag(self, stored: dict[str, Any]) -> str:
        return '"' + hashlib.sha256(same(stored).encode()).hexdigest()[:24] + '"'


@fault("free-job-done-at-once")
class JobDoneAtOnce(Jobs):
    """Carries a small batch out before it answers 202: the job is DONE from the first."""

    def submit(self, message: Message) -> Message:
        found = super().submit(message)
        if len(message["records"]) <= 20:
            self._waiting.join()
            with self.store.open() as base:
                found = self.read(base, found["jobId"]) or found
        return found

    def _work(self) -> None:
        while (job := self._waiting.get()) is not None:
            self.carry_out(job)
            self._waiting.task_done()


@fault("free-gaps-in-feed")
class GapsInFeed(Feed):
    """Leaves numbers out of the feed, as a sequence of a database does after a rollback."""

    def tell(
        self, base: sqlite3.Connection, kind: str, key: str, change: str, version: int
    ) -> None:
        super().tell(base, kind, key, change, version)
        base.execute(
            "update change set sequence = sequence + 17 where sequence = ?", [self.end(base)]
        )


@fault("free-compressed")
class Compressed(Web):
    """Compresses answers for whoever accepts gzip."""

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            dropped = [each for each in headers if each[0].lower() != "content-length"]
            packed.append(not status.startswith(("204", "304")))
            return start(status, dropped + [("Content-Encoding", "gzip")] * packed[0], *rest)

        packed: list[bool] = []
        if "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return super().__call__(environ, start)
        body = b"".join(super().__call__(environ, begin))
        return [gzip.compress(body)] if packed[0] else []


@fault("free-other-writing")
class OtherWriting(Answers):
    """Writes answers on one line, sorted, unescaped, with a charset and one more member."""

    def json(
        self, value: Any, status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        if isinstance(value, dict):
            value = {**value, "x-trace": "máy chủ số 2"}
        answer = super().json(value, status, headers)
        answer.set_data(json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8"))
        answer.content_type = "application/json; charset=UTF-8"
        return answer


@fault("free-nanoseconds")
class Nanoseconds(Answers):
    """Says times with nine digits behind the second."""

    def json(
        self, value: Any, status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        return super().json(self.fine(value), status, headers)

    def fine(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: each.replace("+07:00", "000+07:00") if key in TIMES else self.fine(each)
                for key, each in value.items()
            }
        return [self.fine(each) for each in value] if isinstance(value, list) else value


TIMES = {"updatedAt", "receivedAt", "submittedAt", "at"}


@fault("free-values-untold")
class ValuesUntold(Teller):
    """Quotes no value in an error."""

    def value(self, wrong: Wrong) -> str | None:
        return None


@fault("free-status-untold")
class StatusUntold(Units):
    """Says no `status` of a unit: the schema does not demand it."""

    def told(self, unit: Unit) -> Unit:
        return unit


@fault("free-rows-bare")
class RowsBare(CodeLists):
    """Serves code, name and days of a row alone, the newest first."""

    def rows(self, name: str, version: str) -> list[dict[str, Any]]:
        wanted = ("code", "name", "validFrom", "validTo")
        return [{key: row[key] for key in wanted} for row in super().rows(name, version)][::-1]


@fault("free-problems-bare")
class ProblemsBare(Answers):
    """Says of a problem hardly more than its type and status."""

    def problem(self, request: Request, refusal: Any) -> Response:
        answer = super().problem(request, refusal)
        told = json.loads(answer.get_data())
        told["title"] = ""
        told["instance"] = f"urn:uuid:{contract.utc_micros(contract.now()):032x}"
        answer.set_data(jsontext.write(told))
        answer.content_type = "application/problem+json"
        return answer
