"""
Faulty references: near misses in what is kept, told and believed, as real servers have them.

One file, for they share their kind of slip and not their requirement.
"""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from conformance.crypto import chain
from conformance.crypto.jws import read_header
from conformance.crypto.steps import Step
from conformance.model.json import Json, JsonObject
from conformance.model.remark import Remark
from conformance.model.signing import SignatureCheck
from conformance.packs.vn_cbccvc.batches import Verdict
from conformance.packs.vn_cbccvc.feed import CHANGES, CLOSED
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.jobs import DONE
from conformance.packs.vn_cbccvc.keeping import HISTORY, moment_of
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.signatures import SIGNER
from conformance.reference.exchange import Incoming, Outgoing

_COLUMN: Final = 255
_SERVED: Final = "served-cursors"


class DropsWhatIsFalse(ProviderMutant):
    """Keeps no member of a profile that is false."""

    breaks = ("VN-PRO-001",)

    def profile_to_keep(self, before: JsonObject | None, profile: JsonObject) -> JsonObject:
        return {name: value for name, value in profile.items() if value is not False}


class KnowsOneTagOnly(ProviderMutant):
    """Compares `If-None-Match` with the tag as one text."""

    breaks = ("VN-PRO-007",)

    def holds_already(self, condition: str, tag: str) -> bool:
        return condition == tag


class SaysUnchangedWithoutTheTag(ProviderMutant):
    """Sends 304 without the tag that still holds."""

    breaks = ("VN-PRO-007",)

    def read_profile(self, profile_id: str, incoming: Incoming) -> Outgoing:
        answer = super().read_profile(profile_id, incoming)
        return replace(answer, headers={}) if answer.status == 304 else answer


class ComposesTexts(ProviderMutant):
    """Gives texts back in composed Unicode (NFC), however they were signed."""

    breaks = ("VN-PRO-009",)

    def shown_profile(self, profile: Json) -> Json:
        return _rewritten(profile, lambda text: unicodedata.normalize("NFC", text))


class TrimsTexts(ProviderMutant):
    """Gives texts back without the spaces at their ends."""

    breaks = ("VN-PRO-031",)

    def shown_profile(self, profile: Json) -> Json:
        return _rewritten(profile, str.strip)


class CutsTexts(ProviderMutant):
    """Keeps every text in a column of 255 characters."""

    breaks = ("VN-PRO-031",)

    def shown_profile(self, profile: Json) -> Json:
        return _rewritten(profile, lambda text: text[:_COLUMN])


class ForgetsDoneJobs(ProviderMutant):
    """Knows the message of a job until it is done, and then takes it for a new one."""

    breaks = ("VN-PRO-012",)

    def answer_to_replayed_job(self, message: JsonObject, receipt: Json) -> Outgoing:
        answer = super().answer_to_replayed_job(message, receipt)
        header, told = message["header"], answer.json
        assert isinstance(header, dict)
        assert isinstance(told, dict)
        if told["status"] != DONE:
            return answer
        again: JsonObject = {**header, "messageId": self.job_id(str(header["messageId"]))}
        return self.start_job({**message, "header": again}, receipt)


class ClosesUnitsInSilence(ProviderMutant):
    """Does not tell in the change feed which units end."""

    breaks = ("VN-PRO-013",)

    def is_told(self, change: JsonObject) -> bool:
        return change["change"] != CLOSED


class WritesBatchesInBulk(ProviderMutant):
    """Leaves what a batch changed out of the change feed."""

    breaks = ("VN-PRO-013",)

    def start_job(self, message: JsonObject, receipt: Json) -> Outgoing:
        assert isinstance(receipt, dict)
        written, last = receipt["accepted"], self.last_sequence()
        assert isinstance(written, int)
        for sequence in range(last - written + 1, last + 1):
            self.store.put(CHANGES, str(sequence), None)
        return super().start_job(message, receipt)


