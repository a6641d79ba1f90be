"""Faults of tokens, methods, media types, JSON and the code lists: the fourth set."""

from __future__ import annotations

import json
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation.access import Access
from tests.second_implementation.answers import Refusal
from tests.second_implementation.codelists import all_lists
from tests.second_implementation.faults import fault
from tests.second_implementation.messages import Messages
from tests.second_implementation.web import Web


# A framework's middleware trims every field of a form (Laravel's TrimStrings).
@fault("v4-secret-trimmed", "VN-ACC-002")
class SecretTrimmed(Access):
    """Forgives spaces around the client's id and secret."""

    def knows(self, client: str, secret: str) -> bool:
        return super().knows(client.strip(), secret.strip())


# Tokens are looked up in a column whose collation knows no case (MySQL's default).
@fault("v4-token-in-any-case", "VN-ACC-004")
class TokenInAnyCase(Access):
    """Takes a token for the one that differs in the case of its letters."""

    def issued(self, token: str) -> bool:
        folded = token.lower()
        return any(
            super(TokenInAnyCase, self).issued(t) for t in self._tokens if t.lower() == folded
        )


# `getParameter` of a servlet, `input` of Laravel: they read the query like the form.
@fault("v4-credentials-from-query", "VN-ACC-008")
class CredentialsFromQuery(Access):
    """Reads the parameters of the token request from its query too."""

    def issue(self, request: Request) -> Response:
        request.form = request.values
        return super().issue(request)


# A router of verbs and paths knows no other verb of a path: nothing was found (Express).
@fault("v4-other-method-not-found", "VN-ACC-011")
class OtherMethodNotFound(Web):
    """Answers a method that a path does not know as a path that it does not know."""

    def answer(self, request: Request) -> Response:
        try:
            return super().answer(request)
        except Refusal as refusal:
            if refusal.name == "method-not-allowed":
                raise Refusal("not-found") from None
            raise


# The parser stops behind the first value (Jackson without FAIL_ON_TRAILING_TOKENS, Go's Decoder).
@fault("v4-json-goes-on", "VN-ACC-013")
class JsonGoesOn(Messages):
    """Overlooks what stands behind the first JSON value of a body."""

    def body(self, request: Request) -> bytes:
        found = super().body(request)
        try:
            text = found.decode("utf-8").lstrip(" \t\r\n")
            _, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            return found
        return text[:end].encode("utf-8")


# The framework's converter for JSON takes every `application/*+json` (Spring's).
@fault("v4-any-kind-of-json", "VN-ACC-012")
class AnyKindOfJson(Messages):
    """Takes the kinds of JSON that are registered for something else."""

    def typed(self, request: Request) -> None:
        if not (request.mimetype.startswith("application/") and request.mimetype.endswith("+json")):
            super().typed(request)


# `where valid_from <= :version order by valid_from desc limit 1`.
@fault("v4-code-list-of-any-day", "VN-ACC-016")
class CodeListOfAnyDay(Web):
    """Serves for a day that began no version the version that was in force then."""

    def code_list(self, request: Request, asked: dict[str, Any]) -> Response:
        known, wanted = all_lists().get(asked["name"]), asked["version"]
        if known and wanted:
            earlier = [each for each in known.versions() if each <= wanted]
            asked = {**asked, "version": earlier[-1] if earlier else wanted}
        return super().code_list(request, asked)
