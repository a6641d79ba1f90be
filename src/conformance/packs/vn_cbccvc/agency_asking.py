"""
The bundled agency's counter for questions: the population register, what others hold of people,
the reconciliation, and taking test data back.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.agency_line import Trouble, member, objects, read_json
from conformance.packs.vn_cbccvc.agency_office import Office
from conformance.packs.vn_cbccvc.agency_outbox import Kind
from conformance.packs.vn_cbccvc.agency_register import Page

#: People in one question.
_MOST: Final = 10
#: Rounds of asking the population register about the same people.
_ROUNDS: Final = 4
_MATCHED: Final = ("profileId", "birthFullName", "birthDate", "gender")
#: Subject of a reconciliation -> the members of its rows; the second one marks who has a row.
_ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "people": (*_MATCHED, "staffType", "employingUnitCode"),
    "positions": ("profileId", "jobPositionCode"),
    "officials": ("profileId", "currentPositionCode", "appointmentDate"),
}
_UNIT_ROW: Final = ("unitCode", "parentCode", "name", "unitType")


class Asking(Office):
    """Decides what is asked, and what follows from the answer."""

    # -- the population register -----------------------------------------------------

    async def match(self) -> None:
        """Have everybody confirmed; who is not is set aside and not sent."""
        waiting = self.to_be_matched()
        for attempt in range(1, _ROUNDS + 1):
            again: list[JsonObject] = []
            for few in _in_tens(waiting):
                for person, result in zip(few, await self.matched(few), strict=True):
                    again += self.after_match(person, result)
            waiting = again
            if not waiting:
                return
            await self._clock.sleep(self.pause(attempt, Trouble(answered=True)))
        for person in waiting:
            self.set_aside(person, "unanswered")

    def to_be_matched(self) -> Sequence[JsonObject]:
        """About whom the register is asked: everybody, but for whom it must not hear of."""
        return [p for p in self.register.records(Page.PERSON) if not p.get("stateSecret")]

    async def matched(self, few: Sequence[JsonObject]) -> Sequence[str]:
        """What the register says of a few people, in their order."""
        persons: list[Json] = [{name: person.get(name) for name in _MATCHED} for person in few]
        answer = read_json(await self.ask("M53", "/v1/population-matches", {"persons": persons}))
        said = {r.get("recordNo"): str(r.get("result")) for r in objects(member(answer, "results"))}
        return [said.get(number, "SOURCE_UNAVAILABLE") for number in range(1, len(few) + 1)]

    def after_match(self, person: JsonObject, result: str) -> Sequence[JsonObject]:
        """Who is to be asked about again: the corrected, and those nobody answered about."""
        if result == "MATCHED":
            return ()
        if result == "SOURCE_UNAVAILABLE":
            return self.after_silence(person)
        papers = self.register.record(Page.CORRECTION, str(person.get("profileId")))
        if result.startswith("MISMATCH") and papers:
            right = {**person, **papers}
            if right != person:
                self.register.write(Page.PERSON, str(person.get("profileId")), right)
                return self.after_correction(right)
        self.set_aside(person, result)
        return ()

    def after_correction(self, person: JsonObject) -> Sequence[JsonObject]:
        """A correction is matched like everybody else."""
        return (person,)

    def after_silence(self, person: JsonObject) -> Sequence[JsonObject]:
        """A register that does not answer has said nothing."""
        return (person,)

    def set_aside(self, person: JsonObject, why: str) -> None:
        """Somebody whom a clerk has to look at first."""
        self.register.write(Page.SET_ASIDE, str(person.get("profileId")), why)

    # -- what others hold -----------------------------------------------------------

    async def ask_what_is_held(self) -> None:
        """Take out of our records what its owner has stated already."""
        for few in _in_tens(self.register.records(Page.PERSON)):
            persons: list[Json] = [{"profileId": person.get("profileId")} for person in few]
            answer = read_json(await self.ask("M62", "/v1/held-fields", {"persons": persons}))
            for result in objects(member(answer, "results")):
                number = result.get("recordNo")
                if isinstance(number, int) and 1 <= number <= len(few):
                    self.leave_out(few[number - 1], objects(result.get("fields")))

    def leave_out(self, person: JsonObject, fields: Sequence[JsonObject]) -> None:
        """A record without the fields that are held of somebody."""
        held = {str(field.get("pointer")).removeprefix("/") for field in fields}
        kept = {name: value for name, value in person.items() if name not in held}
        self.register.write(Page.PERSON, str(person.get("profileId")), kept)

    # -- reconciliation ---------------------------------------------------------------

    async def reconcile(self, agency: str) -> None:
        """Tell what we hold, and send again what the centre holds otherwise or not at all."""
        rows = self.rows(agency)
        question: JsonObject = {"agencyCode": agency}
        for name, held in rows.items():
            question[name] = list(held)
        answer = read_json(await self.ask("M63", "/v1/reconciliations", question))
        await self.settle(rows, objects(member(answer, "mismatches")))

    def rows(self, agency: str) -> Mapping[str, Sequence[JsonObject]]:
        """The four sets, as we hold them."""
        people = [
            person
            for person in self.register.records(Page.PERSON)
            if _below(person.get("managingAgencyCode"), agency)
        ]
        units = [u for u in self.register.records(Page.UNIT) if _below(u.get("unitCode"), agency)]
        rows: dict[str, Sequence[JsonObject]] = {
            name: [_row(person, members) for person in people if members[1] in person]
            for name, members in _ROWS.items()
        }
        return {**rows, "units": [_row(unit, _UNIT_ROW) for unit in units]}

    async def settle(
        self, rows: Mapping[str, Sequence[JsonObject]], mismatches: Sequence[JsonObject]
    ) -> None:
        """What we hold and the centre holds otherwise, or not, is sent again."""
        for mismatch in mismatches:
            found = _row_named(rows, mismatch)
            if found is None:
                continue
            if "unitCode" in found and mismatch.get("subject") == "units":
                unit = self.register.record(Page.UNIT, str(found["unitCode"]))
                self.outbox.add_again(Kind.UNITS, [unit])
            else:
                person = self.register.record(Page.PERSON, str(found["profileId"]))
                self.outbox.add_again(self.channel(), [person])
        await self.drain()

    # -- taking back -----------------------------------------------------------------

    async def withdraw(self, people: Json) -> None:
        """Take back those whom the test environment asked back, and nobody else."""
        for key in people if isinstance(people, list) else []:
            await self.call("DELETE", f"/v1/profiles/{key}")
            self.register.remove(Page.PERSON, str(key))
            self.note_withdrawn(str(key))

    @abstractmethod
    def note_withdrawn(self, key: str) -> None:
        """What follows elsewhere when somebody was taken back."""


def _in_tens(people: Sequence[JsonObject]) -> Iterator[Sequence[JsonObject]]:
    for start in range(0, len(people), _MOST):
        yield people[start : start + _MOST]


def _below(code: Json, agency: str) -> bool:
    return f"{code}.".startswith(f"{agency}.")


def _row(record: JsonObject, members: Sequence[str]) -> JsonObject:
    return {name: record[name] for name in members if name in record}


def _row_named(rows: Mapping[str, Sequence[JsonObject]], mismatch: JsonObject) -> JsonObject | None:
    """Our row that a mismatch points to; None for what only the centre holds."""
    steps = str(mismatch.get("pointer")).split("/")
    if len(steps) < 3 or not steps[2].isdecimal():
        return None
    held = rows.get(steps[1], ())
    return held[int(steps[2])] if int(steps[2]) < len(held) else None
