"""Faulty references: order of events, repetitions, batches, and readers on a moving server."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from conformance.model.json import Json, JsonObject, compact
from conformance.packs.vn_cbccvc.batches import TRIAL, Batch, Verdict
from conformance.packs.vn_cbccvc.feed import PROFILE, UPDATED
from conformance.packs.vn_cbccvc.intake import Complaint
from conformance.packs.vn_cbccvc.keeping import HISTORY, PROFILES, version_of
from conformance.packs.vn_cbccvc.messages import Sentence
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.paging import Rows
from conformance.reference.exchange import Outgoing

_MEMORY: Final = "mutant"


class LetsTheLastToArriveWin(ProviderMutant):
    """Stores an older change over a newer one."""

    breaks = ("VN-CONT-011", "VN-CONT-012")

    def is_older(self, told: str, last: str) -> bool:
        return False


class DropsOldChangesInSilence(ProviderMutant):
    """Does not apply an older change, and says that it was accepted."""

    breaks = ("VN-CONT-011", "VN-CONT-012")

    def settle(self, batch: Batch, number: int, verdict: Verdict, message_id: str) -> JsonObject:
        if [complaint.rule for complaint in verdict.complaints] != ["change-outdated"]:
            return super().settle(batch, number, verdict, message_id)
        row = self.stored_profile(str(verdict.case.subject["profileId"]))
        return {"recordNo": number, "status": "ACCEPTED", "version": version_of(row)}


class ComparesTimesAsTexts(ProviderMutant):
    """Compares the times of two changes letter by letter."""

    breaks = ("VN-CONT-012",)

    def is_older(self, told: str, last: str) -> bool:
        return told < last


class ForgetsTheOffset(ProviderMutant):
    """Compares the times of two changes without their offsets."""

    breaks = ("VN-CONT-012",)

    def is_older(self, told: str, last: str) -> bool:
        one, other = (datetime.fromisoformat(text).replace(tzinfo=None) for text in (told, last))
        return one < other


class CountsEveryDelivery(ProviderMutant):
    """Makes a version of every delivery, whether anything is new or not."""

    breaks = ("VN-CONT-013", "VN-PRO-006")

    def is_repetition(self, before: JsonObject, profile: JsonObject) -> bool:
        return False


class ComparesProfilesAsWritten(ProviderMutant):
    """Finds another profile where the members only stand in another order."""

    breaks = ("VN-CONT-013",)

    def is_repetition(self, before: JsonObject, profile: JsonObject) -> bool:
        return list(before["profile"].items()) == list(profile.items())  # type: ignore[union-attr]


class TellsOfRepetitions(ProviderMutant):
    """Tells in the feed of every delivery, also of those that change nothing."""

    breaks = ("VN-CONT-013",)

    def keep_profile(self, profile: JsonObject, message_id: str = "", changed_at: str = "") -> int:
        before = self.stored_profile(str(profile.get("profileId")))
        version = super().keep_profile(profile, message_id, changed_at)
        if before is not None and version == before["version"]:
            key, unit = str(profile.get("profileId")), profile.get("employingUnitCode")
            self.note_change(PROFILE, key, UPDATED, version, unit)
        return version


class RewritesReceipts(ProviderMutant):
    """Tells in an old receipt the versions of today."""

    breaks = ("VN-CONT-014",)

    def find_receipt(self, message_id: str) -> Json:
        receipt = super().find_receipt(message_id)
        if not isinstance(receipt, dict):
            return receipt
        now = [
            version_of(self.store.get(PROFILES, key))
            for key in self.store.keys(PROFILES)
            if any(
                row.get("messageId") == message_id
                for n in self.store.keys(f"{HISTORY}/{key}")
                if isinstance(row := self.store.get(f"{HISTORY}/{key}", n), dict)
            )
        ]
        results = receipt["results"]
        assert isinstance(results, list)
        newest = max(now, default=0)
        return {
            **receipt,
            "results": [
                {**result, "version": max(newest, version_of(result))}
                if isinstance(result, dict) and result.get("status") == "ACCEPTED"
                else result
                for result in results
            ],
        }


class RemembersOnlyTheLastMessage(ProviderMutant):
    """Takes a message for a new one when another has come in between."""

    breaks = ("VN-CONT-015", "VN-SYNC-016")

    def known_message(self, batch: Batch, message_id: str) -> JsonObject | None:
        known = super().known_message(batch, message_id)
        last = self.store.get(_MEMORY, batch.operation)
        self.store.put(_MEMORY, batch.operation, message_id)
        return known if last == message_id else None


class RejectsTheWholeJob(ProviderMutant):
    """Rejects a whole batch of profiles for one faulty record."""

    breaks = ("VN-CONT-016", "VN-PRO-032")

    def decide(self, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        # What is longer than any trial message is a batch.
        if len(verdicts) <= TRIAL.most or not any(verdict.complaints for verdict in verdicts):
            return verdicts
        sentence = Sentence(vi="Lô bị từ chối.", en="The batch was rejected.")
        blame = Complaint(
            stage="neighbour", rule="neighbour-rejected", pointer="", sentence=sentence
        )
        return [
            verdict if verdict.complaints else replace(verdict, complaints=(blame,))
            for verdict in verdicts
        ]


class LosesTheTenthRecord(ProviderMutant):
    """Says that it accepted the tenth record of a message, and does not store it."""

    breaks = ("VN-CONT-016", "VN-PRO-013")

    def settle(self, batch: Batch, number: int, verdict: Verdict, message_id: str) -> JsonObject:
        if number != 10 or verdict.complaints or not batch.subject:
            return super().settle(batch, number, verdict, message_id)
        return {"recordNo": number, "status": "ACCEPTED", "version": 1}


class SwallowsJobFailures(ProviderMutant):
    """Tells every record of a job as accepted when the job is done."""

    breaks = ("VN-CONT-017", "VN-PRO-032", "VN-VEC-001", "VN-VEC-005")

    def outcome_of_job(self, job: JsonObject) -> JsonObject:
        receipt = job["receipt"]
        assert isinstance(receipt, dict)
        results = receipt["results"]
        assert isinstance(results, list)
        done: list[Json] = [
            {"recordNo": number, "status": "ACCEPTED", "version": version_of(result) or 1}
            for number, result in enumerate(results, start=1)
        ]
        told: JsonObject = {"accepted": len(done), "rejected": 0, "results": done}
        return {"receipt": {**receipt, **told}}


class RepeatsTheWholeMessage(ProviderMutant):
    """Applies a message once more when one of its rejected records is sent again."""

    breaks = ("VN-CONT-018",)

    def settle(self, batch: Batch, number: int, verdict: Verdict, message_id: str) -> JsonObject:
        person = str(verdict.case.subject.get("profileId"))
        before = self.store.get(_MEMORY, person)
        self.store.put(_MEMORY, person, message_id if verdict.complaints else None)
        if isinstance(before, str) and not verdict.complaints:
            for key in self.store.keys(PROFILES):
                row = self.stored_profile(key)
                if row is not None and row["messageId"] == before:
                    self.add_version(row["profile"], before)  # type: ignore[arg-type]
        return super().settle(batch, number, verdict, message_id)


class CountsChangesFromTheEnd(ProviderMutant):
    """Goes on in the feed as far from its end as the page before stopped, whatever came since."""

    breaks = ("VN-CONT-019",)

    def read_changes(self, query: Mapping[str, Json]) -> Outgoing:
        return _with_moving_cursor(self, query, step=1)


class GoesBackInABusyFeed(ProviderMutant):
    """Repeats a change for each one that came while the feed was being read."""

    breaks = ("VN-CONT-019",)

    def read_changes(self, query: Mapping[str, Json]) -> Outgoing:
        return _with_moving_cursor(self, query, step=-1)


class CountsRowsOfTheList(ProviderMutant):
    """Begins a page of the list as many rows from its top as the pages before held."""

    breaks = ("VN-CONT-020", "VN-PRO-004")

    def rows_after(self, cursor: str, unit: str | None, since: datetime | None) -> Rows:
        rows = super().rows_after("", unit, since)
        walk = compact([unit, since.isoformat() if since else None])
        if not cursor:
            self.store.put(_MEMORY, walk, [rank for rank, _ in rows])
            return rows
        known = self.store.get(_MEMORY, walk)
        ranks = known if isinstance(known, list) else []
        return rows[ranks.index(cursor) + 1 :] if cursor in ranks else rows


class WritesWhenTheJobEnds(ProviderMutant):
    """Writes the records of a batch once more when its job is read as done."""

    breaks = ("VN-CONT-021",)

    def outcome_of_job(self, job: JsonObject) -> JsonObject:
        for key in self.store.keys(PROFILES):
            now = self.stored_profile(key)
            for number in self.store.keys(f"{HISTORY}/{key}"):
                row = self.store.get(f"{HISTORY}/{key}", number)
                if now is None or not isinstance(row, dict):
                    continue
                profile, ours = row["profile"], row["messageId"] == job["messageId"]
                if ours and now["messageId"] != job["messageId"] and isinstance(profile, dict):
                    self.add_version(profile, str(job["messageId"]))
        return super().outcome_of_job(job)


def _with_moving_cursor(
    server: ProviderMutant, query: Mapping[str, Json], *, step: int
) -> Outgoing:
    """A page whose cursor moved with every change that came since it was given."""
    cursor, last = query.get("cursor"), server.last_sequence()
    given = server.store.get(_MEMORY, f"cursor/{cursor}")
    if isinstance(given, int) and last > given:
        place = server.place_of(cursor, last) or 0
        moved = min(max(place + step * (last - given), 0), last)
        # The feed's own writing of a place: sixteen letters for as many hexadecimal digits.
        text = f"{moved:016x}".translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))
        query = {**query, "cursor": text}
    answer = super(ProviderMutant, server).read_changes(query)
    body = answer.json
    if isinstance(body, dict) and body.get("more") is True:
        server.store.put(_MEMORY, f"cursor/{body['nextCursor']}", last)
    return answer


ORDER: Final = (
    LetsTheLastToArriveWin,
    DropsOldChangesInSilence,
    ComparesTimesAsTexts,
    ForgetsTheOffset,
    CountsEveryDelivery,
    ComparesProfilesAsWritten,
    TellsOfRepetitions,
    RewritesReceipts,
    RemembersOnlyTheLastMessage,
    RejectsTheWholeJob,
    LosesTheTenthRecord,
    SwallowsJobFailures,
    RepeatsTheWholeMessage,
    CountsChangesFromTheEnd,
    GoesBackInABusyFeed,
    CountsRowsOfTheList,
    WritesWhenTheJobEnds,
)
