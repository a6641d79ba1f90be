"""Faulty references: near misses in how a request is read, remembered and answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from conformance.model.json import Json, JsonObject, at, compact
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.batches import RECEIVED, TRIAL, Batch
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.reference.exchange import Incoming, Outgoing

_MEMORY: Final = "mutant"
#: Messages of which the answers are remembered.
_REMEMBERED: Final = 20
_ROWS: Final = 1000


class TrimsSecrets(ProviderMutant):
    """Takes spaces away from a secret before it compares it."""

    breaks = ("VN-ACC-002",)

    def credentials_are_good(self, client_id: str, client_secret: str) -> bool:
        return super().credentials_are_good(client_id, client_secret.strip())


class ReadsParametersAnywhere(ProviderMutant):
    """Finds the parameters of a token request in its query too."""

    breaks = ("VN-ACC-008",)

    def issue_token(self, incoming: Incoming) -> Outgoing:
        form = {**incoming.unheard_of, **incoming.form}
        return super().issue_token(replace(incoming, form=form))


class RefusesCharsets(ProviderMutant):
    """Compares the whole field with the media type, and refuses JSON that says it is UTF-8."""

    breaks = ("VN-ACC-012",)

    def admit(self, incoming: Incoming) -> Outgoing | None:
        kind = incoming.headers.get("content-type", "")
        if kind.startswith("application/json;"):
            return self.answer_to_wrong_media_type(kind)
        return super().admit(incoming)


class TakesOtherAlphabets(ProviderMutant):
    """Reads what is no UTF-8 as well as it can, and finds fault with what it read."""

    breaks = ("VN-ACC-013",)

    def answer_to_malformed_json(self, reason: str) -> Outgoing:
        if "UTF-8" in reason:
            return self.problem(messages.MESSAGE_INVALID, "")
        return super().answer_to_malformed_json(reason)


class TakesNanForNothing(ProviderMutant):
    """Reads `NaN` as null, and finds fault with that."""

    breaks = ("VN-ACC-013",)

    def answer_to_malformed_json(self, reason: str) -> Outgoing:
        if reason.startswith("NaN"):
            return self.problem(messages.MESSAGE_INVALID, "")
        return super().answer_to_malformed_json(reason)


class EndsListsAtAThousand(ProviderMutant):
    """Ends every walk through a code list behind its thousandth row."""

    breaks = ("VN-ACC-015",)

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        return super().rows_of(name, version)[:_ROWS]


class SpendsTheIdsOfRefused(ProviderMutant):
    """Takes the id of a trial message that it refused whole for used."""

    breaks = ("VN-SYNC-003",)

    def submit(self, batch: Batch, message: Json) -> Outgoing:
        answer, key = super().submit(batch, message), _id_of(message)
        if batch is TRIAL and answer.status == messages.BATCH_SIZE.status and key:
            self.note_message(batch.operation, key, {"content": "", "receipt": None})
        return answer


class QuotesIdsAmongLetters(ProviderMutant):
    """Masks a value that is a personal id, and none that holds one among other letters."""

    breaks = ("VN-SYNC-008",)

    def error(self, complaint: Complaint, number: int, place: str, about: Json) -> JsonObject:
        error, value = super().error(complaint, number, place, about), complaint.value
        if value is None or value.isdecimal() or not self.may_be_quoted(complaint):
            return error
        return {**error, "value": value}


class ForgetsTheRejected(ProviderMutant):
    """Remembers no trial message of which it accepted nothing."""

    breaks = ("VN-SYNC-005", "VN-SYNC-016")

    def note_message(self, operation: str, message_id: str, told: JsonObject) -> None:
        receipt = told.get("receipt")
        if operation != TRIAL.operation or not isinstance(receipt, dict) or receipt["accepted"]:
            super().note_message(operation, message_id, told)


class RemembersTwenty(ProviderMutant):
    """Remembers what the last twenty messages were answered."""

    breaks = ("VN-SYNC-016",)

    def note_message(self, operation: str, message_id: str, told: JsonObject) -> None:
        super().note_message(operation, message_id, told)
        held = self.store.get(_MEMORY, "last")
        last = [
            *(held if isinstance(held, list) else ()),
            [operation, self.message_key(message_id)],
        ]
        self.store.put(_MEMORY, "last", last[-_REMEMBERED:])
        for lost in last[:-_REMEMBERED]:
            assert isinstance(lost, list)
            for kind in (str(lost[0]), RECEIVED):
                self.store.put(kind, str(lost[1]), None)


class ComparesThePeopleOnly(ProviderMutant):
    """Compares a repeated trial message with the first by whom it is about."""

    breaks = ("VN-SYNC-016",)

    def identity(self, batch: Batch, message: JsonObject) -> str:
        records = message[batch.key]
        if batch is not TRIAL or not isinstance(records, list):
            return super().identity(batch, message)
        return compact([at(record, "/profile/profileId") for record in records])


class TakesTruthForNumbers(ProviderMutant):
    """Takes true for a whole number in a profile, as languages do in which it is one."""

    breaks = ("VN-VEC-001",)

    def profile_schema(self, case: Case) -> Sequence[Complaint]:
        shape = tuple(
            problem
            for problem in case.shape
            if problem.keyword != "type" or at(case.subject, problem.pointer) is not True
        )
        return super().profile_schema(replace(case, shape=shape))


def _id_of(message: Json) -> str:
    header = message.get("header") if isinstance(message, dict) else None
    found = header.get("messageId") if isinstance(header, dict) else None
    return found if isinstance(found, str) else ""


NEAR_DOOR: Final = (
    TrimsSecrets,
    ReadsParametersAnywhere,
    RefusesCharsets,
    TakesOtherAlphabets,
    TakesNanForNothing,
    EndsListsAtAThousand,
)
NEAR_MESSAGES: Final = (
    SpendsTheIdsOfRefused,
    QuotesIdsAmongLetters,
    ForgetsTheRejected,
    RemembersTwenty,
    ComparesThePeopleOnly,
)
NEAR_SHAPES: Final = (TakesTruthForNumbers,)
