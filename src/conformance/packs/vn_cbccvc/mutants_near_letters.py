"""Faulty references: what real servers let pass by a letter, a day, an hour, a kind of message."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, JsonObject, compact
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.batches import TRIAL, UNIT_BATCH, Batch
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.keeping import HISTORY, PROFILES
from conformance.packs.vn_cbccvc.messages import ProblemKind
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.reorganisation import Reorganisation
from conformance.packs.vn_cbccvc.standing import Slice
from conformance.packs.vn_cbccvc.tree import HANOI, UNITS
from conformance.packs.vn_cbccvc.vocabulary import CLIENT_SECRET, NEIGHBOUR_SECRET
from conformance.reference.exchange import Outgoing

_MEMORY: Final = "mutant"
#: Letters of a secret that a short column keeps.
_KEPT: Final = 8
#: Of a message, that are seen through.
_REPETITIONS: Final = 2


class ComparesEightCharacters(ProviderMutant):
    """Compares the first eight characters of a secret, as some columns for passwords do."""

    breaks = ("VN-ACC-002",)

    def credentials_are_good(self, client_id: str, client_secret: str) -> bool:
        return any(
            client_secret[:_KEPT] == secret[:_KEPT]
            and super(ComparesEightCharacters, self).credentials_are_good(client_id, secret)
            for secret in (CLIENT_SECRET, NEIGHBOUR_SECRET)
        )


class FindsTokensInAnyCase(ProviderMutant):
    """Finds a token whatever the case of its letters, as a lax collation does."""

    breaks = ("VN-ACC-004",)

    def token_is_good(self, token: str) -> bool:
        if super().token_is_good(token):
            self.store.put(_MEMORY, token.lower(), True)
        return self.store.get(_MEMORY, token.lower()) is True


class StatesAnotherStatusOfConflicts(ProviderMutant):
    """Writes 400 into the problem of a message id that was used before, and sends it under 409."""

    breaks = ("VN-ACC-010",)

    def stated_status(self, kind: ProblemKind) -> int:
        return 400 if kind is messages.MESSAGE_ID_REUSED else super().stated_status(kind)


class ForgetsThatItDeletes(ProviderMutant):
    """Does not name DELETE among the methods that a path knows."""

    breaks = ("VN-ACC-011",)

    def methods_named(self, allowed: Sequence[str]) -> Mapping[str, str]:
        return super().methods_named([method for method in allowed if method != "DELETE"])


class LooksIntoOtherJson(ProviderMutant):
    """Takes every kind of JSON for its own, and finds fault with the message in it."""

    breaks = ("VN-ACC-012",)

    def answer_to_wrong_media_type(self, received: str) -> Outgoing:
        if received.endswith("json"):
            return self.problem(messages.MESSAGE_INVALID, "")
        return super().answer_to_wrong_media_type(received)


class PassesOverTails(ProviderMutant):
    """Reads the first JSON text of a body, whatever comes behind it, and finds fault with that."""

    breaks = ("VN-ACC-013",)

    def answer_to_malformed_json(self, reason: str) -> Outgoing:
        if "Extra data" in reason:
            return self.problem(messages.MESSAGE_INVALID, "")
        return super().answer_to_malformed_json(reason)


class ServesTheVersionBefore(ProviderMutant):
    """Serves the newest version before the day asked for when none began on it."""

    breaks = ("VN-ACC-016",)

    def answer_to_unknown_version(self, name: str, version: str) -> Outgoing:
        older = [known for known in self.versions_of(name) if known < version]
        if not older:
            return super().answer_to_unknown_version(name, version)
        return self.read_code_list(name, {"version": older[-1]})


class KeepsNoQuotaAsNull(ProviderMutant):
    """Keeps a staff quota of 0 as one that was not assigned."""

    breaks = ("VN-UNIT-001",)

    def keep_unit(self, unit: JsonObject) -> int:
        none = {"staffQuota": None} if unit.get("staffQuota") == 0 else {}
        return super().keep_unit({**unit, **none})


class DropsNullMembers(ProviderMutant):
    """Gives a unit back without a staff quota that was sent as null."""

    breaks = ("VN-UNIT-001",)

    def shown_unit(self, unit: JsonObject) -> JsonObject:
        return {
            name: value for name, value in unit.items() if name != "staffQuota" or value is not None
        }


class AdoptsTheOrphansOfTheRejected(ProviderMutant):
    """Takes a unit below one that it has just rejected."""

    breaks = ("VN-UNIT-004",)

    def judge_unit(self, case: Case) -> Sequence[Complaint]:
        complaints = super().judge_unit(case)
        parent, code = str(case.subject.get("parentCode")), str(case.subject.get("unitCode"))
        if [c.rule for c in complaints] == ["parent-unknown"] and self.store.get(_MEMORY, parent):
            return ()
        # A wrong shape or a strange type says nothing of the place.
        if any(complaint.rule == "parent-unknown" for complaint in complaints):
            self.store.put(_MEMORY, code, True)
        return complaints


class ReadsTypesOfTheFirstDay(ProviderMutant):
    """Reads the type of a unit in the list of the day on which it began."""

    breaks = ("VN-UNIT-005", "VN-TIER-001")

    def day_of_unit_codes(self, case: Case) -> date:
        first = date.fromisoformat(str(case.subject["effectiveFrom"]))
        return min(first, super().day_of_unit_codes(case))


class DatesLinksByTheDecision(ProviderMutant):
    """Writes into a lineage the day on which something was decided, not the first of the new."""

    breaks = ("VN-UNIT-008", "VN-TIER-005", "VN-TIER-018", "VN-TIER-023")

    def carry_out(self, message: JsonObject) -> Outgoing:
        answer, change = super().carry_out(message), Reorganisation.read(message)

        def dated(links: Sequence[JsonObject]) -> tuple[JsonObject, ...]:
            return tuple(
                {**link, "effectiveOn": message["decisionDate"]}
                if link["decisionNo"] == change.decision
                else link
                for link in links
            )

        for code in (*change.before, *(str(unit["unitCode"]) for unit in change.after)):
            if standing := self.standing(code):
                both = dated(standing.predecessors), dated(standing.successors)
                told = replace(standing, predecessors=both[0], successors=both[1])
                self.store.put(UNITS, code, told.as_json())
        return answer


class CountsTheWithdrawn(ProviderMutant):
    """Dissolves no unit in which somebody worked who has been withdrawn since."""

    breaks = ("VN-UNIT-013",)

    def has_people(self, code: str) -> bool:
        profiles = (
            row["profile"]
            for key in self.store.keys(PROFILES)
            for number in self.store.keys(f"{HISTORY}/{key}")
            if isinstance(row := self.store.get(f"{HISTORY}/{key}", number), dict)
        )
        gone = any(isinstance(p, dict) and p["employingUnitCode"] == code for p in profiles)
        return gone or super().has_people(code)


class SeesOnlySmallCircles(ProviderMutant):
    """Looks for a circle among the unit above and the one above that."""

    breaks = ("VN-UNIT-017",)

    def closes_a_circle(self, code: str, parent: Json, start: str, end: str | None) -> bool:
        grandparent = (self.unit(parent) or {}).get("parentCode")
        return code in (parent, grandparent)


class ForgetsThePastWhenCorrected(ProviderMutant):
    """Puts a correction in the place of everything that a unit ever was."""

    breaks = ("VN-UNIT-028",)

    def keep_unit(self, unit: JsonObject) -> int:
        known = self.standing(unit["unitCode"])
        if known is None:
            return super().keep_unit(unit)
        only = Slice(start=str(unit["effectiveFrom"]), unit=unit)
        return self.keep_standing(replace(known, version=known.version + 1, slices=(only,)))


class EndsBeforeItFounds(ProviderMutant):
    """Rejects a merger for the code of its heir, and ends what was to be merged all the same."""

    breaks = ("VN-TIER-011",)

    def codes_after_fit(self, change: Reorganisation) -> Sequence[Complaint]:
        complaints = super().codes_after_fit(change)
        for code in change.closing if complaints and change.operation == "HOP_NHAP" else ():
            standing = self.standing(code)
            if standing is not None and standing.end is None:
                self.keep_standing(standing.ended(change.day))
        return complaints


class NamesWhoStandsTwice(ProviderMutant):
    """Names the person of a repeated record in the sentence, and there the id is whole."""

    breaks = ("VN-SYNC-008",)

    def error(self, complaint: Complaint, number: int, place: str, about: Json) -> JsonObject:
        error = super().error(complaint, number, place, about)
        if complaint.rule != "duplicate-record":
            return error
        return {**error, "message": {"vi": f"Trùng {about}.", "en": f"{about} stands twice."}}


class QuotesInsuranceNumbers(ProviderMutant):
    """Masks personal ids by the name of their member, and quotes insurance numbers whole."""

    breaks = ("VN-SYNC-008",)

    def error(self, complaint: Complaint, number: int, place: str, about: Json) -> JsonObject:
        error = super().error(complaint, number, place, about)
        if complaint.pointer != "/socialInsuranceNumber" or complaint.value is None:
            return error
        return {**error, "value": complaint.value}


class CountsSignaturesAsContent(ProviderMutant):
    """Takes a message that was signed anew for another one."""

    breaks = ("VN-SYNC-014",)

    def identity(self, batch: Batch, message: JsonObject) -> str:
        plain = super().identity(batch, message)
        records = message[batch.key]
        assert isinstance(records, list)
        signed = [r.get("signature") for r in records if isinstance(r, dict)]
        return compact([plain, signed]) if batch is TRIAL else plain


class CountsTheTimeOfSending(ProviderMutant):
    """Takes a message that was sent again, and says when, for another one."""

    breaks = ("VN-SYNC-014",)

    def identity(self, batch: Batch, message: JsonObject) -> str:
        plain, header = super().identity(batch, message), message["header"]
        assert isinstance(header, dict)
        return compact([plain, header["sentAt"]]) if batch is TRIAL else plain


class ComparesMessagesAsWritten(ProviderMutant):
    """Takes a message whose members stand in another order for another one."""

    breaks = ("VN-SYNC-014",)

    def identity(self, batch: Batch, message: JsonObject) -> str:
        plain, records = super().identity(batch, message), message[batch.key]
        assert isinstance(records, list)
        order = ";".join(" ".join(_profile(r)) for r in records if isinstance(r, dict))
        return compact([plain, order]) if batch is TRIAL else plain


class AppliesWhatIsRepeatedOften(ProviderMutant):
    """Applies a trial message once more when it comes for the fourth time and after."""

    breaks = ("VN-SYNC-015",)

    def answer_to_replay(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem], receipt: Json
    ) -> Outgoing:
        key = compact(receipt)
        times = self.store.get(_MEMORY, key)
        count = times if isinstance(times, int) else 0
        self.store.put(_MEMORY, key, count + 1)
        records = message[batch.key] if batch is TRIAL and count >= _REPETITIONS else []
        for record in records if isinstance(records, list) else ():
            if isinstance(record, dict):
                self.add_version(_profile(record))
        return super().answer_to_replay(batch, message, found, receipt)


class KeepsIdsByKind(ProviderMutant):
    """Takes a message under an id that was used by one of another kind."""

    breaks = ("VN-SYNC-016",)

    def came_otherwise(self, operation: str, message_id: str) -> bool:
        return False


class LetsClocksRunAnHourAhead(ProviderMutant):
    """Takes messages that say that they come from within the next hour."""

    breaks = ("VN-SYNC-022",)

    def is_ahead(self, sent_at: datetime) -> bool:
        return super().is_ahead(sent_at - timedelta(minutes=55))


class ReadsClocksAsItsOwn(ProviderMutant):
    """Reads the clock of a message as that of Hanoi, whatever offset stands behind it."""

    breaks = ("VN-SYNC-022",)

    def is_ahead(self, sent_at: datetime) -> bool:
        return super().is_ahead(sent_at.replace(tzinfo=HANOI))


class ReadsClocksAsUniversal(ProviderMutant):
    """Reads the clock of a message as that of Greenwich, whatever offset stands behind it."""

    breaks = ("VN-SYNC-022",)

    def is_ahead(self, sent_at: datetime) -> bool:
        return super().is_ahead(sent_at.replace(tzinfo=UTC))


class FindsReceiptsOfUnits(ProviderMutant):
    """Gives the receipt of a message with units to who asks for that of a trial."""

    breaks = ("VN-SYNC-025",)

    def find_receipt(self, message_id: str) -> Json:
        receipt = super().find_receipt(message_id)
        units = self.known_message(UNIT_BATCH, message_id)
        return units["receipt"] if receipt is None and units else receipt


def _profile(record: JsonObject) -> JsonObject:
    profile = record.get("profile")
    return profile if isinstance(profile, dict) else {}


ACCESS: Final = (
    ComparesEightCharacters,
    FindsTokensInAnyCase,
    StatesAnotherStatusOfConflicts,
    ForgetsThatItDeletes,
    LooksIntoOtherJson,
    PassesOverTails,
    ServesTheVersionBefore,
)
UNITS_LET_PASS: Final = (
    KeepsNoQuotaAsNull,
    DropsNullMembers,
    AdoptsTheOrphansOfTheRejected,
    ReadsTypesOfTheFirstDay,
    DatesLinksByTheDecision,
    CountsTheWithdrawn,
    SeesOnlySmallCircles,
    ForgetsThePastWhenCorrected,
)
DECISIONS_LET_PASS: Final = (EndsBeforeItFounds,)
MESSAGES_LET_PASS: Final = (
    NamesWhoStandsTwice,
    QuotesInsuranceNumbers,
    CountsSignaturesAsContent,
    CountsTheTimeOfSending,
    ComparesMessagesAsWritten,
    AppliesWhatIsRepeatedOften,
    KeepsIdsByKind,
    LetsClocksRunAnHourAhead,
    ReadsClocksAsItsOwn,
    ReadsClocksAsUniversal,
    FindsReceiptsOfUnits,
)
