"""Fifth blind set: tokens, methods, media types, sizes, code lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation.access import Access
from tests.second_implementation.answers import Answers, Refusal
from tests.second_implementation.codelists import CodeLists, _told, all_lists
from tests.second_implementation.messages import Messages
from tests.second_implementation.web import Web

from . import fault

MEBIBYTE = 2**20


# The token is a column of the table of clients.
@fault("v5-one-token-for-a-client", "none")
class OneTokenForAClient(Access):
    """Ends a client's token when it issues another one to it."""

    def __init__(self, clients: Mapping[str, str], answers: Answers) -> None:
        super().__init__(clients, answers)
        self.newest: dict[str, str] = {}

    def issue(self, request: Request) -> Response:
        answer = super().issue(request)
        if answer.status_code == 200:
            client = request.form["client_id"]
            self._tokens.pop(self.newest.get(client, ""), None)
            told: Any = answer.get_json()
            self.newest[client] = told["access_token"]
        return answer


# Express and its like know a route only together with its method.
@fault("v5-wrong-method-not-found", "VN-ACC-011")
class WrongMethodNotFound(Web):
    """Answers a method that a path does not know as if there were no such path."""

    def answer(self, request: Request) -> Response:
        try:
            return super().answer(request)
        except Refusal as refusal:
            if refusal.name == "method-not-allowed":
                raise Refusal("not-found") from None
            raise


# `if (request.getContentType().equals("application/json"))`.
@fault("v5-charset-refused", "VN-ACC-012")
class CharsetRefused(Messages):
    """Refuses `application/json; charset=utf-8` as another media type."""

    def typed(self, request: Request) -> None:
        if request.headers.get("Content-Type") != "application/json":
            raise Refusal("unsupported-media-type")


# `client_max_body_size` of nginx is 1m unless somebody sets it.
@fault("v5-body-of-a-mebibyte", "VN-PRO-011")
class BodyOfAMebibyte(Messages):
    """Refuses a body of more than one mebibyte, which a batch soon has."""

    def body(self, request: Request) -> bytes:
        found = super().body(request)
        if len(found) > MEBIBYTE:
            raise Refusal("body-too-large")
        return found


# `WHERE :day BETWEEN valid_from AND valid_to`.
@fault("v5-last-day-of-code-included", "VN-ACC-015", "VN-SYNC-010", "VN-SYNC-026", "VN-TIER-022")
class LastDayOfCodeIncluded(CodeLists):
    """Lets a code live on the day on which it no longer holds."""

    def holds(self, name: str, code: str, day: str) -> bool:
        rows = all_lists()[name].index.get(code, ())
        return any(row.begins <= day <= row.ends for row in rows)

    def rows(self, name: str, version: str) -> list[dict[str, Any]]:
        return [_told(row) for row in all_lists()[name].rows if row.begins <= version <= row.ends]
