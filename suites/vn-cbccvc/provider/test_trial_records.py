"""The records of one trial message: twice the same person, their order, and what may not travel."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.profile_oracles import results_in_order
from conformance.packs.vn_cbccvc.receipts import accepted, not_stored, rejected, stored
from conformance.packs.vn_cbccvc.records import but, without
from conformance.pytest_plugin import verifies


@verifies("VN-SYNC-023")
def test_a_person_stands_once_in_a_message(agency, registry, judge):
    """
    An agency's export holds somebody twice, with two addresses; somebody else twice, at first
    without a member.

    If both are taken, chance decides which of them the registry believes; a record that was
    refused is believed by nobody, and stands in no other's way.
    """
    person, neighbour = agency.people(2)
    lacking = without(neighbour, "gender")
    moved = but(person, "/currentResidence/detail", "Số 7, phường thử nghiệm")

    twice = registry.submit(agency.trial([person, moved, lacking, neighbour]))
    read = registry.profile(person)
    alone = registry.submit(agency.trial([moved]))

    with judge("VN-SYNC-023", twice, read, alone):
        accepted(twice, 1, 4)
        rejected(twice, 2, rule="duplicate-record", pointer="/records/1/profile/profileId")
        stored(read, person)
        accepted(alone, 1)


@verifies("VN-SYNC-024")
def test_a_receipt_can_be_read_beside_the_list_that_was_sent(agency, registry, judge):
    """
    A clerk holds the receipt beside the list and goes down both with one finger.

    A result that stands in another line is corrected in the wrong file.
    """
    first, second, third, fourth = agency.people(4)
    listed = [first, without(second, "gender"), third, without(fourth, "gender")]

    receipt = registry.submit(agency.trial(listed))

    with judge("VN-SYNC-024", receipt):
        results_in_order(receipt, len(listed))


@verifies("VN-SYNC-025")
def test_a_receipt_of_a_message_that_never_came_is_not_found(agency, registry, refused, judge):
    """
    An agency whose line broke asks whether its message arrived.

    An invented receipt tells it that people were reported who never were.
    """
    branch = agency.branch(children=0)
    units = agency.unit_message(branch)
    people = agency.people(2)
    sent, never_sent = agency.trial(people[:1]), agency.trial(people[1:])

    tree = registry.submit_units(units)
    receipt = registry.submit(sent)
    unknown = registry.receipt(never_sent)
    of_units = registry.receipt(units)

    with judge("VN-SYNC-025", tree, receipt, unknown, of_units):
        accepted(tree, 1, 2)
        accepted(receipt, 1)
        refused(unknown, status=404, name="not-found")
        # It came, but as another message: no trial was ever sent under that id.
        refused(of_units, status=404, name="not-found")


@verifies("VN-SYNC-027")
def test_a_state_secret_does_not_travel_this_way(agency, registry, judge):
    """
    An agency sends a file that is marked as a state secret by mistake, then one that is not.

    What is taken over this connection has leaked, whatever becomes of it afterwards.
    """
    (person,) = agency.people(1)
    secret = but(person, "/stateSecret", True)

    leaked = registry.submit(agency.trial([secret]))
    looked_up = registry.profile(secret)
    plain = registry.submit(agency.trial([but(person, "/stateSecret", False)]))

    with judge("VN-SYNC-027", leaked, looked_up, plain):
        rejected(
            leaked,
            1,
            rule="state-secret",
            pointer=("/records/0/profile/stateSecret", "/records/0/profile"),
        )
        not_stored(looked_up, secret, mark="/stateSecret")
        accepted(plain, 1)
