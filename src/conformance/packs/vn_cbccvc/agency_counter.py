"""
The bundled agency's counter: the API that it serves itself, over the store behind that.

What the national side took of us stands there afterwards; what came in there from the national
side is held by us, and is no change of ours. Software that only pushes has no counter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.agency_mending import Mending
from conformance.packs.vn_cbccvc.agency_outbox import Kind
from conformance.packs.vn_cbccvc.agency_register import Page


class Served(Protocol):
    """What our own API answers from."""

    def show_unit(self, unit: JsonObject) -> int:
        """Answer with this unit from now on; its version."""

    def show_person(self, profile: JsonObject, changed_at: str) -> int:
        """Answer with this profile from now on; its version."""

    def take_away(self, key: str) -> None:
        """Answer that nobody is stored under this id."""

    def last(self) -> int:
        """The number of the last change, ours or told."""

    def changes(self, after: int) -> Iterator[JsonObject]:
        """What changed since then, in order, as the change feed words it."""

    def unit(self, code: str) -> JsonObject | None:
        """A unit as it stands in the end."""

    def person(self, key: str) -> JsonObject | None:
        """A profile as it is stored."""

    def heir(self, code: str) -> str:
        """The one unit that took over a unit which ended, "" without one."""

    def close(self) -> None:
        """Let go of it."""


class Counter(Mending):
    """Decides what is laid out, and what follows from what came in."""

    served: Served | None

    # -- what we lay out ---------------------------------------------------------------

    def note_accepted(self, kind: Kind, subject: JsonObject, result: JsonObject) -> None:
        """What the national side took stands at our counter, too."""
        super().note_accepted(kind, subject, result)
        self.lay_out(kind, subject)

    def lay_out(self, kind: Kind, subject: JsonObject) -> None:
        """Show a unit or a profile as it was sent."""
        if self.served is None:
            return
        key = self.key_of(subject)
        if kind is Kind.UNITS:
            version = self.served.show_unit(subject)
        else:
            version = self.served.show_person(subject, self.time_of_change(key))
        self.register.write(Page.SHOWN, key, version)

    def time_of_change(self, key: str) -> str:
        """When the change happened that made somebody's profile what it is, "" for none told."""
        return str(self.register.record(Page.STAMP, key).get("changedAt", ""))

    def note_withdrawn(self, key: str) -> None:
        """Whom the national side gave back is at our counter no longer."""
        if self.served is not None:
            self.served.take_away(key)
            self.register.remove(Page.SHOWN, key)

    def take_over(self, key: str, profile: JsonObject) -> None:
        """Hold somebody as the national side does, show it, and do not tell it again."""
        self.register.write(Page.PERSON, key, profile)
        self.lay_out(Kind.PEOPLE, profile)
        self.settle_as_told(Page.PERSON, profile)

    def settle_as_told(self, page: Page, body: JsonObject) -> None:
        """What the national side told us is nothing that we have to tell it."""
        for kind in (Kind.UNITS,) if page is Page.UNIT else (Kind.PEOPLE, Kind.BATCH):
            self.outbox.add_told(kind, body)

    # -- what came in --------------------------------------------------------------------

    def open_counter(self) -> None:
        """In a new dossier what came in before is somebody else's; in an old one we go on."""
        if self.served is not None:
            self.register.open_with(Page.NOTE, "counter", self.served.last())

    def take_in(self) -> None:
        """Hold what came in at the counter since we looked."""
        read = self.register.read_note("counter")
        if self.served is None or not isinstance(read, int):
            return
        for change in self.served.changes(read):
            if self.came_in(change):
                self.hold(change, str(change["key"]))
        self.register.write(Page.NOTE, "counter", self.served.last())

    def came_in(self, change: JsonObject) -> bool:
        """Whether a change is not of our own making."""
        shown, version = self.register.read(Page.SHOWN, str(change["key"])), change["version"]
        if change["change"] == "WITHDRAWN":
            return shown is not None
        return not (isinstance(shown, int) and isinstance(version, int) and version <= shown)

    def hold(self, change: JsonObject, key: str) -> None:
        """Apply one change that came in."""
        assert self.served is not None
        if change["kind"] == "UNIT":
            if change["change"] == "CLOSED":
                self.follow_the_unit(key)
            self.hold_told(Page.UNIT, key, self.served.unit(key))
        elif change["change"] == "WITHDRAWN":
            self.let_go(key)
        else:
            self.hold_told(Page.PERSON, key, self.served.person(key))

    def hold_told(self, page: Page, key: str, body: JsonObject | None) -> None:
        """Write into the register what came in, and book it as known to the national side."""
        if body is not None:
            self.register.write(page, key, body)
            self.settle_as_told(page, body)

    def let_go(self, key: str) -> None:
        """Somebody whom the national side withdrew is nobody of ours."""
        self.register.remove(Page.PERSON, key)
        self.register.remove(Page.SHOWN, key)

    def follow_the_unit(self, code: str) -> None:
        """Remember who took a closed unit over, for everybody who still stands in it."""
        assert self.served is not None
        if heir := self.served.heir(code):
            heirs = self.register.record(Page.NOTE, "heirs")
            self.register.write(Page.NOTE, "heirs", {**heirs, code: heir})
