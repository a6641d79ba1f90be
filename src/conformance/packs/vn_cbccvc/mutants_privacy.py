"""Faulty references: agencies that see each other, and answers that give people away."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from conformance.model.json import Json, JsonObject, at
from conformance.packs.vn_cbccvc.batches import Verdict
from conformance.packs.vn_cbccvc.feed import CREATED, PROFILE
from conformance.packs.vn_cbccvc.intake import Complaint
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.reference.exchange import BadParameter, Outgoing


class ReadsToEverybody(ProviderMutant):
    """Shows a profile to whoever knows its id."""

    breaks = ("VN-PRIV-001",)

    def may_read_profile(self, row: JsonObject) -> bool:
        return True


class TellsEverybodyTheHistory(ProviderMutant):
    """Shows the versions of a profile to whoever knows its id."""

    breaks = ("VN-PRIV-001",)

    def may_read_history(self, row: JsonObject) -> bool:
        return True


class ListsForEverybody(ProviderMutant):
    """Lists the people of all agencies."""

    breaks = ("VN-PRIV-001",)

    def may_list_profile(self, row: JsonObject) -> bool:
        return True


class LetsAnybodyEmploy(ProviderMutant):
    """Lets an agency put people into another's units."""

    breaks = ("VN-PRIV-002",)

    def may_employ_in(self, unit_code: Json) -> bool:
        return True


class LetsPeopleBeTakenOver(ProviderMutant):
    """Lets an agency move another's people to itself."""

    breaks = ("VN-PRIV-002",)

    def may_take_over(self, row: JsonObject) -> bool:
        return True


class LetsAnybodyWithdraw(ProviderMutant):
    """Withdraws a profile for whoever asks."""

    breaks = ("VN-PRIV-002",)

    def may_withdraw(self, row: JsonObject) -> bool:
        return True


class SharesMessageIds(ProviderMutant):
    """Knows messages by their ids alone, whoever sent them."""

    breaks = ("VN-PRIV-003",)

    def message_key(self, message_id: str) -> str:
        return message_id.lower()


class ShowsEverybodysJobs(ProviderMutant):
    """Shows a job to whoever knows its id."""

    breaks = ("VN-PRIV-003",)

    def may_read_job(self, job: JsonObject) -> bool:
        return True


class TellsEverybody(ProviderMutant):
    """Tells every agency the changes of all."""

    breaks = ("VN-PRIV-004",)

    def may_be_told(self, change: JsonObject) -> bool:
        return True


class ShowsEverybodysUnits(ProviderMutant):
    """Shows a unit to whoever knows its code."""

    breaks = ("VN-PRIV-005",)

    def may_read_unit(self, code: str) -> bool:
        return True


class ListsEverybodysUnits(ProviderMutant):
    """Lists the units of all agencies."""

    breaks = ("VN-PRIV-005",)

    def may_list_unit(self, code: str) -> bool:
        return True


class LetsAnybodyReorganise(ProviderMutant):
    """Takes units and decisions from whoever sends them."""

    breaks = ("VN-PRIV-005",)

    def may_change_unit(self, code: Json) -> bool:
        return True


class NamesPeopleInJobs(ProviderMutant):
    """Adds the personal id to every result of a job."""

    breaks = ("VN-PRIV-006",)

    def start_job(self, message: JsonObject, receipt: Json) -> Outgoing:
        records = message["records"]
        assert isinstance(records, list)
        assert isinstance(receipt, dict)
        results = receipt["results"]
        assert isinstance(results, list)
        told: list[Json] = [
            {**result, "profileId": at(record, "/profile/profileId")}
            if isinstance(result, dict)
            else result
            for result, record in zip(results, records, strict=True)
        ]
        return super().start_job(message, {**receipt, "results": told})


class RepeatsBadParameters(ProviderMutant):
    """Repeats in its refusal the parameter that it refuses, whatever it holds."""

    breaks = ("VN-PRIV-006",)

    def answer_to_bad_parameter(self, bad: BadParameter) -> Outgoing:
        answer = super().answer_to_bad_parameter(bad)
        body = answer.json
        assert isinstance(body, dict)
        return replace(answer, json={**body, "detail": f"not a {bad.name}: {bad.value}"})


