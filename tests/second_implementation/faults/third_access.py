"""Faults of access, refusals and code lists: the third set."""

from __future__ import annotations

import io
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import jsontext
from tests.second_implementation.access import Access
from tests.second_implementation.answers import Answers, Refusal
from tests.second_implementation.codelists import OPEN_END, CodeLists
from tests.second_implementation.faults import fault
from tests.second_implementation.web import Web


# A configuration constant of the framework is in milliseconds, and nobody divides it.
@fault("lifetime-in-milliseconds", "VN-ACC-001")
class LifetimeInMilliseconds(Access):
    """Says in milliseconds how long a token lives."""

    def issue(self, request: Request) -> Response:
        answer = super().issue(request)
        if answer.status_code != 200:
            return answer
        told = dict(answer.get_json())
        told["expires_in"] *= 1000
        return self.answers.json(told, headers=self.caching())


# RFC 6749, section 5.2, has 400 for errors of a token request unless it says otherwise; this
# contract says otherwise.
@fault("wrong-secret-400", "VN-ACC-002")
class WrongSecret400(Access):
    """Answers `invalid_client` with 400, as most errors of a token request are."""

    def refuse(self, status: int, error: str) -> Response:
        return super().refuse(400 if error == "invalid_client" else status, error)


# "Harmless to call": the route was put beside the health check, outside of the token filter.
@fault("metadata-open", "VN-ACC-003")
class MetadataOpen(Web):
    """Tells the metadata to everybody: the call is harmless, and needs no token."""

    def answer(self, request: Request) -> Response:
        if request.path == "/v1/metadata" and request.method == "GET":
            return self.metadata(request, {})
        return super().answer(request)


# A parser of bodies is the first of the middlewares, and the one that asks for tokens the second.
@fault("body-before-token", "none")
class BodyBeforeToken(Web):
    """Reads the body before it asks for the token: without one, bad JSON is answered 400."""

    def answer(self, request: Request) -> Response:
        if request.method != "POST" or request.mimetype != "application/json":
            return super().answer(request)
        body = self.parts.messages.body(request)
        try:
            jsontext.read(body)
        except jsontext.NoJson:
            raise Refusal("malformed-json") from None
        return super().answer(Request({**request.environ, "wsgi.input": io.BytesIO(body)}))


# The helper that writes answers sets `application/json`, and the handler of errors uses it.
@fault("problems-as-json", "VN-CON-002")
class ProblemsAsJson(Answers):
    """Sends problems as `application/json`, and not as `application/problem+json`."""

    def problem(self, request: Request, refusal: Refusal) -> Response:
        answer = super().problem(request, refusal)
        answer.content_type = "application/json"
        return answer


# One row for each list is kept in a table of lists, with the version that was loaded last.
@fault("index-of-newest", "VN-ACC-014")
class IndexOfNewest(CodeLists):
    """Names the newest version of each list alone."""

    def index(self) -> list[dict[str, Any]]:
        return [{**each, "versions": each["versions"][-1:]} for each in super().index()]


# The column of the last day is never null; the far day in it is told as it stands.
@fault("open-end-is-far", "none")
class OpenEndIsFar(CodeLists):
    """Says that an open row ends in the year 9999, where the contract has null."""

    def rows(self, name: str, version: str) -> list[dict[str, Any]]:
        return [
            {**row, "validTo": row["validTo"] or OPEN_END} for row in super().rows(name, version)
        ]
