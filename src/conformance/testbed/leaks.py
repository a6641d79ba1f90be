"""
Where secrets travelled: measured on live traffic, because after redaction nobody can see it.

The facts name places and never values.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from conformance.model.exchange import Request, Response
from conformance.model.json import Json, walk


@dataclass(slots=True, kw_only=True)
class Secrets:
    """
    The credentials that the target was given, and the tokens that it was issued in this mission.

    Attributes:
        members: JSON members of an answer whose values are secrets.
    """

    members: frozenset[str]
    _known: set[str] = field(default_factory=set)
    _accepted: set[str] = field(default_factory=set)

    def give(self, credentials: Mapping[str, Mapping[str, str]]) -> None:
        """Learn what the target authorises with; ids that are no secrets are left alone."""
        for fields in credentials.values():
            for name, value in fields.items():
                if value and any(word in name.lower() for word in ("secret", "password", "key")):
                    self._known.add(value)

    def observe(self, request: Request, response: Response, *, reached: bool) -> Mapping[str, str]:
        """
        What one exchange tells, and learn the tokens that it issued.

        Facts:
            token: `missing` (no Authorization header), `valid` (the app took it), `unknown`
                (the app answered 401), `unmeasured` (the app was not reached, the token was
                not seen before).
            secret-in: the places of the request that held a secret, sorted, separated by
                blanks: `target`, `body`, `header:authorization` ... Absent when there is none.
        """
        facts = {"token": self._token(request.header("authorization"), response, reached=reached)}
        if places := " ".join(sorted(set(self._places(request)))):
            facts["secret-in"] = places
        if response.status < 300:
            self._known.update(self._issued(response.body))
        return facts

    def _token(self, authorization: str | None, response: Response, *, reached: bool) -> str:
        if authorization is None:
            return "missing"
        if not reached:
            return "valid" if authorization in self._accepted else "unmeasured"
        if response.status == 401:
            return "unknown"
        self._accepted.add(authorization)
        return "valid"

    def _places(self, request: Request) -> Iterator[str]:
        if self._holds(unquote_plus(request.target)):
            yield "target"
        for name, value in request.headers:
            if self._holds(value) or self._holds(_basic(value)):
                yield f"header:{name.lower()}"
        text = (request.body or b"").decode("utf-8", "replace")
        if self._holds(text) or self._holds(unquote_plus(text)):
            yield "body"

    def _holds(self, text: str) -> bool:
        return any(secret in text for secret in self._known)

    def _issued(self, body: bytes) -> Iterable[str]:
        try:
            answer: Json = json.loads(body)
        except (ValueError, RecursionError):
            return
        for pointer, value in walk(answer):
            if isinstance(value, str) and value and pointer.rpartition("/")[2] in self.members:
                yield value


def _basic(header: str) -> str:
    """What the Basic scheme (RFC 7617) hides in base64; "" for any other header."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
