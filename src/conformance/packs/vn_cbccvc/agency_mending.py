"""
The bundled agency's desk for what comes back: jobs, rejected records, refused messages.

A rejected record is put right where the rejection says, and signed anew as every record that
goes out; it is never sent again as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import httpx

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.agency_line import GaveUp, member, objects, read_json
from conformance.packs.vn_cbccvc.agency_office import Office, Published
from conformance.packs.vn_cbccvc.agency_outbox import Kind, OutgoingMessage
from conformance.packs.vn_cbccvc.agency_register import Page

#: Times that a job is asked after before it is left for another day.
_ASKINGS: Final = 60
#: Seconds between two askings when the national side proposes none.
_OWN_PACE: Final = 2.0
_UNITS_OF_A_PERSON: Final = ("managingAgencyCode", "employingUnitCode")


class Mending(Office):
    """Decides what follows from an answer."""

    # -- jobs ----------------------------------------------------------------------

    async def outcome(self, taken: httpx.Response) -> Json:
        """The receipt of a message that was taken into a job, when the job is done."""
        location = taken.headers.get("location") or f"/v1/jobs/{member(read_json(taken), 'jobId')}"
        answer = taken
        for _ in range(self.askings()):
            await self._clock.sleep(self.pace(answer))
            answer = await self.call("GET", location)
            if member(read_json(answer), "status") == "DONE":
                return member(read_json(answer), "receipt")
        raise GaveUp("a job that is never done")

    def askings(self) -> int:
        """How often a job is asked after."""
        return _ASKINGS

    def pace(self, answer: httpx.Response) -> float:
        """Seconds before a job is asked after again: what was asked for."""
        stated = answer.headers.get("retry-after", "").strip()
        return float(stated) if stated.isdecimal() else _OWN_PACE

    # -- records that came back ----------------------------------------------------

    async def mend(self, message: OutgoingMessage, receipt: Json) -> None:
        """Note what was accepted; queue what was rejected and can be put right."""
        sent = self.subjects(message)
        for result in objects(member(receipt, "results")):
            number = result.get("recordNo")
            if not isinstance(number, int) or not 1 <= number <= len(sent):
                continue
            subject = sent[number - 1]
            if result.get("status") == "ACCEPTED":
                self.note_accepted(message.kind, subject, result)
                continue
            right = await self.put_right(message.kind, subject, objects(result.get("errors")))
            if right != subject:
                self.write_back(message.kind, right)
                self.outbox.add(message.kind, [right])

    def subjects(self, message: OutgoingMessage) -> Sequence[JsonObject]:
        """The units or profiles of a message, as they were sent."""
        records = objects(member(message.content(), message.kind.member))
        if message.kind is Kind.UNITS:
            return records
        profiles = (record.get("profile") for record in records)
        return [profile if isinstance(profile, dict) else {} for profile in profiles]

    def note_accepted(self, kind: Kind, subject: JsonObject, result: JsonObject) -> None:
        """A version that we made ourselves is no news when the feed tells of it."""
        if kind is not Kind.UNITS:
            self.register.write(Page.VERSION, str(subject.get("profileId")), result.get("version"))

    async def put_right(
        self, kind: Kind, subject: JsonObject, errors: Sequence[JsonObject]
    ) -> JsonObject:
        """A rejected record as it should have been; as it is where nobody knows better."""
        right = dict(subject)
        for error in errors:
            name = self.member_named(error, kind)
            match error.get("rule"):
                case "unit-closed" if name in _UNITS_OF_A_PERSON:
                    await self.note_closed(str(subject.get(name)))
                    right = self.moved(right)
                case "not-owner":
                    right = self.without(right, name)
                case _:
                    right |= self.from_the_papers(subject, name)
        return right

    def member_named(self, error: JsonObject, kind: Kind) -> str:
        """The member of the profile or unit that an error is about."""
        steps = str(error.get("pointer")).split("/")
        place = 3 if kind is Kind.UNITS else 4
        return steps[place] if len(steps) > place else ""

    async def note_closed(self, unit: str) -> None:
        """Remember who took a closed unit over: others in the queue may still name it."""
        heirs = self.register.record(Page.NOTE, "heirs")
        if unit not in heirs and (heir := await self.heir(unit)):
            self.register.write(Page.NOTE, "heirs", {**heirs, unit: heir})

    def moved(self, profile: JsonObject) -> JsonObject:
        """A profile whose closed units are replaced by those that took them over."""
        heirs = self.register.record(Page.NOTE, "heirs")
        named = {name: heirs.get(str(profile.get(name))) for name in _UNITS_OF_A_PERSON}
        return {**profile, **{name: heir for name, heir in named.items() if heir}}

    async def heir(self, unit: str) -> str:
        """The unit that took a closed one over, "" when none did."""
        answer = await self.call("GET", f"/v1/units/{unit}/lineage")
        successors = objects(member(read_json(answer), "successors"))
        return str(successors[0].get("unitCode")) if successors else ""

    def without(self, profile: JsonObject, name: str) -> JsonObject:
        """A profile without a field that is another's."""
        return {key: value for key, value in profile.items() if key != name}

    def from_the_papers(self, subject: JsonObject, name: str) -> JsonObject:
        """What the papers say of the member that was complained of."""
        papers = self.register.record(Page.CORRECTION, self.key_of(subject))
        return {name: papers[name]} if name in papers else {}

    def key_of(self, subject: JsonObject) -> str:
        """What a record is kept under."""
        return str(subject.get("profileId", subject.get("unitCode")))

    def write_back(self, kind: Kind, subject: JsonObject) -> None:
        """The register holds what is sent."""
        page = Page.UNIT if kind is Kind.UNITS else Page.PERSON
        self.register.write(page, self.key_of(subject), subject)

    # -- lists that changed --------------------------------------------------------

    def names_the_lists(self, refusal: Json) -> bool:
        """Whether a message was refused because it was written under another code list."""
        return any(
            error.get("pointer") == "/header/codeListVersion"
            for error in objects(member(refusal, "errors"))
        )

    async def note_lists(self, published: Published) -> None:
        """Load what changed with a new version of the lists, before anything is written."""
        version = published.code_list_version
        before = self.register.read_note("lists")
        if before == version:
            return
        if before is not None:
            self.register.write(Page.NOTE, "provinces", await self.province_map())
        self.register.write(Page.NOTE, "lists", version)

    async def province_map(self) -> JsonObject:
        """Old code of a province -> its code of today."""
        rows: list[JsonObject] = []
        cursor = ""
        while True:
            query = f"?cursor={cursor}" if cursor else ""
            page = read_json(await self.call("GET", f"/v1/code-lists/province-map{query}"))
            rows += objects(member(page, "rows"))
            following = member(page, "nextCursor")
            if not isinstance(following, str):
                return {str(row.get("code")): row.get("newCode") for row in rows}
            cursor = following

    def recoded(self, unit: JsonObject) -> JsonObject:
        """A unit that was written under an older list, in the codes of the newer one."""
        table: Mapping[str, Json] = self.register.record(Page.NOTE, "provinces")
        code = table.get(str(unit.get("provinceCode")))
        return {**unit, "provinceCode": code} if code else unit
