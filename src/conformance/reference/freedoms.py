"""
The liberties that a contract grants, taken from a seed.

A suite that passes only on one member order, one page size or one token lifetime tests
our reference and not the contract; so the reference behaves differently under each seed.
"""

from __future__ import annotations

import hashlib
import json
import random

from conformance.model.json import Json
from conformance.model.seeds import randomness

_LAYOUTS: tuple[tuple[int | None, tuple[str, str]], ...] = (
    (None, (",", ":")),
    (None, (", ", ": ")),
    (2, (",", ": ")),
)


_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


class Freedoms:
    """One server's way of using what the contract leaves open."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        fixed = randomness(seed, "freedoms", "fixed")
        self._layout = fixed.choice(_LAYOUTS)
        self._capitals = fixed.random() < 0.5
        self._talkative = fixed.random() < 0.5
        self._lifetime = fixed.randrange(1800, 7201, 60)

    def render(self, value: Json) -> bytes:
        """`value` as a JSON text, its members in any order and with any white space."""
        indent, separators = self._layout
        # From the content and not from the order of arrival: jobs must change nothing.
        shuffled = _shuffle(value, randomness(self._seed, "order", len(repr(value))))
        # Escapes keep a lone surrogate, which a peer may have sent us, inside UTF-8.
        return json.dumps(shuffled, indent=indent, separators=separators).encode("ascii")

    def header_name(self, name: str) -> str:
        """A header's name in capitals and small letters, or in small ones alone."""
        return name if self._capitals else name.lower()

    def page_size(self, limit: int, *, later: bool = False) -> int:
        """
        How many rows a page holds of the `limit` asked for, the first one or a later: 1 at least.

        Not by its cursor: what is new in every run would give more or fewer pages.
        """
        stream = randomness(self._seed, "page", limit, "later" if later else "")
        if limit <= 1 or stream.random() < 0.5:
            return limit
        return stream.randrange(max(1, limit // 2), limit + 1)

    def rank(self, key: str) -> str:
        """
        The place of `key` in every listing: fixed under one seed, arbitrary under all.

        64 letters from a to p. No digits: a run of them inside an opaque value can pass for
        somebody's personal id, and be redacted on its way into the evidence.
        """
        material = f"{self._seed}\x1f{key}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(material).hexdigest().translate(_LETTERS)

    def seconds_of_work(self, label: str) -> float:
        """How long something called `label` takes that is answered later: 0.1 to 0.25 s."""
        return 0.1 + 0.15 * randomness(self._seed, "work", label).random()

    def token_lifetime(self) -> int:
        """Seconds."""
        return self._lifetime

    def optional_text(self, text: str) -> str | None:
        """`text`, or nothing where the contract demands none."""
        return text if self._talkative else None


def _shuffle(value: Json, stream: random.Random) -> Json:
    if isinstance(value, dict):
        names = list(value)
        if len(names) > 1:
            stream.shuffle(names)
        return {name: _shuffle(value[name], stream) for name in names}
    if isinstance(value, list):
        return [_shuffle(item, stream) for item in value]
    return value
