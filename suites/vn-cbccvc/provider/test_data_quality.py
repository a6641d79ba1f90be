"""What is given back after corrections and moves: sound, without remains, the same everywhere."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.changing import disciplined, moved, without_a_stain
from conformance.packs.vn_cbccvc.profile_oracles import lists_each_once, lists_none_of
from conformance.packs.vn_cbccvc.quality_oracles import is_gone, is_sound, says_the_same
from conformance.packs.vn_cbccvc.receipts import accepted
from conformance.packs.vn_cbccvc.records import but, without
from conformance.pytest_plugin import verifies

#: A field of the agency's own that no rule speaks of.
LEFT_OUT = "occupationBeforeRecruitment"


@verifies("VN-QUAL-001", "VN-QUAL-002")
def test_what_was_entered_for_the_wrong_person_is_struck_out_without_remains(
    agency, registry, pack, world, judge
):
    """
    A clerk enters a reprimand into the wrong file, and corrects it the next morning.

    Where two versions are mixed, a blameless person has been disciplined in a year that was
    rated as good, and no signature stands for either.
    """
    people = agency.people(12)
    blameless = without(without_a_stain(people), LEFT_OUT)
    blameless = {**blameless, "discipline": []}
    colleague = next(one for one in people if one["profileId"] != blameless["profileId"])
    wrong = but(disciplined(blameless), f"/{LEFT_OUT}", "Giáo viên")

    first = registry.submit(agency.trial([wrong, colleague]))
    before = registry.profile(wrong)
    second = registry.submit(agency.trial([blameless]))
    after, beside = registry.profile(blameless), registry.profile(colleague)

    with judge("VN-QUAL-001", first, before, second, after, beside):
        accepted(first, 1, 2)
        is_sound(before, wrong, pack, world.as_of)
        accepted(second, 1)
        is_sound(after, blameless, pack, world.as_of)
        is_sound(beside, colleague, pack, world.as_of)

    with judge("VN-QUAL-002", first, before, second, after):
        accepted(first, 1)
        accepted(second, 1)
        is_gone(before, after, wrong, LEFT_OUT)


@verifies("VN-QUAL-003", "VN-QUAL-004")
def test_who_moved_stands_in_one_unit_and_every_place_says_the_same(agency, registry, judge):
    """
    One person moves to the division next door, a colleague to another flat.

    Two divisions count the mover, or the list tells yesterday's version: either is found when
    the head counts of the quarter do not add up.
    """
    branch = agency.branch(children=2)
    here, there = branch[-2:]
    staying, leaving = agency.employed(agency.unheard_of(2), here)
    at_home = moved(staying, 4)
    (arrived,) = agency.employed([leaving], there)

    registry.submit_units(agency.unit_message(branch))
    first = registry.submit(agency.trial([staying, leaving]))
    earlier = registry.profiles(unit=here["unitCode"])
    agency.pass_time(1.1)
    second = registry.submit(agency.trial([at_home, arrived]))
    former = registry.profiles(unit=here["unitCode"])
    new = registry.profiles(unit=there["unitCode"])
    places = [
        (registry.profile(person), registry.history(person), person)
        for person in (at_home, arrived)
    ]

    with judge("VN-QUAL-003", second, *former, *new, *(e for p in places for e in p[:2])):
        accepted(second, 1, 2)
        for read, history, person in places:
            says_the_same([*former, *new], read, history, person)

    with judge("VN-QUAL-004", first, *earlier, second, *former, *new):
        accepted(first, 1, 2)
        lists_each_once(earlier, [staying, leaving])
        accepted(second, 1, 2)
        lists_each_once(new, [arrived])
        lists_none_of(former, [arrived])
