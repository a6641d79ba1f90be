"""Faulty references: whose a field is, and what the Party's database states of it."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.keeping import PROFILES
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.ownership import AGENCY, Facts, Ownership
from conformance.reference.exchange import Outgoing

_TABLE: Final = "authority"


class LeavesAFieldWithoutOwner(ProviderMutant):
    """Publishes a table in which nobody owns the blood type."""

    breaks = ("VN-AUTH-001",)

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        rows = super().rows_of(name, version)
        return [row for row in rows if name != _TABLE or row["code"] != "/bloodType"]


class GivesAFieldTwoOwners(ProviderMutant):
    """Publishes a table in which the agency owns the name beside the population register."""

    breaks = ("VN-AUTH-001",)

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        rows = super().rows_of(name, version)
        doubled = [row for row in rows if name == _TABLE and row["code"] == "/birthFullName"]
        return [*rows, *({**row, "owner": AGENCY, "role": "original"} for row in doubled)]


class CallsCopiesOriginals(ProviderMutant):
    """Publishes a table in which every field is an original."""

    breaks = ("VN-AUTH-001",)

    def rows_of(self, name: str, version: str) -> Sequence[JsonObject]:
        rows = super().rows_of(name, version)
        return [{**row, "role": "original"} for row in rows] if name == _TABLE else rows


class TakesWhatIsAnothers(ProviderMutant):
    """Takes an agency's value for a field that its owner has stated otherwise."""

    # What is not refused names nobody.
    breaks = ("VN-AUTH-002", "VN-AUTH-003")

    def owners_respected(self, case: Case) -> Sequence[Complaint]:
        return ()


class AccusesTheAgency(ProviderMutant):
    """Names the agency as the owner of every field that it refuses."""

    breaks = ("VN-AUTH-003",)

    def owner_named(self, owner: str) -> str:
        return AGENCY


class RefusesTheOwnersOwnWord(ProviderMutant):
    """Refuses a field that is another's even when it says what the owner says."""

    breaks = ("VN-AUTH-004",)

    def owners_respected(self, case: Case) -> Sequence[Complaint]:
        facts = self.facts(str(case.subject.get("profileId")))
        return [
            self.not_owner(member, str(fact["owner"]))
            for member, fact in facts.items()
            if member in case.subject
        ]


class RefusesWhatNobodyStated(ProviderMutant):
    """Refuses every field of an owner who has stated anything of the person."""

    breaks = ("VN-AUTH-005",)

    def owners_respected(self, case: Case) -> Sequence[Complaint]:
        facts = self.facts(str(case.subject.get("profileId")))
        spoke = {str(fact["owner"]) for fact in facts.values()}
        unstated = [name for name in case.subject if name not in facts]
        return [
            *super().owners_respected(case),
            *(self.not_owner(n, self.owner_of(n)) for n in unstated if self.owner_of(n) in spoke),
        ]


class LeavesGaps(ProviderMutant):
    """Stores a profile as it comes, without what the agency need not have sent."""

    breaks = ("VN-AUTH-006",)

    def on_arrival(self, profile: JsonObject) -> JsonObject:
        return profile


class LetsOwnersStateAnything(ProviderMutant):
    """Takes an owner's word for a field of another owner."""

    breaks = ("VN-AUTH-007",)

    def may_state(self, owner: str, member: str) -> bool:
        return True


class TellsNobodyWhatIsHeld(ProviderMutant):
    """Says of everybody that nothing is held."""

    breaks = ("VN-AUTH-008",)

    def held_fields(self, profile_id: str) -> Sequence[JsonObject]:
        return ()


class SaysThatAllIsHeld(ProviderMutant):
    """Says of everybody that the population register has stated the name."""

    breaks = ("VN-AUTH-008",)

    def held_fields(self, profile_id: str) -> Sequence[JsonObject]:
        name: JsonObject = {"pointer": "/birthFullName", "owner": "POPULATION"}
        return [*super().held_fields(profile_id), name]


class KeepsTheFeedFromTheProfile(ProviderMutant):
    """Makes a new version of a profile for every event, without what the event states."""

    # Which of two events holds is seen in the profile.
    breaks = ("VN-PARTY-001", "VN-PARTY-004", "VN-PARTY-006")

    def bring_to_profile(self, profile_id: str, message_id: str) -> None:
        signed = self.signed_by_agency(profile_id)
        if signed is not None:
            super(Ownership, self).keep_profile(signed, message_id)


class BringsPositionsWithoutDates(ProviderMutant):
    """Brings to a profile what an owner states, but no date."""

    breaks = ("VN-PARTY-001",)

    def bring_to_profile(self, profile_id: str, message_id: str) -> None:
        signed, facts = self.signed_by_agency(profile_id), self.facts(profile_id)
        undated = {name: fact for name, fact in facts.items() if not name.endswith("Date")}
        if signed is not None:
            super(Ownership, self).keep_profile(self.filled_in(signed, undated), message_id)


