"""Batches, corrections and walks on a server that does not stand still."""

from __future__ import annotations

from datetime import timedelta

from conformance.oracles.paging import complete_walk
from conformance.packs.vn_cbccvc.changing import ADDRESS, dated, moved, written
from conformance.packs.vn_cbccvc.line import answer_object, ids_on
from conformance.packs.vn_cbccvc.profile_oracles import (
    Accepted,
    Change,
    items_of,
    lists_each_once,
    of_receipt,
    sequence_grows,
)
from conformance.packs.vn_cbccvc.receipts import accepted, not_stored
from conformance.packs.vn_cbccvc.sync_oracles import has_version, holds, kept_out, tells_each_once
from conformance.pytest_plugin import verifies

PEOPLE = 11
#: The record that is at fault, counted from 1.
FAULTY = 4


@verifies("VN-CONT-016", "VN-CONT-017")
def test_one_typing_error_stops_nobody_else_and_is_not_swallowed(agency, registry, judge):
    """
    A province sends its people by night; in one file somebody is paid nine tenths.

    Ten neighbours must not wait for the eleventh, and the eleventh must not be told as done.
    """
    branch = agency.branch(children=1)
    people = agency.employed(agency.unheard_of(PEOPLE), branch[-1])
    sent = [
        agency.contradicting(person) if number == FAULTY else person
        for number, person in enumerate(people, start=1)
    ]
    others = [number for number in range(1, PEOPLE + 1) if number != FAULTY]

    registry.submit_units(agency.unit_message(branch))
    batch = agency.batch_of([agency.signed(person) for person in sent])
    done = registry.job_done(registry.submit_batch(batch))
    there = registry.profiles(unit=branch[-1]["unitCode"])
    refused = registry.profile(people[FAULTY - 1])

    with judge("VN-CONT-016", done, *there):
        of_receipt(done, lambda receipt: accepted(receipt, *others))
        lists_each_once(there, [people[number - 1] for number in others])

    with judge("VN-CONT-017", done, refused):
        of_receipt(done, lambda receipt: kept_out(receipt, FAULTY))
        not_stored(refused, sent[FAULTY - 1], mark="/salaryPercent")


@verifies("VN-CONT-018")
def test_what_was_rejected_is_sent_again_alone(agency, registry, judge):
    """
    A clerk corrects the one file that was rejected and sends it again, and nothing else.

    Who must send everybody again, or finds everybody's version moved, corrects nothing gladly.
    """
    first, wrong, last = agency.people(3)
    message = agency.trial([first, agency.contradicting(wrong), last])

    receipt = registry.submit(message)
    corrected = registry.submit(agency.trial([wrong]))
    reads = [registry.profile(person) for person in (first, last)]

    with judge("VN-CONT-018", receipt, corrected, *reads):
        kept_out(receipt, 2)
        accepted(corrected, 1)
        for number, person, read in zip((1, 3), (first, last), reads, strict=True):
            holds(read, person)
            has_version(receipt, number, answer_object(read).get("version"))


@verifies("VN-CONT-019")
def test_the_feed_is_read_while_three_agencies_write_at_once(agency, registry, judge):
    """
    An agency reads the feed on a busy morning; between two of its pages six people arrive.

    Three of them arrive in the same instant, twice. What slips through is found by nobody.
    """
    people = agency.people(6)
    messages = [agency.trial([person]) for person in people]

    start = registry.end_of_changes()
    early = registry.submit_together(messages[:3])
    first = registry.page_of_changes(start, 2)
    late = registry.submit_together(messages[3:])
    rest = registry.changes(str(answer_object(first).get("nextCursor", "")), 2, 100, 100)

    with judge("VN-CONT-019", *early, *late, first, *rest):
        arrivals = [
            Change(
                kind="PROFILE",
                key=person["profileId"],
                version=Accepted(receipt=receipt).version(),
                called=("CREATED", "UPDATED"),
            )
            for person, receipt in zip(people, (*early, *late), strict=True)
        ]
        tells_each_once([first, *rest], arrivals)
        sequence_grows([first, *rest])


@verifies("VN-CONT-020")
def test_a_walk_goes_on_where_it_was_while_people_come_and_go(agency, registry, judge):
    """
    While an agency walks its list, two of those whom it has seen leave and somebody comes.

    A cursor that counts rows then jumps over two people, whom nobody misses until they retire.
    """
    branch = agency.branch(children=1)
    unit = branch[-1]["unitCode"]
    *people, newcomer = agency.employed(agency.unheard_of(9), branch[-1])

    registry.submit_units(agency.unit_message(branch))
    registry.submit(agency.trial(people))
    first = registry.first_profiles(unit=unit, limit=4)
    seen = ids_on(first)
    leaving = [person for person in people if person["profileId"] in seen][:2]
    for person in leaving:
        registry.withdraw(person)
    registry.submit(agency.trial([newcomer]))
    rest = registry.profiles_after(first)

    with judge("VN-CONT-020", first, *rest):
        staying = [person["profileId"] for person in people if person not in leaving]
        pages = [[str(item.get("profileId")) for item in items_of(page)] for page in (first, *rest)]
        complete_walk(pages, staying)


@verifies("VN-CONT-021")
def test_a_correction_outlives_the_batch_that_it_overtook(agency, registry, judge):
    """
    While the night's batch is worked off, a clerk corrects one of its people by hand.

    A job that writes when it ends puts the old address back; the clerk has gone home by then.
    """
    (person,) = agency.people(1)
    now = agency.world.now()
    by_night, by_hand = (written(now - timedelta(minutes=minutes)) for minutes in (20, 10))
    batch = agency.batch_of([dated(agency.signed(moved(person, 1)), by_night)])
    correction = agency.trial_of([dated(agency.signed(moved(person, 2)), by_hand)])

    submitted = registry.submit_batch(batch)
    corrected = registry.submit(correction)
    done = registry.job_done(submitted)
    read = registry.profile(person)

    with judge("VN-CONT-021", submitted, corrected, done, read):
        accepted(corrected, 1)
        holds(read, moved(person, 2), ADDRESS)
