"""The bytes of a JSON value that are signed: RFC 8785 (JCS), nothing else."""

from __future__ import annotations

import json
from typing import Final

import rfc8785

from conformance.model.json import Json, escape

#: RFC 8785 allows what an IEEE 754 double holds exactly.
_LARGEST: Final = 2**53 - 1


def canonical(value: Json) -> bytes:
    """
    `value` as RFC 8785 writes it: equal values give equal bytes in every language.

    Raises:
        ValueError: the value has no such form (an integer beyond 2**53 - 1, NaN, a lone
            surrogate, a nesting too deep); the message begins with its JSON pointer.
    """
    try:
        return _plainly(value) or rfc8785.dumps(value)
    except (ValueError, RecursionError) as error:
        pointer, reason = _culprit(value, "") or ("", _reason(error))
        raise ValueError(f"{pointer or 'the whole value'}: {reason}") from None


def _plainly(value: Json) -> bytes | None:
    """
    The same bytes sooner, where the standard library's writer gives them.

    It does for texts, small whole numbers, true, false and null under ASCII names, which is
    all that most records hold: names are then sorted alike, and nothing is escaped differently.
    None for all else; the library has the last word there.
    """
    pending: list[Json] = [value]
    while pending:
        found = pending.pop()
        kind = type(found)
        if kind is str or kind is bool or found is None:
            continue
        if isinstance(found, dict):
            if not all(type(name) is str for name in found) or not "".join(found).isascii():
                return None
            pending.extend([member for member in found.values() if type(member) is not str])
        elif isinstance(found, list):
            pending.extend(found)
        elif not isinstance(found, int) or kind is not int or not -_LARGEST <= found <= _LARGEST:
            return None
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()
    except (ValueError, RecursionError):
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeEncodeError):
        return "a lone surrogate has no UTF-8 form"
    return str(error) or type(error).__name__


def _culprit(value: Json, pointer: str) -> tuple[str, str] | None:
    """The first innermost value that cannot be written, with the reason."""
    try:
        match value:
            case dict():
                for name, member in value.items():
                    if found := _culprit(member, f"{pointer}/{escape(name)}"):
                        return found
                # Names are strings too, and may hold what no UTF-8 can.
                for name in value:
                    rfc8785.dumps(name)
            case list():
                for index, item in enumerate(value):
                    if found := _culprit(item, f"{pointer}/{index}"):
                        return found
            case _:
                rfc8785.dumps(value)
    except (ValueError, RecursionError) as error:
        return pointer, _reason(error)
    return None
