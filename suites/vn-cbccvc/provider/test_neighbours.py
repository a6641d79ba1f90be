"""Two agencies at one registry: what is the one's, the other neither sees nor changes."""

from __future__ import annotations

from dataclasses import replace

from conformance.errors import Deviation
from conformance.oracles.body import equal_json, member, member_is
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.changing import ADDRESS, moved
from conformance.packs.vn_cbccvc.line import answer_object
from conformance.packs.vn_cbccvc.owner_oracles import lists_some_conflict, mismatches_of
from conformance.packs.vn_cbccvc.preparing_owners import rows_of
from conformance.packs.vn_cbccvc.profile_oracles import (
    Accepted,
    Change,
    lists_each_once,
    lists_none_of,
    tells_of_changes,
)
from conformance.packs.vn_cbccvc.receipts import accepted, not_stored, result_of, stored
from conformance.packs.vn_cbccvc.records import as_bytes, text
from conformance.packs.vn_cbccvc.sync_oracles import holds, none_accepted, tells_of_nobody
from conformance.pytest_plugin import verifies


@verifies("VN-PRIV-001", "VN-PRIV-002")
def test_a_neighbour_sees_and_changes_nobody_of_ours(agency, registry, refused, judge):
    """
    Another agency's software asks for our people, takes one over, and withdraws one.

    It holds a valid key, an approver of its own and our people's ids, which stand on every
    letter; what it must not hold is our people.
    """
    root = agency.world.grant("neighbour_root")
    neighbour = registry.for_the_neighbour()
    branch = agency.branch(children=1)
    unit = branch[-1]
    ours, theirs, planted = agency.unheard_of(3)
    ours, planted = agency.employed([ours, planted], unit)
    home = {"unitCode": root}
    taken, theirs = agency.employed([moved(ours, 8), theirs], home)

    registry.submit_units(agency.unit_message(branch))
    registry.submit(agency.trial([ours]))
    before, own_list = registry.profile(ours), registry.profiles(unit=unit["unitCode"])
    read, history = neighbour.profile(ours), neighbour.history(ours)
    listed = neighbour.profiles(unit=unit["unitCode"])
    sent = neighbour.submit(agency.trial([moved(ours, 9), planted]).under("senderCode", root))
    # Our person in their unit, and theirs beside: one is refused for whose it is, and for nothing.
    overtaken = neighbour.submit(
        agency.trial([taken, theirs], signer="other-unit").under("senderCode", root)
    )
    withdrawn = neighbour.withdraw(ours)
    after = registry.profile(ours)
    own = neighbour.profile(theirs)
    neighbour.withdraw(theirs)

    with judge("VN-PRIV-001", before, read, history, *listed, own, *own_list):
        stored(before, ours)
        lists_each_once(own_list, [ours])
        stored(own, theirs)
        # A server that invents people is named by a requirement of its own.
        not_stored(read, ours, mark="/birthDate")
        refused(history, status=404, name="not-found")
        lists_none_of(listed, [ours])

    with judge("VN-PRIV-002", before, sent, overtaken, withdrawn, after):
        stored(before, ours)
        none_accepted(sent)
        accepted(overtaken, 2)
        none_accepted(only(overtaken, 1))
        refused(withdrawn, status=404, name="not-found")
        holds(after, ours, ADDRESS)
        equal_json(member(after, "/version"), member(before, "/version"), pointer="/version")


@verifies("VN-PRIV-003", "VN-PRIV-004")
def test_a_neighbour_hears_nothing_of_our_messages(agency, registry, refused, judge):
    """
    Another agency asks for our receipt and our job, sends our message again, and reads the feed.

    It has seen the message on the line that both use; its ids are no secret, what became of
    our people is.
    """
    neighbour = registry.for_the_neighbour()
    branch = agency.branch(children=1)
    one, other = agency.employed(agency.unheard_of(2), branch[-1])
    trial, batch = agency.trial([one]), agency.batch_of([agency.signed(other)])

    start, their_start = registry.end_of_changes(), neighbour.end_of_changes()
    registry.submit_units(agency.unit_message(branch))
    given, submitted = registry.submit(trial), registry.submit_batch(batch)
    ours = registry.job_done(submitted)
    receipt, job = neighbour.receipt(trial), neighbour.job(submitted)
    replayed = neighbour.submit(trial)
    pages = registry.changes(start, 100, 100, 100)
    their_pages = neighbour.changes(their_start, 100, 100, 100)

    with judge("VN-PRIV-003", given, ours, receipt, job, replayed):
        accepted(given, 1)
        status_is(ours, 200)
        refused(receipt, status=404, name="not-found")
        refused(job, status=404, name="not-found")
        none_accepted(replayed)

    with judge("VN-PRIV-004", given, *pages, *their_pages):
        version = Accepted(receipt=given).version()
        came = ("CREATED", "UPDATED")
        told = Change(kind="PROFILE", key=text(one, "profileId"), version=version, called=came)
        tells_of_changes(pages, [told])
        keys = [text(person, "profileId") for person in (one, other)]
        tells_of_nobody(their_pages, [*keys, *(text(unit, "unitCode") for unit in branch)])


