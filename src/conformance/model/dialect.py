"""How one nation's API authorises, wraps answers, pages and refuses: the protocol only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from conformance.errors import Deviation
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.json import Json

#: No server of note takes a longer header.
HEADER_LIMIT: Final = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Ok:
    """The answer holds `value`, freed of its envelope."""

    value: Json


@dataclass(frozen=True, slots=True)
class Empty:
    """A well-formed "nothing there"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that a refusal complains of; "" where the answer does not say."""

    code: str = ""
    pointer: str = ""
    rule: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The API said no, in its own way of saying so."""

    status: int
    code: str
    text: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Something before the API answered (a proxy, a quota), or this is no answer of this API."""

    status: int
    text: str


Answer = Ok | Empty | Refused | Gateway


class Dialect(Protocol):
    """What the engine must be told about one nation's way of speaking HTTP."""

    #: Names of JSON members and headers whose values are secrets (`access_token`).
    secret_members: frozenset[str]

    def authorise(
        self, send: Callable[[Request], Response], secret: Callable[[str], str]
    ) -> Mapping[str, str]:
        """
        Obtain what proves an identity and return the headers to add to its requests.

        `send` performs one unauthenticated request and records it; `secret(name)`
        gives the value of one credential field (`client_id`, `client_secret` ...).

        Raises:
            Deviation: the target answered, and not with what authorises.
        """

    def credential_fields(self) -> tuple[str, ...]:
        """The names that `authorise` asks `secret` for; all must be configured."""

    def unwrap(self, exchange: Exchange) -> Answer:
        """
        What the answer says, freed of envelope and transport.

        Never raises: what is no answer of this API is a `Gateway`.
        """

    def next_page(self, exchange: Exchange) -> str | None:
        """The target (path and query) of the next page, or None on the last one."""

    def parse_date(self, text: str) -> date:
        """A date as this API writes it. Raises ValueError."""

    def format_date(self, value: date) -> str:
        """A date as this API wants it."""


def carried(value: str) -> str:
    """
    `value`, given by a target, as a header will carry it.

    Raises:
        Deviation: `wrong-value`: no header can carry it (RFC 6749, appendix A.12).
    """
    if len(value) > HEADER_LIMIT or not all(" " <= character <= "~" for character in value):
        raise Deviation(
            "wrong-value",
            observed=f"a token of {len(value)} characters that no header carries",
            required=f"at most {HEADER_LIMIT} printable ASCII characters",
        )
    return value
