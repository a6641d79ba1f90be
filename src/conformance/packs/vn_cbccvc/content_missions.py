"""
Assignments about what an agency sends: its tree, changes, corrections, and what others told it.

Each is told in `briefs` to a person and in the material's `tasks` to software. What others do
at the national side meanwhile are errands of the test bed. Judging is `*_work_oracles`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from conformance.errors import SuiteDefect
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import population
from conformance.packs.vn_cbccvc.content_assignments import (
    LEADER,
    OTHER_POSITION,
    Assignments,
    Told,
    correction,
    written,
)
from conformance.packs.vn_cbccvc.matching import DECEASED, TEST_PERSONS
from conformance.packs.vn_cbccvc.messages import FAULTS
from conformance.packs.vn_cbccvc.missions import SUBMIT_PEOPLE
from conformance.packs.vn_cbccvc.vocabulary import NEIGHBOUR_ROOT

#: Of an errand with one record.
ACCEPTED: Final[JsonObject] = {"/results/0/status": "ACCEPTED"}
#: Whole seconds that a pending job asks to wait.
JOB_PACE: Final = 2
#: More events than two pages of the feed may hold.
EVENTS: Final = 198
OLD_LISTS: Final = "2004-11-26"


class Centre(Assignments):
    """The national side as the scenarios about content play it."""

    # -- the tree, and the changes of a day ----------------------------------------------

    def asks_for_the_tree(self) -> Told:
        """A tree in no order, with a unit of a neighbour among its rows."""
        units = self.tree(9)
        theirs: JsonObject = {
            **units[0],
            "unitCode": f"{NEIGHBOUR_ROOT}.5",
            "parentCode": NEIGHBOUR_ROOT,
            "name": "Sở thử nghiệm của cơ quan láng giềng",
        }
        return self.give("unit-tree", units=(*reversed(units), theirs))

    def asks_for_changes(self) -> Told:
        """Four people are sent, then two of them change, and one unit is renamed."""
        units, people = self.tree(), self.people(4)
        now = self.world.now()
        changes: list[Json] = [
            {
                "profileId": people[0]["profileId"],
                "fields": {"phone": "0990000001"},
                "changedAt": written(now - timedelta(hours=2)),
                "origin": "SYSTEM",
            },
            {
                "profileId": people[1]["profileId"],
                "fields": {"mainDuty": "Tham mưu công tác lưu trữ"},
                "changedAt": written(now - timedelta(hours=26)),
                "origin": "OTHER",
            },
            {
                "unitCode": units[-1]["unitCode"],
                "fields": {
                    "name": f"{units[-1]['name']} (mới)",
                    "decisionNo": "77/QĐ-SNV",
                    "decisionDate": (self.today() - timedelta(days=1)).isoformat(),
                },
            },
        ]
        return self.give(
            "changes-of-the-day",
            units=units,
            people=people,
            tasks=("push", "change"),
            more={"changes": changes},
        )

    def hands_over_a_secret(self) -> Told:
        """Three people, one of whom bears the mark of a state secret."""
        first, marked, last = self.people(3)
        people = (first, {**marked, "stateSecret": True}, last)
        return self.give("state-secret", units=self.tree(), people=people)

    def asks_one_back(self) -> Told:
        """Three people are sent, and the second one is asked back."""
        people = self.people(3)
        return self.give(
            "withdrawal",
            units=self.tree(),
            people=people,
            tasks=("push", "withdraw"),
            more={"withdraw": [people[1]["profileId"]]},
        )

    # -- others' word ---------------------------------------------------------------------

    def asks_to_match_first(self) -> Told:
        """Two are known so, one bears another name, one is unknown, one died; one answer fails."""
        people = self.people(5)
        right = people[2]
        wrong: JsonObject = {**right, "birthFullName": f"{right['birthFullName']} LẦM"}
        died = next(one for one in TEST_PERSONS if one["result"] == DECEASED)
        dead: JsonObject = {
            **people[4],
            **{name: value for name, value in died.items() if name != "result"},
        }
        known = [self.stated(p, ("birthFullName", "birthDate", "gender")) for p in people[:3]]
        return self.give(
            "population-match",
            units=self.tree(),
            people=(people[0], people[1], wrong, people[3], dead),
            tasks=("match", "push"),
            more={"corrections": [correction(right, "birthFullName")]},
            but=(
                self.errands(self.events("POPULATION", known)),
                {
                    "do": "alter",
                    "operation": "matchPopulation",
                    "set": {"/results/0/result": "SOURCE_UNAVAILABLE"},
                },
            ),
        )

    def asks_what_is_held_first(self) -> Told:
        """The Party and the insurance stated a field each of people who are still to be sent."""
        people = self.owned()
        return self.give(
            "held-fields",
            units=self.tree(),
            people=people,
            tasks=("ask-what-is-held", "push"),
            but=(self.errands(*self.statements(people)),),
        )

    def knows_better(self) -> Told:
        """As before, but the agency is not told to ask: two records are refused."""
        people = self.owned()
        return self.give(
            "owners-refuse",
            units=self.tree(),
            people=people,
            but=(self.errands(*self.statements(people)),),
        )

    def lets_the_party_speak(self) -> Told:
        """The Party states other positions of two people who were sent; later one of them moves."""
        people = self.owned()
        stated: list[JsonObject] = [
            {"profileId": one["profileId"], "fields": {"partyPosition": OTHER_POSITION}}
            for one in people[:2]
        ]
        change: JsonObject = {
            "profileId": people[1]["profileId"],
            "fields": {"phone": "0990000002"},
            "changedAt": written(self.world.now() - timedelta(hours=1)),
            "origin": "SYSTEM",
        }
        return self.give(
            "party-feed",
            units=self.tree(),
            people=people,
            tasks=("push", "follow", "resolve", "change"),
            more={"changes": [change]},
            but=(self.errands(self.events("PARTY", stated), before="readChanges"),),
        )

    # -- what comes back ------------------------------------------------------------------

    def takes_a_batch(self) -> Told:
        """Ten people in one batch; its job is slow, and two records are refused."""
        people, corrections = self.with_faults(10)
        return self.give(
            "slow-job",
            units=self.tree(),
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
        people, corrections = self.with_faults(6)
        return self.give(
            "partial-acceptance",
            units=self.tree(),
            people=people,
            more={"corrections": corrections},
        )

    def refuses_the_signer(self) -> Told:
        """Three people, each refused: the signer's certificate has expired, or was revoked."""
        rule = ("signature-expired", "signature-revoked")[self.world.draw("signer") % 2]
        people = self.people(3)
        refused: list[JsonObject] = [
            {
                "recordNo": n,
                "status": "REJECTED",
                "errors": [
                    {
                        "recordNo": n,
                        "pointer": f"/records/{n - 1}/signature",
                        "rule": rule,
                        "message": FAULTS[rule].as_json(),
                    }
                ],
            }
            for n in range(1, len(people) + 1)
        ]
        return self.give(
            "signer-refused",
            units=self.tree(),
            people=people,
            but=(
                {
                    "do": "alter",
                    "operation": SUBMIT_PEOPLE,
                    "nth": 1,
                    "set": {
                        "/accepted": 0,
                        "/rejected": len(people),
                        **{f"/results/{n}": result for n, result in enumerate(refused)},
                    },
                },
            ),
        )

    def closes_a_unit(self) -> Told:
        """Twelve people; before the second message the unit of the last ones is absorbed."""
        units = self.tree()
        # Whoever was moved before would need a line in that table for this move too.
        people = [
            {name: value for name, value in person.items() if name != "movement"}
            for person in self.people(12)
        ]
        closing, heir = merger(units, people)
        day = (self.today() - timedelta(days=1)).isoformat()
        decision: JsonObject = {
            "header": self.header("M54"),
            "operation": "SAP_NHAP",
            "effectiveOn": day,
            "decisionNo": "12/QĐ-UBND",
            "decisionDate": day,
            "from": [closing],
            "to": [heir],
        }
        return self.give(
            "closed-unit",
            units=units,
            people=sorted(people, key=lambda person: person["employingUnitCode"] == closing),
            hidden={"closing": closing, "heir": str(heir["unitCode"])},
            but=(
                self.errands(
                    {
                        "target": "/v1/reorganisations",
                        "body": decision,
                        "expect": {"/status": "ACCEPTED"},
                    },
                    before="submitTrialSync",
                    nth=2,
                ),
            ),
        )

    def changes_the_lists(self) -> Told:
        """A tree in the provinces of before, and a national side that renews its lists."""
        lists = population.code_lists()
        new = {row["code"] for row in lists.rows("provinces", self.today())}
        gone = [
            (row["code"], row["new_code"])
            for row in lists.rows("province-map", self.today())
            if row["code"] not in new
        ]
        old, new_code = gone[self.world.seed % len(gone)]
        return self.give(
            "new-lists",
            units=[{**unit, "provinceCode": old} for unit in self.tree()],
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
            for person in self.people(5)
        ]
        sent, added = people[:4], people[4]
        events: list[JsonObject] = [
            {"profileId": sent[n % 3]["profileId"], "fields": {"otherNames": f"Tên gọi {n}"}}
            for n in range(EVENTS)
        ]
        half = EVENTS // 2
        trial: JsonObject = {
            "header": self.header("M51"),
            "records": [{"profile": added, "signature": self.world.sign(added)}],
        }
        errands = self.errands(
            {"target": "/v1/trial-sync", "body": trial, "expect": ACCEPTED},
            {"method": "DELETE", "target": f"/v1/profiles/{sent[3]['profileId']}"},
            self.events("POPULATION", events[:half]),
            self.events("POPULATION", events[half:], first=half),
            before="readChanges",
        )
        twice: JsonObject = {"do": "alter", "operation": "readChanges", "repeat": ["/items"]}
        return self.give(
            "change-feed",
            units=self.tree(),
            people=sent,
            tasks=("push", "follow", "follow", "reconcile"),
            more={"agencyCode": self.tree()[0]["unitCode"]},
            hidden={"added": str(added["profileId"]), "withdrawn": str(sent[3]["profileId"])},
            but=(errands, twice),
        )

    def asks_for_a_reconciliation(self) -> Told:
        """Both sides differ: one person was withdrawn, and one unit bears another name."""
        units = self.tree()
        leaders = [self.one(90 + n, wishes=LEADER) for n in range(2)]
        people = (*leaders, *self.people(3))
        renamed: JsonObject = {**units[-1], "name": "Tên khác ở trung ương"}
        batch: JsonObject = {"header": self.header("M50"), "units": [renamed]}
        errands = self.errands(
            {"method": "DELETE", "target": f"/v1/profiles/{people[1]['profileId']}"},
            {"target": "/v1/unit-batches", "body": batch, "expect": ACCEPTED},
            before="reconcile",
        )
        return self.give(
            "reconciliation",
            units=units,
            people=people,
            tasks=("push", "reconcile"),
            more={"agencyCode": units[0]["unitCode"]},
            hidden={"withdrawn": str(people[1]["profileId"]), "renamed": str(renamed["unitCode"])},
            but=(errands,),
        )


def merger(units: Sequence[JsonObject], people: Sequence[JsonObject]) -> tuple[str, JsonObject]:
    """A leaf in which some work, and a unit of the same managing agency that can take it over."""
    above = {unit["parentCode"] for unit in units}
    managing = {person["employingUnitCode"]: person["managingAgencyCode"] for person in people}
    for closing, agency in reversed(managing.items()):
        if closing in above or closing in managing.values():
            continue
        for unit in units:
            code = str(unit["unitCode"])
            # Not the parent: whoever moves people there without asking must not be right.
            other = code not in (closing, str(closing).rpartition(".")[0])
            if other and f"{code}.".startswith(f"{agency}."):
                return str(closing), unit
    raise SuiteDefect("nobody works in a leaf of the tree")
