"""
What the owners of fields state in a scenario, and the rows that an agency compares.

Everything follows from the scenario's seed and time. Nothing here is sent; see `asking_owners`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from conformance.contract.codelists import CodeLists
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import reconciling
from conformance.packs.vn_cbccvc.ownership import owners
from conformance.packs.vn_cbccvc.preparing import Agency
from conformance.packs.vn_cbccvc.reconciling import Subject
from conformance.packs.vn_cbccvc.records import Letter, text

OWNER_EVENTS = "M61"
HELD_FIELDS = "M62"
RECONCILIATION = "M63"


@dataclass(slots=True, kw_only=True)
class OwnersSide:
    """The other registers as a scenario plays them, beside its agency."""

    agency: Agency
    _events: int = 0

    def event(self, person: JsonObject, fields: JsonObject, *, minutes_ago: int = 1) -> JsonObject:
        """An event about somebody; it bears an id of its own."""
        self._events += 1
        world = self.agency.world
        now = world.now()
        occurred = now - timedelta(minutes=minutes_ago)
        return {
            "eventId": world.uuid(f"event/{self._events}/{now.isoformat()}"),
            "profileId": person["profileId"],
            "occurredAt": occurred.isoformat().replace("+00:00", "Z"),
            "fields": fields,
        }

    def message(self, owner: str, *events: JsonObject) -> Letter:
        """A message with events of one owner."""
        return self.agency.letter(OWNER_EVENTS, {"owner": owner, "events": list(events)})

    def question(self, people: Iterable[JsonObject]) -> Letter:
        """A message that asks which fields of people are held."""
        persons: list[Json] = [{"profileId": person["profileId"]} for person in people]
        return self.agency.letter(HELD_FIELDS, {"persons": persons})

    def unsaid(self, person: JsonObject, owner: str) -> JsonObject:
        """The same person without the fields of an owner; for owners of none that is demanded."""
        whose = owners(CodeLists.load(self.agency.pack))
        return {name: value for name, value in person.items() if whose.get(name) != owner}

    def comparison(
        self,
        unit: JsonObject,
        rows: Mapping[str, list[JsonObject]],
        *,
        as_of: str = "",
        sender: str = "",
    ) -> Letter:
        """A message that compares rows, by the names of their subjects, with a unit's."""
        content: JsonObject = {"agencyCode": unit["unitCode"]}
        if as_of:
            content["asOf"] = as_of
        content.update({name: list(held) for name, held in rows.items()})
        return self.agency.letter(RECONCILIATION, content, sender=sender)


def rows_of(
    people: Iterable[JsonObject], units: Iterable[JsonObject]
) -> dict[str, list[JsonObject]]:
    """What an agency holds of people and units, by the names of the subjects."""
    staff = list(people)
    return {
        reconciling.PEOPLE.name: _rows(reconciling.PEOPLE, staff),
        reconciling.POSITIONS.name: _rows(reconciling.POSITIONS, staff),
        reconciling.OFFICIALS.name: _rows(reconciling.OFFICIALS, staff),
        reconciling.UNITS.name: _rows(reconciling.UNITS, units),
    }


def _rows(subject: Subject, records: Iterable[JsonObject]) -> list[JsonObject]:
    members = (subject.key, *subject.members)
    return [
        {name: record[name] for name in members if name in record}
        for record in records
        if not subject.marks or subject.marks in record
    ]


def key_of(row: JsonObject) -> str:
    """By what a row is known: a unit's code or a person's id."""
    return text(row, "unitCode" if "unitCode" in row else "profileId")
