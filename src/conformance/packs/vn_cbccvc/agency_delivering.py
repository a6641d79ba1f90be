"""
The bundled agency's dispatch: a message goes out, again where nobody tells what became of it,
and is booked by what comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Final

import httpx

from conformance.model.json import Json
from conformance.packs.vn_cbccvc.agency_line import Trouble, Unreachable, member, objects, read_json
from conformance.packs.vn_cbccvc.agency_mending import Mending
from conformance.packs.vn_cbccvc.agency_office import ATTEMPTS, REST, Published
from conformance.packs.vn_cbccvc.agency_outbox import Kind, OutgoingMessage, State

_PATHS: Final[Mapping[Kind, str]] = {
    Kind.UNITS: "/v1/unit-batches",
    Kind.PEOPLE: "/v1/trial-sync",
    Kind.BATCH: "/v1/profile-batches",
}
#: First and longest pause between two attempts that the agency chooses by itself, seconds.
FIRST_PAUSE: Final = 0.25
LONGEST_PAUSE: Final = 30.0
#: Times that one record is sent again in another message after a rejection.
REPAIRS: Final = 2


class Meaning(Enum):
    """What trouble is taken for."""

    UNKNOWN = auto()
    """Nobody can tell whether the message arrived: it is sent again."""
    DELIVERED = auto()
    REFUSED = auto()


class Delivering(Mending):
    """Decides what follows from trouble, and from none."""

    _published: Published | None
    _most: int

    # -- decisions -----------------------------------------------------------------

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

    # -- delivering ----------------------------------------------------------------

    async def deliver(self, message: OutgoingMessage) -> None:
        """Send one message until it is answered. Raises Unreachable when nobody answers."""
        for attempt in range(1, ATTEMPTS + 1):
            self.before_sending(message)
            outcome = await self._line.call("POST", _PATHS[message.kind], message.body)
            if not isinstance(outcome, Trouble):
                if outcome.status_code not in {200, 202}:
                    return self._refused(message, outcome)
                taken = outcome.status_code == 202
                receipt = await self.outcome(outcome) if taken else self.receipt(outcome)
                # Books and corrections together: whoever is ended in between gets the same
                # receipt again for the same message.
                with self.outbox.transaction():
                    if self._receive(message, receipt):
                        await self.mend(message, receipt)
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
        refusal = read_json(answer)
        if str(member(refusal, "type")).endswith(":batch-size"):
            self._most = max(1, min(len(message.items) // 2, 10))
        if self.names_the_lists(refusal):
            self._published = None
        repairs = self.outbox.repairs(message.items)
        rejected = [key for key in message.items if self.gives_up_refused(repairs[key])]
        again = [key for key in message.items if key not in rejected]
        self.outbox.settle(message, State.REJECTED, again=again, rejected=rejected)
