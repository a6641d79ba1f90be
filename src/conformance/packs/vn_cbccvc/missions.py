"""
The verbs of consumer scenarios: what an agency is asked to do, and what it then sent.

Reading is lenient: software under test may send anything, and a message that cannot be read
is one without records. Judging is `traffic_oracles`'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.errors import Deviation, TargetTimeout
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Assignment, LoadedPack
from conformance.model.requirement import Text
from conformance.wire.world import World

#: Units in the tree that an assignment brings; the people of one draw work in them.
UNITS: Final = 6
#: Seconds within which software must have carried out one assignment.
DEADLINE: Final = 60.0

SUBMIT_PEOPLE: Final = "submitTrialSync"
SUBMIT_UNITS: Final = "submitUnits"
SUBMIT_BATCH: Final = "submitProfileBatch"
#: Operation -> the member of its message that holds the records.
_RECORDS: Final[Mapping[str, str]] = {
    SUBMIT_PEOPLE: "records",
    SUBMIT_UNITS: "units",
    SUBMIT_BATCH: "records",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """
    One message that the agency sent, and what the national side answered.

    Attributes:
        header: empty when there was none to read.
        records: by position from 0; positions that held no object are missing.
        length: how many records the message held, of whatever kind.
        results: by position from 0; empty when the answer is no receipt.
    """

    exchange: Exchange
    header: JsonObject
    records: Mapping[int, JsonObject]
    length: int
    results: Mapping[int, JsonObject]

    @property
    def id(self) -> str:
        """The message id, "" when the message has none."""
        return text(self.header, "messageId")

    @property
    def profiles(self) -> Mapping[int, JsonObject]:
        """The profiles of a trial message by position."""
        return {n: mapping(record.get("profile")) for n, record in self.records.items()}

    def accepted(self) -> tuple[JsonObject, ...]:
        """The records that the national side took."""
        return tuple(
            record
            for n, record in self.records.items()
            if self.results.get(n, {}).get("status") == "ACCEPTED"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """
    One assignment and all that came of it, in order of arrival.

    Attributes:
        units: the tree that the agency was given.
        people: the people that it was given.
    """

    units: tuple[JsonObject, ...]
    people: tuple[JsonObject, ...]
    exchanges: tuple[Exchange, ...]

    @property
    def messages(self) -> tuple[Sent, ...]:
        """Every message with units or people, in order of arrival."""
        return messages(self.exchanges)

    @property
    def trials(self) -> tuple[Sent, ...]:
        """Every message with people, in order of arrival."""
        return tuple(
            sent for sent in self.messages if sent.exchange.request.operation == SUBMIT_PEOPLE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalSide:
    """The national side as a consumer scenario plays it."""

    world: World
    pack: LoadedPack

    def asks_for(
        self,
        name: str,
        brief: Text,
        *,
        people: int,
        but: Sequence[JsonObject] = (),
        deadline: float = DEADLINE,
    ) -> Work:
        """
        Have the agency push a new tree and `people` new civil servants.

        Args:
            but: what the test bed does wrong meanwhile.
            deadline: seconds within which it is to be done.

        Raises:
            TargetTimeout: the agency never called.
        """
        seed, as_of = self.world.seed, self.world.as_of
        units = tuple(self.pack.plugin.units(seed=seed, count=UNITS, as_of=as_of))
        crowd = tuple(self.pack.plugin.people(seed=seed, count=people, as_of=as_of))
        material: JsonObject = {"units": list(units), "people": list(crowd)}
        assignment = Assignment(id=name, brief=brief, material=material)
        exchanges = self.world.mission(assignment, disturbances=list(but), deadline=deadline)
        return Work(units=units, people=crowd, exchanges=exchanges)


def lost_acknowledgement(*, nth: int = 1) -> JsonObject:
    """The nth trial message is carried out, and the line is cut before it is answered."""
    return {"do": "lose-acknowledgement", "operation": SUBMIT_PEOPLE, "nth": nth}


def unavailable(*, retry_after: int, nth: int = 1) -> JsonObject:
    """The nth trial message is answered 503, to come back after `retry_after` seconds."""
    return {
        "do": "unavailable",
        "operation": SUBMIT_PEOPLE,
        "nth": nth,
        "retry_after": retry_after,
    }


def messages(exchanges: Sequence[Exchange]) -> tuple[Sent, ...]:
    """The messages with records among `exchanges`, read as far as they can be."""
    return tuple(sent(e) for e in exchanges if e.request.operation in _RECORDS)


def sent(exchange: Exchange) -> Sent:
    """One message as it arrived; never fails."""
    try:
        message = mapping(exchange.request.json())
    except Deviation:
        message = {}
    try:
        answer = mapping(exchange.response.json())
    except Deviation:
        answer = {}
    held = message.get(_RECORDS[exchange.request.operation])
    records = held if isinstance(held, list) else []
    results = answer.get("results") if exchange.response.status == 200 else None
    return Sent(
        exchange=exchange,
        header=mapping(message.get("header")),
        records={n: record for n, record in enumerate(records) if isinstance(record, dict)},
        length=len(records),
        results={
            number - 1: result
            for result in (results if isinstance(results, list) else [])
            if isinstance(result, dict) and isinstance(number := result.get("recordNo"), int)
        },
    )


def mapping(value: Json) -> JsonObject:
    """`value` when it is an object, an empty one otherwise."""
    return value if isinstance(value, dict) else {}


def text(record: JsonObject, member: str) -> str:
    """A member when it is a string, "" otherwise."""
    value = record.get(member)
    return value if isinstance(value, str) else ""


def objects(value: Json) -> list[JsonObject]:
    """The objects in what should be an array of objects."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def in_vain(what: str) -> TargetTimeout:
    """There is nothing to judge, and nobody to accuse."""
    return TargetTimeout(
        "awaited-in-vain",
        what,
        remedy="Let the software carry out the whole assignment before the deadline.",
    )
