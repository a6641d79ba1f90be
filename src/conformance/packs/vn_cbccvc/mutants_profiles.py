"""Faulty references: what is read, listed and followed about people, and trial records."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.batches import Batch
from conformance.packs.vn_cbccvc.feed import WITHDRAWN
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.jobs import PROFILE_BATCH, QUEUED
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.paging import Rows
from conformance.reference.exchange import Outgoing


class SkipsAProfileBetweenPages(ProviderMutant):
    """Leaves out one profile wherever a page of the list ends."""

    breaks = ("VN-PRO-004", "VN-CONT-020")

    def next_profile_cursor(self, page: Rows, rest: Rows) -> str | None:
        # A cursor names the last row that was given: here, one that was not.
        return rest[0][0] if rest else None


class RepeatsAProfileBetweenPages(ProviderMutant):
    """Begins a page of the list with the last profile of the page before."""

    breaks = ("VN-PRO-004", "VN-CONT-020")

    def next_profile_cursor(self, page: Rows, rest: Rows) -> str | None:
        # A page of one row would never end.
        return page[-2 if len(page) > 1 else -1][0] if rest else None


class ListsEverythingAgain(ProviderMutant):
    """Lists every profile, whenever it changed."""

    breaks = ("VN-PRO-005",)

    def changed_since(self, row: JsonObject, since: datetime) -> bool:
        return True


class LeavesOutTheMomentItself(ProviderMutant):
    """Lists only what changed after the moment that was asked for."""

    breaks = ("VN-PRO-005",)

    def changed_since(self, row: JsonObject, since: datetime) -> bool:
        return datetime.fromisoformat(str(row["updatedAt"])) > since


class ForgetsTheOffsetOfAMoment(ProviderMutant):
    """Reads `changedSince` without its offset."""

    breaks = ("VN-PRO-005",)

    def changed_since(self, row: JsonObject, since: datetime) -> bool:
        last = datetime.fromisoformat(str(row["updatedAt"]))
        return last.replace(tzinfo=None) >= since.replace(tzinfo=None)


class ForgetsEarlierVersions(ProviderMutant):
    """Keeps the last version in the history, and none before it."""

    breaks = ("VN-PRO-006",)

    def shown_versions(self, versions: Sequence[JsonObject]) -> Sequence[JsonObject]:
        return versions[-1:]


class TellsTheHistoryBackwards(ProviderMutant):
    """Gives the versions of a profile newest first."""

    breaks = ("VN-PRO-006",)

    def shown_versions(self, versions: Sequence[JsonObject]) -> Sequence[JsonObject]:
        return tuple(reversed(versions))


class SendsWhatTheReaderHolds(ProviderMutant):
    """Sends a profile in full to who holds it already."""

    breaks = ("VN-PRO-007",)

    def holds_already(self, condition: str, tag: str) -> bool:
        return False


class SaysUnchangedToEverybody(ProviderMutant):
    """Answers 304 whatever tag the reader holds."""

    breaks = ("VN-PRO-007",)

    def holds_already(self, condition: str, tag: str) -> bool:
        return bool(condition)


class TurnsSubTablesOver(ProviderMutant):
    """Gives the rows of every sub-table back in the opposite order."""

    breaks = ("VN-PRO-008",)

    def shown_profile(self, profile: Json) -> Json:
        if not isinstance(profile, dict):
            return profile
        return {
            name: list(reversed(value)) if isinstance(value, list) else value
            for name, value in profile.items()
        }


class DecomposesTexts(ProviderMutant):
    """Gives texts back in decomposed Unicode (NFD)."""

    breaks = ("VN-PRO-009",)

    def shown_profile(self, profile: Json) -> Json:
        return _decomposed(profile)


class KeepsTheReceiptOfAJob(ProviderMutant):
    """Ends a job without telling what became of the records."""

    breaks = ("VN-PRO-010", "VN-PRO-032", "VN-CONT-016", "VN-CONT-017")

    def outcome_of_job(self, job: JsonObject) -> JsonObject:
        return {}


class NeverEndsAJob(ProviderMutant):
    """Leaves every job in the queue."""

    breaks = ("VN-PRO-010", "VN-PRO-032", "VN-CONT-016", "VN-CONT-017")

    def status_of_job(self, job: JsonObject) -> str:
        return QUEUED


class TakesAThousandAndOne(ProviderMutant):
    """Takes a profile batch with more than a thousand records."""

    breaks = ("VN-PRO-011",)

    def fits(self, batch: Batch, records: Sequence[Json]) -> bool:
        return super().fits(batch, records) or (batch is PROFILE_BATCH and len(records) > 1000)


class StartsAnotherJobForAReplay(ProviderMutant):
    """Answers a replayed batch with a new job."""

    breaks = ("VN-PRO-012",)

    def answer_to_replayed_job(self, message: JsonObject, receipt: Json) -> Outgoing:
        header = message["header"]
        assert isinstance(header, dict)
        again: JsonObject = {**header, "messageId": self.job_id(str(header["messageId"]))}
        return self.start_job({**message, "header": again}, receipt)


class KeepsWithdrawalsToItself(ProviderMutant):
    """Does not tell in the change feed who was withdrawn."""

    breaks = ("VN-PRO-013",)

    def is_told(self, change: JsonObject) -> bool:
        return change["change"] != WITHDRAWN


class SkipsAChangeBetweenPages(ProviderMutant):
    """Leaves out one change wherever a page of the feed ends before the feed does."""

    breaks = ("VN-PRO-013", "VN-CONT-019")

    def next_place(self, after: int, until: int, last: int) -> int:
        return until + 1 if until + 1 < last else until


class RepeatsTheLastChange(ProviderMutant):
    """Begins each page of the feed with the last change of the page before."""

    breaks = ("VN-PRO-014", "VN-CONT-019", "VN-CONT-013")

    def next_place(self, after: int, until: int, last: int) -> int:
        return max(until - 1, 0)


class KeepsWhatWasWithdrawn(ProviderMutant):
    """Confirms that a profile was withdrawn, and keeps it."""

    breaks = ("VN-PRO-016", "VN-PRO-034", "VN-UNIT-013")

    def take_out(self, profile_id: str, version: int) -> None:
        pass


class CountsTheUnitsBelow(ProviderMutant):
    """Lists for a unit the people of the units below it too."""

    breaks = ("VN-PRO-017",)

    def works_there(self, works_in: str, unit: str) -> bool:
        return works_in == unit or works_in.startswith(f"{unit}.")


class TakesAPersonTwice(ProviderMutant):
    """Takes two records about one person in one message."""

    breaks = ("VN-SYNC-023", "VN-PRO-032")

    def duplicate(self, case: Case) -> Sequence[Complaint]:
        return ()


class PutsTheRejectedFirst(ProviderMutant):
    """Lists the rejected records of a message before the accepted ones."""

    breaks = ("VN-SYNC-024", "VN-PRO-032")

    def in_order_of_records(self, results: Sequence[JsonObject]) -> Sequence[JsonObject]:
        return sorted(results, key=lambda result: result["status"] == "ACCEPTED")


class CountsTheRejectedToo(ProviderMutant):
    """Counts rejected records among the accepted ones."""

    breaks = ("VN-SYNC-024", "VN-PRO-032")

    def accepted_among(self, results: Sequence[JsonObject]) -> int:
        return len(results)


class InventsReceipts(ProviderMutant):
    """Finds a receipt under every message id."""

    breaks = ("VN-SYNC-025", "VN-PRIV-003")

    def find_receipt(self, message_id: str) -> Json:
        known = super().find_receipt(message_id)
        if known is not None:
            return known
        return {
            "messageId": message_id,
            "messageCode": "M51",
            "receivedAt": self.clock.now().isoformat(),
            "received": 1,
            "accepted": 1,
            "rejected": 0,
            "results": [{"recordNo": 1, "status": "ACCEPTED", "version": 1}],
        }


class TakesStateSecrets(ProviderMutant):
    """Takes profiles that are state secrets."""

    breaks = ("VN-SYNC-027", "VN-PRIV-008")

    def profile_may_travel(self, case: Case) -> Sequence[Complaint]:
        return ()


def _decomposed(value: Json) -> Json:
    match value:
        case str():
            return unicodedata.normalize("NFD", value)
        case list():
            return [_decomposed(item) for item in value]
        case dict():
            return {name: _decomposed(item) for name, item in value.items()}
    return value


READING: Final = (
    SkipsAProfileBetweenPages,
    RepeatsAProfileBetweenPages,
    ListsEverythingAgain,
    LeavesOutTheMomentItself,
    ForgetsTheOffsetOfAMoment,
    ForgetsEarlierVersions,
    TellsTheHistoryBackwards,
    SendsWhatTheReaderHolds,
    SaysUnchangedToEverybody,
    TurnsSubTablesOver,
    DecomposesTexts,
    KeepsTheReceiptOfAJob,
    NeverEndsAJob,
    TakesAThousandAndOne,
    StartsAnotherJobForAReplay,
    KeepsWithdrawalsToItself,
    SkipsAChangeBetweenPages,
    RepeatsTheLastChange,
    KeepsWhatWasWithdrawn,
    CountsTheUnitsBelow,
)
TRIAL_RECORDS: Final = (
    TakesAPersonTwice,
    PutsTheRejectedFirst,
    CountsTheRejectedToo,
    InventsReceipts,
)
TRIAL_SECRETS: Final = (TakesStateSecrets,)
