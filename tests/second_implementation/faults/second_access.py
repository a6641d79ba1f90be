"""Faults of the door, of parameters and of the code lists: the second set."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from werkzeug import Request, Response
from werkzeug.datastructures import ImmutableMultiDict

from tests.second_implementation import jsontext
from tests.second_implementation.access import Access
from tests.second_implementation.answers import Answers, Refusal
from tests.second_implementation.codelists import CodeLists, all_lists
from tests.second_implementation.faults import fault
from tests.second_implementation.messages import Messages
from tests.second_implementation.parameters import Cursors

NO_NUMBER = re.compile(rb"(?<=[:\[,])(\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])")


@fault("secret-trimmed", "VN-ACC-002")
class SecretTrimmed(Access):
    """Trims the secret before it compares it, as form bindings do with every text."""

    def knows(self, client: str, secret: str) -> bool:
        return super().knows(client, secret.strip())


@fault("credentials-in-query", "VN-ACC-008")
class CredentialsInQuery(Access):
    """Reads the parameters of a token request from the query too, and finds a secret there."""

    def issue(self, request: Request) -> Response:
        given = [*request.args.items(multi=True), *request.form.items(multi=True)]
        request.form = ImmutableMultiDict(given)
        return super().issue(request)


@fault("token-tail-unread", "VN-ACC-004")
class TokenTailUnread(Access):
    """Finds tokens by their first sixteen letters, as an index of a prefix does."""

    def issued(self, token: str) -> bool:
        return any(
            each[:16] == token[:16] and ends > time.monotonic()
            for each, ends in self._tokens.items()
        )


@fault("stale-token-403", "VN-ACC-004")
class StaleToken403(Answers):
    """Answers 403 to a token that it does not know, and 401 to none only."""

    def problem(self, request: Request, refusal: Refusal) -> Response:
        answer = super().problem(request, refusal)
        if "invalid_token" in refusal.headers.get("WWW-Authenticate", ""):
            answer.status_code = 403
            answer.data = jsontext.write({**json.loads(answer.data), "status": 403})
        return answer


@fault("invalid-utf8-replaced", "VN-ACC-013")
class InvalidUtf8Replaced(Messages):
    """Puts a mark of replacement for bytes that are no UTF-8, and reads on."""

    def body(self, request: Request) -> bytes:
        return super().body(request).decode("utf-8", "replace").encode()


@fault("nan-is-null", "VN-ACC-013")
class NanIsNull(Messages):
    """Reads `NaN` and `Infinity` as null, where they are no JSON."""

    def body(self, request: Request) -> bytes:
        return NO_NUMBER.sub(rb"\1null", super().body(request))


@fault("charset-refused", "none")
class CharsetRefused(Messages):
    """Refuses `application/json; charset=utf-8`: compares the whole field with the media type."""

    def typed(self, request: Request) -> None:
        if request.content_type != "application/json":
            raise Refusal("unsupported-media-type")


@fault("list-cursor-forgets-version", "VN-ACC-015")
class ListCursorForgetsVersion(Cursors):
    """Goes on in the newest version of a list, whichever one the walk began in."""

    def write(self, kind: str, state: dict[str, Any]) -> str:
        if kind.startswith("list "):
            newest = all_lists()[kind.removeprefix("list ")].versions()[-1]
            state = {**state, "version": newest}
        return super().write(kind, state)


@fault("list-ends-at-a-thousand", "none")
class ListEndsAtAThousand(CodeLists):
    """Ends every walk through a list behind its thousandth row."""

    def rows(self, name: str, version: str) -> list[dict[str, Any]]:
        return super().rows(name, version)[:1000]
