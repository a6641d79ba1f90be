"""
Agencies that do not ask, or do not listen: registers, owners, the change feed, the reconciliation.

Each recovers where the national side tells it so, so that nothing else breaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Final

from conformance.model import seeds
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.agency_line import objects
from conformance.packs.vn_cbccvc.agency_mutants import AgencyMutant
from conformance.packs.vn_cbccvc.agency_outbox import OutgoingMessage
from conformance.packs.vn_cbccvc.agency_register import Page

Rows = Mapping[str, Sequence[JsonObject]]


# -- the population register -------------------------------------------------------------------


class TakesTheFirstForGranted(AgencyMutant):
    """Does not ask about the first person of a list."""

    breaks = ("VN-CCON-009",)

    def to_be_matched(self) -> Sequence[JsonObject]:
        return super().to_be_matched()[1:]


class SendsCorrectionsUnmatched(AgencyMutant):
    """Corrects a mismatch and does not ask again."""

    breaks = ("VN-CCON-010",)

    def after_correction(self, person: JsonObject) -> Sequence[JsonObject]:
        del person
        return ()


class SendsMismatchesAsTheyAre(AgencyMutant):
    """Passes over a name that the register does not know so."""

    breaks = ("VN-CCON-010",)

    def after_match(self, person: JsonObject, result: str) -> Sequence[JsonObject]:
        return () if result == "MISMATCH_NAME" else super().after_match(person, result)


class SendsTheDead(AgencyMutant):
    """Sends people whom the register knows to be dead."""

    breaks = ("VN-CCON-011",)

    def set_aside(self, person: JsonObject, why: str) -> None:
        if why != "DECEASED":
            super().set_aside(person, why)


class SendsWhomNobodyKnows(AgencyMutant):
    """Sends people whom the register has never heard of."""

    breaks = ("VN-CCON-011",)

    def set_aside(self, person: JsonObject, why: str) -> None:
        if why != "NOT_FOUND":
            super().set_aside(person, why)


class TakesSilenceForAMatch(AgencyMutant):
    """Sends people about whom the register could not answer."""

    breaks = ("VN-CCON-012",)

    def after_silence(self, person: JsonObject) -> Sequence[JsonObject]:
        del person
        return ()


class TakesSilenceForANo(AgencyMutant):
    """Drops people about whom the register could not answer."""

    breaks = ("VN-CCON-012",)

    def after_silence(self, person: JsonObject) -> Sequence[JsonObject]:
        self.set_aside(person, "SOURCE_UNAVAILABLE")
        return ()


# -- what others own -----------------------------------------------------------------------------


class NeverAsksWhatIsHeld(AgencyMutant):
    """Sends people without asking what is known of them."""

    breaks = ("VN-CCON-013",)

    async def ask_what_is_held(self) -> None:
        return


class SendsWhatIsHeld(AgencyMutant):
    """Asks what is held, and sends it nevertheless."""

    breaks = ("VN-CCON-013",)

    def leave_out(self, person: JsonObject, fields: Sequence[JsonObject]) -> None:
        del person, fields


class InsistsOnItsValue(AgencyMutant):
    """Does not send a record again without the field that is another's."""

    breaks = ("VN-CCON-014",)

    def without(self, profile: JsonObject, name: str) -> JsonObject:
        del name
        return profile


class SendsTheFieldOnceMore(AgencyMutant):
    """Sends a field that was refused as another's once more before it gives it up."""

    breaks = ("VN-CCON-014",)

    def worth_repairing(self, item_repairs: int, rules: Sequence[str]) -> bool:
        if set(rules) == {"not-owner"}:
            return item_repairs == 0
        return super().worth_repairing(item_repairs, rules)

    async def mend(self, message: OutgoingMessage, receipt: Json) -> None:
        repairs = self.outbox.repairs(message.items)
        waiting = {item.key for item in self.outbox.pending(message.kind, 1000)}
        if not any(repairs[key] and key in waiting for key in message.items):
            await super().mend(message, receipt)


class SpeaksForThePopulationRegister(AgencyMutant):
    """States a value in the name of its owner when it has settled its conflicts."""

    breaks = ("VN-CCON-015",)

    async def resolve(self, agency: str) -> None:
        await super().resolve(agency)
        person = self.register.records(Page.PERSON)[-1]
        event: JsonObject = {
            "eventId": seeds.derived_uuid(self._seed, "presumed"),
            "profileId": person["profileId"],
            "occurredAt": self._clock.now().astimezone(UTC).isoformat(),
            "fields": {"idIssuePlace": "Nơi cấp thử nghiệm"},
        }
        content: JsonObject = {"owner": "POPULATION", "events": [event]}
        await self.ask("M61", "/v1/owner-events", content)


class SettlesOnlyWhatChangesAnyway(AgencyMutant):
    """Leaves a conflict as it is until the person changes for another reason."""

    breaks = ("VN-CCON-033",)

    def load(self, dossier: str, material: JsonObject) -> None:
        super().load(dossier, material)
        self._changing = {str(c.get("profileId")) for c in objects(material.get("changes"))}

    def give_way(self, conflict: JsonObject) -> None:
        if str(conflict.get("profileId")) in self._changing:
            super().give_way(conflict)


