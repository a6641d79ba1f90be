"""
The bundled agency software: a careful client of the national API, from the agency's side.

It plays somebody else's product: an HTTP client and a database of its own, and nothing from
the engine but the words of `model`. One decision stands in one method, so that a mutant
(`agency_mutants`) can take one of them wrongly.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import ClassVar, Final

import httpx

from conformance.errors import UsageError
from conformance.model import seeds
from conformance.model.clock import Clock
from conformance.model.json import Json, JsonObject
from conformance.model.pack import AgencySurroundings, Assignment
from conformance.packs.vn_cbccvc.agency_line import (
    GaveUp,
    Line,
    Trouble,
    Unreachable,
    member,
    objects,
    read_json,
)
from conformance.packs.vn_cbccvc.agency_outbox import (
    Item,
    Kind,
    Outbox,
    OutgoingMessage,
    State,
)

_PATHS: Final[Mapping[Kind, str]] = {Kind.UNITS: "/v1/unit-batches", Kind.PEOPLE: "/v1/trial-sync"}
_CODES: Final[Mapping[Kind, str]] = {Kind.UNITS: "M50", Kind.PEOPLE: "M51"}
_MEMBERS: Final[Mapping[Kind, str]] = {Kind.UNITS: "units", Kind.PEOPLE: "records"}

#: The body that every test environment knows (grants.subtree_root).
SENDER: Final = "H98"
#: Attempts in a row before the line is left alone for `REST` seconds, and so often again.
ATTEMPTS: Final = 6
REST: Final = 600.0
ROUNDS: Final = 144
#: First and longest pause between two attempts that the agency chooses by itself, seconds.
FIRST_PAUSE: Final = 0.25
LONGEST_PAUSE: Final = 30.0
#: Times that one record is sent again in another message after a rejection.
REPAIRS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What the national side says of itself, and every header repeats."""

    environment: str
    receiver: str
    schema_version: str
    code_list_version: str


class Meaning(Enum):
    """What trouble is taken for."""

    UNKNOWN = auto()
    """Nobody can tell whether the message arrived: it is sent again."""
    DELIVERED = auto()
    REFUSED = auto()


