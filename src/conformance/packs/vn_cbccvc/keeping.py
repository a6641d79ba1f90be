"""
What is kept of people: versions in the order in which the changes happened, and none twice.

One decision stands in one method; see `reference`. Who receives messages is `batches`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from conformance.crypto.canonical import canonical
from conformance.model.json import Json, JsonObject, compact
from conformance.packs.vn_cbccvc.feed import CREATED, PROFILE, UPDATED
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.messages import FAULTS
from conformance.packs.vn_cbccvc.timeliness import Timeliness
from conformance.packs.vn_cbccvc.unit_laws import UnitLaws, complaint

PROFILES: Final = "profiles"
#: Under it, one collection for each person: version -> what was accepted.
HISTORY: Final = "history"


class Keeping(UnitLaws, Timeliness):
    """Keeps profiles."""

    # -- judging ------------------------------------------------------------------------

    def person_is_ours(self, case: Case) -> Sequence[Complaint]:
        """Nobody changes the file of somebody whom another agency employs."""
        key = case.subject.get("profileId")
        row = self.stored_profile(str(key))
        if row is None or self.may_take_over(row):
            return ()
        return (complaint("other-agency", "/profileId", key),)

    def change_in_order(self, case: Case) -> Sequence[Complaint]:
        """The changes of one person are kept in the order in which they happened."""
        told = moment_of(case.changed_at)
        if told is None:
            return ()
        if case.sent_at is not None and self.is_ahead_of_its_message(told, case.sent_at):
            return (_untimely("change-ahead"),)
        row = self.stored_profile(str(case.subject.get("profileId")))
        last = row["changedAt"] if row else ""
        if isinstance(last, str) and last and self.is_older(case.changed_at, last):
            return (_untimely("change-outdated"),)
        return ()

    def is_ahead_of_its_message(self, changed_at: datetime, sent_at: datetime) -> bool:
        """Whether a change is dated after it was told."""
        return changed_at > sent_at

    def is_older(self, told: str, last: str) -> bool:
        """Whether a change happened before the last one that is stored; RFC 3339 times."""
        one, other = moment_of(told), moment_of(last)
        return one is not None and other is not None and one < other

    # -- keeping ------------------------------------------------------------------------

    def keep_profile(self, profile: JsonObject, message_id: str = "", changed_at: str = "") -> int:
        """Store a profile in the place of the one before, if anything is new; its version."""
        key = str(profile.get("profileId"))
        before = self.stored_profile(key)
        if before is None or not self.is_repetition(before, profile):
            return self.add_version(profile, message_id, changed_at)
        # Told again, it is known to hold at that time too.
        self.store.put(PROFILES, key, {**before, "changedAt": _later(before, changed_at)})
        return version_of(before)

    def is_repetition(self, before: JsonObject, profile: JsonObject) -> bool:
        """Whether a profile is stored already, member for member."""
        return content_digest(before["profile"]) == content_digest(profile)

    def add_version(self, profile: JsonObject, message_id: str = "", changed_at: str = "") -> int:
        """Store a profile as the next version; its number."""
        key = str(profile.get("profileId"))
        before = self.stored_profile(key)
        # A withdrawn profile leaves its last version behind, so that none is given twice.
        version = version_of(self.store.get(PROFILES, key)) + 1
        moment = self.clock.now().astimezone(UTC).isoformat().replace("+00:00", "Z")
        row: JsonObject = {
            "version": version,
            "updatedAt": moment,
            "messageId": message_id,
            "profile": self.profile_to_keep(before, profile),
        }
        self.store.put(f"{HISTORY}/{key}", str(version), row)
        first = before["first"] if before else version
        last = _later(before, changed_at)
        self.store.put(PROFILES, key, {**row, "first": first, "changedAt": last})
        how = UPDATED if before else CREATED
        self.note_change(PROFILE, key, how, version, profile.get("employingUnitCode"))
        return version

    def profile_to_keep(self, before: JsonObject | None, profile: JsonObject) -> JsonObject:
        """What is stored of an accepted profile: all of it, and nothing of the one before."""
        del before
        return profile

    def stored_profile(self, profile_id: str) -> JsonObject | None:
        """
        What is stored about somebody, whoever asks.

        `profile`, `version`, `updatedAt`, `messageId`, `first` version, and `changedAt`, the time
        of the last change that was told with one ("" before).
        """
        row = self.store.get(PROFILES, profile_id)
        return row if isinstance(row, dict) and "profile" in row else None

    def employer(self, row: JsonObject) -> Json:
        """The unit that employs somebody who is stored."""
        profile = row["profile"]
        return profile.get("employingUnitCode") if isinstance(profile, dict) else None


def moment_of(text: str) -> datetime | None:
    """
    An RFC 3339 time; None for what only looks like one, a leap second among them, and for one
    that lies before the year 1 or after the year 9999 in UTC.
    """
    try:
        moment = datetime.fromisoformat(text.upper())
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None


def version_of(row: Json) -> int:
    """The version that a row holds, 0 without one."""
    version = row.get("version") if isinstance(row, dict) else None
    return version if isinstance(version, int) else 0


def identity_of(message: JsonObject) -> str:
    """What makes two messages the same: all but the time of sending."""
    header = message["header"]
    assert isinstance(header, dict)
    kept = {name: value for name, value in header.items() if name != "sentAt"}
    return content_digest({**message, "header": kept})


def content_digest(value: Json) -> str:
    """SHA-256 over the canonical form, hexadecimal: equal for equal values only."""
    try:
        content = canonical(value)
    except ValueError:
        # A number beyond RFC 8785 is rejected elsewhere, by name; comparing it needs no signature.
        content = compact(value).encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()


def _later(before: JsonObject | None, changed_at: str) -> Json:
    last = str(before["changedAt"]) if before else ""
    told, known = moment_of(changed_at), moment_of(last)
    if told is None or known is None:
        return changed_at if told is not None else last
    return changed_at if told >= known else last


def _untimely(word: str) -> Complaint:
    return Complaint(stage=word, rule=word, pointer="", sentence=FAULTS[word], beside="changedAt")
