"""
What scenarios of this contract send: messages, and records with one thing changed.

Values only. Who prepares them is `preparing`, who sends them `asking`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from conformance.errors import SuiteDefect
from conformance.model.json import Json, JsonObject

#: How long before the first day of the new order it was decided.
DECIDED_BEFORE: Final = timedelta(days=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to be sent; `key` names the member that holds its records."""

    header: JsonObject
    key: str
    records: tuple[JsonObject, ...]

    @property
    def id(self) -> str:
        """The message id."""
        return str(self.header["messageId"])

    @property
    def profiles(self) -> tuple[JsonObject, ...]:
        """The profiles of a trial message, in order."""
        return tuple(record["profile"] for record in self.records)  # type: ignore[misc]

    def under(self, name: str, value: Json) -> Message:
        """The same message with another value in one member of its header."""
        return replace(self, header={**self.header, name: value})

    def body(self) -> bytes:
        """The bytes that are sent."""
        return as_bytes({"header": self.header, self.key: list(self.records)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    A message that reorganises units.

    Attributes:
        before, after: the members `from` (unit codes) and `to` (units).
    """

    header: JsonObject
    operation: str
    day: str
    number: str
    before: tuple[str, ...]
    after: tuple[JsonObject, ...]

    @property
    def id(self) -> str:
        """The message id."""
        return str(self.header["messageId"])

    def with_id_of(self, other: Decision) -> Decision:
        """The same decision under the message id of another one."""
        return replace(self, header={**self.header, "messageId": other.id})

    @property
    def link(self) -> Mapping[str, str]:
        """What a lineage says of it: `operation`, `day` and `number`."""
        return {"operation": self.operation, "day": self.day, "number": self.number}

    def body(self) -> bytes:
        """The bytes that are sent."""
        return as_bytes(
            {
                "header": self.header,
                "operation": self.operation,
                "effectiveOn": self.day,
                "decisionNo": self.number,
                # Decided before it holds: two days that must not be taken for each other.
                "decisionDate": (date.fromisoformat(self.day) - DECIDED_BEFORE).isoformat(),
                "from": list(self.before),
                "to": list(self.after),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message of another shape: a header, and whatever stands beside it."""

    header: JsonObject
    content: JsonObject

    @property
    def id(self) -> str:
        """The message id."""
        return str(self.header["messageId"])

    def body(self) -> bytes:
        """The bytes that are sent."""
        return as_bytes({"header": self.header, **self.content})


def but(record: JsonObject, pointer: str, value: Json) -> JsonObject:
    """
    A copy of `record` with `value` at `pointer` (members only; added when absent).

    Raises:
        SuiteDefect: the way to `pointer` does not lead through objects.
    """
    name, _, rest = pointer.removeprefix("/").partition("/")
    if not rest:
        return {**record, name: value}
    inner = record.get(name)
    if not isinstance(inner, dict):
        raise SuiteDefect(f"{pointer} does not lead through objects")
    return {**record, name: but(inner, f"/{rest}", value)}


def without(record: JsonObject, name: str) -> JsonObject:
    """A copy of `record` without one member."""
    return {key: value for key, value in record.items() if key != name}


def reordered(record: JsonObject) -> JsonObject:
    """The same record with its members in the opposite order: for JSON, the same."""
    return dict(reversed(record.items()))


def composed(value: Json) -> Json:
    """
    A value with its texts in NFC.

    In which form texts come back is a requirement of its own; who asks for something else
    must not judge it along.
    """
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case list():
            return [composed(item) for item in value]
        case dict():
            return {name: composed(item) for name, item in value.items()}
    return value


def text(record: JsonObject, name: str) -> str:
    """A member of a record of ours that must be text. Raises SuiteDefect."""
    value = record.get(name)
    if not isinstance(value, str):
        raise SuiteDefect(f"a record of ours holds no text under {name!r}")
    return value


def as_bytes(value: Json) -> bytes:
    """JSON as an agency writes it: UTF-8, no escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
