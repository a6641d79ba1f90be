"""OAuth 2 client credentials (RFC 6749, section 4.4): bearer tokens that say nothing to others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from conformance.model.clock import Clock

_MAC_BYTES: Final = 18


class Standing(StrEnum):
    """What a presented token is worth."""

    VALID = "valid"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    """Never issued here, or altered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An issued token and its lifetime in seconds."""

    value: str
    expires_in: int


class TokenDesk:
    """
    Issues and checks tokens without remembering them: each carries its expiry under a MAC.

    Args:
        clients: client id -> secret.
        key: for the MAC; by default random, so that a restart forgets all tokens.
    """

    def __init__(
        self, *, clients: Mapping[str, str], clock: Clock, key: bytes | None = None
    ) -> None:
        self._clients = clients
        self._clock = clock
        self._key = key or secrets.token_bytes(32)
        self._issued = 0

    def knows(self, client_id: str, client_secret: str) -> bool:
        """Whether these are the credentials of one of the clients."""
        expected = self._clients.get(client_id)
        return expected is not None and hmac.compare_digest(
            expected.encode(), client_secret.encode("utf-8", "surrogatepass")
        )

    def issue(self, client_id: str, lifetime: int) -> Token:
        """A new token for `client_id` that lives `lifetime` seconds."""
        self._issued += 1
        expiry = self._clock.now() + timedelta(seconds=lifetime)
        claim = f"{int(expiry.timestamp()):x}.{self._issued:x}.{_mark(client_id)}"
        return Token(value=f"{claim}.{self._mac(claim)}", expires_in=lifetime)

    def standing(self, token: str) -> Standing:
        """What `token` is worth now."""
        claim, _, mac = token.rpartition(".")
        if not token.isascii() or not hmac.compare_digest(mac, self._mac(claim)):
            return Standing.UNKNOWN
        expiry = int(claim.partition(".")[0], 16)
        return Standing.VALID if self._clock.now().timestamp() < expiry else Standing.EXPIRED

    def client(self, token: str) -> str:
        """Whose token this is, "" where none of ours issued it or the client is unknown."""
        if self.standing(token) is Standing.UNKNOWN:
            return ""
        mark = token.rpartition(".")[0].rpartition(".")[2]
        return next((client for client in self._clients if _mark(client) == mark), "")

    def _mac(self, claim: str) -> str:
        mac = hmac.new(self._key, claim.encode(), hashlib.sha256).digest()[:_MAC_BYTES]
        return base64.urlsafe_b64encode(mac).decode("ascii")


def _mark(client_id: str) -> str:
    """What stands for a client in its tokens."""
    return hashlib.sha256(client_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def bearer(authorization: str | None) -> str | None:
    """The token of an `Authorization` header, or None when it offers no bearer token."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token else None
