"""
Redaction before storage: secrets and strangers' ids become stable tokens.

The judge sees only what is stored, so redaction comes first. A token stands for the
same value throughout a run (equal stays equal), means nothing outside it, and is put
back on the wire when a scenario uses it in a later request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

#: `~` and `.` survive URL encoding, forms and headers unchanged.
PLACEHOLDER: Final = re.compile(r"~(?:secret|redacted)\.[A-Za-z0-9_.-]+~")

#: At the end of a token: what looks like the secret for which it stands without this.
_LOOKALIKE: Final = ".lookalike~"

#: Tokens hold no digits: sixteen hexadecimal ones may look like a personal id.
_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")

#: A whole Authorization header. `Bearer realm="x"` is a challenge and holds no secret.
_AUTHORIZATION: Final = re.compile(r"(?i)(\s*(?:bearer|basic)\s+)([A-Za-z0-9+/._~-]{6,}=*)(\s*)")
#: The same quoted inside a text, where "bearer authentication" is only a word after another.
_QUOTED: Final = re.compile(
    r"(?i)(\b(?:bearer|basic)\s+)((?=[A-Za-z+/._~-]*[0-9])[A-Za-z0-9+/._~-]{6,}=*)"
)
#: Shorter values are hidden where they were found, and not wherever the same letters occur.
_TELLING: Final = 6
#: No honest secret is longer.
_LONG: Final = 16_384


def placeholder(identity: str, field: str) -> str:
    """How a scenario names a secret that it may use and never see."""
    return f"~secret.{identity}.{field}~"


def lookalike(token: str) -> str:
    """How a scenario names what differs from a secret in the case of its last letter alone."""
    # Where a target gave no token there is nothing to hide, and nothing to look like.
    return f"{token[:-1]}{_LOOKALIKE}" if PLACEHOLDER.fullmatch(token) else f"{token}x"


def is_secret(field: str) -> bool:
    """Whether a credential field of that name holds a secret and not configuration."""
    return any(word in field.lower() for word in ("secret", "password", "token", "key"))


class Vault:
    """
    The secrets of one run and the tokens that stand for them.

    Args:
        key: at least 16 random bytes, new for each run.
        secrets: identity -> field -> value; only fields that `is_secret` names are
            hidden, the rest is configuration.
        members: JSON members and headers whose values are secrets wherever they occur.
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
        #: It learns while it redacts, for whoever asks the target, answers it and shows it.
        self._lock = threading.RLock()
        self._secrets = secrets
        self._by_token: dict[str, str] = {}
        #: Every way of writing a secret -> its token.
        self._written: dict[str, str] = {}
        self._longest_first: list[str] | None = None
        self._strangers: dict[str, str] = {}
        self._is_ours = is_ours
        self._personal_id = re.compile(personal_id) if personal_id else None
        secret_names = sorted(members)
        self._headers = {name.lower() for name in secret_names}
        names = "|".join(re.escape(name) for name in secret_names)
        # A cut body may end inside the value. Possessive: nothing is kept for each letter of a long
        # one, and what does not match is given up at once.
        self._member = (
            re.compile(rf'("(?:{names})"\s*:\s*")((?:[^"\\]++|\\.)*+)("|\Z)') if names else None
        )
        for identity, fields in secrets.items():
            for field, value in fields.items():
                token = placeholder(identity, field)
                self._by_token[token] = value
                if value and is_secret(field):
                    self._hide(value, token)
                    for pair in _pairs(fields, value):
                        self._learn(pair)

    def secret(self, identity: str, field: str) -> str:
        """The value of one credential field. Raises KeyError."""
        return self._secrets[identity][field]

    # -- on the way to the wire ------------------------------------------------

    def reveal(self, text: str) -> str:
        """Put secrets and strangers' ids back where tokens stand."""
        return self._reveal(text, str)

    def reveal_encoded(self, text: str) -> str:
        """The same inside a URL-encoded text (a form, a path, a query)."""
        return self._reveal(text, lambda value: quote(value, safe=""))

    def reveal_json(self, text: str) -> str:
        """The same inside the strings of a JSON text."""
        return self._reveal(text, lambda value: json.dumps(value)[1:-1])

    def reveal_header(self, value: str) -> str:
        """The same in a header, and in what the Basic scheme (RFC 7617) hides in base64."""
        scheme, _, encoded = value.partition(" ")
        if scheme.lower() == "basic":
            try:
                pair = base64.b64decode(encoded, validate=True).decode()
            except ValueError:
                pair = ""
            if PLACEHOLDER.search(pair):
                return f"{scheme} {_base64(self.reveal(pair))}"
        return self.reveal(value)

    def _reveal(self, text: str, written: Callable[[str], str]) -> str:
        def value(match: re.Match[str]) -> str:
            token = match[0]
            self._imitate(token)
            return written(self._by_token[token]) if token in self._by_token else token

        with self._lock:
            revealed = PLACEHOLDER.sub(value, text)
            if not self._personal_id or not self._strangers:
                return revealed
            return self._personal_id.sub(lambda m: self._strangers.get(m[0], m[0]), revealed)

    def _imitate(self, token: str) -> None:
        """Learn what a token of `lookalike` stands for, so that it is hidden too."""
        original = self._by_token.get(f"{token.removesuffix(_LOOKALIKE)}~")
        if token.endswith(_LOOKALIKE) and original and token not in self._by_token:
            self._by_token[token] = _other_case(original)
            self._hide(self._by_token[token], token)

    # -- on the way to the journal ---------------------------------------------

    def redact(self, text: str) -> str:
        """`text`, or the value of a header, as it may be stored; twice is as good as once."""
        with self._lock:
            return self._redacted(text)

    def _redacted(self, text: str) -> str:
        if self._member:
            text = self._member.sub(lambda m: m[1] + self._learn(_unescaped(m[2])) + m[3], text)
        if whole := _AUTHORIZATION.fullmatch(text):
            text = whole[1] + self._learn(whole[2]) + whole[3]
        # The expression costs as much as all the rest; few texts hold either word.
        if any(scheme in text.lower() for scheme in ("bearer", "basic")):
            text = _QUOTED.sub(lambda m: m[1] + self._learn(m[2]), text)
        if self._written:
            text = self._hidden_in(text)
        if self._personal_id:
            text = self._personal_id.sub(self._stranger, text)
        return text

    def _hidden_in(self, text: str) -> str:
        if self._longest_first is None:
            # A secret may begin another one.
            self._longest_first = sorted(self._written, key=len, reverse=True)
        # Few forms occur in any one text: an expression of those alone is compiled in no time,
        # and mostly is the one that `re` still remembers.
        present = [form for form in self._longest_first if form in text]
        if not present:
            return text
        for form in present:
            # A target may call a megabyte its token: an expression of that takes a second.
            if len(form) > _LONG:
                text = text.replace(form, self._written[form])
        present = [form for form in present if len(form) <= _LONG]
        # Tokens stay as they are.
        anywhere = "|".join([PLACEHOLDER.pattern, *map(re.escape, present)])
        return re.sub(anywhere, lambda m: self._written.get(m[0], m[0]), text)

    def redact_header(self, name: str, value: str) -> str:
        """The value of a header as it may be stored."""
        if name.lower() in self._headers:
            with self._lock:
                return self._learn(value)
        return self.redact(value)

    def redact_bytes(self, body: bytes) -> bytes:
        """A body as it may be stored, whatever its encoding."""
        if b"\0" in body:
            for encoding in ("utf-16-le", "utf-16-be"):
                try:
                    text = body.decode(encoding)
                except UnicodeDecodeError:
                    continue
                if (hidden := self.redact(text)) != text:
                    return hidden.encode(encoding)
        # A secret inside a broken text is still found, and the breakage is still evidence.
        text = body.decode("utf-8", "surrogateescape")
        return self.redact(text).encode("utf-8", "surrogateescape")

    def learn(self, value: str) -> None:
        """Hide `value`, a proof of identity that a dialect obtained, wherever it occurs."""
        if whole := _AUTHORIZATION.fullmatch(value):
            with self._lock:
                self._learn(whole[2])

    def _learn(self, value: str) -> str:
        if not value or PLACEHOLDER.fullmatch(value):
            return value
        token = self._written.get(value)
        if token is None:
            token = f"~redacted.{self._mac(value)[:16].translate(_LETTERS)}~"
            self._by_token[token] = value
            if len(value) >= _TELLING:
                self._hide(value, token)
        return token

    def _hide(self, value: str, token: str) -> None:
        for form in _forms(value):
            self._written.setdefault(form, token)
        self._longest_first = None

    def _stranger(self, match: re.Match[str]) -> str:
        value = match[0]
        if self._is_ours(value) or value in self._strangers:
            return value
        # The same shape, so that schemas still judge it: digits for digits.
        digits = iter(str(int(self._mac(value), 16)))
        token = "".join(next(digits) if c.isdigit() else c for c in value)
        self._strangers[token] = value
        return token

    def _mac(self, value: str) -> str:
        # A target may write half of a surrogate pair: a name for it will do here.
        material = value.encode("utf-8", "backslashreplace")
        return hmac.new(self._key, material, hashlib.sha256).hexdigest()