class AgencySoftware:
    """
    Pushes a tree and its people to the national side, and keeps them until they have arrived.

    Fulfils `model.pack.Agency`.
    """

    line_kind: ClassVar[type[Line]] = Line

    def __init__(self, surroundings: AgencySurroundings) -> None:
        self._clock: Clock = surroundings.clock
        self._signer = surroundings.signer
        self._seed = surroundings.seed
        self._line = self.line_kind(surroundings, self.location)
        self.outbox = Outbox(surroundings.outbox)
        self._published: Published | None = None
        self._most = self.batch_limit()
        self.on_start()

    async def perform(self, assignment: Assignment) -> None:
        """Queue what the assignment brings, then send until nothing waits or nobody answers."""
        self.outbox.add(Kind.UNITS, self.tree(objects(assignment.material.get("units"))))
        self.outbox.add(Kind.PEOPLE, objects(assignment.material.get("people")))
        for _ in range(ROUNDS):
            try:
                while (message := self.outbox.unanswered() or await self._compose()) is not None:
                    await self._deliver(message)
            except Unreachable:
                await self._clock.sleep(self.rest())
            except GaveUp:
                return
            else:
                return

    async def aclose(self) -> None:
        """Let go of the connection and the file."""
        await self._line.aclose()
        self.outbox.close()

    # -- decisions: what goes out, and in which order ------------------------------

    def order(self) -> Sequence[Kind]:
        """The tree goes first: a profile may only name units that the national side knows."""
        return (Kind.UNITS, Kind.PEOPLE)

    def tree(self, units: Sequence[JsonObject]) -> Sequence[JsonObject]:
        """Parents before children; a code is longer than its parent's."""
        return sorted(units, key=lambda unit: str(unit.get("unitCode")).count("."))

    def batch_limit(self) -> int:
        """A trial message holds ten records at most."""
        return 10

    def environment(self) -> str:
        """What this software says of itself."""
        return "test"

    def sealed(self, item: Item) -> JsonObject:
        """A profile with the signature over exactly what is sent."""
        return {"profile": item.body, "signature": self._signature(item.body)}

    def time_of_sending(self) -> datetime:
        """The moment that a header states: this machine's."""
        return self._clock.now()

    # -- decisions: when something goes wrong --------------------------------------

    def on_start(self) -> None:
        """Whatever the outbox holds from before goes on as it was."""

    def before_sending(self, message: OutgoingMessage) -> None:
        """A message is on its way until it is answered, and no word sooner."""

    def meaning(
        self,
        message: OutgoingMessage,  # noqa: ARG002 - a mutant decides by it
        trouble: Trouble,  # noqa: ARG002
        attempt: int,  # noqa: ARG002
    ) -> Meaning:
        """Trouble on the line says nothing about the message."""
        return Meaning.UNKNOWN

    def rest(self) -> float:
        """Seconds until the next round, when nobody answers."""
        return REST

    def receipt(self, answer: httpx.Response) -> Json:
        """An answer as it is read: members that nobody knows are passed over."""
        return read_json(answer)

    def gives_up_refused(self, repairs: int) -> bool:
        """Whether a message that is refused whole is left to a person; not sent for ever."""
        return repairs >= REPAIRS

    def retry(
        self,
        message: OutgoingMessage,
        trouble: Trouble,  # noqa: ARG002 - a mutant decides by it
    ) -> OutgoingMessage:
        """The same message: only its id tells the national side that it has seen it already."""
        return message

    def pause(self, attempt: int, trouble: Trouble) -> float:
        """Seconds before the next attempt: what was asked for, else twice as long each time."""
        if trouble.retry_after is not None:
            return trouble.retry_after
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (attempt - 1))

    def after_trouble(self, trouble: Trouble) -> None:
        """Keep everything that waits behind the message in trouble."""

    def worth_repairing(self, item_repairs: int, rules: Sequence[str]) -> bool:
        """
        Whether a rejected record is composed and signed anew.

        A unit that came too late or a bad signature mends itself so; bad data does not.
        """
        mendable = {"unit-unknown", "parent-unknown", "signature-missing", "signature-invalid"}
        return item_repairs < REPAIRS and bool(rules) and set(rules) <= mendable

    def location(self, path: str, token: str) -> str:  # noqa: ARG002 - a mutant uses it
        """Where a call goes; the token travels in the Authorization header and nowhere else."""
        return path

    # -- composing -----------------------------------------------------------------

    async def _compose(self) -> OutgoingMessage | None:
        for kind in self.order():
            most = self._most if kind is Kind.PEOPLE else 100
            items = self.outbox.pending(kind, most)
            if items:
                header = self._header(kind, await self._metadata())
                message = self._written(kind, header, items)
                self.outbox.post(message)
                return message
        return None

    def _header(self, kind: Kind, published: Published) -> JsonObject:
        return {
            "messageId": self._new_id(),
            "messageCode": _CODES[kind],
            "sentAt": _time(self.time_of_sending()),
            "senderCode": SENDER,
            "receiverCode": published.receiver,
            "keyId": "agency-1",
            "schemaVersion": published.schema_version,
            "codeListVersion": published.code_list_version,
            "environment": self.environment(),
        }

    def _written(self, kind: Kind, header: JsonObject, items: Sequence[Item]) -> OutgoingMessage:
        records: list[Json] = [
            self.sealed(item) if kind is Kind.PEOPLE else item.body for item in items
        ]
        return OutgoingMessage(
            id=str(header["messageId"]),
            kind=kind,
            body=_bytes({"header": header, _MEMBERS[kind]: records}),
            items=tuple(item.key for item in items),
        )

    def _new_id(self) -> str:
        return seeds.derived_uuid(self._seed, "message", self.outbox.messages())

    def _signature(self, profile: JsonObject) -> str:
        return self._signer.sign(profile, signer="authorised", at=self._clock.now())

    # -- delivering ----------------------------------------------------------------

    async def _deliver(self, message: OutgoingMessage) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            self.before_sending(message)
            outcome = await self._line.call("POST", _PATHS[message.kind], message.body)
            if not isinstance(outcome, Trouble):
                if outcome.status_code != 200:
                    return self._refused(message, outcome)
                if self._receive(message, self.receipt(outcome)):
                    return None
                outcome = Trouble(answered=True, status=200)
            match self.meaning(message, outcome, attempt):
                case Meaning.DELIVERED:
                    acknowledged = message.items
                    return self.outbox.settle(
                        message, State.ACKNOWLEDGED, acknowledged=acknowledged
                    )
                case Meaning.REFUSED:
                    return self.outbox.settle(message, State.REJECTED, rejected=message.items)
            self.after_trouble(outcome)
            await self._clock.sleep(self.pause(attempt, outcome))
            message = self.retry(message, outcome)
        raise Unreachable(f"{ATTEMPTS} attempts on message {message.id}")

    def _receive(self, message: OutgoingMessage, receipt: Json) -> bool:
        """Book a receipt; False when it does not account for every record."""
        results = {result.get("recordNo"): result for result in objects(member(receipt, "results"))}
        if set(results) != set(range(1, len(message.items) + 1)):
            return False
        repairs = self.outbox.repairs(message.items)
        lists: dict[str, list[str]] = {"acknowledged": [], "rejected": [], "again": []}
        for number, key in enumerate(message.items, start=1):
            result = results[number]
            rules = [str(error.get("rule")) for error in objects(result.get("errors"))]
            if result.get("status") == "ACCEPTED":
                lists["acknowledged"].append(key)
            elif self.worth_repairing(repairs[key], rules):
                lists["again"].append(key)
            else:
                lists["rejected"].append(key)
        self.outbox.settle(message, State.ACKNOWLEDGED, **lists)
        return True

    def _refused(self, message: OutgoingMessage, answer: httpx.Response) -> None:
        """A message refused whole: compose it anew, smaller when it was too large; not forever."""
        if str(member(read_json(answer), "type")).endswith(":batch-size"):
            self._most = max(1, min(len(message.items) // 2, 10))
        repairs = self.outbox.repairs(message.items)
        rejected = [key for key in message.items if self.gives_up_refused(repairs[key])]
        again = [key for key in message.items if key not in rejected]
        self.outbox.settle(message, State.REJECTED, again=again, rejected=rejected)

    async def _metadata(self) -> Published:
        """What the national side publishes; asked once. Test data never go to production."""
        if self._published is not None:
            return self._published
        for attempt in range(1, ATTEMPTS + 1):
            answer = await self._line.call("GET", "/v1/metadata")
            if isinstance(answer, Trouble):
                await self._clock.sleep(self.pause(attempt, answer))
                continue
            said = read_json(answer)
            published = Published(
                environment=str(member(said, "environment")),
                receiver=str(member(said, "receiverCode")),
                schema_version=str(member(said, "schemaVersion")),
                code_list_version=str(member(said, "codeListVersion")),
            )
            if published.environment != "test":
                raise GaveUp("this is no test environment")
            self._published = published
            return published
        raise Unreachable("no metadata")


def build_agency(surroundings: AgencySurroundings, mutant: str | None = None) -> AgencySoftware:
    """
    The agency, or one or several mutants of it joined by "+".

    Raises:
        UsageError: no mutant of that name; the message lists the near ones.
    """
    # Mutants derive from this module's class, so they can only be known later.
    from conformance.packs.vn_cbccvc.agency_mutants_all import CONSUMER_MUTANTS

    known = {cls.__name__: cls for cls in CONSUMER_MUTANTS}
    chosen: list[type[AgencySoftware]] = []
    for name in mutant.split("+") if mutant else []:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or sorted(known)
            raise UsageError(
                "the agency has no such mutant", value=name, remedy=f"Try {', '.join(near)}."
            )
        chosen.append(known[name])
    if not chosen:
        return AgencySoftware(surroundings)
    if len(chosen) == 1:
        return chosen[0](surroundings)
    combined: type[AgencySoftware] = type("+".join(c.__name__ for c in chosen), tuple(chosen), {})
    return combined(surroundings)


def _bytes(message: JsonObject) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