class BringsTheOldValueBack(AgencyMutant):
    """Writes a change into the file of before, with the position that the Party has ended."""

    breaks = ("VN-CCON-034",)

    def load(self, dossier: str, material: JsonObject) -> None:
        super().load(dossier, material)
        self._before = {str(p.get("profileId")): p for p in objects(material.get("people"))}

    def changed_people(self, people: Sequence[JsonObject]) -> Sequence[JsonObject]:
        name = "partyPosition"
        return [
            {**person, name: before[name]}
            if name in (before := self._before[str(person["profileId"])])
            else person
            for person in people
        ]


# -- the change feed -----------------------------------------------------------------------------


class ReadsOnePageADay(AgencyMutant):
    """Reads one page of the feed each time, whatever it says of more."""

    breaks = ("VN-CCON-028",)

    def goes_on(self, page: Json) -> bool:
        del page
        return False


class ForgetsTheCursor(AgencyMutant):
    """Reads the feed from its beginning every time."""

    breaks = ("VN-CCON-029",)

    async def follow(self) -> None:
        self.register.remove(Page.NOTE, "cursor")
        await super().follow()


class AppliesAnEventTwice(AgencyMutant):
    """Adds a row for every event that tells of somebody new."""

    breaks = ("VN-CCON-030",)

    def load(self, dossier: str, material: JsonObject) -> None:
        super().load(dossier, material)
        self._added: list[str] = []

    def is_news(self, change: JsonObject) -> bool:
        news, key = super().is_news(change), str(change["key"])
        if change["change"] == "CREATED" and (news or key in self._added):
            self._added.append(key)
        return news

    def rows(self, agency: str) -> Rows:
        rows = super().rows(agency)
        more = [
            row
            for row in rows["people"]
            for _ in range(self._added.count(str(row["profileId"])) - 1)
        ]
        return {**rows, "people": [*rows["people"], *more]}


class IgnoresWhomOthersSent(AgencyMutant):
    """Takes from the feed only what is about its own records."""

    breaks = ("VN-CCON-031",)

    async def apply(self, change: JsonObject) -> None:
        if self.register.read(Page.PERSON, str(change.get("key"))) is not None:
            await super().apply(change)


class KeepsTheWithdrawn(AgencyMutant):
    """Passes over withdrawals in the feed."""

    breaks = ("VN-CCON-032",)

    async def apply(self, change: JsonObject) -> None:
        if change.get("change") != "WITHDRAWN":
            await super().apply(change)


# -- reconciliation --------------------------------------------------------------------------------


class LeavesOneOut(AgencyMutant):
    """Reconciles without the first of its people."""

    breaks = ("VN-CCON-035",)

    def rows(self, agency: str) -> Rows:
        rows = super().rows(agency)
        return {**rows, "people": rows["people"][1:]}


class RoundsDatesOfBirth(AgencyMutant):
    """Reconciles with the year of birth alone."""

    breaks = ("VN-CCON-035",)

    def rows(self, agency: str) -> Rows:
        rows = super().rows(agency)
        people = [{**p, "birthDate": f"{str(p['birthDate'])[:4]}-01-01"} for p in rows["people"]]
        return {**rows, "people": people}


class AbbreviatesPositions(AgencyMutant):
    """Reconciles job positions without the first part of their code."""

    breaks = ("VN-CCON-036",)

    def rows(self, agency: str) -> Rows:
        rows = super().rows(agency)
        short = [
            {**row, "jobPositionCode": str(row["jobPositionCode"]).rpartition(".")[2]}
            for row in rows["positions"]
        ]
        return {**rows, "positions": short}


class LeavesOutDatesOfAppointment(AgencyMutant):
    """Reconciles officials without saying since when."""

    breaks = ("VN-CCON-037",)

    def rows(self, agency: str) -> Rows:
        rows = super().rows(agency)
        undated = [
            {name: value for name, value in row.items() if name != "appointmentDate"}
            for row in rows["officials"]
        ]
        return {**rows, "officials": undated}


class WritesUnitsInCapitals(AgencyMutant):
    """Reconciles units by names in capitals."""

    breaks = ("VN-CCON-038",)

    def rows(self, agency: str) -> Rows:
        rows = super().rows(agency)
        return {**rows, "units": [{**u, "name": str(u["name"]).upper()} for u in rows["units"]]}


class ShelvesTheDifferences(AgencyMutant):
    """Reads the differences and does nothing about them."""

    breaks = ("VN-CCON-039",)

    async def settle(self, rows: Rows, mismatches: Sequence[JsonObject]) -> None:
        del rows, mismatches


ASKING_MUTANTS: Final[tuple[type[AgencyMutant], ...]] = (
    TakesTheFirstForGranted,
    SendsCorrectionsUnmatched,
    SendsMismatchesAsTheyAre,
    SendsTheDead,
    SendsWhomNobodyKnows,
    TakesSilenceForAMatch,
    TakesSilenceForANo,
    NeverAsksWhatIsHeld,
    SendsWhatIsHeld,
    InsistsOnItsValue,
    SendsTheFieldOnceMore,
    SpeaksForThePopulationRegister,
    SettlesOnlyWhatChangesAnyway,
    BringsTheOldValueBack,
    ReadsOnePageADay,
    ForgetsTheCursor,
    AppliesAnEventTwice,
    IgnoresWhomOthersSent,
    KeepsTheWithdrawn,
    LeavesOneOut,
    RoundsDatesOfBirth,
    AbbreviatesPositions,
    LeavesOutDatesOfAppointment,
    WritesUnitsInCapitals,
    ShelvesTheDifferences,
)
