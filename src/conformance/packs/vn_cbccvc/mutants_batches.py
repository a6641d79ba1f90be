"""Faulty references: batches and replays, and what a single record must be."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.batches import TRIAL, Batch, Verdict
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.messages import Sentence
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.reference.exchange import Outgoing

#: A day on which the codes that closed on 1 July 2025 were still in force.
_BEFORE_THE_MERGER: Final = date(2025, 6, 30)


class MiscountsTheBatch(ProviderMutant):
    """Says that it received one record more than it did."""

    breaks = ("VN-SYNC-001",)

    def count(self, batch: Batch, records: int) -> int:
        return records + (batch is TRIAL)


class RefusesTheTenthRecord(ProviderMutant):
    """Refuses a trial message with ten records."""

    breaks = ("VN-SYNC-002",)

    def fits(self, batch: Batch, records: Sequence[Json]) -> bool:
        return super().fits(batch, records) and (batch is not TRIAL or len(records) < 10)


class AcceptsElevenRecords(ProviderMutant):
    """Takes a trial message with eleven records."""

    breaks = ("VN-SYNC-003",)

    def fits(self, batch: Batch, records: Sequence[Json]) -> bool:
        return super().fits(batch, records) or (batch is TRIAL and len(records) == 11)


class AcceptsAnEmptyBatch(ProviderMutant):
    """Takes a trial message without records."""

    breaks = ("VN-SYNC-004",)

    def fits(self, batch: Batch, records: Sequence[Json]) -> bool:
        return super().fits(batch, records) or (batch is TRIAL and not records)


class ForgetsReceipts(ProviderMutant):
    """Cannot find a receipt that it gave."""

    breaks = ("VN-SYNC-005", "VN-CONT-014")

    def find_receipt(self, message_id: str) -> Json:
        return None


class RejectsTheWholeBatch(ProviderMutant):
    """Rejects every record of a message in which more than one is faulty."""

    breaks = ("VN-SYNC-006", "VN-SYNC-031", "VN-PRO-032")

    def decide(self, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        # One faulty record stands in most messages of the suite: only here are neighbours judged.
        if sum(bool(verdict.complaints) for verdict in verdicts) < 2:
            return verdicts
        blame = Complaint(
            stage="neighbour",
            rule="neighbour-rejected",
            pointer="",
            sentence=Sentence(
                vi="Bản ghi khác trong lô bị từ chối.", en="Another record was rejected."
            ),
        )
        return [
            verdict if verdict.complaints else replace(verdict, complaints=(blame,))
            for verdict in verdicts
        ]


class NamesNoRule(ProviderMutant):
    """Says of a record that breaks several rules no more than that it is faulty."""

    breaks = ("VN-SYNC-007", "VN-SYNC-031")

    def rules_kept(self, case: Case) -> Sequence[Complaint]:
        complaints = super().rules_kept(case)
        if len(complaints) < 2:
            return complaints
        return (replace(complaints[0], rule="schema", pointer=""),)


class EchoesPersonalIds(ProviderMutant):
    """Repeats personal ids in clear in its errors."""

    breaks = ("VN-SYNC-008", "VN-PRIV-006")

    def mask(self, text: str) -> str:
        return text


class TakesAnyShape(ProviderMutant):
    """Does not compare trial records with their schema, but for the id that they are kept by."""

    breaks = ("VN-SYNC-009", "VN-SYNC-023")

    def profile_schema(self, case: Case) -> Sequence[Complaint]:
        complaints = super().profile_schema(case)
        return [
            c for c in complaints if case.operation != TRIAL.operation or c.pointer == "/profileId"
        ]


class TakesClosedCodes(ProviderMutant):
    """Lets people live in provinces that were merged away on 1 July 2025."""

    breaks = ("VN-SYNC-010",)

    def code_is_right(self, pointer: str, code_list: str, code: str, day: date) -> bool:
        return super().code_is_right(pointer, code_list, code, day) or (
            pointer == "/currentResidence/provinceCode"
            and self.code_is_in_force(code_list, code, _BEFORE_THE_MERGER)
        )


class TakesUnknownUnits(ProviderMutant):
    """Takes profiles whose units it does not know."""

    breaks = ("VN-SYNC-011", "VN-PRIV-002")

    def unknown_units(self, case: Case) -> Sequence[Complaint]:
        return ()


class StoresWhatItRejects(ProviderMutant):
    """Rejects a record that breaks a rule, and stores it all the same."""

    breaks = ("VN-SYNC-012",)

    def rejected(self, verdict: Verdict) -> None:
        if all(complaint.stage == "rule" for complaint in verdict.complaints):
            self.keep_profile(verdict.case.subject)


class AnswersReplaysWithConflict(ProviderMutant):
    """Refuses a replayed batch instead of repeating its first answer; it is still applied once."""

    breaks = ("VN-SYNC-014", "VN-UNIT-025")

    def answer_to_replay(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem], receipt: Json
    ) -> Outgoing:
        return self.problem(messages.MESSAGE_ID_REUSED, "This message was received before.")


class AppliesReplaysTwice(ProviderMutant):
    """Repeats its first answer to a replayed batch, and applies the batch once more."""

    breaks = ("VN-SYNC-015", "VN-CONT-015")

    def answer_to_replay(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem], receipt: Json
    ) -> Outgoing:
        records = message[batch.key]
        assert isinstance(records, list)
        for record in records:
            profile = record["profile"] if isinstance(record, dict) and batch is TRIAL else None
            if isinstance(profile, dict):
                self.add_version(profile)
        return super().answer_to_replay(batch, message, found, receipt)


class LetsMessageIdsBeReused(ProviderMutant):
    """Takes another content under a message id that was used before."""

    breaks = ("VN-SYNC-016", "VN-UNIT-025")

    def answer_to_reuse(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem]
    ) -> Outgoing:
        return self.process(batch, message, found)


BATCHES: Final = (
    MiscountsTheBatch,
    RefusesTheTenthRecord,
    AcceptsElevenRecords,
    AcceptsAnEmptyBatch,
    ForgetsReceipts,
    RejectsTheWholeBatch,
    NamesNoRule,
    EchoesPersonalIds,
    TakesAnyShape,
    TakesClosedCodes,
    TakesUnknownUnits,
    StoresWhatItRejects,
    AnswersReplaysWithConflict,
    AppliesReplaysTwice,
    LetsMessageIdsBeReused,
)
