"""
Assignments about what an agency sends: its tree, changes, corrections, and what others told it.

Each is told in `briefs` to a person and in the material's `tasks` to software. What others do
at the national side meanwhile are errands of the test bed. Judging is `*_work_oracles`'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from conformance.errors import SuiteDefect
from conformance.model import seeds
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Assignment, LoadedPack
from conformance.packs.vn_cbccvc import population
from conformance.packs.vn_cbccvc.briefs import BRIEFS
from conformance.packs.vn_cbccvc.by_hand import header
from conformance.packs.vn_cbccvc.matching import DECEASED, TEST_PERSONS
from conformance.packs.vn_cbccvc.missions import DEADLINE, Work
from conformance.packs.vn_cbccvc.vocabulary import NEIGHBOUR_ROOT
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.wire.world import World

#: Whole seconds that a pending job asks to wait.
JOB_PACE: Final = 2
#: More events than two pages of the feed may hold.
EVENTS: Final = 198
#: What a clerk typed where nobody knew: breaks VN-R-020 and VN-R-021.
STOPGAP: Final = "N/A"
#: What an agency has written down of somebody's position in the Party, and what the Party states.
POSITION: Final = "Chi ủy viên"
OTHER_POSITION: Final = "Bí thư chi bộ"
OLD_LISTS: Final = "2004-11-26"
_UNITS: Final = 6
_LEADER: Final = Wishes(leader=True)
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
class Centre:
    """The national side as the scenarios about content play it."""

    world: World
    pack: LoadedPack

    # -- the tree, and the changes of a day ----------------------------------------------

    def asks_for_the_tree(self) -> Told:
        """A tree in no order, with a unit of a neighbour among its rows."""
        units = self._tree(9)
        theirs: JsonObject = {
            **units[0],
            "unitCode": f"{NEIGHBOUR_ROOT}.5",
            "parentCode": NEIGHBOUR_ROOT,
            "name": "Sở thử nghiệm của cơ quan láng giềng",
        }
        return self._give("unit-tree", units=(*reversed(units), theirs))

    def asks_for_changes(self) -> Told:
        """Four people are sent, then two of them change, and one unit is renamed."""
        units, people = self._tree(), self._people(4)
        now = self.world.now()
        changes: list[Json] = [
            {
                "profileId": people[0]["profileId"],
                "fields": {"phone": "0990000001"},
                "changedAt": _written(now - timedelta(hours=2)),
                "origin": "SYSTEM",
            },
            {
                "profileId": people[1]["profileId"],
                "fields": {"mainDuty": "Tham mưu công tác lưu trữ"},
                "changedAt": _written(now - timedelta(hours=26)),
                "origin": "OTHER",
            },
            {
                "unitCode": units[-1]["unitCode"],
                "fields": {
                    "name": f"{units[-1]['name']} (mới)",
                    "decisionNo": "77/QĐ-SNV",
                    "decisionDate": (self._today() - timedelta(days=1)).isoformat(),
                },
            },
        ]
        return self._give(
            "changes-of-the-day",
            units=units,
            people=people,
            tasks=("push", "change"),
            more={"changes": changes},
        )

    def hands_over_a_secret(self) -> Told:
        """Three people, one of whom bears the mark of a state secret."""
        first, marked, last = self._people(3)
        people = (first, {**marked, "stateSecret": True}, last)
        return self._give("state-secret", units=self._tree(), people=people)

    def asks_one_back(self) -> Told:
        """Three people are sent, and the second one is asked back."""
        people = self._people(3)
        return self._give(
            "withdrawal",
            units=self._tree(),
            people=people,
            tasks=("push", "withdraw"),
            more={"withdraw": [people[1]["profileId"]]},
        )

    # -- others' word ---------------------------------------------------------------------

    def asks_to_match_first(self) -> Told:
        """Two are known so, one bears another name, one is unknown, one died; one answer fails."""
        people = self._people(5)
        right = people[2]
        wrong: JsonObject = {**right, "birthFullName": f"{right['birthFullName']} LẦM"}
        died = next(one for one in TEST_PERSONS if one["result"] == DECEASED)
        dead: JsonObject = {
            **people[4],
            **{name: value for name, value in died.items() if name != "result"},
        }
        known = [self._stated(p, ("birthFullName", "birthDate", "gender")) for p in people[:3]]
        return self._give(
            "population-match",
            units=self._tree(),
            people=(people[0], people[1], wrong, people[3], dead),
            tasks=("match", "push"),
            more={"corrections": [_correction(right, "birthFullName")]},
            but=(
                self._errands(self._events("POPULATION", known)),
                {
                    "do": "alter",
                    "operation": "matchPopulation",
                    "set": {"/results/0/result": "SOURCE_UNAVAILABLE"},
                },
            ),
        )

    def asks_what_is_held_first(self) -> Told:
        """The Party and the insurance stated a field each of people who are still to be sent."""
        people = self._owned()
        return self._give(
            "held-fields",
            units=self._tree(),
            people=people,
            tasks=("ask-what-is-held", "push"),
            but=(self._errands(*self._statements(people)),),
        )

    def knows_better(self) -> Told:
        """As before, but the agency is not told to ask: two records are refused."""
        people = self._owned()
        return self._give(
            "owners-refuse",
            units=self._tree(),
            people=people,
            but=(self._errands(*self._statements(people)),),
        )

    def lets_the_party_speak(self) -> Told:
        """The Party states other positions of two people who were sent; later one of them moves."""
        people = self._owned()
        stated: list[JsonObject] = [
            {"profileId": one["profileId"], "fields": {"partyPosition": OTHER_POSITION}}
            for one in people[:2]
        ]
        change: JsonObject = {
            "profileId": people[1]["profileId"],
            "fields": {"phone": "0990000002"},
            "changedAt": _written(self.world.now() - timedelta(hours=1)),
            "origin": "SYSTEM",
        }
        return self._give(
            "party-feed",
            units=self._tree(),
            people=people,
            tasks=("push", "follow", "resolve", "change"),
            more={"changes": [change]},
            but=(self._errands(self._events("PARTY", stated), before="readChanges"),),
        )

    # -- what comes back ------------------------------------------------------------------

    def takes_a_batch(self) -> Told:
        """Ten people in one batch; its job is slow, and two records are refused."""
        people, corrections = self._with_faults(10)
        return self._give(
            "slow-job",
            units=self._tree(),
            people=people,
            more={"corrections": corrections},
            channel="batch",
            but=tuple(
                {
                    "do": "alter",
                    "operation": "readJob",
                    "nth": nth,
                    "set": {"/status": "RUNNING"},
                    "remove": ["/receipt"],
                    "headers": {"Retry-After": str(JOB_PACE)},
                }
                for nth in (1, 2)
            ),
        )

    def takes_some(self) -> Told:
        """Six people in trial messages, of whom two are refused."""
        people, corrections = self._with_faults(6)
        return self._give(
            "partial-acceptance",
            units=self._tree(),
            people=people,
            more={"corrections": corrections},
        )

    def closes_a_unit(self) -> Told:
        """Twelve people; before the second message the unit of the last ones is absorbed."""
        units = self._tree()
        # Whoever was moved before would need a line in that table for this move too.
        people = [
            {name: value for name, value in person.items() if name != "movement"}
            for person in self._people(12)
        ]
        codes = [person["employingUnitCode"] for person in reversed(people)]
        closing = next((code for code in codes if code != units[0]["unitCode"]), None)
        if closing is None:
            raise SuiteDefect("everybody works in the root of the tree")
        heir = next(u for u in units[1:] if u["unitCode"] != closing)
        day = (self._today() - timedelta(days=1)).isoformat()
        decision: JsonObject = {
            "header": self._header("M54"),
            "operation": "SAP_NHAP",
            "effectiveOn": day,
            "decisionNo": "12/QĐ-UBND",
            "decisionDate": day,
            "from": [closing],
            "to": [heir],
        }
        return self._give(
            "closed-unit",
            units=units,
            people=sorted(people, key=lambda person: person["employingUnitCode"] == closing),
            hidden={"closing": str(closing), "heir": str(heir["unitCode"])},
            but=(
                self._errands(
                    {"target": "/v1/reorganisations", "body": decision},
                    before="submitTrialSync",
                    nth=2,
                ),
            ),
        )

    def changes_the_lists(self) -> Told:
        """A tree in the provinces of before, and a national side that renews its lists."""
        lists = population.code_lists()
        new = {row["code"] for row in lists.rows("provinces", self._today())}
        gone = [
            (row["code"], row["new_code"])
            for row in lists.rows("province-map", self._today())
            if row["code"] not in new
        ]
        old, new_code = gone[self.world.seed % len(gone)]
        return self._give(
            "new-lists",
            units=[{**unit, "provinceCode": old} for unit in self._tree()],
            hidden={"province": new_code},
            but=(
                {
                    "do": "alter",
                    "operation": "getMetadata",
                    "set": {"/codeListVersion": OLD_LISTS},
                },
            ),
        )

    def tells_by_the_feed(self) -> Told:
        """Another office adds one person and withdraws one; a register changes many things."""
        people = [
            {name: value for name, value in person.items() if name != "otherNames"}
            for person in self._people(5)
        ]
        sent, added = people[:4], people[4]
        events: list[JsonObject] = [
            {"profileId": sent[n % 3]["profileId"], "fields": {"otherNames": f"Tên gọi {n}"}}
            for n in range(EVENTS)
        ]
        half = EVENTS // 2
        trial: JsonObject = {
            "header": self._header("M51"),
            "records": [{"profile": added, "signature": self.world.sign(added)}],
        }
        errands = self._errands(
            {"target": "/v1/trial-sync", "body": trial},
            {"method": "DELETE", "target": f"/v1/profiles/{sent[3]['profileId']}"},
            self._events("POPULATION", events[:half]),
            self._events("POPULATION", events[half:], first=half),
            before="readChanges",
        )
        twice: JsonObject = {"do": "alter", "operation": "readChanges", "repeat": ["/items"]}
        return self._give(
            "change-feed",
            units=self._tree(),
            people=sent,
            tasks=("push", "follow", "follow", "reconcile"),
            more={"agencyCode": sent[0]["managingAgencyCode"]},
            hidden={"added": str(added["profileId"]), "withdrawn": str(sent[3]["profileId"])},
            but=(errands, twice),
        )

    def asks_for_a_reconciliation(self) -> Told:
        """Both sides differ: one person was withdrawn, and one unit bears another name."""
        units = self._tree()
        leaders = [self._one(90 + n, wishes=_LEADER) for n in range(2)]
        people = (*leaders, *self._people(3))
        renamed: JsonObject = {**units[-1], "name": "Tên khác ở trung ương"}
        batch: JsonObject = {"header": self._header("M50"), "units": [renamed]}
        errands = self._errands(
            {"method": "DELETE", "target": f"/v1/profiles/{people[1]['profileId']}"},
            {"target": "/v1/unit-batches", "body": batch},
            before="reconcile",
        )
        return self._give(
            "reconciliation",
            units=units,
            people=people,
            tasks=("push", "reconcile"),
            more={"agencyCode": units[0]["unitCode"]},
            hidden={"withdrawn": str(people[1]["profileId"]), "renamed": str(renamed["unitCode"])},
            but=(errands,),
        )

    # -- how an assignment is given -------------------------------------------------------

    def _give(
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
    ) -> Told:
        material: JsonObject = {
            "units": list(units),
            "people": list(people),
            "tasks": list(tasks),
            "channel": channel,
            **(more or {}),
        }
        assignment = Assignment(id=name, brief=BRIEFS[name], material=material)
        exchanges = self.world.mission(assignment, disturbances=list(but), deadline=DEADLINE)
        return Told(
            units=tuple(units),
            people=tuple(people),
            exchanges=exchanges,
            material=material,
            hidden=hidden or {},
        )

    def _tree(self, count: int = _UNITS) -> tuple[JsonObject, ...]:
        return tuple(self.pack.plugin.units(seed=self.world.seed, count=count, as_of=self._today()))

    def _people(self, count: int) -> tuple[JsonObject, ...]:
        return tuple(
            self.pack.plugin.people(seed=self.world.seed, count=count, as_of=self._today())
        )

    def _one(self, number: int, *, wishes: Wishes) -> JsonObject:
        return population.person(
            seed=self.world.seed,
            as_of=self._today(),
            number=number,
            units=self._tree(),
            wishes=wishes,
        )

    def _with_faults(self, count: int) -> tuple[Sequence[JsonObject], list[Json]]:
        """People of whom two hold a stopgap, and what their papers say."""
        people = list(self._people(count))
        right: tuple[JsonObject, JsonObject] = (
            {**people[1], "mainDuty": "Theo dõi kế hoạch và tài chính"},
            {**people[4], "recruitingAgency": "Sở Nội vụ thử nghiệm"},
        )
        people[1] = {**right[0], "mainDuty": STOPGAP}
        people[4] = {**right[1], "recruitingAgency": STOPGAP}
        corrections: list[Json] = [
            _correction(right[0], "mainDuty"),
            _correction(right[1], "recruitingAgency"),
        ]
        return people, corrections

    def _owned(self) -> tuple[JsonObject, ...]:
        """Three people: two hold a position in the Party, the third pays insurance."""
        members: list[JsonObject] = [
            {**self._one(80 + n, wishes=_MEMBER), "partyPosition": POSITION} for n in range(2)
        ]
        insured: JsonObject = {
            **self._one(82, wishes=Wishes(bare=True)),
            "socialInsuranceNumber": "9900000001",
        }
        return (*members, insured)

    def _statements(self, people: Sequence[JsonObject]) -> Sequence[JsonObject]:
        party: JsonObject = {
            "profileId": people[0]["profileId"],
            "fields": {"partyPosition": OTHER_POSITION},
        }
        insured: JsonObject = {
            "profileId": people[2]["profileId"],
            "fields": {"socialInsuranceNumber": "9900000002"},
        }
        return (self._events("PARTY", [party]), self._events("INSURANCE", [insured]))

    # -- what others do -------------------------------------------------------------------

    def _stated(self, person: JsonObject, members: Sequence[str]) -> JsonObject:
        return {
            "profileId": person["profileId"],
            "fields": {name: person[name] for name in members},
        }

    def _events(self, owner: str, stated: Sequence[JsonObject], *, first: int = 0) -> JsonObject:
        """The call by which an owner states values, each an hour and a second after the other."""
        begun = self.world.now() - timedelta(hours=1)
        events: list[Json] = [
            {
                "eventId": seeds.derived_uuid(self.world.seed, "errand", owner, first + n),
                "occurredAt": _written(begun + timedelta(seconds=first + n)),
                **one,
            }
            for n, one in enumerate(stated)
        ]
        body: JsonObject = {
            "header": self._header("M61", owner, first),
            "owner": owner,
            "events": events,
        }
        return {"target": "/v1/owner-events", "body": body}

    def _errands(self, *calls: JsonObject, before: str = "", nth: int = 1) -> JsonObject:
        named: JsonObject = {"operation": before} if before else {}
        return {"do": "meanwhile", "nth": nth, "calls": list(calls), **named}

    def _header(self, code: str, *labels: str | int) -> JsonObject:
        own = seeds.derive(self.world.seed, "errand", code, *labels)
        return header(code, own, self.world.now())

    def _today(self) -> date:
        return self.world.as_of


def _correction(right: JsonObject, *members: str) -> JsonObject:
    fields: JsonObject = {name: right[name] for name in members}
    return {"profileId": right["profileId"], "fields": fields}


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
