"""What a behaviour is given and what it gives back; HTTP in values, no framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from conformance.model.json import Json

_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_VALUES: Mapping[str, Json] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """
    One request.

    Attributes:
        operation: the contract's operationId, "" outside the contract.
        path: percent-decoded.
        headers: names in small letters; of repeated ones the last.
        path_parameters, query: parsed by their schemas; a parameter that is not given is absent.
        json: the parsed body where the operation takes JSON, otherwise None.
        form: the parsed body where the operation takes a form.
        unheard_of: what stands in the query under names that the operation does not have.
    """

    method: str
    path: str
    operation: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    path_parameters: Mapping[str, Json] = field(default_factory=lambda: _NO_VALUES)
    query: Mapping[str, Json] = field(default_factory=lambda: _NO_VALUES)
    json: Json = None
    form: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    unheard_of: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """
    One answer.

    Attributes:
        json: rendered under the server's freedoms; `text` goes out as it is instead.
        media_type: "" for an answer without a body (204, 304).
        headers: beside content type and length.
    """

    status: int
    json: Json = None
    text: str | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class UnknownPath:
    """No operation has this path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongMethod:
    """The path exists, under other methods."""

    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongMediaType:
    """The body is not sent as what the operation takes; `received` is "" when none was named."""

    received: str
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedBody:
    """The body is not a JSON text, or not a form."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadParameter:
    """A path or query parameter breaks its schema; `value` is as it was written, "" if missing."""

    name: str
    location: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLarge:
    """The body is longer than `limit` bytes."""

    limit: int


Refusal = UnknownPath | WrongMethod | WrongMediaType | MalformedBody | BadParameter | TooLarge


class Behaviour(Protocol):
    """What a pack's server does; the application asks it in this order."""

    def admit(self, incoming: Incoming) -> Outgoing | None:
        """The refusal of a caller who may not call this operation, None for one who may."""

    def refuse(self, refusal: Refusal, incoming: Incoming) -> Outgoing:
        """How this API says that a request is not well-formed."""

    def handle(self, operation: str, incoming: Incoming) -> Outgoing:
        """The answer to a well-formed request of an admitted caller."""