@verifies("VN-PRIV-005")
def test_a_neighbour_neither_sees_nor_changes_our_units(agency, registry, refused, judge):
    """
    Another agency looks our division up, renames it in a message, and dissolves it by a decision.

    A division that somebody else dissolves takes its people's salaries with it.
    """
    root = agency.world.grant("neighbour_root")
    neighbour = registry.for_the_neighbour()
    above, (division,) = agency.ground(units=1)
    renamed = {**division, "name": "Phòng của cơ quan khác"}

    registry.submit_units(agency.unit_message([*above, division]))
    before = registry.unit(division)
    read, lineage = neighbour.unit(division), neighbour.lineage(division)
    listed = neighbour.children(above[-1], limit=100)
    sent = neighbour.submit_units(agency.unit_message([renamed]).under("senderCode", root))
    decision = agency.decision("GIAI_THE", day=agency.day(1), before=[division])
    dissolved = neighbour.reorganise(
        replace(decision, header={**decision.header, "senderCode": root})
    )
    after = registry.unit(division)
    own = neighbour.unit({"unitCode": root})

    with judge("VN-PRIV-005", before, read, lineage, *listed, sent, dissolved, after, own):
        member_is(before, "/name", division["name"])
        member_is(own, "/unitCode", root)
        # A server that invents units is named by a requirement of its own.
        if answer_object(read).get("name") == division["name"]:
            refused(read, status=404, name="not-found")
        refused(lineage, status=404, name="not-found")
        for page in listed:
            # Their list of our unit's children is empty, or there is no such unit for them.
            status_is(page, 200, 404)
            if page.response.status == 200:
                member_is(page, "/items", [])
        none_accepted(sent)
        none_accepted(dissolved)
        status_is(after, 200)
        equal_json(member(after, "/name"), division["name"], pointer="/name")


@verifies("VN-PRIV-011")
def test_a_neighbour_learns_nothing_of_what_owners_and_centre_hold_of_our_people(
    agency, owners, registry, judge
):
    """
    Another agency asks for our conflicts with the Party, and compares empty rows in our name.

    Its message says that we sent it; its key says who did. Both values of a conflict, or a list
    of all whom it did not name, would be ours.
    """
    neighbour = registry.for_the_neighbour()
    branch = agency.branch(children=1)
    (person,) = agency.employed(agency.newcomers(1), branch[-1])
    signed = {
        **owners.unsaid(person, "PARTY"),
        "partyAdmissionDate": agency.day(400),
        "partyPosition": "Phó Bí thư chi bộ",
    }
    event = owners.event(signed, {"partyPosition": "Bí thư chi bộ"})
    # Nor their units: who compares people in one direction alone finds something all the same.
    nobody = rows_of([], [])

    registry.submit_units(agency.unit_message(branch))
    arrived = registry.submit(agency.trial([signed]))
    told = registry.state(owners.message("PARTY", event))
    conflicts = registry.conflicts(branch[-1], owner="PARTY")
    compared = registry.reconcile(owners.comparison(branch[-1], nobody))
    seen = neighbour.conflicts(branch[-1], owner="PARTY")
    guessed = neighbour.reconcile(owners.comparison(branch[-1], nobody))

    with judge("VN-PRIV-011", arrived, told, *conflicts, compared, *seen, guessed):
        accepted(arrived, 1)
        lists_some_conflict(conflicts, signed, "/partyPosition")
        if not mismatches_of(compared):
            raise Deviation("item-missing", observed="no mismatch", required="the planted ones")
        for page in seen:
            gives_nothing(page, "items")
        gives_nothing(guessed, "mismatches")


def gives_nothing(answer, name):
    """A refusal, or an empty list."""
    status_is(answer, 200, 403, 404, 422)
    if answer.response.status == 200:
        member_is(answer, f"/{name}", [])


def only(receipt, number):
    """A receipt with the result of one record alone."""
    _, result = result_of(receipt, number)
    body = as_bytes({"results": [result]})
    return replace(receipt, response=replace(receipt.response, body=body))
