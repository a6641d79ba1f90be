"""The bundled agency's counter: what it shows there, and what it takes for its own."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from conformance.packs.vn_cbccvc.agency_outbox import Kind, State
from conformance.packs.vn_cbccvc.agency_register import Page
from conformance.reference.clock import ManualClock
from tests.testbed import nation as national
from tests.testbed.little import START
from tests.testbed.nation import ASSIGNMENT, PEOPLE, UNITS, Nation

ANNA = str(PEOPLE[0]["profileId"])


class Shelf:
    """What an API answers from, in two dictionaries; others put things there, too."""

    def __init__(self):
        self.units, self.people, self.heirs, self.log = {}, {}, {}, []

    def put(self, kind, key, body, change="UPDATED"):
        held = self.units if kind == "UNIT" else self.people
        version = held.get(key, (0, None))[0] + (change != "WITHDRAWN")
        held[key] = (version, body)
        self.log.append({"kind": kind, "key": key, "change": change, "version": version})
        return version

    def show_unit(self, unit):
        return self.put("UNIT", unit["unitCode"], unit)

    def show_person(self, profile, changed_at):
        return self.put("PROFILE", profile["profileId"], {**profile, "at": changed_at})

    def take_away(self, key):
        self.put("PROFILE", key, None, "WITHDRAWN")

    def last(self):
        return len(self.log)

    def changes(self, after):
        yield from self.log[after:]

    def unit(self, code):
        return self.units[code][1]

    def person(self, key):
        return self.people[key][1]

    def heir(self, code):
        return self.heirs.get(code, "")

    def close(self):
        """Nothing is open."""


@pytest.fixture
def shelf():
    return Shelf()


def performed(shelf, *assignments, meanwhile=lambda: None):
    """Assignments carried out one after another by one installation; the nation, the agency."""
    clock = ManualClock(START)
    nation = Nation(clock)

    async def go():
        agency = national.agency(nation, clock)
        agency.served = shelf
        for assignment in assignments:
            await agency.perform(assignment)
            meanwhile()
        states = {state: agency.outbox.count(state) for state in State}
        held = {p["profileId"]: p for p in agency.register.records(Page.PERSON)}
        await agency.aclose()
        return states, held

    return nation, *asyncio.run(go())


NEXT = replace(ASSIGNMENT, id="next", continues="push", material={})


def test_what_was_accepted_is_shown(shelf):
    performed(shelf, ASSIGNMENT)

    assert {code: unit for code, (_, unit) in shelf.units.items()} == {
        unit["unitCode"]: unit for unit in UNITS
    }
    assert set(shelf.people) == {person["profileId"] for person in PEOPLE}


def test_its_own_showing_is_no_news(shelf):
    nation, states, held = performed(shelf, ASSIGNMENT, NEXT)

    assert len(nation.accepted) == len(PEOPLE) + len(UNITS)
    assert states[State.PENDING] == 0
    assert len(held) == len(PEOPLE)


def test_what_came_in_is_held_and_not_sent(shelf):
    told = {**PEOPLE[0], "mainDuty": "told"}
    nation, _, held = performed(
        shelf, ASSIGNMENT, NEXT, meanwhile=lambda: shelf.put("PROFILE", ANNA, told)
    )

    assert held[ANNA] == told
    assert told not in nation.accepted


def test_whom_the_nation_withdrew_is_held_no_longer(shelf):
    _, _, held = performed(shelf, ASSIGNMENT, NEXT, meanwhile=lambda: shelf.take_away(ANNA))

    assert ANNA not in held
    assert len(held) == len(PEOPLE) - 1


def test_who_only_pushes_has_no_counter():
    clock = ManualClock(START)
    nation = Nation(clock)

    async def go():
        agency = national.agency(nation, clock)
        await agency.perform(ASSIGNMENT)
        agency.lay_out(Kind.PEOPLE, PEOPLE[0])
        shown = agency.register.read(Page.SHOWN, ANNA)
        await agency.aclose()
        return shown

    assert asyncio.run(go()) is None
