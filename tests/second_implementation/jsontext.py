"""JSON as RFC 8259 has it, and no more."""

from __future__ import annotations

import json
from typing import Any

# Longer numbers are no fault of form; as infinity they break every schema.
MOST_DIGITS = 300


class NoJson(ValueError):
    """The body is no JSON text."""


def read(body: bytes) -> Any:
    """
    The value of a JSON text.

    Raises
    ------
    NoJson
        Another encoding than UTF-8, ``NaN``, one member twice, nesting without end, or no JSON.

    """
    try:
        return json.loads(
            body.decode("utf-8"),
            parse_constant=_refuse,
            parse_int=_integer,
            object_pairs_hook=_object,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as fault:
        raise NoJson(type(fault).__name__) from None


def write(value: Any) -> bytes:
    """An answer: every character escaped, one member a line; who parses sees no difference."""
    return json.dumps(value, ensure_ascii=True, indent=1).encode("ascii")


def same(value: Any) -> str:
    """One text for equal values, whatever the order of members or the spelling of numbers."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"))


def pointer(*parts: str | int) -> str:
    """An RFC 6901 pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < MOST_DIGITS else float("inf")


def _refuse(name: str) -> None:
    raise NoJson(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NoJson("one member twice")
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
