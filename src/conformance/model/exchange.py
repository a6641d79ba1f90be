"""One request and what came back: the unit of evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from conformance.errors import Deviation
from conformance.model.json import Json

#: How deep arrays and objects of an answer may lie in one another: no answer that anybody
#: documents comes near it, and readers of ours give up not far behind (RFC 8259, section 9).
DEEPEST: Final = 200
NO_FACTS: Final[Mapping[str, str]] = MappingProxyType({})


class Initiator(StrEnum):
    """Who opened the exchange."""

    TOOLKIT = "toolkit"
    TARGET = "target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    A request as its author states it.

    Attributes:
        target: path and query, relative to the target's base (`/v1/units?limit=2`).
        headers: in order, names as written.
        body: the exact bytes, or None for no body.
        operation: the contract's operationId, or "" for a request outside the contract.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    operation: str = ""

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return _header(self.headers, name)

    def json(self) -> Json:
        """
        The body as JSON.

        Raises:
            Deviation: `not-json`. Meant for requests that a target sent us.
        """
        return _parse(self.body or b"", self.header("content-type"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer, after redaction: what the judge sees is what is stored."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    truncated: bool = False
    """The body went past the size limit and was cut."""

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return _header(self.headers, name)

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case; "" when there is none."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()

    def json(self) -> Json:
        """
        The body as JSON.

        Raises:
            Deviation: `body-too-large` or `not-json`.
        """
        if self.truncated:
            raise Deviation(
                "body-too-large",
                observed=f"more than {len(self.body)} bytes",
                required="a body that ends within the size limit",
            )
        return _parse(self.body, self.header("content-type"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """
    One request and its answer.

    Attributes:
        number: position in its scenario's journal, from 1; reports renumber in plan order.
        scenario: whose journal holds it; "" for the scenario that is looking at it.
        facts: what was measured before redaction and needs a secret to be seen
            (`token` = valid | expired | unknown, `signature/0` = valid | invalid ...).
        identity: the credentials used (`primary`), "" for none.
        at: when it began, UTC.
        elapsed: seconds, monotonic.
    """

    number: int
    initiator: Initiator
    request: Request
    response: Response
    at: datetime
    elapsed: float
    identity: str = ""
    scenario: str = ""
    facts: Mapping[str, str] = field(default_factory=lambda: NO_FACTS)


def _header(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def _deeper_than(limit: int, value: Json) -> bool:
    level: list[Json] = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


# A judge opens one answer again and again. Only the last two are kept, because one may be as long
# as a target likes. What is read is never written to, so that all readers may share it.
@lru_cache(maxsize=2)
def _parse(body: bytes, media_type: str | None) -> Json:
    try:
        # NaN and Infinity are Python's liberty, not RFC 8259's.
        parsed: Json = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        if body.count(b"[") + body.count(b"{") > DEEPEST and _deeper_than(DEEPEST, parsed):
            raise RecursionError
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Deviation(
            "not-json",
            observed=f"{media_type or 'no content type'}, {len(body)} bytes: {reason}",
            required="a JSON text (RFC 8259)",
        ) from None
    return parsed
