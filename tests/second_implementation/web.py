"""The operations of the contract over WSGI."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug import Request, Response
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule

from . import contract, messages
from .answers import Refusal
from .codelists import all_lists
from .messages import DECISION, MATCH, TRIAL, UNITS, Message
from .parts import Parts
from .population import TEST_PERSONS
from .shapes import moment

Handler = Callable[[Request, dict[str, Any]], Response]
TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
HIGHEST = "~"


class Web:
    """A WSGI application: finds the operation, asks for the token, answers."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.table: dict[str, dict[str, Handler]] = {
            "/oauth2/token": {"POST": lambda request, _: parts.access.issue(request)},
            "/v1/metadata": {"GET": self.metadata},
            "/v1/code-lists": {"GET": self.code_lists},
            "/v1/code-lists/{name}": {"GET": self.code_list},
            "/v1/trial-sync": {"POST": self.trial},
            "/v1/trial-sync/{messageId}": {"GET": self.receipt},
            "/v1/profiles": {"GET": self.profiles},
            "/v1/profiles/{profileId}": {"GET": self.profile, "DELETE": self.withdraw},
            "/v1/profiles/{profileId}/history": {"GET": self.history},
            "/v1/profile-batches": {"POST": self.batch},
            "/v1/jobs/{jobId}": {"GET": self.job},
            "/v1/changes": {"GET": self.changes},
            "/v1/population-matches": {"POST": self.match},
            "/v1/units": {"GET": self.units},
            "/v1/units/{unitCode}": {"GET": self.unit},
            "/v1/units/{unitCode}/lineage": {"GET": self.lineage},
            "/v1/unit-batches": {"POST": self.unit_batch},
            "/v1/reorganisations": {"POST": self.decide},
        }
        self.map = Map(
            [Rule(path.replace("{", "<").replace("}", ">"), endpoint=path) for path in self.table],
            strict_slashes=True,
            merge_slashes=False,
            redirect_defaults=False,
        )

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        request = Request(environ)
        try:
            answer = self.answer(request)
        except Refusal as refusal:
            # What is left of the body would be read as the next request.
            self.parts.messages.body(request)
            answer = self.parts.answers.problem(request, refusal)
        answer.headers["X-Request-Id"] = uuid.uuid4().hex
        return answer(environ, start)

    def answer(self, request: Request) -> Response:
        path, found = self.find(request)
        if path != "/oauth2/token":
            self.parts.access.demand(request)
        if path is None:
            raise Refusal("not-found")
        known = self.table[path]
        if request.method not in known:
            raise Refusal("method-not-allowed", headers={"Allow": ", ".join(sorted(known))})
        if path != "/oauth2/token":
            found = self.parts.parameters.read(request, path, found)
        return known[request.method](request, found)

    def find(self, request: Request) -> tuple[str | None, dict[str, str]]:
        try:
            path, found = self.map.bind_to_environ(request.environ).match(method="GET")
        except NotFound:
            return None, {}
        return str(path), dict(found)

    # ── access ──────────────────────────────────────────────────────────────
    def metadata(self, _request: Request, _: dict[str, Any]) -> Response:
        return self.parts.answers.json(
            {
                "pageLimit": {"max": 100},
                "trialSync": {"maxRecords": TRIAL.most, "minRecords": 1},
                "receiverCode": "G09",
                "codeListVersion": "2025-07-01",
                "schemaVersion": "1.0",
                "environment": "test",
                "testPersons": TEST_PERSONS,
                "software": "second implementation",
            }
        )

    def code_lists(self, _request: Request, _: dict[str, Any]) -> Response:
        return self.parts.answers.json({"items": self.parts.codes.index()})

    def code_list(self, _request: Request, asked: dict[str, Any]) -> Response:
        known = all_lists().get(asked["name"])
        if known is None:
            raise Refusal("not-found")
        start, version = 0, asked["version"] or known.versions()[-1]
        if asked["cursor"] is not None:
            state = self.parts.cursors.read(f"list {known.name}", asked["cursor"])
            start, version = state["start"], state["version"]
        if version not in known.versions():
            raise Refusal("not-found")
        rows = self.parts.codes.rows(known.name, version)
        end = start + self.parts.cursors.page(asked["limit"])
        more = {"start": end, "version": version}
        return self.parts.answers.json(
            {
                "nextCursor": self.parts.cursors.write(f"list {known.name}", more)
                if end < len(rows)
                else None,
                "rows": rows[start:end],
                "version": version,
                "name": known.name,
            }
        )

    # ── messages ────────────────────────────────────────────────────────────
    def trial(self, request: Request, _: dict[str, Any]) -> Response:
        message = self.parts.messages.open(request, TRIAL)

        def apply(base: Any, given: Message) -> Message:
            seen: set[str] = set()
            results = [
                self.parts.records.take(base, number, record, given["header"]["messageId"], seen)
                for number, record in enumerate(given["records"])
            ]
            return self.parts.messages.receipt(TRIAL, given, results)

        return self.parts.answers.json(self.parts.messages.once(TRIAL, message, apply))

    def receipt(self, _request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            row = self.parts.messages.remembered(base, asked["messageId"].lower())
        if row is None or row["code"] != TRIAL.code:
            raise Refusal("not-found")
        return self.parts.answers.json(json.loads(row["answer"]))

    def batch(self, request: Request, _: dict[str, Any]) -> Response:
        message = self.parts.messages.open(request, messages.BATCH)
        job = self.parts.jobs.submit(message)
        where = {"Location": self.location(request, job["jobId"]), "Retry-After": "1"}
        return self.parts.answers.json(job, 202, where)

    def location(self, request: Request, job: str) -> str:
        return f"{request.host_url}v1/jobs/{job}"

    def unit_batch(self, request: Request, _: dict[str, Any]) -> Response:
        message = self.parts.messages.open(request, UNITS)

        def apply(base: Any, given: Message) -> Message:
            units = enumerate(given["units"])
            results = [self.parts.units.take(base, number, unit) for number, unit in units]
            return self.parts.messages.receipt(UNITS, given, results)

        return self.parts.answers.json(self.parts.messages.once(UNITS, message, apply))

    def decide(self, request: Request, _: dict[str, Any]) -> Response:
        message = self.parts.messages.open(request, DECISION)
        take = self.parts.reorganisations.take
        return self.parts.answers.json(self.parts.messages.once(DECISION, message, take))

    def match(self, request: Request, _: dict[str, Any]) -> Response:
        message = self.parts.messages.open(request, MATCH)
        with self.parts.store.open() as base:
            results = [
                {"result": self.parts.population.match(base, person), "recordNo": number}
                for number, person in enumerate(message["persons"], start=1)
            ]
        told = {"results": results, "messageId": message["header"]["messageId"]}
        return self.parts.answers.json(told)

    # ── reading ─────────────────────────────────────────────────────────────
    def profiles(self, _request: Request, asked: dict[str, Any]) -> Response:
        state = {"unit": asked["unitCode"], "since": self.since(asked), "below": HIGHEST}
        if asked["cursor"] is not None:
            state = self.parts.cursors.read("profiles", asked["cursor"])
        most = self.parts.cursors.page(asked["limit"])
        with self.parts.store.open() as base:
            items = self.parts.profiles.listed(base, most=most, **state)
        more = None
        if len(items) == most:
            state["below"] = items[-1]["profileId"]
            more = self.parts.cursors.write("profiles", state)
        return self.parts.answers.json({"nextCursor": more, "items": items})

    def since(self, asked: dict[str, Any]) -> int:
        text = asked["changedSince"]
        return contract.utc_micros(moment(text)) if text else -(2**62)

    def profile(self, request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            stored = self.parts.profiles.read(base, asked["profileId"])
        if stored is None:
            raise Refusal("not-found")
        tag = self.parts.profiles.tag(stored)
        if self.held(request.headers.get("If-None-Match", ""), tag):
            return Response(status=304, headers={"ETag": tag})
        return self.parts.answers.json(stored, headers={"ETag": tag})

    def held(self, said: str, tag: str) -> bool:
        """Weak comparison (RFC 9110, section 8.8.3.2); what is no tag is passed over."""
        value = tag.removeprefix("W/")
        return said.strip() == "*" or value in TAG.findall(said)

    def history(self, _request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            items = self.parts.profiles.history(base, asked["profileId"])
        if not items:
            raise Refusal("not-found")
        return self.parts.answers.json({"items": items})

    def withdraw(self, _request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            done = self.parts.profiles.withdraw(base, asked["profileId"])
        if not done:
            raise Refusal("not-found")
        return Response(status=204)

    def job(self, _request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            job = self.parts.jobs.read(base, asked["jobId"])
        if job is None:
            raise Refusal("not-found")
        waiting = {} if job["status"] == "DONE" else {"Retry-After": "1"}
        return self.parts.answers.json(job, headers=waiting)

    def changes(self, _request: Request, asked: dict[str, Any]) -> Response:
        feed, cursors = self.parts.feed, self.parts.cursors
        with self.parts.store.open() as base:
            last = 0
            if asked["cursor"] == "latest":
                last = feed.end(base)
            elif asked["cursor"] is not None:
                last = cursors.read("changes", asked["cursor"])["last"]
            items = feed.after(base, last, cursors.page(asked["limit"]))
            last = items[-1]["sequence"] if items else last
            more = last < feed.end(base)
        told = {"more": more, "nextCursor": cursors.write("changes", {"last": last})}
        return self.parts.answers.json({**told, "items": items})

    def units(self, _request: Request, asked: dict[str, Any]) -> Response:
        day = asked["asOf"] or contract.today()
        state = {"parent": asked["parentCode"], "day": day, "after": ""}
        if asked["cursor"] is not None:
            state = self.parts.cursors.read("units", asked["cursor"])
        most = self.parts.cursors.page(asked["limit"])
        with self.parts.store.open() as base:
            items = self.parts.units.listed(base, most=most, **state)
        more = None
        if len(items) == most:
            state["after"] = items[-1]["unitCode"][::-1]
            more = self.parts.cursors.write("units", state)
        told = [self.parts.units.told(each) for each in items]
        return self.parts.answers.json({"nextCursor": more, "items": told})

    def unit(self, _request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            unit = self.parts.units.on(base, asked["unitCode"], asked["asOf"] or contract.today())
        if unit is None:
            raise Refusal("not-found")
        return self.parts.answers.json(self.parts.units.told(unit))

    def lineage(self, _request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            if not self.parts.units.known(base, asked["unitCode"]):
                raise Refusal("not-found")
            return self.parts.answers.json(self.parts.units.lineage(base, asked["unitCode"]))
