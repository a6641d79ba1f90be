"""
The bundled agency's line to the national side: its own HTTP client, and the token it keeps.

What is sent, and what follows from an answer or from its absence, is `agency`'s.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from conformance.model.clock import Clock
from conformance.model.json import Json, JsonObject
from conformance.model.pack import AgencySurroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """
    No answer that says anything about the message: it may have been carried out, or not.

    Attributes:
        answered: whether a status came at all; without one the acknowledgement may be lost.
        retry_after: seconds that the national side asked for, None when it asked for nothing.
    """

    answered: bool
    retry_after: float | None = None


class GaveUp(Exception):
    """The national side cannot be worked with now; the outbox keeps everything."""


class Line:
    """
    Calls the national side, with a token that is fetched when it is needed and used again.

    Args:
        location: (path, token) -> where a call goes.
    """

    def __init__(
        self, surroundings: AgencySurroundings, location: Callable[[str, str], str]
    ) -> None:
        self._clock: Clock = surroundings.clock
        self._credentials = surroundings.credentials.get("primary", {})
        self._location = location
        self._client = httpx.AsyncClient(
            base_url=surroundings.base_url,
            transport=surroundings.transport,
            timeout=20.0,
            # An operator's proxy must not stand between two parts of one machine.
            trust_env=False,
        )
        self._token = ""
        self._token_until = datetime.min.replace(tzinfo=UTC)

    async def aclose(self) -> None:
        """Hang up."""
        await self._client.aclose()

    async def call(
        self, method: str, path: str, body: bytes | None = None
    ) -> httpx.Response | Trouble:
        """One call with a token; a token that is refused is fetched anew, once."""
        for fresh in (False, True):
            token = await self._authorised(fresh=fresh)
            if isinstance(token, Trouble):
                return token
            headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
            if body is not None:
                headers["Content-Type"] = "application/json"
            location = self._location(path, token)
            answer = await self._send(method, location, headers=headers, content=body)
            if isinstance(answer, Trouble) or answer.status_code != 401:
                return answer
        raise GaveUp("a fresh token is refused")

    async def _authorised(self, *, fresh: bool) -> str | Trouble:
        if self._token and not fresh and self._clock.now() < self._token_until:
            return self._token
        form = {"grant_type": "client_credentials", **self._credentials}
        answer = await self._send("POST", "/oauth2/token", data=form)
        if isinstance(answer, Trouble):
            return answer
        granted = read_json(answer)
        token, lifetime = member(granted, "access_token"), member(granted, "expires_in")
        if answer.status_code != 200 or not isinstance(token, str):
            raise GaveUp(f"no token: {answer.status_code}")
        # Half a minute early: a token must not die on its way.
        seconds = max(0, (lifetime if isinstance(lifetime, int) else 60) - 30)
        self._token_until = self._clock.now() + timedelta(seconds=seconds)
        self._token = token
        return token

    async def _send(
        self,
        method: str,
        location: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        data: Mapping[str, str] | None = None,
    ) -> httpx.Response | Trouble:
        try:
            answer = await self._client.request(
                method, location, headers=headers, content=content, data=data
            )
        except httpx.TransportError:
            return Trouble(answered=False)
        if answer.status_code == 429 or answer.status_code >= 500:
            return Trouble(answered=True, retry_after=self._retry_after(answer))
        return answer

    def _retry_after(self, answer: httpx.Response) -> float | None:
        """Seconds, from either form of RFC 9110, section 10.2.3."""
        stated = answer.headers.get("retry-after", "").strip()
        if stated.isdecimal():
            return float(stated)
        try:
            when = parsedate_to_datetime(stated)
        except ValueError:
            return None
        # A date in "-0000" has no zone; HTTP dates are UTC (RFC 9110, section 5.6.7).
        moment = when.replace(tzinfo=when.tzinfo or UTC)
        return max(0.0, (moment - self._clock.now()).total_seconds())


def objects(value: Json) -> list[JsonObject]:
    """The objects in what should be an array of objects; anything else is passed over."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def member(value: Json, name: str) -> Json:
    """A member of what should be an object, None when there is none."""
    return value.get(name) if isinstance(value, dict) else None


def read_json(answer: httpx.Response) -> Json:
    """The body as JSON, None when it is none."""
    try:
        parsed: Json = json.loads(answer.content)
    except (ValueError, RecursionError):
        return None
    return parsed
