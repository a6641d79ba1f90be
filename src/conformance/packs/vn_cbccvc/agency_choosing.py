"""The bundled agency's registry: what it sends of what it holds, and the changes of the day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.agency_line import objects
from conformance.packs.vn_cbccvc.agency_office import Office
from conformance.packs.vn_cbccvc.agency_outbox import Kind
from conformance.packs.vn_cbccvc.agency_register import Page

#: The body that every test environment knows (grants.subtree_root).
SENDER: Final = "H98"


class Choosing(Office):
    """Decides what goes out."""

    async def push(self) -> None:
        """Queue the tree and everybody who may be sent, and send them."""
        units = [unit for unit in self.register.records(Page.UNIT) if self.is_ours(unit)]
        people = [one for one in self.register.records(Page.PERSON) if self.may_travel(one)]
        self.outbox.add(Kind.UNITS, self.tree(units))
        self.outbox.add(self.channel(), people)
        await self.drain()

    def tree(self, units: Sequence[JsonObject]) -> Sequence[JsonObject]:
        """Parents before children; a code is longer than its parent's."""
        return sorted(units, key=lambda unit: str(unit.get("unitCode")).count("."))

    def is_ours(self, unit: JsonObject) -> bool:
        """Whether a unit stands in our code space; others' are known here, and not ours to send."""
        return f"{unit.get('unitCode')}.".startswith(f"{SENDER}.")

    def may_travel(self, person: JsonObject) -> bool:
        """A state secret is kept apart (decree 27/2026/NĐ-CP, article 22), and who is set aside."""
        key = str(person.get("profileId"))
        return person.get("stateSecret") is not True and not self.register.read(Page.SET_ASIDE, key)

    # -- the changes of the day ----------------------------------------------------

    async def change(self, changes: Json) -> None:
        """Write changes into the register, and send what they changed."""
        units, people = [], []
        for change in objects(changes):
            fields = change.get("fields")
            assert isinstance(fields, dict)
            if "unitCode" in change:
                key = str(change["unitCode"])
                unit = {**self.register.record(Page.UNIT, key), **fields}
                self.register.write(Page.UNIT, key, unit)
                units.append(unit)
                continue
            key = str(change["profileId"])
            person = {**self.register.record(Page.PERSON, key), **fields}
            self.register.write(Page.PERSON, key, person)
            self.register.write(Page.STAMP, key, self.stamped(change))
            people.append(person)
        self.outbox.add(Kind.UNITS, self.changed_units(units))
        for person in self.changed_people(people):
            await self.before_a_change(person)
            self.outbox.add(self.channel(), [person])
        await self.drain()

    def changed_units(self, units: Sequence[JsonObject]) -> Sequence[JsonObject]:
        """What is sent of the tree when some of it changed: that."""
        return units

    def changed_people(self, people: Sequence[JsonObject]) -> Sequence[JsonObject]:
        """Who is sent when some changed: they."""
        return people

    async def before_a_change(self, person: JsonObject) -> None:
        """A change goes out at once: the law gives a day."""

    def stamped(self, change: JsonObject) -> JsonObject:
        """What a changed record says of its change: when the process ended, and where."""
        return {name: change[name] for name in ("changedAt", "origin")}

    def stamp(self, profile: JsonObject) -> JsonObject:
        """What stands beside a profile when it is sent."""
        return self.register.record(Page.STAMP, str(profile.get("profileId")))
