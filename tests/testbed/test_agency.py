"""The bundled agency: what it sends, how it gets through trouble, and what survives a restart."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import httpx
import pytest

from conformance.errors import UsageError
from conformance.packs.vn_cbccvc.agency import AgencySoftware
from conformance.packs.vn_cbccvc.agency_mutants_all import CONSUMER_MUTANTS
from conformance.packs.vn_cbccvc.agency_office import ATTEMPTS, REST, ROUNDS
from conformance.packs.vn_cbccvc.agency_outbox import State
from conformance.reference.clock import ManualClock
from tests.testbed import nation as national
from tests.testbed.little import START
from tests.testbed.nation import ASSIGNMENT, CUT_AFTER, CUT_BEFORE, PEOPLE, UNITS, Nation

TREE_TAKEN = None


def push(script=(), mutant=None, outbox=":memory:", assignment=ASSIGNMENT):
    """The assignment carried out once; the nation, and how many items are in each state."""
    clock = ManualClock(START)
    nation = Nation(clock, script)

    async def go():
        agency = national.agency(nation, clock, outbox, mutant)
        await agency.perform(assignment)
        states = {state.value: agency.outbox.count(state) for state in State}
        await agency.aclose()
        return states

    return nation, asyncio.run(go())


def trials(nation):
    return [json.loads(body) for path, body in nation.seen if path == "/v1/trial-sync"]


def test_the_tree_goes_first_and_people_follow_in_tens():
    nation, states = push()

    assert [path for path, _ in nation.seen] == ["/v1/unit-batches", *["/v1/trial-sync"] * 2]
    assert [u["unitCode"] for u in json.loads(nation.seen[0][1])["units"]] == ["H98.1", "H98.1.1"]
    assert [len(message["records"]) for message in trials(nation)] == [10, 2]
    assert [r["profile"] for m in trials(nation) for r in m["records"]] == PEOPLE
    assert states["acknowledged"] == len(PEOPLE) + len(UNITS)


def test_one_token_serves_all_calls():
    assert push()[0].tokens == 1


def test_a_token_that_is_refused_is_fetched_anew_once():
    nation, states = push([httpx.Response(401)])

    assert nation.tokens == 2
    assert states["pending"] == states["sent"] == 0


def test_two_runs_from_one_seed_send_the_same_bytes():
    assert push()[0].seen == push()[0].seen


@pytest.mark.parametrize("trouble", [CUT_AFTER, CUT_BEFORE, httpx.Response(500)])
def test_a_message_in_trouble_is_repeated_byte_for_byte(trouble):
    nation, states = push([TREE_TAKEN, trouble])

    assert nation.seen[1] == nation.seen[2]
    assert [p["profileId"] for p in nation.accepted[2:]] == [p["profileId"] for p in PEOPLE]
    assert states["acknowledged"] == len(PEOPLE) + len(UNITS)


@pytest.mark.parametrize(
    "stated", ["7", "Fri, 20 Nov 2026 02:00:07 GMT", "Fri, 20 Nov 2026 02:00:07 -0000"]
)
def test_retry_after_is_respected_in_both_of_its_forms(stated):
    nation, _ = push([TREE_TAKEN, httpx.Response(503, headers={"Retry-After": stated})])

    assert (nation.times[2] - nation.times[1]).total_seconds() == 7


def test_pauses_grow_and_after_six_attempts_the_line_is_left_alone_for_a_while():
    nation, states = push([CUT_BEFORE] * 7)

    gaps = [(b - a).total_seconds() for a, b in zip(nation.times, nation.times[1:], strict=False)]
    assert gaps[:7] == [0.25, 0.5, 1, 2, 4, 8 + REST, 0.25]
    assert len({body for _, body in nation.seen[:8]}) == 1
    assert states["acknowledged"] == len(PEOPLE) + len(UNITS)


def test_attempts_end_at_last():
    nation, states = push([CUT_BEFORE] * (ATTEMPTS * ROUNDS + 1))

    assert len(nation.seen) == ATTEMPTS * ROUNDS
    assert states == {"pending": len(PEOPLE), "sent": len(UNITS), "acknowledged": 0, "rejected": 0}


def test_the_outbox_survives_a_restart(tmp_path):
    outbox = str(tmp_path / "outbox.db")
    before, _ = push([TREE_TAKEN, *[CUT_BEFORE] * ATTEMPTS * ROUNDS], outbox=outbox)

    after, states = push(outbox=outbox)

    assert after.seen[0] == before.seen[-1], "the message in doubt goes first, unchanged"
    assert [len(message["records"]) for message in trials(after)] == [10, 2]
    assert states["acknowledged"] == len(PEOPLE) + len(UNITS)


def test_a_correction_survives_an_end_between_the_receipt_and_it(tmp_path, monkeypatch):
    person, right = {**PEOPLE[0], "mainDuty": "N/A"}, {"mainDuty": "Tham mưu"}
    corrections = [{"profileId": person["profileId"], "fields": right}]
    assignment = replace(ASSIGNMENT, material={"people": [person], "corrections": corrections})
    error = {"rule": "VN-R-020", "pointer": "/records/0/profile/mainDuty"}
    results = [{"recordNo": 1, "status": "REJECTED", "errors": [error]}]
    rejected = httpx.Response(200, json={"results": results})
    outbox = str(tmp_path / "outbox.db")

    async def ended(*_):
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(AgencySoftware, "put_right", ended)
        with pytest.raises(asyncio.CancelledError):
            push([rejected], outbox=outbox, assignment=assignment)
    nation, states = push([rejected], outbox=outbox, assignment=assignment)

    assert nation.accepted == [{**person, **right}]
    assert states == {"pending": 0, "sent": 0, "acknowledged": 1, "rejected": 1}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>welcome"),
        httpx.Response(200, json={"results": [{"recordNo": 1, "status": "ACCEPTED"}]}),
        httpx.Response(200, json={"results": "none"}),
    ],
)
def test_a_receipt_that_accounts_for_nobody_is_no_acknowledgement(answer):
    nation, states = push([TREE_TAKEN, answer])

    assert nation.seen[1] == nation.seen[2]
    assert states["acknowledged"] == len(PEOPLE) + len(UNITS)


def test_what_is_refused_again_and_again_is_given_up():
    refusal = httpx.Response(422, json={"type": "urn:x:batch-size"})

    nation, states = push([TREE_TAKEN, *[refusal] * 60])

    assert states["rejected"] == len(PEOPLE)
    assert len(nation.seen) < 60


def test_bad_data_are_not_sent_twice():
    errors = [{"rule": "VN-R-003"}]
    results = [{"recordNo": n, "status": "REJECTED", "errors": errors} for n in range(1, 11)]

    nation, states = push([TREE_TAKEN, httpx.Response(200, json={"results": results})])

    assert [len(message["records"]) for message in trials(nation)] == [10, 2]
    assert states["rejected"] == 10


@pytest.mark.parametrize("cls", CONSUMER_MUTANTS, ids=lambda cls: cls.__name__)
def test_a_mutant_names_its_sin_and_what_it_breaks(cls):
    assert cls.breaks
    assert cls.__doc__
    assert cls.__doc__.splitlines()[0].endswith(".")


@pytest.mark.parametrize("cls", CONSUMER_MUTANTS, ids=lambda cls: cls.__name__)
def test_a_mutant_comes_to_an_end(cls):
    nation, _ = push([TREE_TAKEN, CUT_AFTER, httpx.Response(503)], mutant=cls.__name__)

    assert len(nation.seen) < 12


def test_mutants_can_be_joined():
    nation, _ = push(mutant="SignsNothing+SendsElevenAtOnce")

    first = trials(nation)[0]["records"]
    assert (len(first), "signature" in first[0]) == (11, False)


def test_an_unknown_mutant_is_met_with_the_near_ones():
    with pytest.raises(UsageError, match="HammersOn503"):
        push(mutant="HammerOn503")