def _other_case(value: str) -> str:
    """`value` with its last letter in the other case; without letters, and one more."""
    for place in range(len(value) - 1, -1, -1):
        if value[place].isascii() and value[place].isalpha():
            return value[:place] + value[place].swapcase() + value[place + 1 :]
    return f"{value}x"


def _forms(value: str) -> Iterator[str]:
    """The ways in which forms, paths, queries and JSON write `value`."""
    yield value
    for safe, encode in (("", quote), ("/", quote), ("", quote_plus)):
        encoded = encode(value, safe=safe, errors="backslashreplace")
        yield encoded
        yield re.sub("%[0-9A-F]{2}", lambda m: m[0].lower(), encoded)
    for ascii_only in (True, False):
        escaped = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield escaped
        yield escaped.replace("/", "\\/")


def _pairs(fields: Mapping[str, str], secret: str) -> Iterator[str]:
    """What HTTP Basic makes of a secret and the fields that may stand before it."""
    for name in fields.values():
        yield _base64(f"{name}:{secret}")
        # RFC 6749 section 2.3.1 encodes both before it joins them.
        yield _base64(f"{quote_plus(name)}:{quote_plus(secret)}")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _unescaped(string: str) -> str:
    """What a JSON string between its quotes says; a garbled one is taken as it is."""
    try:
        return str(json.loads(f'"{string}"', strict=False))
    except ValueError:
        return string
