"""The bytes of a JSON value that are signed: RFC 8785 (JCS), nothing else."""

from __future__ import annotations

import rfc8785

from conformance.model.json import Json, escape


def canonical(value: Json) -> bytes:
    """
    `value` as RFC 8785 writes it: equal values give equal bytes in every language.

    Raises:
        ValueError: the value has no such form (an integer beyond 2**53 - 1, NaN, a lone
            surrogate, a nesting too deep); the message begins with its JSON pointer.
    """
    try:
        return rfc8785.dumps(value)
    except (ValueError, RecursionError) as error:
        pointer, reason = _culprit(value, "") or ("", _reason(error))
        raise ValueError(f"{pointer or 'the whole value'}: {reason}") from None


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
