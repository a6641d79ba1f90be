"""
Comparing what an agency holds with what the reference holds: rows by their keys, both ways.

One decision stands in one method; see `reference`. What is compared stands in `owners.yaml`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, JsonObject, escape
from conformance.packs.vn_cbccvc.keeping import PROFILES
from conformance.packs.vn_cbccvc.profile_reads import ProfileReads
from conformance.packs.vn_cbccvc.tree import HANOI
from conformance.packs.vn_cbccvc.vocabulary import mask
from conformance.reference.exchange import Outgoing

COMPONENT: Final = "ReconciliationMessage"
CODE: Final = "M63"

MISSING_AT_CENTRE: Final = "MISSING_AT_CENTRE"
MISSING_AT_AGENCY: Final = "MISSING_AT_AGENCY"
DIFFERENT: Final = "DIFFERENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """
    One kind of rows.

    Attributes:
        key: the member by which rows are the same.
        members: what is compared of them.
        marks: the member without which a person has no row; "" when everybody has one.
    """

    name: str
    key: str
    members: tuple[str, ...]
    marks: str = ""


PEOPLE: Final = Subject(
    name="people",
    key="profileId",
    members=("birthFullName", "birthDate", "gender", "staffType", "employingUnitCode"),
)
POSITIONS: Final = Subject(
    name="positions", key="profileId", members=("jobPositionCode",), marks="jobPositionCode"
)
OFFICIALS: Final = Subject(
    name="officials",
    key="profileId",
    members=("currentPositionCode", "appointmentDate"),
    marks="currentPositionCode",
)
UNITS: Final = Subject(name="units", key="unitCode", members=("parentCode", "name", "unitType"))
SUBJECTS: Final = (PEOPLE, POSITIONS, OFFICIALS, UNITS)


class Reconciling(ProfileReads):
    """Finds every difference, and no other."""

    def reconcile(self, message: Json) -> Outgoing:
        """The checks of the message, then subject after subject; nothing is stored."""
        opened = self.opened(CODE, COMPONENT, message)
        if isinstance(opened, Outgoing):
            return opened
        header, agency = opened["header"], str(opened["agencyCode"])
        assert isinstance(header, dict)
        sender = str(header["senderCode"])
        if not (self.may_compare(sender, agency) and self.may_compare_with(agency)):
            return self.refuse_message([_of_another()])
        day = opened.get("asOf")
        mismatches: list[Json] = [
            mismatch
            for subject in SUBJECTS
            if isinstance(rows := opened.get(subject.name), list)
            for mismatch in self.compare(subject, rows, agency, None if day is None else str(day))
        ]
        return Outgoing(
            status=200,
            json={
                "messageId": header["messageId"],
                "agencyCode": agency,
                "mismatches": mismatches,
            },
        )

    def may_compare(self, sender: str, agency: str) -> bool:
        """Whether an agency is the sender, or stands below it by its code."""
        return f"{agency}.".startswith(f"{sender}.")

    def compare(
        self, subject: Subject, rows: Sequence[Json], agency: str, day: str | None
    ) -> Iterator[JsonObject]:
        """The mismatches of one subject, of those kinds that are looked for."""
        ours = self.rows_at_centre(subject, agency, day)
        kinds = self.kinds_of(subject)
        theirs: set[str] = set()
        for index, row in enumerate(rows):
            assert isinstance(row, dict)
            key, place = str(row[subject.key]), f"/{subject.name}/{index}"
            theirs.add(key)
            held = ours.get(key)
            if held is None:
                if MISSING_AT_CENTRE in kinds:
                    yield self._mismatch(subject, MISSING_AT_CENTRE, key, place)
                continue
            for member in self.members_of(subject):
                if DIFFERENT in kinds and row.get(member) != held.get(member):
                    yield self._mismatch(subject, DIFFERENT, key, f"{place}/{escape(member)}")
        for key, held in ours.items():
            if MISSING_AT_AGENCY in kinds and key not in theirs:
                missing = self._mismatch(subject, MISSING_AT_AGENCY, key, f"/{subject.name}")
                where = held.get("employingUnitCode")
                yield missing if where is None else {**missing, "unitCode": where}

    def kinds_of(self, subject: Subject) -> Collection[str]:
        """The kinds of mismatch that are looked for in a subject."""
        del subject
        return (MISSING_AT_CENTRE, MISSING_AT_AGENCY, DIFFERENT)

    def members_of(self, subject: Subject) -> Collection[str]:
        """The members that are compared of a row."""
        return subject.members

    def has_a_row(self, subject: Subject, profile: JsonObject) -> bool:
        """Whether somebody stands among a subject's rows."""
        return not subject.marks or subject.marks in profile

    # -- what the centre holds ---------------------------------------------------------

    def rows_at_centre(
        self, subject: Subject, agency: str, day: str | None
    ) -> Mapping[str, JsonObject]:
        """The centre's rows of an agency, by their keys: as they were on a day, or as they are."""
        meant = self.units_meant(agency, self.day_of_tree(day))
        if subject is UNITS:
            return self.units_at_centre(meant, self.day_of_tree(day))
        found: dict[str, JsonObject] = {}
        for key in self.store.keys(PROFILES):
            profile = self.profile_by_end_of(key, day)
            if (
                profile is not None
                and profile["managingAgencyCode"] in meant
                and self.has_a_row(subject, profile)
            ):
                found[key] = profile
        return found

    def units_meant(self, agency: str, day: str) -> frozenset[str]:
        """The units whose people and place in the tree are the agency's."""
        return self.units_below(agency, day)

    def units_at_centre(self, meant: frozenset[str], day: str) -> Mapping[str, JsonObject]:
        """Those of the units that live on a day, as they were then."""
        known = ((code, self.standing(code)) for code in sorted(meant))
        return {code: unit.on(day) for code, unit in known if unit and unit.lives_on(day)}

    def day_of_tree(self, day: str | None) -> str:
        """The day of which the tree tells."""
        return day or self.today().isoformat()

    def profile_by_end_of(self, profile_id: str, day: str | None) -> JsonObject | None:
        """Somebody's profile as it was stored by the end of a day (UTC+7), or as it is."""
        row = self.stored_profile(profile_id)
        if row is None:
            return None
        held = [row] if day is None else [v for v in self.versions(profile_id, row) if _by(v, day)]
        profile = held[-1]["profile"] if held else None
        return profile if isinstance(profile, dict) else None

    # -- what is told ------------------------------------------------------------------

    def _mismatch(self, subject: Subject, kind: str, key: str, pointer: str) -> JsonObject:
        shown = key if subject is UNITS else self.shown_key(key)
        return {"subject": subject.name, "kind": kind, "key": shown, "pointer": pointer}

    def shown_key(self, profile_id: str) -> str:
        """How a person is named in a mismatch."""
        return mask(profile_id)


def _by(version: JsonObject, day: str) -> bool:
    accepted = datetime.fromisoformat(str(version["updatedAt"])).astimezone(HANOI)
    return accepted.date().isoformat() <= day


def _of_another() -> SchemaProblem:
    return SchemaProblem(
        pointer="/agencyCode",
        keyword="owner",
        message="not the sender's agency",
        excerpt="",
        required="senderCode, or a code below it",
    )
