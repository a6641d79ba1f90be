"""
What the desks of the bundled agency share: its register, its line, and how it asks a question.

The desks (`agency_choosing`, `agency_delivering`, `agency_mending`, `agency_asking`,
`agency_following`) are parts of one class, `agency.AgencySoftware`, so that a mutant overrides a
decision where it stands.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

import httpx

from conformance.model import seeds
from conformance.model.clock import Clock
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Signer
from conformance.packs.vn_cbccvc.agency_line import GaveUp, Line, Trouble, Unreachable
from conformance.packs.vn_cbccvc.agency_outbox import Kind, Outbox
from conformance.packs.vn_cbccvc.agency_register import Register

#: Attempts in a row before the line is left alone for `REST` seconds, and so often again.
ATTEMPTS: Final = 6
REST: Final = 600.0
ROUNDS: Final = 144


Work = TypeVar("Work")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What the national side says of itself, and every header repeats."""

    environment: str
    receiver: str
    schema_version: str
    code_list_version: str


class Office(ABC):
    """What every desk works with."""

    _clock: Clock
    _signer: Signer
    _seed: int
    _line: Line
    outbox: Outbox
    register: Register

    @abstractmethod
    async def published(self) -> Published:
        """What the national side publishes."""

    @abstractmethod
    async def drain(self) -> None:
        """Send until nothing waits. Raises GaveUp."""

    @abstractmethod
    def heading(self, code: str, identifier: str, published: Published) -> JsonObject:
        """A message header."""

    @abstractmethod
    def pause(self, attempt: int, trouble: Trouble) -> float:
        """Seconds before the next attempt."""

    @abstractmethod
    def rest(self) -> float:
        """Seconds until the next round, when nobody answers."""

    def channel(self) -> Kind:
        """How people are sent in this assignment: in trial messages, or in a batch."""
        return Kind.BATCH if self.register.read_note("channel") == "batch" else Kind.PEOPLE

    async def ask(self, code: str, path: str, content: Mapping[str, Json]) -> httpx.Response:
        """Put a question that is a message of its own."""
        number = self.register.count_one("questions")
        identifier = seeds.derived_uuid(self._seed, "question", number)
        header = self.heading(code, identifier, await self.patiently(self.published))
        return await self.call("POST", path, {"header": header, **content})

    async def call(self, method: str, path: str, body: Json = None) -> httpx.Response:
        """
        One call, repeated until it is answered.

        Raises:
            GaveUp: nobody answers.
        """
        return await self.patiently(partial(self.tried, method, path, body))

    async def tried(self, method: str, path: str, body: Json = None) -> httpx.Response:
        """
        One call, tried a few times in a row.

        Raises:
            Unreachable: nobody answered.
        """
        content = None if body is None else in_bytes(body)
        for attempt in range(1, ATTEMPTS + 1):
            answer = await self._line.call(method, path, content)
            if not isinstance(answer, Trouble):
                return answer
            await self._clock.sleep(self.pause(attempt, answer))
        raise Unreachable(f"{ATTEMPTS} attempts on {path}")

    async def patiently(self, work: Callable[[], Awaitable[Work]]) -> Work:
        """
        Do `work` again after a rest when nobody answers.

        Raises:
            GaveUp: nobody answered for a day.
        """
        for _ in range(ROUNDS):
            try:
                return await work()
            except Unreachable:
                await self._clock.sleep(self.rest())
        raise GaveUp("nobody answers")


def in_bytes(message: Json) -> bytes:
    """A message as it goes on the wire."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