class TakesDoublesInBatches(ProviderMutant):
    """Judges the records of a batch each for itself: of two about one person both are taken."""

    breaks = ("VN-PRO-032",)

    def without_duplicates(self, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        return verdicts if _of_batch(verdicts) else super().without_duplicates(verdicts)


class StopsAtTheFirstFault(ProviderMutant):
    """Ends a job with the first rejected record, and is done all the same."""

    breaks = ("VN-PRO-032", "VN-CONT-016", "VN-VEC-001", "VN-VEC-005")

    def outcome_of_job(self, job: JsonObject) -> JsonObject:
        receipt = job["receipt"]
        assert isinstance(receipt, dict)
        results = receipt["results"]
        assert isinstance(results, list)
        told: list[Json] = []
        for result in results:
            told.append(result)
            if isinstance(result, dict) and result["status"] == "REJECTED":
                break
        accepted = sum(isinstance(r, dict) and r["status"] == "ACCEPTED" for r in told)
        counts: JsonObject = {
            "received": len(told),
            "accepted": accepted,
            "rejected": len(told) - accepted,
        }
        return {"receipt": {**receipt, **counts, "results": told}}


class CountsTheAcceptedAsReceived(ProviderMutant):
    """Says in the receipt of a job that it received what it accepted."""

    breaks = ("VN-PRO-032",)

    def outcome_of_job(self, job: JsonObject) -> JsonObject:
        receipt = job["receipt"]
        assert isinstance(receipt, dict)
        return {"receipt": {**receipt, "received": receipt["accepted"]}}


class ServesACursorOnce(ProviderMutant):
    """Refuses a cursor of the feed that it was asked for before."""

    breaks = ("VN-PRO-033",)

    def read_changes(self, query: Mapping[str, Json]) -> Outgoing:
        cursor = str(query.get("cursor", ""))
        answer = super().read_changes(query)
        told = answer.json
        # What held nothing yet may be asked for again: so do readers who wait.
        if not isinstance(told, dict) or not told.get("items") or cursor in ("", "latest"):
            return answer
        if self.store.get(_SERVED, cursor) is not None:
            return self.answer_to_foreign_cursor(cursor)
        self.store.put(_SERVED, cursor, True)
        return answer


class CountsFromOneAgain(ProviderMutant):
    """Numbers the versions of a profile that was withdrawn from 1 again."""

    breaks = ("VN-PRO-034",)

    def take_out(self, profile_id: str, version: int) -> None:
        super().take_out(profile_id, 0)


class GoesOnWithTheOldHistory(ProviderMutant):
    """Tells of a profile that was created anew what was accepted before it was withdrawn."""

    breaks = ("VN-PRO-018", "VN-PRO-034")

    def versions(self, profile_id: str, row: JsonObject) -> Sequence[JsonObject]:
        return super().versions(profile_id, {**row, "first": 1})


class RemembersTheRejected(ProviderMutant):
    """Takes a rejected record for the first one about its person."""

    breaks = ("VN-SYNC-023",)

    def without_duplicates(self, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        seen: set[str] = set()
        kept = []
        for verdict in verdicts:
            person = str(verdict.case.subject.get("profileId"))
            again = not verdict.complaints and person in seen
            kept.append(
                replace(verdict, complaints=self.duplicate(verdict.case)) if again else verdict
            )
            seen.add(person)
        return kept


class KeepsStateSecrets(ProviderMutant):
    """Rejects a state secret, and keeps it all the same."""

    breaks = ("VN-SYNC-027", "VN-PRIV-008")

    def rejected(self, verdict: Verdict) -> None:
        if [complaint.rule for complaint in verdict.complaints] == ["state-secret"]:
            self.keep_profile(verdict.case.subject)


class HousesForTwoDaysMore(ProviderMutant):
    """Takes people into a unit on the first two days on which it lives no longer."""

    breaks = ("VN-SYNC-028",)

    def unit_has_closed(self, code: Json, as_of: date) -> bool:
        # Two: by the world's clocks the first of them lasts until seven in Vietnam's morning.
        return super().unit_has_closed(code, as_of - timedelta(days=2))


class TellsOneFaultAtATime(ProviderMutant):
    """Tells the first fault of a record and no other."""

    breaks = ("VN-SYNC-031",)

    def judge_profile(self, case: Case) -> Sequence[Complaint]:
        return super().judge_profile(case)[:1]


class JudgesRulesBeforeSignatures(ProviderMutant):
    """Tells who forged a record which rules it breaks."""

    breaks = ("VN-SYNC-031",)

    def signature_sound(self, case: Case) -> Sequence[Complaint]:
        unsound = super().signature_sound(case)
        return (unsound and self.rules_kept(case)) or unsound


class LooksNoCommunesUp(ProviderMutant):
    """Takes any five digits for a commune."""

    breaks = ("VN-VEC-005",)

    def code_is_right(self, pointer: str, code_list: str, code: str, day: date) -> bool:
        return code_list == "communes" or super().code_is_right(pointer, code_list, code, day)


class LooksNoTablesUp(ProviderMutant):
    """Looks up the codes of a profile, and none in its tables."""

    breaks = ("VN-VEC-005",)

    def code_is_right(self, pointer: str, code_list: str, code: str, day: date) -> bool:
        in_table = any(step.isdecimal() for step in pointer.split("/"))
        return in_table or super().code_is_right(pointer, code_list, code, day)


class FindsCodesInAnyCase(ProviderMutant):
    """Finds a code whether it is written in capitals or not."""

    breaks = ("VN-VEC-005",)

    def code_is_in_force(self, code_list: str, code: str, as_of: date) -> bool:
        in_force = super().code_is_in_force
        return any(in_force(code_list, each, as_of) for each in (code, code.swapcase()))


class ComposesBeforeItVerifies(ProviderMutant):
    """Composes letters (NFC) before it verifies: whoever takes them apart is not noticed."""

    breaks = ("VN-SIG-002",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        subject = _rewritten(case.subject, lambda text: unicodedata.normalize("NFC", text))
        assert isinstance(subject, dict)
        composed = super().signature_checks(replace(case, subject=subject))
        return composed if all(c.passed for c in composed) else super().signature_checks(case)


class TrustsTheNameOfTheIssuer(ProviderMutant):
    """Trusts every certificate that names the authority as its issuer."""

    breaks = ("VN-SIG-003",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        checks = super().signature_checks(case)
        header = read_header(str(case.signature))
        if isinstance(header, Remark):
            return checks
        try:
            leaf = chain.read(header.get("x5c"))[0]
        except chain.Unfit:
            return checks
        named = {anchor.subject for anchor in chain.anchors(self._trust.trust_anchors)}
        return [check for check in checks if check.step != Step.CHAIN or leaf.issuer not in named]


class AsksTheDayOfSigning(ProviderMutant):
    """Asks whether the certificate lived when the record says that it was signed."""

    breaks = ("VN-SIG-008",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        header = read_header(str(case.signature))
        said = header.get("sigT") if not isinstance(header, Remark) else None
        moment = moment_of(said) if isinstance(said, str) else None
        checks = super().signature_checks(case)
        if moment is None:
            return checks
        then = super().signature_checks(replace(case, moment=moment))
        lived = [check for check in then if check.step == Step.VALIDITY]
        return [*(check for check in checks if check.step != Step.VALIDITY), *lived]


class ComparesAgenciesAsTexts(ProviderMutant):
    """Takes H98.1 for an agency above H98.10."""

    breaks = ("VN-SIG-010",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        return [
            check
            for check in super().signature_checks(case)
            if check.step != SIGNER
            or not str(case.subject.get("managingAgencyCode")).startswith(check.seen or "-")
        ]


class LetsThoseBelowApprove(ProviderMutant):
    """Lets an agency approve for the one above it."""

    breaks = ("VN-SIG-010",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        managing = f"{case.subject.get('managingAgencyCode')}."
        return [
            check
            for check in super().signature_checks(case)
            if check.step != SIGNER or not check.seen.startswith(managing)
        ]


class TakesAnyTextForATime(ProviderMutant):
    """Takes a time of signing that does not say by which clock."""

    breaks = ("VN-SIG-011",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return check.step != Step.SIGNING_TIME or not check.seen


class KnowsWhoWasWithdrawn(ProviderMutant):
    """Matches people whose profiles were withdrawn."""

    breaks = ("VN-MATCH-008",)

    def known(self, profile_id: str) -> JsonObject | None:
        versions = self.store.keys(f"{HISTORY}/{profile_id}")
        last = self.store.get(f"{HISTORY}/{profile_id}", max(versions, key=int, default=""))
        once = last["profile"] if isinstance(last, dict) else None
        return super().known(profile_id) or (once if isinstance(once, dict) else None)


def _of_batch(verdicts: Sequence[Verdict]) -> bool:
    return any(verdict.case.operation == "submitProfileBatch" for verdict in verdicts)


def _rewritten(value: Json, change: Callable[[str], str]) -> Json:
    match value:
        case str():
            return change(value)
        case list():
            return [_rewritten(item, change) for item in value]
        case dict():
            return {name: _rewritten(item, change) for name, item in value.items()}
    return value


NEAR_PROFILES: Final = (
    DropsWhatIsFalse,
    KnowsOneTagOnly,
    SaysUnchangedWithoutTheTag,
    ComposesTexts,
    ForgetsDoneJobs,
    ClosesUnitsInSilence,
    WritesBatchesInBulk,
    TrimsTexts,
    CutsTexts,
    TakesDoublesInBatches,
    StopsAtTheFirstFault,
    CountsTheAcceptedAsReceived,
    ServesACursorOnce,
    CountsFromOneAgain,
    GoesOnWithTheOldHistory,
)
NEAR_TRIALS: Final = (
    RemembersTheRejected,
    KeepsStateSecrets,
    HousesForTwoDaysMore,
    TellsOneFaultAtATime,
    JudgesRulesBeforeSignatures,
)
NEAR_MATCHES: Final = (KnowsWhoWasWithdrawn,)
NEAR_SIGNATURES: Final = (
    ComposesBeforeItVerifies,
    TrustsTheNameOfTheIssuer,
    AsksTheDayOfSigning,
    ComparesAgenciesAsTexts,
    LetsThoseBelowApprove,
    TakesAnyTextForATime,
)
NEAR_CODES: Final = (
    LooksNoCommunesUp,
    LooksNoTablesUp,
    FindsCodesInAnyCase,
)
