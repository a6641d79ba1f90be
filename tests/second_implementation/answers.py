"""Answers and refusals as this server writes them."""

from __future__ import annotations

from typing import Any

from werkzeug import Request, Response

from . import jsontext

TITLES = {
    "unauthorised": (401, "A token of this server is needed"),
    "not-found": (404, "There is no such thing"),
    "malformed-json": (400, "The body is no JSON text"),
    "invalid-parameter": (400, "A parameter breaks its schema"),
    "method-not-allowed": (405, "This path does not know the method"),
    "body-too-large": (413, "The body is too long"),
    "unsupported-media-type": (415, "Messages are application/json"),
    "message-invalid": (422, "The message breaks its schema"),
    "batch-size": (422, "The number of records is not allowed"),
    "message-id-reused": (409, "The message id was used with other content"),
}


class Refusal(Exception):
    """A problem that is answered instead of what was asked for."""

    def __init__(
        self,
        name: str,
        *,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(name)
        self.name = name
        self.errors = errors
        self.headers = headers or {}


class Answers:
    """Writes answers."""

    def json(
        self, value: Any, status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        answer = Response(jsontext.write(value), status, content_type="application/json")
        answer.headers.update(headers or {})
        return answer

    def problem(self, request: Request, refusal: Refusal) -> Response:
        status, title = TITLES[refusal.name]
        told: dict[str, Any] = {"status": status, "title": title}
        if refusal.errors:
            told["errors"] = refusal.errors
        told["type"] = f"urn:vn-cbccvc:problem:{refusal.name}"
        answer = Response(
            jsontext.write(told), status, content_type="application/problem+json; charset=utf-8"
        )
        answer.headers.update(refusal.headers)
        answer.headers["X-Refused"] = request.method
        return answer
