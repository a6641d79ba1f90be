"""
How an assignment about content is given: its people and units, and what others do meanwhile.

What is asked for stands in `content_missions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from conformance.errors import TargetTimeout
from conformance.model import seeds
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Assignment, LoadedPack
from conformance.packs.vn_cbccvc import population
from conformance.packs.vn_cbccvc.briefs import BRIEFS
from conformance.packs.vn_cbccvc.by_hand import header
from conformance.packs.vn_cbccvc.missions import DEADLINE, Work
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.wire.world import World

#: What a clerk typed where nobody knew: breaks VN-R-020 and VN-R-021.
STOPGAP: Final = "N/A"
#: What an agency has written down of somebody's position in the Party, and what the Party states.
POSITION: Final = "Chi ủy viên"
OTHER_POSITION: Final = "Bí thư chi bộ"
_UNITS: Final = 6
LEADER: Final = Wishes(leader=True)
_MEMBER: Final = Wishes(party=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Work):
    """
    One assignment about content, and all that came of it.

    Attributes:
        material: what the agency was given.
        hidden: what it was not told, by name.
    """

    material: JsonObject
    hidden: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignments:
    """Gives assignments, and makes what they are about."""

    world: World
    pack: LoadedPack

    # -- how an assignment is given -------------------------------------------------------

    def give(
        self,
        name: str,
        *,
        units: Sequence[JsonObject],
        people: Sequence[JsonObject] = (),
        tasks: Sequence[str] = ("push",),
        channel: str = "trial",
        more: Mapping[str, Json] | None = None,
        hidden: Mapping[str, str] | None = None,
        but: Sequence[JsonObject] = (),
        continues: str = "",
    ) -> Told:
        """
        Have the agency carry out one assignment.

        Args:
            continues: the assignment after which it goes on.
            more: further members of the material.
            hidden: what the judgements know and the agency is not told.
            but: what others do meanwhile, and what the test bed answers otherwise.

        Raises:
            TargetTimeout: the agency never called, or what others were to change was not there.
        """
        material: JsonObject = {
            "units": list(units),
            "people": list(people),
            "tasks": list(tasks),
            "channel": channel,
            **(more or {}),
        }
        assignment = Assignment(id=name, brief=BRIEFS[name], material=material, continues=continues)
        exchanges = self.world.mission(assignment, disturbances=list(but), deadline=DEADLINE)
        undone = next((e.facts["errand"] for e in exchanges if "errand" in e.facts), "")
        if undone:
            raise TargetTimeout(
                "awaited-in-vain",
                f"{name}: what others were to change had not arrived ({undone})",
                remedy="Let the software do what the assignment asks for, in its order.",
            )
        return Told(
            units=tuple(units),
            people=tuple(people),
            exchanges=exchanges,
            material=material,
            hidden=hidden or {},
        )

    def tree(self, count: int = _UNITS) -> tuple[JsonObject, ...]:
        return tuple(self.pack.plugin.units(seed=self.world.seed, count=count, as_of=self.today()))

    def people(self, count: int) -> tuple[JsonObject, ...]:
        return tuple(self.pack.plugin.people(seed=self.world.seed, count=count, as_of=self.today()))

    def one(self, number: int, *, wishes: Wishes) -> JsonObject:
        return population.person(
            seed=self.world.seed,
            as_of=self.today(),
            number=number,
            units=self.tree(),
            wishes=wishes,
        )

    def with_faults(self, count: int) -> tuple[Sequence[JsonObject], list[Json]]:
        """People of whom two hold a stopgap, and what their papers say."""
        people = list(self.people(count))
        right: tuple[JsonObject, JsonObject] = (
            {**people[1], "mainDuty": "Theo dõi kế hoạch và tài chính"},
            {**people[4], "recruitingAgency": "Sở Nội vụ thử nghiệm"},
        )
        people[1] = {**right[0], "mainDuty": STOPGAP}
        people[4] = {**right[1], "recruitingAgency": STOPGAP}
        corrections: list[Json] = [
            correction(right[0], "mainDuty"),
            correction(right[1], "recruitingAgency"),
        ]
        return people, corrections

    def owned(self) -> tuple[JsonObject, ...]:
        """Three people: two hold a position in the Party, the third pays insurance."""
        members: list[JsonObject] = [
            {**self.one(80 + n, wishes=_MEMBER), "partyPosition": POSITION} for n in range(2)
        ]
        insured: JsonObject = {
            **self.one(82, wishes=Wishes(bare=True)),
            "socialInsuranceNumber": "9900000001",
        }
        return (*members, insured)

    def statements(self, people: Sequence[JsonObject]) -> Sequence[JsonObject]:
        party: JsonObject = {
            "profileId": people[0]["profileId"],
            "fields": {"partyPosition": OTHER_POSITION},
        }
        insured: JsonObject = {
            "profileId": people[2]["profileId"],
            "fields": {"socialInsuranceNumber": "9900000002"},
        }
        return (self.events("PARTY", [party]), self.events("INSURANCE", [insured]))

    # -- what others do -------------------------------------------------------------------

    def stated(self, person: JsonObject, members: Sequence[str]) -> JsonObject:
        return {
            "profileId": person["profileId"],
            "fields": {name: person[name] for name in members},
        }

    def events(self, owner: str, stated: Sequence[JsonObject], *, first: int = 0) -> JsonObject:
        """The call by which an owner states values, each an hour and a second after the other."""
        begun = self.world.now() - timedelta(hours=1)
        events: list[Json] = [
            {
                "eventId": seeds.derived_uuid(self.world.seed, "errand", owner, first + n),
                "occurredAt": written(begun + timedelta(seconds=first + n)),
                **one,
            }
            for n, one in enumerate(stated)
        ]
        body: JsonObject = {
            "header": self.header("M61", owner, first),
            "owner": owner,
            "events": events,
        }
        applied: JsonObject = {f"/results/{n}/status": "APPLIED" for n in range(len(events))}
        return {"target": "/v1/owner-events", "body": body, "expect": applied}

    def errands(self, *calls: JsonObject, before: str = "", nth: int = 1) -> JsonObject:
        named: JsonObject = {"operation": before} if before else {}
        return {"do": "meanwhile", "nth": nth, "calls": list(calls), **named}

    def header(self, code: str, *labels: str | int) -> JsonObject:
        own = seeds.derive(self.world.seed, "errand", code, *labels)
        return header(code, own, self.world.now())

    def today(self) -> date:
        return self.world.as_of


def correction(right: JsonObject, *members: str) -> JsonObject:
    fields: JsonObject = {name: right[name] for name in members}
    return {"profileId": right["profileId"], "fields": fields}


def written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
