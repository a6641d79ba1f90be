"""Sixth set: tokens, media types, parameters, and code lists."""

from __future__ import annotations

from typing import Any

from werkzeug import Request, Response
from werkzeug.datastructures import ImmutableMultiDict

from tests.second_implementation.access import Access
from tests.second_implementation.answers import Answers, Refusal
from tests.second_implementation.codelists import CodeLists, all_lists
from tests.second_implementation.faults import fault
from tests.second_implementation.messages import Messages
from tests.second_implementation.parameters import Parameters


# The framework writes every answer with one and the same media type.
@fault("v6-problems-as-plain-json", "VN-CON-002")
class ProblemsAsPlainJson(Answers):
    """Sends problems as `application/json`."""

    def problem(self, request: Request, refusal: Refusal) -> Response:
        answer = super().problem(request, refusal)
        answer.content_type = "application/json"
        return answer


# `getParameter` reads the form and the query as one.
@fault("v6-credentials-in-query", "VN-ACC-008")
class CredentialsInQuery(Access):
    """Grants a token for credentials in the query string, where every log has them."""

    def issue(self, request: Request) -> Response:
        both = [*request.args.items(multi=True), *request.form.items(multi=True)]
        request.form = ImmutableMultiDict(both)
        return super().issue(request)


# The header is compared with a constant.
@fault("v6-charset-refused", "VN-ACC-012")
class CharsetRefused(Messages):
    """Refuses `application/json; charset=utf-8` as another media type."""

    def typed(self, request: Request) -> None:
        if request.headers.get("Content-Type") != "application/json":
            raise Refusal("unsupported-media-type")


# `min(limit, 100)`, so that nobody gets too much.
@fault("v6-limit-clamped", "VN-CON-003")
class LimitClamped(Parameters):
    """Takes a limit above the highest for the highest, instead of refusing it."""

    def value(self, text: str, schema: Any) -> Any:
        found = super().value(text, schema)
        return min(found, schema["maximum"]) if schema.get("type") == "integer" else found


# The table of codes has a column for the code and one for the name; its days were not imported.
@fault("v6-codes-of-any-day", "VN-SYNC-010", "VN-SYNC-026", "VN-UNIT-005", "VN-TIER-001")
class CodesOfAnyDay(CodeLists):
    """Accepts codes that ended, such as those of the provinces of before July 2025."""

    def holds(self, name: str, code: str, _day: str) -> bool:
        return code in all_lists()[name].index


# There is one version of the list in the code, the one of today.
@fault("v6-old-address-read-today", "VN-SYNC-026")
class OldAddressReadToday(CodeLists):
    """Reads every address in the list of today, whatever version it names."""

    def day_of(self, _address: dict[str, Any], day: str) -> str:
        return day
