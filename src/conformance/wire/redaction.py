"""
Redaction before storage: secrets and strangers' ids become stable tokens.

The judge sees only what is stored, so redaction comes first. A token stands for the
same value throughout a run (equal stays equal), means nothing outside it, and is put
back on the wire when a scenario uses it in a later request.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from urllib.parse import quote_plus

#: `~` and `.` survive URL encoding, forms and headers unchanged.
PLACEHOLDER: Final = re.compile(r"~(?:secret|redacted)\.[A-Za-z0-9_.-]+~")

_BEARER: Final = re.compile(r"(?i)\b(bearer|basic)\s+([A-Za-z0-9+/=._~-]{6,})")


def placeholder(identity: str, field: str) -> str:
    """How a scenario names a secret that it may use and never see."""
    return f"~secret.{identity}.{field}~"


class Vault:
    """
    The secrets of one run and the tokens that stand for them.

    Args:
        key: at least 16 random bytes, new for each run.
        secrets: identity -> field -> value; only fields named `*secret*`,
            `*password*`, `*token*` or `*key*` are hidden, the rest is configuration.
        members: JSON members whose values are secrets wherever they occur.
        personal_id: a regular expression for personal ids, "" to leave ids alone.
        is_ours: whether an id is synthetic and may stay in clear.
    """

    def __init__(
        self,
        *,
        key: bytes,
        secrets: Mapping[str, Mapping[str, str]],
        members: Iterable[str],
        personal_id: str = "",
        is_ours: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._key = key
        self._secrets = secrets
        self._by_token: dict[str, str] = {}
        self._by_value: dict[str, str] = {}
        self._strangers: dict[str, str] = {}
        self._is_ours = is_ours
        self._personal_id = re.compile(personal_id) if personal_id else None
        names = "|".join(re.escape(name) for name in sorted(members))
        self._member = (
            re.compile(rf'("(?:{names})"\s*:\s*")((?:[^"\\]|\\.)*)(")') if names else None
        )
        for identity, fields in secrets.items():
            for field, value in fields.items():
                token = placeholder(identity, field)
                self._by_token[token] = value
                if value and _is_secret(field):
                    self._by_value[value] = token

    def secret(self, identity: str, field: str) -> str:
        """The value of one credential field. Raises KeyError."""
        return self._secrets[identity][field]

    def reveal(self, text: str) -> str:
        """Put secrets and strangers' ids back where tokens stand, on the way to the wire."""
        revealed = PLACEHOLDER.sub(lambda m: self._by_token.get(m[0], m[0]), text)
        return self._reveal_strangers(revealed)

    def reveal_encoded(self, text: str) -> str:
        """The same inside a URL-encoded text (a form, a query)."""
        revealed = PLACEHOLDER.sub(
            lambda m: quote_plus(self._by_token[m[0]]) if m[0] in self._by_token else m[0], text
        )
        return self._reveal_strangers(revealed)

    def _reveal_strangers(self, text: str) -> str:
        if not self._personal_id or not self._strangers:
            return text
        return self._personal_id.sub(lambda m: self._strangers.get(m[0], m[0]), text)

    def redact(self, text: str) -> str:
        """`text` as it may be stored."""
        if self._member:
            text = self._member.sub(lambda m: m[1] + self._learn(m[2]) + m[3], text)
        text = _BEARER.sub(lambda m: f"{m[1]} {self._learn(m[2])}", text)
        for value, token in self._by_value.items():
            if value in text:
                text = text.replace(value, token)
            elif (encoded := quote_plus(value)) in text:
                text = text.replace(encoded, token)
        if self._personal_id:
            text = self._personal_id.sub(self._stranger, text)
        return text

    def _learn(self, value: str) -> str:
        if not value or PLACEHOLDER.fullmatch(value):
            return value
        token = self._by_value.get(value)
        if token is None:
            token = f"~redacted.{self._mac(value)[:16]}~"
            self._by_value[value] = token
            self._by_token[token] = value
        return token

    def _stranger(self, match: re.Match[str]) -> str:
        value = match[0]
        if self._is_ours(value):
            return value
        # The same shape, so that schemas still judge it: digits for digits.
        digits = iter(str(int(self._mac(value), 16)))
        token = "".join(next(digits) if c.isdigit() else c for c in value)
        self._strangers[token] = value
        return token

    def _mac(self, value: str) -> str:
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()


def _is_secret(field: str) -> bool:
    return any(word in field.lower() for word in ("secret", "password", "token", "key"))
