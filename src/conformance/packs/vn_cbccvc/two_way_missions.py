"""
Stories in which a change travels from the agency to the nation, and back, over both faces.

The software under test pushes to the test bed and serves the API as well. What it pushed is read
from its API; what the nation says is told to its API; and what it then sends of its own is awaited
in a mission that goes on where the one before ended. Judging is `two_way_oracles`'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from conformance.errors import Deviation, GrantUnmet, TargetTimeout
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.asking import Registry
from conformance.packs.vn_cbccvc.content_assignments import STOPGAP, Assignments, Told, written
from conformance.packs.vn_cbccvc.content_missions import ACCEPTED, merger
from conformance.packs.vn_cbccvc.content_reading import Posted, people_posted, units_posted
from conformance.packs.vn_cbccvc.preparing import Agency
from conformance.packs.vn_cbccvc.profile_oracles import items_of
from conformance.packs.vn_cbccvc.receipts import reads_back
from conformance.packs.vn_cbccvc.records import text, without
from conformance.packs.vn_cbccvc.tree_oracles import reads_back_unit
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT

#: Seconds in which what was pushed stands at the software's own API: it may use a queue inside.
GRACE: Final = 10.0
NATIONS_DUTY: Final = "Theo dõi thi đua, khen thưởng"
OWN_PHONE: Final = "0990000003"
OLDER_PHONE: Final = "0990000004"
OTHER_NAME: Final = "Tên gọi khác ở trung ương"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """
    What was pushed and taken, and what the software's own API then answered of it.

    Attributes:
        units, people: key -> the record as it was accepted last.
        answers: key of each of them -> what was read of it.
        lists: the people of each unit, as the API lists them.
        withdrawn: key of whom the agency took back -> what was read of it.
    """

    units: Mapping[str, JsonObject]
    people: Mapping[str, JsonObject]
    answers: Mapping[str, Exchange]
    lists: Sequence[Exchange]
    withdrawn: Mapping[str, Exchange]


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """
    What the nation told the software's API, and what the software sent and answered afterwards.

    Attributes:
        told: the answers to what was told.
        next: the mission that went on.
        named: role in the story -> key of the person or unit that plays it.
        history: of the person whom both changed, before the nation spoke and in the end.
        outdated: the answer to a change that is older than the agency's own.
    """

    told: Sequence[Exchange]
    next: Told
    named: Mapping[str, str]
    history: Sequence[Exchange] = ()
    outdated: Exchange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BothFaces(Assignments):
    """
    The nation, as it awaits the software and asks it.

    Attributes:
        registry: the software's own API.
        agency: prepares what the nation tells there.
    """

    registry: Registry
    agency: Agency

    # -- what is pushed is what is served ----------------------------------------------------

    def reads_what_was_pushed(self) -> Pushed:
        """A tree and four people are sent, one is taken back, and all of it is read."""
        self._in_one_space()
        crowd = self.people(4)
        told = self.give(
            "two-way-push",
            units=self.tree(),
            people=crowd,
            tasks=("push", "withdraw"),
            more={"withdraw": [crowd[3]["profileId"]]},
        )
        gone = {text(crowd[3], "profileId"): crowd[3]}
        units = _accepted(units_posted(told.exchanges))
        people = {
            key: person
            for key, person in _accepted(people_posted(told.exchanges)).items()
            if key not in gone
        }
        answers = {key: self._unit(unit) for key, unit in units.items()}
        answers |= {key: self._person(person) for key, person in people.items()}
        return Pushed(
            units=units,
            people=people,
            answers=answers,
            lists=[
                page
                for code in sorted({str(p.get("employingUnitCode")) for p in people.values()})
                for page in self.registry.profiles(unit=code)
            ],
            withdrawn={
                key: self._gone(person)
                for key, person in gone.items()
                if any(e.request.method == "DELETE" for e in told.exchanges)
            },
        )

    # -- the nation's word ---------------------------------------------------------------------

    def tells_and_awaits(self) -> Back:
        """
        The nation tells of five things through the software's API; then the software goes on.

        One person changes in the nation's hands alone, one in both's, one's change is refused,
        one is withdrawn, and a unit is renamed.
        """
        self._in_one_space()
        units, crowd = self.tree(), [without(p, "movement") for p in self.people(5)]
        theirs, shared, refused, leaving, _ = crowd
        now = self.world.now()
        first = self.give("two-way-news", units=units, people=crowd)
        _all_arrived(first)
        before = self._history(shared, 1)
        changed = [
            self._told({**one, "mainDuty": NATIONS_DUTY}, now - timedelta(hours=2))
            for one in (theirs, shared)
        ]
        faulty = self._told({**refused, "mainDuty": STOPGAP}, now - timedelta(hours=2))
        renamed: JsonObject = {**units[-1], "name": f"{units[-1]['name']} (trung ương)"}
        answers = [
            self.registry.submit(self.agency.trial_of([*changed, faulty])),
            self.registry.submit_units(self.agency.unit_message([renamed])),
            self.registry.withdraw(leaving),
        ]
        trial: JsonObject = {"header": self.header("M51"), "records": list(changed)}
        batch: JsonObject = {"header": self.header("M50"), "units": [renamed]}
        own = now - timedelta(minutes=30)
        following = self._goes_on(
            "two-way-news",
            changes=[_own(one, own) for one in (shared, refused)],
            errands=(
                {"target": "/v1/trial-sync", "body": trial, "expect": ACCEPTED},
                {"target": "/v1/unit-batches", "body": batch, "expect": ACCEPTED},
                {"method": "DELETE", "target": f"/v1/profiles/{leaving['profileId']}"},
            ),
        )
        grown = _versions(before) + 2
        history = self._history(shared, grown)
        late: JsonObject = {**shared, "mainDuty": NATIONS_DUTY, "phone": OLDER_PHONE}
        outdated = self.registry.submit(
            self.agency.trial_of([self._told(late, now - timedelta(hours=1))])
        )
        return Back(
            told=answers,
            next=following,
            named={
                "theirs": text(theirs, "profileId"),
                "shared": text(shared, "profileId"),
                "refused": text(refused, "profileId"),
                "leaving": text(leaving, "profileId"),
                "renamed": text(renamed, "unitCode"),
            },
            history=(before, history),
            outdated=outdated,
        )

    def merges_and_awaits(self) -> Back:
        """The nation merges a unit into another through the API; then somebody of it changes."""
        self._in_one_space()
        units = self.tree()
        # Whoever was moved before would need a line in that table for this move too.
        crowd = [without(p, "movement") for p in self.people(12)]
        closing, heir = merger(units, crowd)
        _all_arrived(self.give("two-way-merger", units=units, people=crowd))
        mover = next(one for one in crowd if one["employingUnitCode"] == closing)
        day = self.agency.day(1)
        old = next(unit for unit in units if unit["unitCode"] == closing)
        decision = self.agency.decision("SAP_NHAP", day=day, before=[old], after=[heir])
        answer = self.registry.reorganise(decision)
        same: JsonObject = {
            "header": self.header("M54"),
            "operation": "SAP_NHAP",
            "effectiveOn": day,
            "decisionNo": decision.number,
            "decisionDate": day,
            "from": [closing],
            "to": [heir],
        }
        following = self._goes_on(
            "two-way-merger",
            changes=[_own(mover, self.world.now() - timedelta(minutes=30))],
            errands=(
                {
                    "target": "/v1/reorganisations",
                    "body": same,
                    "expect": {"/status": "ACCEPTED"},
                },
            ),
        )
        return Back(
            told=[answer],
            next=following,
            named={
                "mover": text(mover, "profileId"),
                "closing": closing,
                "heir": text(heir, "unitCode"),
            },
        )

    def tells_by_the_feed(self) -> tuple[Told, JsonObject, Exchange]:
        """
        The population register names somebody otherwise; the agency reads it in the feed.

        Returns:
            The mission, the profile as the nation holds it, and what the software's API answers.
        """
        self._in_one_space()
        crowd = [without(person, "otherNames") for person in self.people(3)]
        stated: JsonObject = {
            "profileId": crowd[0]["profileId"],
            "fields": {"otherNames": OTHER_NAME},
        }
        told = self.give(
            "two-way-feed",
            units=self.tree(),
            people=crowd,
            tasks=("push", "follow", "push"),
            but=(self.errands(self.events("POPULATION", [stated]), before="readChanges"),),
        )
        held: JsonObject = {**crowd[0], "otherNames": OTHER_NAME}
        return told, held, self._person(held)

    # -- how it is done --------------------------------------------------------------------------

    def _in_one_space(self) -> None:
        """Whose API serves units of another body cannot be asked about those that it pushes."""
        if self.agency.root != ROOT_UNIT:
            raise GrantUnmet(
                "grant-unmet",
                f"the API's units stand below {self.agency.root}, those to be pushed "
                f"below {ROOT_UNIT}",
                remedy=f'Let the API serve {ROOT_UNIT}, and write subtree_root = "{ROOT_UNIT}".',
            )

    def _goes_on(
        self, mission: str, *, changes: Sequence[Json], errands: Sequence[JsonObject]
    ) -> Told:
        """The mission after that one: everything that is to be sent, and these changes."""
        return self.give(
            f"{mission}-next",
            units=(),
            tasks=("push", "change"),
            more={"changes": list(changes)},
            but=(self.errands(*errands),),
            continues=mission,
        )

    def _told(self, profile: JsonObject, changed_at: datetime) -> JsonObject:
        return {
            **self.agency.signed(profile),
            "changedAt": written(changed_at),
            "origin": "OTHER",
        }

    def _unit(self, unit: JsonObject) -> Exchange:
        return self._settled(
            lambda: self.registry.unit(unit), lambda answer: _meets(reads_back_unit, answer, unit)
        )

    def _person(self, person: JsonObject) -> Exchange:
        return self._settled(
            lambda: self.registry.profile(person),
            lambda answer: _meets(reads_back, answer, person),
        )

    def _gone(self, person: JsonObject) -> Exchange:
        return self._settled(
            lambda: self.registry.profile(person), lambda answer: answer.response.status == 404
        )

    def _history(self, person: JsonObject, versions: int) -> Exchange:
        return self._settled(
            lambda: self.registry.history(person), lambda answer: _versions(answer) >= versions
        )

    def _settled(self, read: Callable[[], Exchange], right: Callable[[Exchange], bool]) -> Exchange:
        """What is read when it is right, or when it had time enough to become so."""
        answers: list[Exchange] = []

        def look() -> Exchange | None:
            answers.append(read())
            return answers[-1] if right(answers[-1]) else None

        try:
            return self.world.wait_until(
                look, because="the software serves what it pushed", within=GRACE, every=1.0
            )
        except TargetTimeout:
            if not answers:
                raise
            return answers[-1]


def _meets(
    oracle: Callable[[Exchange, JsonObject], None], answer: Exchange, of: JsonObject
) -> bool:
    try:
        oracle(answer, of)
    except Deviation:
        return False
    return True


def _accepted(posted: Sequence[Posted]) -> dict[str, JsonObject]:
    return {one.key: one.subject for one in posted if one.accepted}


def _all_arrived(told: Told) -> None:
    """Whoever never arrived is nobody of whom the nation could tell anything."""
    people = _accepted(people_posted(told.exchanges))
    missing = [key for one in told.people if (key := text(one, "profileId")) not in people]
    if missing:
        raise TargetTimeout(
            "awaited-in-vain",
            f"profile {missing[0]} had not arrived",
            remedy="Let the software do what the assignment asks for, in its order.",
        )


def _versions(history: Exchange) -> int:
    try:
        return len(items_of(history))
    except Deviation:
        return 0


def _own(person: JsonObject, changed_at: datetime) -> JsonObject:
    return {
        "profileId": person["profileId"],
        "fields": {"phone": OWN_PHONE},
        "changedAt": written(changed_at),
        "origin": "SYSTEM",
    }
