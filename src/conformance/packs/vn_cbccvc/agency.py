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
from typing import ClassVar, Final

from conformance.errors import UsageError
from conformance.model import seeds
from conformance.model.clock import Clock
from conformance.model.json import Json, JsonObject
from conformance.model.pack import AgencySurroundings, Assignment
from conformance.packs.vn_cbccvc.agency_asking import Asking
from conformance.packs.vn_cbccvc.agency_choosing import SENDER, Choosing
from conformance.packs.vn_cbccvc.agency_counter import Counter, Served
from conformance.packs.vn_cbccvc.agency_delivering import Delivering
from conformance.packs.vn_cbccvc.agency_following import Following
from conformance.packs.vn_cbccvc.agency_line import (
    GaveUp,
    Line,
    member,
    objects,
    read_json,
)
from conformance.packs.vn_cbccvc.agency_office import Published, in_bytes
from conformance.packs.vn_cbccvc.agency_outbox import (
    Item,
    Kind,
    Outbox,
    OutgoingMessage,
)
from conformance.packs.vn_cbccvc.agency_register import Page, Register

_CODES: Final[Mapping[Kind, str]] = {Kind.UNITS: "M50", Kind.PEOPLE: "M51", Kind.BATCH: "M52"}


class AgencySoftware(Counter, Choosing, Delivering, Asking, Following):
    """
    Pushes a tree and its people to the national side, and keeps them until they have arrived.

    Fulfils `model.pack.Agency`.

    Args:
        served: what its own API answers from, None for software that only pushes.
    """

    line_kind: ClassVar[type[Line]] = Line

    def __init__(self, surroundings: AgencySurroundings, served: Served | None = None) -> None:
        self.served = served
        self._clock: Clock = surroundings.clock
        self._signer = surroundings.signer
        self._seed = surroundings.seed
        self._line = self.line_kind(surroundings, self.location)
        self.outbox = Outbox(surroundings.outbox)
        self.register = Register(self.outbox.database, "")
        self._published = None
        self._most = self.batch_limit()
        self.on_start()

    async def perform(self, assignment: Assignment) -> None:
        """Load what the assignment brings, then do what it asks for until nobody answers."""
        material = assignment.material
        self.load(assignment.continues or assignment.id, material)
        tasks = material.get("tasks", ["push"])
        try:
            # What a restart interrupted goes first: its fate is not known.
            if self.outbox.unanswered() is not None:
                await self.drain()
            for task in tasks if isinstance(tasks, list) else []:
                self.take_in()
                await self.carry_out(str(task), material)
        except GaveUp:
            return

    def load(self, dossier: str, material: JsonObject) -> None:
        """Open the dossier of an assignment, or go on with it."""
        self.register = Register(self.outbox.database, dossier)
        with self.outbox.transaction():
            self.open_counter()
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
        await self.patiently(self._empty)

    async def _empty(self) -> None:
        while (message := self.outbox.unanswered() or await self._compose()) is not None:
            await self.deliver(message)

    async def aclose(self) -> None:
        """Let go of the connection and the file."""
        await self._line.aclose()
        self.outbox.close()
        if self.served is not None:
            self.served.close()

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

    def time_of_sending(self) -> datetime:
        """The moment that a header states: this machine's."""
        return self._clock.now()

    def on_start(self) -> None:
        """Whatever the outbox holds from before goes on as it was."""

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

    async def published(self) -> Published:
        """
        What the national side publishes; asked once, and again when a refusal names the lists.

        Test data never go to production.
        """
        if self._published is not None:
            return self._published
        said = read_json(await self.tried("GET", "/v1/metadata"))
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


def build_agency(
    surroundings: AgencySurroundings, mutant: str | None = None, served: Served | None = None
) -> AgencySoftware:
    """
    The agency, or one or several mutants of it joined by "+".

    Args:
        served: what its own API answers from.

    Raises:
        UsageError: no mutant of that name; the message lists the near ones.
    """
    # Mutants derive from this module's class, so they can only be known later.
    from conformance.packs.vn_cbccvc.agency_mutants_all import CONSUMER_MUTANTS, TWO_WAY_MUTANTS

    known = {cls.__name__: cls for cls in (*CONSUMER_MUTANTS, *TWO_WAY_MUTANTS)}
    chosen: list[type[AgencySoftware]] = []
    for name in mutant.split("+") if mutant else []:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or sorted(known)
            raise UsageError(
                "the agency has no such mutant", value=name, remedy=f"Try {', '.join(near)}."
            )
        chosen.append(known[name])
    if not chosen:
        return AgencySoftware(surroundings, served)
    if len(chosen) == 1:
        return chosen[0](surroundings, served)
    combined: type[AgencySoftware] = type("+".join(c.__name__ for c in chosen), tuple(chosen), {})
    return combined(surroundings, served)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
