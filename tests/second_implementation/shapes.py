"""Whether a value keeps its schema, and where not."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from . import contract
from .jsontext import pointer
from .saying import Wrong

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:)([0-9]{2})(?:\.([0-9]+))?"
    r"([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_day(text: str) -> bool:
    if not DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def moment(text: str) -> datetime:
    """
    A time of RFC 3339; what is finer than a microsecond is rounded up, a leap second is the next.

    Raises
    ------
    ValueError
        The text is none.

    """
    found = MOMENT.fullmatch(text)
    if not found:
        raise ValueError(text)
    day, clock, second, fraction, offset = found.groups()
    leap = second == "60"
    whole = f"{day}T{clock}{'59' if leap else second}{offset.upper().replace('Z', '+00:00')}"
    micros = -(-int(fraction) * 10**6 // 10 ** len(fraction)) if fraction else 0
    start = datetime.fromisoformat(whole)
    try:
        return start + timedelta(seconds=leap, microseconds=micros)
    except OverflowError:
        raise ValueError(text) from None


def is_moment(text: str) -> bool:
    try:
        moment(text)
    except ValueError:
        return False
    return True


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, holds in (("date", is_day), ("date-time", is_moment), ("uuid", _is_uuid)):
        checker.checks(name)(lambda value, holds=holds: not isinstance(value, str) or holds(value))
    return checker


def _is_uuid(text: str) -> bool:
    return bool(UUID.fullmatch(text)) and bool(uuid.UUID(text))


def _pattern(_: Any, wanted: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """As ECMA-262 reads it: ``$`` is the end, and not the place before a last newline."""
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", wanted), value):
        yield ValidationError("pattern")


Validator: Any = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
FORMATS = _formats()


@cache
def _validator(document: str, name: str, *, envelope: bool) -> Any:
    known = contract.envelopes() if envelope else contract.registry()
    schema = {"$ref": f"{contract.BASE}{document}#/components/schemas/{name}"}
    return Validator(schema, registry=known, format_checker=FORMATS)


def message(document: str, name: str, value: Any) -> list[Wrong]:
    """What is wrong with the shape of a message; its records are judged by themselves."""
    return _wrongs(_validator(document, name, envelope=True), value)


def record(document: str, name: str, value: Any) -> list[Wrong]:
    return _wrongs(_validator(document, name, envelope=False), value)


def parameter(schema: Any, value: Any) -> bool:
    """Whether a path or query parameter keeps its schema."""
    return bool(
        Validator(schema, registry=contract.registry(), format_checker=FORMATS).is_valid(value)
    )


def _wrongs(validator: Any, value: Any) -> list[Wrong]:
    found: dict[str, Wrong] = {}
    for error in validator.iter_errors(value):
        where = pointer(*error.absolute_path)
        if error.validator == "additionalProperties":
            for extra in error.instance.keys() - error.schema.get("properties", {}).keys():
                found[where + pointer(extra)] = Wrong(where + pointer(extra), "schema")
        else:
            found[where] = Wrong(where, "schema", error.instance)
    return list(found.values())