class LetsThePartyOverwrite(ProviderMutant):
    """Replaces what the agency signed by what the owner states."""

    breaks = ("VN-PARTY-002",)

    def filled_in(self, profile: JsonObject, facts: Facts) -> JsonObject:
        return {**profile, **{member: fact["value"] for member, fact in facts.items()}}


class ListsNoConflict(ProviderMutant):
    """Keeps both values and lists no conflict between them."""

    # What was never listed was never settled.
    breaks = ("VN-PARTY-002", "VN-PARTY-005", "VN-PRIV-011")

    def conflicts_of(self, profile_id: str) -> Sequence[JsonObject]:
        return ()


class ListsOneSideOfAConflict(ProviderMutant):
    """Lists a conflict with the owner's value on both sides."""

    breaks = ("VN-PARTY-002",)

    def conflicts_of(self, profile_id: str) -> Sequence[JsonObject]:
        found = super().conflicts_of(profile_id)
        return [{**conflict, "agencyValue": conflict["ownerValue"]} for conflict in found]


class CallsAgreementAConflict(ProviderMutant):
    """Lists every field that an owner and the agency state, equal or not."""

    breaks = ("VN-PARTY-002",)

    def conflicts_of(self, profile_id: str) -> Sequence[JsonObject]:
        signed = self.signed_by_agency(profile_id) or {}
        return [
            {
                "profileId": profile_id,
                "pointer": f"/{member}",
                "owner": fact["owner"],
                "agencyValue": signed[member],
                "ownerValue": fact["value"],
                "statedAt": fact["at"],
            }
            for member, fact in self.facts(profile_id).items()
            if member in signed
        ]


class ForgetsEvents(ProviderMutant):
    """Applies an event again when it comes in another message."""

    breaks = ("VN-PARTY-003",)

    def is_known_event(self, event_id: str) -> bool:
        return False


class AppliesAReplayOfEvents(ProviderMutant):
    """Judges the events of a repeated message afresh."""

    breaks = ("VN-PARTY-003",)

    def answer_to_replayed_events(self, message: JsonObject, answer: Json) -> Outgoing:
        return Outgoing(status=200, json=self.apply_events(message))


class BelievesWhoSpeaksLast(ProviderMutant):
    """Applies events in the order in which they arrive."""

    breaks = ("VN-PARTY-004",)

    def fresh_fields(self, facts: Facts, fields: JsonObject, moment: str) -> JsonObject:
        return fields


class DropsWhateverIsLate(ProviderMutant):
    """Passes over an event that is older than anything stated of the person."""

    breaks = ("VN-PARTY-004",)

    def fresh_fields(self, facts: Facts, fields: JsonObject, moment: str) -> JsonObject:
        overtaken = any(str(fact["at"]) > moment for fact in facts.values())
        return {} if overtaken else fields


class KeepsSettledConflicts(ProviderMutant):
    """Remembers the first thing that an agency signed, and compares that for ever."""

    breaks = ("VN-PARTY-005",)

    def signed_by_agency(self, profile_id: str) -> JsonObject | None:
        row = self.stored_profile(profile_id)
        profile = self.versions(profile_id, row)[0]["profile"] if row else None
        return profile if isinstance(profile, dict) else None


class ChangesProfilesInSilence(ProviderMutant):
    """Writes into a stored profile what an owner states, without a version or a change."""

    breaks = ("VN-PARTY-006",)

    def bring_to_profile(self, profile_id: str, message_id: str) -> None:
        row, signed = self.stored_profile(profile_id), self.signed_by_agency(profile_id)
        if row is not None and signed is not None:
            filled = self.filled_in(signed, self.facts(profile_id))
            self.store.put(PROFILES, profile_id, {**row, "profile": filled})


DATA_AUTHORITY: Final = (
    LeavesAFieldWithoutOwner,
    GivesAFieldTwoOwners,
    CallsCopiesOriginals,
    TakesWhatIsAnothers,
    AccusesTheAgency,
    RefusesTheOwnersOwnWord,
    RefusesWhatNobodyStated,
    LeavesGaps,
    LetsOwnersStateAnything,
    TellsNobodyWhatIsHeld,
    SaysThatAllIsHeld,
)
PARTY_LINK: Final = (
    KeepsTheFeedFromTheProfile,
    BringsPositionsWithoutDates,
    LetsThePartyOverwrite,
    ListsNoConflict,
    ListsOneSideOfAConflict,
    CallsAgreementAConflict,
    ForgetsEvents,
    AppliesAReplayOfEvents,
    BelievesWhoSpeaksLast,
    DropsWhateverIsLate,
    KeepsSettledConflicts,
    ChangesProfilesInSilence,
)
