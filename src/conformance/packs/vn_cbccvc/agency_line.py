"""
The bundled agency's line to the national side: its own HTTP client, and the token it keeps.

What is sent, and what follows from an answer or from its absence, is `agency`'s.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import httpx

from conformance.model.clock import Clock
from conformance.model.json import Json, JsonObject
from conformance.model.pack import AgencySurroundings

USER_AGENT: Final = "BundledAgency/1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """
    No answer that says anything about the message: it may have been carried out, or not.

    Attributes:
        answered: whether a status came at all; without one the acknowledgement may be lost.
        retry_after: seconds that the national side asked for, None when it asked for nothing.
        status: 0 when none came.
        dated: whether `Retry-After` was a date.
        unsent: whether the connection broke while the request was sent.
        reset: whether it broke while the answer was awaited.
        begun: whether the answer broke off in the middle.
        at_token: whether it befell the request for a token.
        distrusted: whether the other side's certificate was refused.
    """

    answered: bool
    retry_after: float | None = None
    status: int = 0
    dated: bool = False
    unsent: bool = False
    reset: bool = False
    begun: bool = False
    at_token: bool = False
    distrusted: bool = False


class GaveUp(Exception):
    """The national side will not have us as we are; a person must look. The outbox keeps all."""


class Unreachable(Exception):
    """Nobody has answered for a while; the outbox keeps everything for the next round."""


class Line:
    """
    Calls the national side, with a token that is fetched when it is needed and used again.

    One decision stands in one method, as in `agency`.

    Args:
        location: (path, token) -> where a call goes.
    """

    def __init__(
        self, surroundings: AgencySurroundings, location: Callable[[str, str], str]
    ) -> None:
        self.clock: Clock = surroundings.clock
        self._credentials = surroundings.credentials.get("primary", {})
        self._location = location
        self.client = httpx.AsyncClient(
            base_url=surroundings.base_url,
            transport=surroundings.transport,
            verify=self.trust(surroundings.ca_file),
            timeout=20.0,
            # An operator's proxy must not stand between two parts of one machine.
            trust_env=False,
        )
        self._token = ""
        self._token_until = datetime.min.replace(tzinfo=UTC)

    async def aclose(self) -> None:
        """Hang up."""
        await self.client.aclose()

    # -- decisions -----------------------------------------------------------------

    def trust(self, ca_file: Path | None) -> ssl.SSLContext | bool:
        """The authority that was named vouches for the other side, by name and for today."""
        return True if ca_file is None else ssl.create_default_context(cafile=str(ca_file))

    def headers(self, *, token: str = "", body: bool = False) -> Mapping[str, str]:
        """What a call says of itself."""
        said = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        if token:
            said["Authorization"] = f"Bearer {token}"
        if body:
            said["Content-Type"] = "application/json"
        return said

    def token_lives(self) -> bool:
        """Whether the token at hand is used again."""
        return bool(self._token) and self.clock.now() < self._token_until

    async def token_refused(self) -> Trouble | None:
        """Before a new token is fetched for one that was refused."""
        return None

    def credentials_refused(self, answer: httpx.Response) -> Trouble:
        """What follows when no token is given: asking again would lock the account."""
        raise GaveUp(f"no token: {answer.status_code}")

    async def redirected(
        self,
        request: httpx.Request,  # noqa: ARG002 - a mutant follows
        answer: httpx.Response,
    ) -> Trouble:
        """Records go where the contract says, and nowhere else."""
        return Trouble(answered=True, status=answer.status_code)

    async def transmit(self, request: httpx.Request) -> httpx.Response:
        """One request, and its answer awaited for as long as the client waits."""
        return await self.client.send(request)

    # -- calling -------------------------------------------------------------------

    async def call(
        self, method: str, path: str, body: bytes | None = None
    ) -> httpx.Response | Trouble:
        """One call with a token; a token that is refused is fetched anew, once."""
        for fresh in (False, True):
            token = await self.authorised(fresh=fresh)
            if isinstance(token, Trouble):
                return token
            location = self._location(path, token)
            headers = self.headers(token=token, body=body is not None)
            answer = await self._send(method, location, headers=headers, content=body)
            if isinstance(answer, Trouble) or answer.status_code != 401:
                return answer
            if not fresh and (trouble := await self.token_refused()) is not None:
                self._token = ""
                return trouble
        raise GaveUp("a fresh token is refused")

    async def authorised(self, *, fresh: bool) -> str | Trouble:
        """A token that lives; a new one when `fresh`."""
        if not fresh and self.token_lives():
            return self._token
        form = {"grant_type": "client_credentials", **self._credentials}
        answer = await self._send("POST", "/oauth2/token", headers=self.headers(), data=form)
        if isinstance(answer, Trouble):
            return replace(answer, at_token=True)
        granted = read_json(answer)
        token, lifetime = member(granted, "access_token"), member(granted, "expires_in")
        if answer.status_code != 200 or not isinstance(token, str):
            return self.credentials_refused(answer)
        # Half a minute early: a token must not die on its way.
        seconds = max(0, (lifetime if isinstance(lifetime, int) else 60) - 30)
        self._token_until = self.clock.now() + timedelta(seconds=seconds)
        self._token = token
        return token

    async def _send(
        self,
        method: str,
        location: str,
        *,
        headers: Mapping[str, str],
        content: bytes | None = None,
        data: Mapping[str, str] | None = None,
    ) -> httpx.Response | Trouble:
        try:
            request = self.client.build_request(
                method, location, headers=headers, content=content, data=data
            )
            answer = await self.transmit(request)
        except httpx.TransportError as error:
            return Trouble(
                answered=False,
                unsent=isinstance(error, httpx.WriteError),
                reset=isinstance(error, httpx.ReadError),
                # The words of httpx; it has no kind of its own for this.
                begun="message body" in str(error),
                distrusted=distrust(error) is not None,
            )
        if answer.status_code == 429 or answer.status_code >= 500:
            stated = answer.headers.get("retry-after", "").strip()
            return Trouble(
                answered=True,
                retry_after=self._retry_after(stated),
                status=answer.status_code,
                dated=bool(stated) and not stated.isdecimal(),
            )
        if answer.is_redirect:
            return await self.redirected(request, answer)
        return answer

    def _retry_after(self, stated: str) -> float | None:
        """Seconds, from either form of RFC 9110, section 10.2.3."""
        if stated.isdecimal():
            return float(stated)
        try:
            when = parsedate_to_datetime(stated)
        except ValueError:
            return None
        # A date in "-0000" has no zone; HTTP dates are UTC (RFC 9110, section 5.6.7).
        moment = when.replace(tzinfo=when.tzinfo or UTC)
        return max(0.0, (moment - self.clock.now()).total_seconds())


def distrust(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """What was wrong with the other side's certificate, when that broke the line."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


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
