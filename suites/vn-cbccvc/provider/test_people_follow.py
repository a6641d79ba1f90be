"""People whose unit was merged, divided or dissolved: each stands somewhere, and in one place."""

from __future__ import annotations

from conformance.oracles.body import member_is
from conformance.packs.vn_cbccvc.profile_oracles import lists_each_once, lists_none_of, stands_in
from conformance.packs.vn_cbccvc.receipts import accepted, rejected, stored
from conformance.packs.vn_cbccvc.records import but
from conformance.packs.vn_cbccvc.tree_oracles import carried_out, declined, linked, lives
from conformance.pytest_plugin import verifies

CHANGE, LATER, AHEAD = 100, 60, -30
"""Days before the day on which our people live; `AHEAD` is yet to come."""


@verifies("VN-TIER-014", "VN-TIER-015", "VN-TIER-017", "VN-TIER-018", "VN-TIER-019")
def test_people_follow_their_unit_through_one_merger_after_another(agency, registry, judge):
    """
    Two offices become one, which is then absorbed by a neighbour; somebody works in each.

    Nobody has signed a new file yet. Who is still listed in the old office is paid by nobody,
    and who is listed twice is paid twice.
    """
    above, (first, second, heir, host) = agency.ground(units=4)
    day, later = agency.day(CHANGE), agency.day(LATER)
    heir = but(heir, "/effectiveFrom", day)
    people = agency.unheard_of(3)
    one, other, resident = (
        agency.employed([person], unit, kept_by=above[0])[0]
        for person, unit in zip(people, (first, second, host), strict=True)
    )

    registry.submit_units(agency.unit_message([*above, first, second, host]))
    arrived = registry.submit(agency.trial([one, other, resident]))
    merger = agency.decision("HOP_NHAP", day=day, before=[first, second], after=[heir])
    merging = registry.reorganise(merger)
    in_heir, in_first = (registry.profiles(unit=unit["unitCode"]) for unit in (heir, first))
    file = registry.profile(one)
    too_late = registry.submit(agency.trial([one]))
    absorption = agency.decision("SAP_NHAP", day=later, before=[heir], after=[host])
    absorbing = registry.reorganise(absorption)
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
        for name in ("employingUnitCode", "managingAgencyCode"):
            member_is(file, f"/profile/{name}", one[name])

    with judge("VN-TIER-017", absorbing, *in_host, *left_in_heir):
        carried_out(absorbing)
        lists_each_once(in_host, [one, other, resident])
        lists_none_of(left_in_heir, [one, other, resident])

    with judge("VN-TIER-018", *lineages):
        linked(lineages[0], "successors", [heir], **merger.link)
        linked(lineages[1], "predecessors", [first, second], **merger.link)
        linked(lineages[1], "successors", [host], **absorption.link)
        linked(lineages[2], "predecessors", [heir], **absorption.link)

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
    clerk, waiting = agency.employed(agency.unheard_of(2), divided, kept_by=above[0])
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
        lists_none_of(still_unplaced, [placed])


@verifies("VN-TIER-016")
def test_a_unit_is_not_dissolved_over_people_who_came_to_it_by_a_merger(agency, registry, judge):
    """
    Two offices are merged; the new one is to be dissolved while somebody stands in it unsigned.

    The file still names the old office. Whoever looks into the files finds the new one empty,
    and closes it over a clerk's head.
    """
    above, (left, right, joined, elsewhere) = agency.ground(units=4)
    day, later = agency.day(CHANGE), agency.day(LATER)
    joined = but(joined, "/effectiveFrom", day)
    (clerk,) = agency.employed(agency.unheard_of(1), left, kept_by=above[0])
    moved = agency.employed([clerk], elsewhere, kept_by=above[0])

    registry.submit_units(agency.unit_message([*above, left, right, elsewhere]))
    arrived = registry.submit(agency.trial([clerk]))
    merging = registry.reorganise(
        agency.decision("HOP_NHAP", day=day, before=[left, right], after=[joined])
    )
    over_people = registry.reorganise(agency.decision("GIAI_THE", day=later, before=[joined]))
    leaving = registry.submit(agency.trial(moved))
    empty = registry.reorganise(agency.decision("GIAI_THE", day=later, before=[joined]))

    with judge("VN-TIER-016", arrived, merging, over_people, leaving, empty):
        accepted(arrived, 1)
        carried_out(merging)
        declined(over_people, rule="people-attached", pointer="/from/0")
        accepted(leaving, 1)
        carried_out(empty)


