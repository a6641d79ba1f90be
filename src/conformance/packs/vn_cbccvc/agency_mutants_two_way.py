"""
Agencies that serve the API as well and do not keep their two faces apart, or together.

Each is seen only where one run judges both roles. Where the sin stands in what is served, the
other half of it is in `two_way_faces`, under the same name.
"""

from __future__ import annotations

from typing import Final

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.agency_mutants import AgencyMutant
from conformance.packs.vn_cbccvc.agency_outbox import Kind
from conformance.packs.vn_cbccvc.agency_register import Page


class ServesUnitsByAnotherName(AgencyMutant):
    """Serves its units under a name of its own."""

    breaks = ("VN-TWO-001",)

    def lay_out(self, kind: Kind, subject: JsonObject) -> None:
        if kind is Kind.UNITS:
            subject = {**subject, "name": f"Đơn vị {subject['unitCode']}"}
        super().lay_out(kind, subject)


class ServesNamesInItsOwnSpelling(AgencyMutant):
    """Serves people whom it shows for the first time under another spelling of their names."""

    breaks = ("VN-TWO-002",)

    def note_accepted(self, kind: Kind, subject: JsonObject, result: JsonObject) -> None:
        super().note_accepted(kind, subject, result)
        shown = self.register.read(Page.SHOWN, self.key_of(subject))
        if kind is not Kind.UNITS and shown == 1:
            name = str(subject["birthFullName"])
            self.lay_out(kind, {**subject, "birthFullName": name.title()})


class ListsItsOwnPeopleTwice(AgencyMutant):
    """Lists whom it pushed itself twice."""

    breaks = ("VN-TWO-003",)


class PushesBackWhoeverChanged(AgencyMutant):
    """Takes what came in about people for changes of its own."""

    breaks = ("VN-TWO-004",)

    def settle_as_told(self, page: Page, body: JsonObject) -> None:
        if page is not Page.PERSON:
            super().settle_as_told(page, body)


class PushesBackUnits(AgencyMutant):
    """Takes what came in about units for changes of its own."""

    breaks = ("VN-TWO-004",)

    def settle_as_told(self, page: Page, body: JsonObject) -> None:
        if page is not Page.UNIT:
            super().settle_as_told(page, body)


class PushesBackWhatItRead(AgencyMutant):
    """Takes what it read in the feed for changes of its own."""

    breaks = ("VN-TWO-004",)

    def take_over(self, key: str, profile: JsonObject) -> None:
        self.register.write(Page.PERSON, key, profile)
        self.lay_out(Kind.PEOPLE, profile)


class ForgetsWhatItWasTold(AgencyMutant):
    """Lets what came in about people stand at the counter, and goes on with its own files."""

    breaks = ("VN-TWO-005",)

    def hold_told(self, page: Page, key: str, body: JsonObject | None) -> None:
        if page is not Page.PERSON:
            super().hold_told(page, key, body)


class ServesAChangeInTwoSteps(AgencyMutant):
    """Serves its own change of somebody as two versions."""

    breaks = ("VN-TWO-006",)

    def note_accepted(self, kind: Kind, subject: JsonObject, result: JsonObject) -> None:
        if kind is not Kind.UNITS and "phone" in subject:
            self.lay_out(kind, {name: subject[name] for name in subject if name != "phone"})
        super().note_accepted(kind, subject, result)


class KeepsWhatItRefused(AgencyMutant):
    """Refuses a change of somebody whom it pushed itself, and keeps it all the same."""

    breaks = ("VN-TWO-007",)


class SendsBackWhoWasWithdrawn(AgencyMutant):
    """Takes a withdrawal for a loss, and sends the person again."""

    breaks = ("VN-TWO-008",)

    def let_go(self, key: str) -> None:
        person = self.register.record(Page.PERSON, key)
        super().let_go(key)
        self.outbox.add_again(self.channel(), [person])


class SendsPeopleWhereTheyStood(AgencyMutant):
    """Overlooks at the counter that a unit was closed."""

    breaks = ("VN-TWO-009",)

    def follow_the_unit(self, code: str) -> None:
        del code


class ForgetsWhenItChanged(AgencyMutant):
    """Serves its own changes without the time at which they happened."""

    breaks = ("VN-TWO-010",)

    def time_of_change(self, key: str) -> str:
        del key
        return ""


class ServesNothingOfTheFeed(AgencyMutant):
    """Holds what it read in the feed, and serves what it pushed before."""

    breaks = ("VN-TWO-011",)

    def take_over(self, key: str, profile: JsonObject) -> None:
        self.register.write(Page.PERSON, key, profile)
        self.settle_as_told(Page.PERSON, profile)


class ServesWhomItTookBack(AgencyMutant):
    """Goes on serving whom it took back from the nation."""

    breaks = ("VN-TWO-012",)

    def note_withdrawn(self, key: str) -> None:
        del key


TWO_WAY_MUTANTS: Final[tuple[type[AgencyMutant], ...]] = (
    ServesUnitsByAnotherName,
    ServesNamesInItsOwnSpelling,
    ListsItsOwnPeopleTwice,
    PushesBackWhoeverChanged,
    PushesBackUnits,
    PushesBackWhatItRead,
    ForgetsWhatItWasTold,
    ServesAChangeInTwoSteps,
    KeepsWhatItRefused,
    SendsBackWhoWasWithdrawn,
    SendsPeopleWhereTheyStood,
    ForgetsWhenItChanged,
    ServesNothingOfTheFeed,
    ServesWhomItTookBack,
)
