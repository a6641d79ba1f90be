"""Faults of tokens, refusals, parameters, and what the server says of itself."""

from __future__ import annotations

import json
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import jsontext, messages, shapes
from tests.second_implementation.access import Access
from tests.second_implementation.answers import Answers, Refusal
from tests.second_implementation.codelists import CodeLists, all_lists
from tests.second_implementation.faults import fault
from tests.second_implementation.messages import Messages
from tests.second_implementation.parameters import Parameters
from tests.second_implementation.web import Web


@fault("secret-cut", "VN-ACC-002")
class SecretCut(Access):
    """Compares the first eight characters of a secret, as some password columns do."""

    def knows(self, client: str, secret: str) -> bool:
        return self.clients.get(client, "")[:8] == secret[:8] != ""


@fault("token-any-case", "VN-ACC-004")
class TokenAnyCase(Access):
    """Finds tokens without regard to capitals, as a database with a lax collation does."""

    def issued(self, token: str) -> bool:
        return any(super(TokenAnyCase, self).issued(each) for each in self.like(token))

    def like(self, token: str) -> list[str]:
        return [each for each in self._tokens if each.lower() == token.lower()]


@fault("password-grant", "VN-ACC-007")
class PasswordGrant(Access):
    """Gives a token for the grant type `password` too."""

    def grants(self, kind: str) -> bool:
        return kind in {"client_credentials", "password"}


@fault("lacking-secret-is-wrong", "VN-ACC-008")
class LackingSecretIsWrong(Access):
    """Answers a token request without a secret as one with a wrong secret: 401 `invalid_client`."""

    def issue(self, request: Request) -> Response:
        form = request.form
        if form.get("grant_type") and form.get("client_id") and "client_secret" not in form:
            return self.refuse(401, "invalid_client")
        return super().issue(request)


@fault("token-cached", "VN-ACC-009")
class TokenCached(Access):
    """Lets caches keep the answer with the token for as long as the token lives."""

    def caching(self) -> dict[str, str]:
        return {"Cache-Control": "private, max-age=1800"}


@fault("reused-says-400", "VN-ACC-010")
class ReusedSays400(Answers):
    """Sends `message-id-reused` under 409 with a body that says 400."""

    def problem(self, request: Request, refusal: Refusal) -> Response:
        answer = super().problem(request, refusal)
        if refusal.name == "message-id-reused":
            answer.set_data(jsontext.write({**json.loads(answer.get_data()), "status": 400}))
        return answer


@fault("allow-lacks-delete", "VN-ACC-011")
class AllowLacksDelete(Answers):
    """Names GET alone where DELETE is known too."""

    def problem(self, request: Request, refusal: Refusal) -> Response:
        answer = super().problem(request, refusal)
        if "Allow" in answer.headers:
            answer.headers["Allow"] = answer.headers["Allow"].replace("DELETE, ", "")
        return answer


@fault("any-json-suffix", "VN-ACC-012")
class AnyJsonSuffix(Messages):
    """Takes every media type that ends in `json`, such as `application/ld+json`."""

    def typed(self, request: Request) -> None:
        if not request.mimetype.endswith("json"):
            raise Refusal("unsupported-media-type")


@fault("garbage-behind", "VN-ACC-013")
class GarbageBehind(Messages):
    """Reads the first JSON value of a body and passes over what stands behind it."""

    def body(self, request: Request) -> bytes:
        body = super().body(request)
        try:
            text = body.decode("utf-8").lstrip()
            return text[: json.JSONDecoder().raw_decode(text)[1]].encode("utf-8")
        except ValueError:
            return body


@fault("version-before", "VN-ACC-016")
class VersionBefore(Web):
    """Serves the newest version before the day asked for when there is no such version."""

    def code_list(self, request: Request, asked: dict[str, Any]) -> Response:
        known = all_lists().get(asked["name"])
        if known and asked["version"]:
            older = [each for each in known.versions() if each <= asked["version"]]
            asked = {**asked, "version": older[-1] if older else asked["version"]}
        return super().code_list(request, asked)


@fault("old-list-of-last-day", "VN-ACC-015")
class OldListOfLastDay(CodeLists):
    """Serves with the newest version what ended on its first day."""

    def rows(self, name: str, version: str) -> list[dict[str, Any]]:
        return super().rows(name, version) + [
            each for each in super().rows(name, "2025-06-30") if each["validTo"] == version
        ]


@fault("limit-clamped", "VN-CON-003")
class LimitClamped(Parameters):
    """Takes a limit over the most as the most."""

    def value(self, text: str, schema: Any) -> Any:
        found = super().value(text, schema)
        return min(found, schema["maximum"]) if schema.get("type") == "integer" else found


@fault("extra-members-pass", "VN-CON-003")
class ExtraMembersPass(Messages):
    """Passes over members of a header that the contract does not name."""

    def shaped(self, kind: messages.Kind, message: Any) -> None:
        header = message.get("header") if isinstance(message, dict) else None
        if isinstance(header, dict):
            named = {wrong.pointer for wrong in shapes.message(kind.document, kind.schema, message)}
            for extra in [key for key in header if jsontext.pointer("header", key) in named]:
                if extra not in KNOWN_HEADERS:
                    del header[extra]
        super().shaped(kind, message)


KNOWN_HEADERS = {
    "messageId",
    "messageCode",
    "sentAt",
    "senderCode",
    "receiverCode",
    "keyId",
    "schemaVersion",
    "codeListVersion",
    "environment",
}


@fault("batch-200", "VN-CON-002")
class Batch200(Answers):
    """Answers a batch with 200 instead of 202."""

    def json(
        self, value: Any, status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        return super().json(value, 200 if status == 202 else status, headers)


@fault("naive-times", "VN-CON-002")
class NaiveTimes(Answers):
    """Says times without an offset, as a database column without time zone gives them."""

    def json(
        self, value: Any, status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        if isinstance(value, dict) and "updatedAt" in value:
            value = {**value, "updatedAt": value["updatedAt"][:-6]}
        return super().json(value, status, headers)


@fault("astral-500", "VN-CON-001")
class Astral500(Messages):
    """Falls over letters outside the first plane, as a database column of three-byte UTF-8 does."""

    def open(self, request: Request, kind: messages.Kind) -> dict[str, Any]:
        message = super().open(request, kind)
        if any(ord(each) > 0xFFFF for each in json.dumps(message, ensure_ascii=False)):
            raise RuntimeError("incorrect string value")
        return message
