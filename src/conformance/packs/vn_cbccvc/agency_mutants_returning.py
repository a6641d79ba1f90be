"""
Agencies that do the wrong thing with what comes back: jobs, rejections, closed units, new lists.

Each recovers where the national side tells it so, so that nothing else breaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Final

import httpx

from conformance.model import seeds
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.agency_line import member, objects
from conformance.packs.vn_cbccvc.agency_mutants import AgencyMutant, under
from conformance.packs.vn_cbccvc.agency_outbox import Item, Kind, OutgoingMessage


class GivesUpOnASlowJob(AgencyMutant):
    """Asks after a job twice and takes its silence for success."""

    breaks = ("VN-CCON-016",)

    def askings(self) -> int:
        return 2


class SendsABatchAgainWhileItsJobRuns(AgencyMutant):
    """Sends a batch once more, under a new id, before its job is done."""

    breaks = ("VN-CCON-016",)

    _sent_again = False

    async def outcome(self, taken: httpx.Response) -> Json:
        waiting = self.outbox.unanswered()
        if waiting is not None and not self._sent_again:
            self._sent_again = True
            again = under(seeds.derived_uuid(self._seed, "impatient", waiting.id), waiting)
            await self.call("POST", "/v1/profile-batches", again.content())
        return await super().outcome(taken)


class AsksAfterJobsAllTheTime(AgencyMutant):
    """Asks after a job every half second, whatever its answers ask for."""

    breaks = ("VN-CCON-017",)

    def pace(self, answer: httpx.Response) -> float:
        del answer
        return 0.5


class ResendsTheWholeMessage(AgencyMutant):
    """Sends everybody of a message again when one was refused."""

    breaks = ("VN-CCON-018",)
    of: ClassVar[Kind] = Kind.PEOPLE

    async def mend(self, message: OutgoingMessage, receipt: Json) -> None:
        await super().mend(message, receipt)
        results = objects(member(receipt, "results"))
        taken = [
            subject
            for subject, result in zip(self.subjects(message), results, strict=True)
            if result.get("status") == "ACCEPTED"
        ]
        if len(taken) < len(results) and message.kind is self.of:
            self.outbox.add_again(message.kind, taken)


class ResendsTheWholeBatch(ResendsTheWholeMessage):
    """Sends everybody of a batch again when its job refused one."""

    breaks = ("VN-CCON-050",)
    of = Kind.BATCH


class ForgetsWhatAJobRefused(AgencyMutant):
    """Is content when a job is done, and corrects nobody whom it refused."""

    breaks = ("VN-CCON-050",)

    async def mend(self, message: OutgoingMessage, receipt: Json) -> None:
        if message.kind is not Kind.BATCH:
            await super().mend(message, receipt)


class SignsAgainWithTheRefusedCertificate(AgencyMutant):
    """Signs a record anew, and with the same certificate, when that had been refused."""

    breaks = ("VN-CCON-051",)

    def worth_repairing(self, item_repairs: int, rules: Sequence[str]) -> bool:
        refused = set(rules) <= {"signature-expired", "signature-revoked"}
        return (refused and item_repairs == 0) or super().worth_repairing(item_repairs, rules)


class _Stubborn(AgencyMutant):
    """Sends a rejected record once more as it was, and mends it only then."""

    def is_hopeful(self, rule: str) -> bool:
        raise NotImplementedError

    def worth_repairing(self, item_repairs: int, rules: Sequence[str]) -> bool:
        hopeful = bool(rules) and all(self.is_hopeful(rule) for rule in rules)
        return (hopeful and item_repairs == 0) or super().worth_repairing(item_repairs, rules)

    async def mend(self, message: OutgoingMessage, receipt: Json) -> None:
        waiting = {item.key for item in self.outbox.pending(message.kind, 1000)}
        results: list[Json] = [
            result
            for key, result in zip(message.items, objects(member(receipt, "results")), strict=True)
            if key not in waiting
        ]
        await super().mend(message, {"results": results})


class ResendsBlindly(_Stubborn):
    """Sends a faulty record again as it was, in the hope of a better day."""

    breaks = ("VN-CCON-019",)

    def is_hopeful(self, rule: str) -> bool:
        return rule.startswith("VN-R-")


class KeepsSendingToTheClosedUnit(_Stubborn):
    """Sends people to a unit once more after it was told that it closed."""

    breaks = ("VN-CCON-024",)

    def is_hopeful(self, rule: str) -> bool:
        return rule == "unit-closed"


class TidiesUpWhileItCorrects(AgencyMutant):
    """Changes the telephone number as well when it corrects something else."""

    breaks = ("VN-CCON-020",)

    async def put_right(
        self, kind: Kind, subject: JsonObject, errors: Sequence[JsonObject]
    ) -> JsonObject:
        right = await super().put_right(kind, subject, errors)
        if right == subject or not _broke_a_rule(errors):
            return right
        return {**right, "phone": "0990000009"}


class KeepsTheOldSignature(AgencyMutant):
    """Corrects a record and leaves the signature of before under it."""

    breaks = ("VN-CCON-021",)

    def load(self, dossier: str, material: JsonObject) -> None:
        super().load(dossier, material)
        self._old: dict[str, Json] = {}

    async def mend(self, message: OutgoingMessage, receipt: Json) -> None:
        records = objects(member(message.content(), "records"))
        for record, result in zip(records, objects(member(receipt, "results")), strict=False):
            if _broke_a_rule(objects(result.get("errors"))):
                key = str(member(record.get("profile"), "profileId"))
                self._old[key] = record.get("signature")
        await super().mend(message, receipt)

    def sealed(self, item: Item) -> JsonObject:
        sealed = super().sealed(item)
        old = self._old.pop(str(item.body.get("profileId")), None)
        return sealed if old is None else {**sealed, "signature": old}


class CorrectsUnderTheOldId(AgencyMutant):
    """Sends a correction under the id of the message that was answered."""

    breaks = ("VN-CCON-022", "VN-CLIN-029")

    _answered = ""

    async def mend(self, message: OutgoingMessage, receipt: Json) -> None:
        results = objects(member(receipt, "results"))
        if any(_broke_a_rule(objects(result.get("errors"))) for result in results):
            self._answered = message.id
        await super().mend(message, receipt)

    def _written(self, kind: Kind, header: JsonObject, items: Sequence[Item]) -> OutgoingMessage:
        message = super()._written(kind, header, items)
        old, self._answered = self._answered, ""
        return replace(message, body=under(old, message).body) if old else message


class CorrectsOnlyTheFirstFault(AgencyMutant):
    """Reads the first line of its list of refusals, and shelves the rest."""

    breaks = ("VN-CCON-023", "VN-CCON-050")

    def from_the_papers(self, subject: JsonObject, name: str) -> JsonObject:
        return {} if name == "recruitingAgency" else super().from_the_papers(subject, name)


class MovesPeopleToTheParent(AgencyMutant):
    """Moves the people of a unit that closed to the unit above it."""

    breaks = ("VN-CCON-025",)

    async def heir(self, unit: str) -> str:
        return unit.rpartition(".")[0]


class DeclaresTheOldListsAgain(AgencyMutant):
    """Sends a message under the old version of the lists once more."""

    breaks = ("VN-CCON-026",)

    _refusals = 0

    def names_the_lists(self, refusal: Json) -> bool:
        named = super().names_the_lists(refusal)
        self._refusals += named
        return named and self._refusals > 1


class DeclaresNewListsOverOldCodes(AgencyMutant):
    """Declares the new version of the lists and keeps the old codes."""

    breaks = ("VN-CCON-027",)

    def recoded(self, unit: JsonObject) -> JsonObject:
        return unit


class PutsEverybodyIntoTheCapital(AgencyMutant):
    """Replaces every code that is gone by the first one of the new list."""

    breaks = ("VN-CCON-027",)

    def recoded(self, unit: JsonObject) -> JsonObject:
        right = super().recoded(unit)
        return unit if right == unit else {**right, "provinceCode": "01"}


def _broke_a_rule(errors: Sequence[JsonObject]) -> bool:
    return any(str(error.get("rule")).startswith("VN-R-") for error in errors)


RETURNING_MUTANTS: Final[tuple[type[AgencyMutant], ...]] = (
    GivesUpOnASlowJob,
    SendsABatchAgainWhileItsJobRuns,
    AsksAfterJobsAllTheTime,
    ResendsTheWholeMessage,
    ResendsTheWholeBatch,
    ForgetsWhatAJobRefused,
    SignsAgainWithTheRefusedCertificate,
    ResendsBlindly,
    TidiesUpWhileItCorrects,
    KeepsTheOldSignature,
    CorrectsUnderTheOldId,
    CorrectsOnlyTheFirstFault,
    KeepsSendingToTheClosedUnit,
    MovesPeopleToTheParent,
    DeclaresTheOldListsAgain,
    DeclaresNewListsOverOldCodes,
    PutsEverybodyIntoTheCapital,
)
