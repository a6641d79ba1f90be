"""
The bundled agency software: a careful client of the national API, from the agency's side.

It plays somebody else's product: an HTTP client and a database of its own, and nothing from
the engine but the words of `model`. One decision stands in one method, so that a mutant
(`agency_mutants`) can take one of them wrongly.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import httpx

from conformance.errors import UsageError
from conformance.model import seeds
from conformance.model.clock import Clock
from conformance.model.json import Json, JsonObject
from conformance.model.pack import AgencySurroundings, Assignment, LoadedPack
from conformance.packs.vn_cbccvc.agency_asking import Asking
from conformance.packs.vn_cbccvc.agency_choosing import SENDER, Choosing
from conformance.packs.vn_cbccvc.agency_following import Following
from conformance.packs.vn_cbccvc.agency_line import (
    GaveUp,
    Line,
    Trouble,
    member,
    objects,
    read_json,
)
from conformance.packs.vn_cbccvc.agency_mending import Mending
from conformance.packs.vn_cbccvc.agency_office import ATTEMPTS, Published, in_bytes
from conformance.packs.vn_cbccvc.agency_outbox import (
    Item,
    Kind,
    Outbox,
    OutgoingMessage,
    State,
)
from conformance.packs.vn_cbccvc.agency_register import Page, Register

_PATHS: Final[Mapping[Kind, str]] = {
    Kind.UNITS: "/v1/unit-batches",
    Kind.PEOPLE: "/v1/trial-sync",
    Kind.BATCH: "/v1/profile-batches",
}
_CODES: Final[Mapping[Kind, str]] = {Kind.UNITS: "M50", Kind.PEOPLE: "M51", Kind.BATCH: "M52"}

#: Longest pause that the agency chooses by itself, seconds.
LONGEST_PAUSE: Final = 30.0
#: Times that one record is sent again in another message after a rejection.
REPAIRS: Final = 2


class AgencySoftware(Choosing, Mending, Asking, Following):
    """
    Pushes a tree and its people to the national side, and keeps them until they have arrived.

    Fulfils `model.pack.Agency`.
    """

    def __init__(self, surroundings: AgencySurroundings) -> None:
        self._clock: Clock = surroundings.clock
        self._signer = surroundings.signer
        self._seed = surroundings.seed
        self._line = Line(surroundings, self.location)
        self.outbox = Outbox(surroundings.outbox)
        self._file = surroundings.outbox
        self.register = Register(self._file, "")
        self._published: Published | None = None
        self._most = self.batch_limit()

    async def perform(self, assignment: Assignment) -> None:
        """Load what the assignment brings, then do what it asks for until nobody answers."""
        material = assignment.material
        self.load(assignment.id, material)
        tasks = material.get("tasks", ["push"])
        try:
            # What a restart interrupted goes first: its fate is not known.
            if self.outbox.unanswered() is not None:
                await self.drain()
            for task in tasks if isinstance(tasks, list) else []:
                await self.carry_out(str(task), material)
        except GaveUp:
            return

    def load(self, dossier: str, material: JsonObject) -> None:
        """Open the dossier of an assignment, or go on with it."""
        self.register.close()
        self.register = Register(self._file, dossier)
        self.register.open_all(Page.UNIT, "unitCode", objects(material.get("units")))
        self.register.open_all(Page.PERSON, "profileId", objects(material.get("people")))
        self.register.write(Page.NOTE, "channel", material.get("channel", "trial"))
        for correction in objects(material.get("corrections")):
            key = str(correction.get("profileId", correction.get("unitCode")))
            self.register.open_with(Page.CORRECTION, key, correction.get("fields"))

    async def carry_out(self, task: str, material: JsonObject) -> None:
        """One task of an assignment."""
        agency = str(material.get("agencyCode", SENDER))
        match task:
            case "push":
                await self.push()
            case "match":
                await self.match()
            case "ask-what-is-held":
                await self.ask_what_is_held()
            case "change":
                await self.change(material.get("changes"))
            case "follow":
                await self.follow()
            case "resolve":
                await self.resolve(agency)
            case "reconcile":
                await self.reconcile(agency)
            case "withdraw":
                await self.withdraw(material.get("withdraw"))
            case _:
                raise GaveUp(f"nobody here knows how to {task}")

    async def drain(self) -> None:
        """Send until nothing waits, or nobody answers."""
        while (message := self.outbox.unanswered() or await self._compose()) is not None:
            await self._deliver(message)

    async def aclose(self) -> None:
        """Let go of the connection and the file."""
        await self._line.aclose()
        self.outbox.close()
        self.register.close()

    # -- decisions: what goes out, and in which order ------------------------------

    def order(self) -> Sequence[Kind]:
        """The tree goes first: a profile may only name units that the national side knows."""
        return (Kind.UNITS, Kind.PEOPLE, Kind.BATCH)

    def batch_limit(self) -> int:
        """A trial message holds ten records at most."""
        return 10

    def environment(self) -> str:
        """What this software says of itself."""
        return "test"

    def sealed(self, item: Item) -> JsonObject:
        """A profile with the signature over exactly what is sent."""
        profile = self.moved(item.body)
        return {
            "profile": profile,
            "signature": self._signature(profile),
            **self.stamp(profile),
        }

    # -- decisions: when something goes wrong --------------------------------------

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
        return min(LONGEST_PAUSE, 2.0 ** (attempt - 1))

    def after_trouble(self) -> None:
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
                header = self.heading(_CODES[kind], self._new_id(), await self.published())
                message = self._written(kind, header, items)
                self.outbox.post(message)
                return message
        return None

    def heading(self, code: str, identifier: str, published: Published) -> JsonObject:
        """Who sends what to whom, under which versions."""
        return {
            "messageId": identifier,
            "messageCode": code,
            "sentAt": _time(self._clock.now()),
            "senderCode": SENDER,
            "receiverCode": published.receiver,
            "keyId": "agency-1",
            "schemaVersion": published.schema_version,
            "codeListVersion": published.code_list_version,
            "environment": self.environment(),
        }

    def _written(self, kind: Kind, header: JsonObject, items: Sequence[Item]) -> OutgoingMessage:
        records: list[Json] = [
            self.recoded(item.body) if kind is Kind.UNITS else self.sealed(item) for item in items
        ]
        return OutgoingMessage(
            id=str(header["messageId"]),
            kind=kind,
            body=in_bytes({"header": header, kind.member: records}),
            items=tuple(item.key for item in items),
        )

    def _new_id(self) -> str:
        return seeds.derived_uuid(self._seed, "message", self.outbox.messages())

    def _signature(self, profile: JsonObject) -> str:
        return self._signer.sign(profile, signer="authorised", at=self._clock.now())

    # -- delivering ----------------------------------------------------------------

    async def _deliver(self, message: OutgoingMessage) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            outcome = await self._line.call("POST", _PATHS[message.kind], message.body)
            if not isinstance(outcome, Trouble):
                if outcome.status_code not in {200, 202}:
                    return self._refused(message, outcome)
                taken = outcome.status_code == 202
                receipt = await self.outcome(outcome) if taken else read_json(outcome)
                if self._receive(message, receipt):
                    await self.mend(message, receipt)
                    return None
                outcome = Trouble(answered=True)
            self.after_trouble()
            await self._clock.sleep(self.pause(attempt, outcome))
            message = self.retry(message, outcome)
        raise GaveUp(f"{ATTEMPTS} attempts on message {message.id}")

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
        refusal = read_json(answer)
        if str(member(refusal, "type")).endswith(":batch-size"):
            self._most = max(1, min(len(message.items) // 2, 10))
        if self.names_the_lists(refusal):
            self._published = None
        repairs = self.outbox.repairs(message.items)
        again = [key for key in message.items if repairs[key] < REPAIRS]
        rejected = [key for key in message.items if repairs[key] >= REPAIRS]
        self.outbox.settle(message, State.REJECTED, again=again, rejected=rejected)

    async def published(self) -> Published:
        """
        What the national side publishes; asked once, and again when a refusal names the lists.

        Test data never go to production.
        """
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
            await self.note_lists(published)
            self._published = published
            return published
        raise GaveUp("no metadata")


def build_agency(
    pack: LoadedPack,  # noqa: ARG001 - all that it must know was published to it
    surroundings: AgencySurroundings,
    mutant: str | None = None,
) -> AgencySoftware:
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


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