@verifies("VN-TIER-023", "VN-TIER-024")
def test_a_part_knows_where_it_came_from_and_takes_nobody_unasked(agency, registry, judge):
    """
    A part is split off an office in which somebody works; then a clerk is sent to the part.

    The decision names the office, not the people. Who is moved by guess has two superiors, and
    a part without origin has no files.
    """
    above, (whole, part) = agency.ground(units=2)
    day = agency.day(CHANGE)
    part = but(part, "/effectiveFrom", day)
    staying, leaving = agency.employed(agency.unheard_of(2), whole, kept_by=above[0])
    moved = agency.employed([leaving], part, kept_by=above[0])
    splitting = agency.decision("TACH", day=day, before=[whole], after=[part])

    registry.submit_units(agency.unit_message([*above, whole]))
    registry.submit(agency.trial([staying, leaving]))
    answer = registry.reorganise(splitting)
    of_whole, of_part = registry.lineage(whole), registry.lineage(part)
    in_whole, in_part = (registry.profiles(unit=unit["unitCode"]) for unit in (whole, part))
    sent = registry.submit(agency.trial(moved))
    now_in_part = registry.profiles(unit=part["unitCode"])

    with judge("VN-TIER-023", answer, of_whole, of_part):
        carried_out(answer)
        linked(of_part, "predecessors", [whole], **splitting.link)
        linked(of_whole, "successors", [part], **splitting.link)

    with judge("VN-TIER-024", answer, *in_whole, *in_part, sent, *now_in_part):
        carried_out(answer)
        lists_each_once(in_whole, [staying, leaving])
        stands_in(in_whole, [staying, leaving], whole)
        lists_none_of(in_part, [staying, leaving])
        accepted(sent, 1)
        lists_each_once(now_in_part, moved)
        lists_none_of(now_in_part, [staying])


@verifies("VN-TIER-025")
def test_a_decision_for_a_later_day_changes_nothing_before_it(agency, registry, refused, judge):
    """
    A merger is decided today and holds from next month; somebody works in the office until then.

    Decisions are made weeks ahead. Software that carries them out on arrival closes offices in
    which people sit, and refuses the files of that month.
    """
    above, (first, second, heir) = agency.ground(units=3)
    ahead = agency.day(AHEAD)
    heir = but(heir, "/effectiveFrom", ahead)
    (clerk,) = agency.employed(agency.unheard_of(1), first, kept_by=above[0])
    elsewhere = but(clerk, "/currentResidence/detail", "Số 5, phường thử nghiệm")

    registry.submit_units(agency.unit_message([*above, first, second]))
    registry.submit(agency.trial([clerk]))
    merging = registry.reorganise(
        agency.decision("HOP_NHAP", day=ahead, before=[first, second], after=[heir])
    )
    today = [registry.unit(unit) for unit in (first, heir)]
    then = [registry.unit(unit, as_of=ahead) for unit in (first, heir)]
    in_first, in_heir = (registry.profiles(unit=unit["unitCode"]) for unit in (first, heir))
    sent = registry.submit(agency.trial([elsewhere]))

    with judge("VN-TIER-025", merging, *today, *then, *in_first, *in_heir, sent):
        carried_out(merging)
        lives(today[0], first)
        refused(today[1], status=404, name="not-found")
        refused(then[0], status=404, name="not-found")
        lives(then[1], heir)
        lists_each_once(in_first, [clerk])
        stands_in(in_first, [clerk], first)
        lists_none_of(in_heir, [clerk])
        accepted(sent, 1)