class PutsIdsIntoCursors(ProviderMutant):
    """Writes the last person's id into the cursor of a list, in base64."""

    breaks = ("VN-PRIV-007",)

    def list_profiles(self, query: Mapping[str, Json]) -> Outgoing:
        cursor = query.get("cursor")
        if isinstance(cursor, str) and "." in cursor:
            query = {**query, "cursor": cursor.partition(".")[0]}
        answer = super().list_profiles(query)
        body = answer.json
        if not isinstance(body, dict) or not isinstance(body.get("nextCursor"), str):
            return answer
        items = body["items"]
        assert isinstance(items, list)
        last = items[-1] if items else None
        person = str(last["profileId"]) if isinstance(last, dict) else ""
        coded = base64.urlsafe_b64encode(person.encode()).decode()
        return replace(answer, json={**body, "nextCursor": f"{body['nextCursor']}.{coded}"})


class NamesAnInstance(ProviderMutant):
    """Names in a refusal the address that was asked for, ids and all."""

    breaks = ("VN-PRIV-007", "VN-SYNC-008")

    def answer_to_unknown_profile(self, profile_id: str) -> Outgoing:
        answer = super().answer_to_unknown_profile(profile_id)
        body = answer.json
        assert isinstance(body, dict)
        return replace(answer, json={**body, "instance": f"/v1/profiles/{profile_id}"})


class KeepsSecretsAside(ProviderMutant):
    """Refuses a state secret, and stores it all the same."""

    breaks = ("VN-PRIV-008", "VN-SYNC-027")

    def rejected(self, verdict: Verdict) -> None:
        if any(complaint.stage == "state-secret" for complaint in verdict.complaints):
            self.keep_profile(verdict.case.subject)


class TellsOfSecrets(ProviderMutant):
    """Refuses a state secret, and tells of it in the change feed."""

    breaks = ("VN-PRIV-008",)

    def rejected(self, verdict: Verdict) -> None:
        subject = verdict.case.subject
        if any(complaint.stage == "state-secret" for complaint in verdict.complaints):
            key, unit = str(subject.get("profileId")), subject.get("employingUnitCode")
            self.note_change(PROFILE, key, CREATED, 1, unit)


class QuotesSensitiveData(ProviderMutant):
    """Repeats whatever value it complains of."""

    breaks = ("VN-PRIV-009",)

    def may_be_quoted(self, complaint: Complaint) -> bool:
        return True


class QuotesValuesInSentences(ProviderMutant):
    """Ends its sentences with the value that it complains of."""

    breaks = ("VN-PRIV-010",)

    def error(self, complaint: Complaint, number: int, place: str, about: Json) -> JsonObject:
        error = super().error(complaint, number, place, about)
        sentence = error["message"]
        assert isinstance(sentence, dict)
        quoted = str(error.get("value", ""))
        return {**error, "message": {name: f"{said} {quoted}" for name, said in sentence.items()}}


class ListsConflictsToEverybody(ProviderMutant):
    """Lists the conflicts of any agency's people to whoever asks."""

    breaks = ("VN-PRIV-011",)

    def may_list_conflicts(self, agency: str) -> bool:
        return True


class BelievesTheSender(ProviderMutant):
    """Compares with what is held of whoever a message says that it comes from."""

    breaks = ("VN-PRIV-011",)

    def may_compare_with(self, agency: str) -> bool:
        return True


PRIVACY: Final = (
    ReadsToEverybody,
    TellsEverybodyTheHistory,
    ListsForEverybody,
    LetsAnybodyEmploy,
    LetsPeopleBeTakenOver,
    LetsAnybodyWithdraw,
    SharesMessageIds,
    ShowsEverybodysJobs,
    TellsEverybody,
    ShowsEverybodysUnits,
    ListsEverybodysUnits,
    LetsAnybodyReorganise,
    NamesPeopleInJobs,
    RepeatsBadParameters,
    PutsIdsIntoCursors,
    NamesAnInstance,
    KeepsSecretsAside,
    TellsOfSecrets,
    QuotesSensitiveData,
    QuotesValuesInSentences,
    ListsConflictsToEverybody,
    BelievesTheSender,
)
