"""Tokens: the client-credentials grant of RFC 6749, and who may call."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any

from werkzeug import Request, Response

from .answers import Answers, Refusal

NEEDED = ("grant_type", "client_id", "client_secret")


class Access:
    """Issues tokens to the clients that the operator knows, and asks every other call for one."""

    lifetime = 1800  # seconds

    def __init__(self, clients: Mapping[str, str], answers: Answers) -> None:
        self.clients = clients
        self.answers = answers
        self._tokens: dict[str, float] = {}

    def issue(self, request: Request) -> Response:
        form = request.form
        # A parameter without a value counts as absent, one given twice makes the request invalid.
        if any(len(form.getlist(name)) != 1 or not form[name] for name in NEEDED):
            return self.refuse(400, "invalid_request")
        if not self.grants(form["grant_type"]):
            return self.refuse(400, "unsupported_grant_type")
        if not self.knows(form["client_id"], form["client_secret"]):
            return self.refuse(401, "invalid_client")
        token = secrets.token_urlsafe(32)
        self._tokens[token] = time.monotonic() + self.lifetime
        told = {"expires_in": self.lifetime, "token_type": "Bearer", "access_token": token}
        return self.answers.json(told, headers=self.caching())

    def grants(self, kind: str) -> bool:
        return kind == "client_credentials"

    def knows(self, client: str, secret: str) -> bool:
        expected = self.clients.get(client, "")
        return bool(expected) and hmac.compare_digest(expected.encode(), _bytes(secret))

    def caching(self) -> dict[str, str]:
        return {"Cache-Control": "no-store", "Pragma": "no-cache"}

    def refuse(self, status: int, error: str) -> Response:
        return self.answers.json(
            {"error_description": error.replace("_", " "), "error": error}, status
        )

    def demand(self, request: Request) -> None:
        """
        Nothing, when the call bears a living token.

        Raises
        ------
        Refusal
            `unauthorised`.

        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refusal("unauthorised", headers=self.challenge("Bearer"))
        if not self.issued(token.strip()):
            raise Refusal("unauthorised", headers=self.challenge('Bearer error="invalid_token"'))

    def challenge(self, text: str) -> dict[str, str]:
        return {"WWW-Authenticate": text}

    def issued(self, token: str) -> bool:
        return self._tokens.get(token, 0.0) > time.monotonic()


def _bytes(text: Any) -> bytes:
    return str(text).encode("utf-8", "surrogatepass")
