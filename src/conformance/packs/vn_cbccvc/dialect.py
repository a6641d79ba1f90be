"""How this API authorises, refuses, pages and writes dates; fulfils `model.dialect.Dialect`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from conformance.errors import Deviation
from conformance.model.dialect import Answer, Empty, Fault, Gateway, Ok, Refused
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.json import Json, JsonObject

PROBLEM: Final = "application/problem+json"
TOKEN_OPERATION: Final = "issueToken"  # noqa: S105 - a name
TOKEN_PATH: Final = "/oauth2/token"  # noqa: S105 - a path

#: Refused by what stands before an API (a proxy, a quota), unless the answer is a problem.
_BEFORE_THE_API: Final = frozenset({407, 429, 502, 503, 504})
_EXCERPT: Final = 200


class VnDialect:
    """RFC 6749 tokens, RFC 9457 problems, cursors, ISO dates."""

    secret_members = frozenset({"access_token", "client_secret"})

    def credential_fields(self) -> tuple[str, ...]:
        """What a target's table must give."""
        return ("client_id", "client_secret")

    def authorise(
        self, send: Callable[[Request], Response], secret: Callable[[str], str]
    ) -> Mapping[str, str]:
        """
        One client-credentials request (RFC 6749, section 4.4).

        Only what is needed to go on is demanded here: a missing lifetime is a requirement's
        business, not the end of every scenario.

        Raises:
            Deviation: `unexpected-status`, `not-json` or `missing-member`.
        """
        response = send(self.token_request(secret("client_id"), secret("client_secret")))
        if response.status != 200:
            raise Deviation(
                "unexpected-status",
                observed=f"{response.status} {response.media_type}".strip(),
                required="200 with an access token",
            )
        body = response.json()
        token = body.get("access_token") if isinstance(body, dict) else None
        if not isinstance(token, str) or not token:
            raise Deviation(
                "missing-member",
                observed="no access token",
                required="/access_token",
                pointer="/access_token",
            )
        return {"Authorization": f"Bearer {token}"}

    def token_request(self, client_id: str, client_secret: str) -> Request:
        """The request that exchanges credentials for a token."""
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        return Request(
            method="POST",
            target=TOKEN_PATH,
            headers=(
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Accept", "application/json"),
            ),
            body=urlencode(form).encode("ascii"),
            operation=TOKEN_OPERATION,
        )

    def unwrap(self, exchange: Exchange) -> Answer:
        """What the answer says. Never raises: what is no answer of this API is a `Gateway`."""
        response = exchange.response
        status = response.status
        if status == 204:
            return Empty()
        body = _body(response)
        if 200 <= status < 300:
            if isinstance(body, _Nothing):
                return Gateway(status=status, text=_excerpt(response))
            return Ok(value=body)
        if isinstance(body, dict) and status >= 400:
            if response.media_type == PROBLEM and isinstance(body.get("type"), str):
                return Refused(
                    status=status,
                    code=str(body["type"]).rpartition(":")[2],
                    text=str(body.get("detail") or body.get("title") or ""),
                    faults=_faults(body.get("errors")),
                )
            # The token endpoint refuses in the form of RFC 6749, section 5.2.
            if isinstance(body.get("error"), str) and status not in _BEFORE_THE_API:
                return Refused(
                    status=status,
                    code=str(body["error"]),
                    text=str(body.get("error_description", "")),
                )
        return Gateway(status=status, text=_excerpt(response))

    def next_page(self, exchange: Exchange) -> str | None:
        """The same request with the answer's cursor; None where the walk ends."""
        body = _body(exchange.response)
        cursor = body.get("nextCursor") if isinstance(body, dict) else None
        if not isinstance(cursor, str) or not cursor:
            return None
        parts = urlsplit(exchange.request.target)
        query = parse_qsl(parts.query, keep_blank_values=True)
        kept = [(name, value) for name, value in query if name != "cursor"]
        return urlunsplit(("", "", parts.path, urlencode([*kept, ("cursor", cursor)]), ""))

    def parse_date(self, text: str) -> date:
        """`yyyy-mm-dd`, and nothing else that ISO 8601 would allow. Raises ValueError."""
        parsed = date.fromisoformat(text)
        if parsed.isoformat() != text:
            raise ValueError(f"{text!r} is not written yyyy-mm-dd")
        return parsed

    def format_date(self, value: date) -> str:
        """`yyyy-mm-dd`."""
        return value.isoformat()


class _Nothing:
    """The body is no JSON text."""


_NOTHING: Final = _Nothing()


def _body(response: Response) -> Json | _Nothing:
    try:
        return response.json()
    except Deviation:
        return _NOTHING


def _faults(errors: Json) -> tuple[Fault, ...]:
    if not isinstance(errors, list):
        return ()
    return tuple(_fault(error) for error in errors if isinstance(error, dict))


def _fault(error: JsonObject) -> Fault:
    rule = str(error.get("rule", ""))
    message = error.get("message")
    return Fault(
        code=rule,
        pointer=str(error.get("pointer", "")),
        rule=rule,
        text=json.dumps(message, ensure_ascii=False) if message is not None else "",
    )


def _excerpt(response: Response) -> str:
    text = response.body[:_EXCERPT].decode("utf-8", "replace")
    return " ".join(text.split())
