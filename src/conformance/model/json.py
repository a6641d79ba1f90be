"""JSON as a type, and the few pure operations on it that everybody needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = "dict[str, Json]"

#: RFC 6901 section 4, and no longer than any array.
_INDEX: Final = re.compile("0|[1-9][0-9]{0,17}")


_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def compact(value: Json) -> str:
    """One line, members sorted, no ASCII escapes: the form in which our own files store JSON."""
    return _COMPACT.encode(value)


def walk(value: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Every value inside `value` with its JSON pointer (RFC 6901), itself first."""
    # A stack of our own: a target may nest deeper than Python recurses.
    pending = [(pointer, value)]
    while pending:
        here, found = pending.pop()
        yield here, found
        if isinstance(found, dict):
            inside = [(f"{here}/{escape(key)}", member) for key, member in found.items()]
        elif isinstance(found, list):
            inside = [(f"{here}/{index}", member) for index, member in enumerate(found)]
        else:
            continue
        pending.extend(reversed(inside))


def escape(token: str) -> str:
    """One reference token of a JSON pointer, escaped as RFC 6901 section 3 says."""
    return token.replace("~", "~0").replace("/", "~1")


def at(value: Json, pointer: str) -> Json:
    """
    The value at a JSON pointer.

    Raises:
        KeyError: nothing stands there, or this is no pointer.
    """
    if pointer and not pointer.startswith("/"):
        raise KeyError(pointer)
    for escaped in pointer.split("/")[1:]:
        token = escaped.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and _INDEX.fullmatch(token) and int(token) < len(value):
            value = value[int(token)]
        else:
            raise KeyError(pointer)
    return value
