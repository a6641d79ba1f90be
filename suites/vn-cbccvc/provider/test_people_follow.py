"""People whose unit was merged, divided or dissolved: each stands somewhere, and in one place."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.profile_oracles import lists_each_once, lists_none_of, stands_in
from conformance.packs.vn_cbccvc.receipts import accepted, rejected, stored
from conformance.packs.vn_cbccvc.records import but
from conformance.packs.vn_cbccvc.tree_oracles import carried_out, declined, linked
from conformance.pytest_plugin import verifies

CHANGE, LATER = 100, 60
"""Days before the day on which our people live."""


@verifies("VN-TIER-014", "VN-TIER-015", "VN-TIER-016", "VN-TIER-017", "VN-TIER-018", "VN-TIER-019")
def test_people_follow_their_unit_through_one_merger_after_another(agency, registry, judge):
    """
    Two offices become one, which is then absorbed by a neighbour; somebody works in each.

    Nobody has signed a new file yet. Who is still listed in the old office is paid by nobody,
    and who is listed twice is paid twice.
    """
    above, (first, second, heir, host) = agency.ground(units=4)
    day, later = agency.day(CHANGE), agency.day(LATER)
    heir = but(heir, "/effectiveFrom", day)
    people = agency.people(3)
    one, other, resident = (
        agency.employed([person], unit, kept_by=above[0])[0]
        for person, unit in zip(people, (first, second, host), strict=True)
    )

    registry.submit_units(agency.unit_message([*above, first, second, host]))
    arrived = registry.submit(agency.trial([one, other, resident]))
    merging = registry.reorganise(
        agency.decision("HOP_NHAP", day=day, before=[first, second], after=[heir])
    )
    in_heir, in_first = (registry.profiles(unit=unit["unitCode"]) for unit in (heir, first))
    file = registry.profile(one)
    dissolving = registry.reorganise(agency.decision("GIAI_THE", day=later, before=[heir]))
    too_late = registry.submit(agency.trial([one]))
    absorbing = registry.reorganise(
        agency.decision("SAP_NHAP", day=later, before=[heir], after=[host])
    )
    in_host, left_in_heir = (registry.profiles(unit=unit["unitCode"]) for unit in (host, heir))
    lineages = [registry.lineage(unit) for unit in (first, heir, host)]
    at_home = agency.employed([one], host, kept_by=above[0])
    moved = registry.submit(agency.trial(at_home))
    after_move = registry.profiles(unit=host["unitCode"])

    with judge("VN-TIER-014", arrived, merging, *in_heir, *in_first):
        accepted(arrived, 1, 2, 3)
        carried_out(merging)
        lists_each_once(in_heir, [one, other])
        stands_in(in_heir, [one, other], heir)
        lists_none_of(in_first, [one, other])

    with judge("VN-TIER-015", merging, file):
        carried_out(merging)
        stored(file, one)

    with judge("VN-TIER-016", merging, dissolving):
        carried_out(merging)
        declined(dissolving, rule="people-attached", pointer="/from/0")

    with judge("VN-TIER-017", absorbing, *in_host, *left_in_heir):
        carried_out(absorbing)
        lists_each_once(in_host, [one, other, resident])
        lists_none_of(left_in_heir, [one, other, resident])

    with judge("VN-TIER-018", *lineages):
        linked(lineages[0], "successors", [heir], operation="HOP_NHAP", day=day)
        linked(lineages[1], "predecessors", [first, second], operation="HOP_NHAP", day=day)
        linked(lineages[1], "successors", [host], operation="SAP_NHAP", day=later)
        linked(lineages[2], "predecessors", [heir], operation="SAP_NHAP", day=later)

    with judge("VN-TIER-019", too_late, moved, *after_move):
        rejected(too_late, 1, rule="unit-closed", pointer="/records/0/profile/employingUnitCode")
        accepted(moved, 1)
        lists_each_once(after_move, at_home)
        stands_in(after_move, at_home, host)


@verifies("VN-TIER-020", "VN-TIER-021")
def test_who_stood_in_a_divided_unit_is_named_until_he_is_placed(agency, registry, judge):
    """
    An office becomes two; the agency says of one clerk to which, and of the other not yet.

    The registry cannot know who goes where. Who is then listed nowhere is found by nobody until
    the day on which no salary comes.
    """
    above, (divided, east, west) = agency.ground(units=3)
    day = agency.day(CHANGE)
    east, west = (but(unit, "/effectiveFrom", day) for unit in (east, west))
    clerk, waiting = agency.employed(agency.people(2), divided, kept_by=above[0])
    (placed,) = agency.employed([clerk], east, kept_by=above[0])

    registry.submit_units(agency.unit_message([*above, divided]))
    registry.submit(agency.trial([clerk, waiting]))
    dividing = registry.reorganise(
        agency.decision("CHIA", day=day, before=[divided], after=[east, west])
    )
    unplaced = registry.profiles(unit=divided["unitCode"])
    guessed = [registry.profiles(unit=unit["unitCode"]) for unit in (east, west)]
    sent = registry.submit(agency.trial([placed]))
    in_east, still_unplaced = (registry.profiles(unit=unit["unitCode"]) for unit in (east, divided))

    with judge("VN-TIER-020", dividing, *unplaced, *(page for pages in guessed for page in pages)):
        carried_out(dividing)
        lists_each_once(unplaced, [clerk, waiting])
        stands_in(unplaced, [clerk, waiting], None)
        for pages in guessed:
            lists_none_of(pages, [clerk, waiting])

    with judge("VN-TIER-021", sent, *in_east, *still_unplaced):
        accepted(sent, 1)
        lists_each_once(in_east, [placed])
        stands_in(in_east, [placed], east)
        lists_each_once(still_unplaced, [waiting])
        lists_none_of(still_unplaced, [placed])
