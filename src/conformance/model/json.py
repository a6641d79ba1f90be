"""JSON as a type, and the few pure operations on it that everybody needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = "dict[str, Json]"


def compact(value: Json) -> str:
    """One line, members sorted, no ASCII escapes: the form in which our own files store JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def walk(value: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Every value inside `value` with its JSON pointer (RFC 6901), itself first."""
    yield pointer, value
    if isinstance(value, dict):
        for key, member in value.items():
            yield from walk(member, f"{pointer}/{escape(key)}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from walk(member, f"{pointer}/{index}")


def escape(token: str) -> str:
    """One reference token of a JSON pointer, escaped as RFC 6901 section 3 says."""
    return token.replace("~", "~0").replace("/", "~1")


def at(value: Json, pointer: str) -> Json:
    """
    The value at a JSON pointer.

    Raises:
        KeyError: nothing stands there.
    """
    for escaped in pointer.split("/")[1:]:
        token = escaped.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            raise KeyError(pointer)
    return value
