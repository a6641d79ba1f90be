"""The tree of units over time: as it was on a day, where a unit came from, who may work there."""

from __future__ import annotations

from datetime import timedelta

from conformance.packs.vn_cbccvc.receipts import accepted, rejected, unit_codes
from conformance.packs.vn_cbccvc.records import but
from conformance.packs.vn_cbccvc.tree_oracles import (
    carried_out,
    linked,
    listed,
    lives,
    told_as_living,
)
from conformance.pytest_plugin import verifies

LONG_AGO, EVE, CHANGE, LATER = 120, 101, 100, 60
"""Days before the day on which our people live; `EVE` is the last day of the old order."""
MONTH = 30


@verifies("VN-UNIT-006", "VN-UNIT-007", "VN-UNIT-029")
def test_the_tree_is_told_as_it_was_on_the_day_asked_for(agency, registry, refused, judge):
    """
    Four units end, another begins on that day, a sixth lives on: the tree before and after.

    Salaries and pensions are counted by the unit in which somebody worked at the time. A tree
    that only knows today moves whole careers into offices that did not exist.
    """
    above, (steady, beginning, *four) = agency.ground(units=6)
    endings = [but(unit, "/effectiveTo", agency.day(CHANGE)) for unit in four]
    ending = endings[0]
    beginning = but(beginning, "/effectiveFrom", agency.day(CHANGE))

    registry.submit_units(agency.unit_message([*above, steady, *endings, beginning]))
    # On the second page there is one at least that a page which forgot its day does not list.
    before = registry.children(above[-1], limit=3, as_of=agency.day(EVE))
    after = registry.children(above[-1], limit=100, as_of=agency.day(CHANGE))
    last_day = registry.unit(ending, as_of=agency.day(EVE))
    day_after = registry.unit(ending, as_of=agency.day(CHANGE))
    eve = registry.unit(beginning, as_of=agency.day(EVE))
    first_day = registry.unit(beginning, as_of=agency.day(CHANGE))
    today = registry.unit(ending), registry.unit(beginning)

    with judge("VN-UNIT-006", *before, *after):
        listed(before, [steady, *endings], absent=[beginning], once=False)
        listed(after, [steady, beginning], absent=endings)

    with judge("VN-UNIT-007", last_day, day_after, eve, first_day, *today):
        lives(last_day, ending)
        refused(day_after, status=404, name="not-found")
        refused(eve, status=404, name="not-found")
        lives(first_day, beginning)
        refused(today[0], status=404, name="not-found")
        lives(today[1], beginning)

    with judge("VN-UNIT-029", *before, last_day):
        told_as_living(last_day)
        for page in before:
            for index in range(len(unit_codes(page))):
                told_as_living(page, f"/items/{index}")


@verifies("VN-UNIT-008")
def test_a_lineage_names_everybody_a_unit_came_from_and_what_became_of_them(
    agency, registry, refused, judge
):
    """
    Units are merged, divided and split, and somebody asks each where it came from or went to.

    A pensioner's file names an office that has had two other names since. Whoever loses one
    predecessor of a merger loses the files of everybody who worked there.
    """
    above, (first, second, divided, whole, *new, unknown) = agency.ground(units=9)
    day = agency.day(CHANGE)
    heir, east, west, part = (but(unit, "/effectiveFrom", day) for unit in new)

    registry.submit_units(agency.unit_message([*above, first, second, divided, whole]))
    for operation, before, after in (
        ("HOP_NHAP", [first, second], [heir]),
        ("CHIA", [divided], [east, west]),
        ("TACH", [whole], [part]),
    ):
        registry.reorganise(agency.decision(operation, day=day, before=before, after=after))
    of_heir, of_first, of_second = (registry.lineage(unit) for unit in (heir, first, second))
    of_divided, of_west, of_whole, of_part = (
        registry.lineage(unit) for unit in (divided, west, whole, part)
    )
    of_nobody = registry.lineage(unknown)

    with judge(
        "VN-UNIT-008",
        of_heir,
        of_first,
        of_second,
        of_divided,
        of_west,
        of_whole,
        of_part,
        of_nobody,
    ):
        about = {"operation": "CHIA", "day": day}
        linked(of_divided, "successors", [east, west], **about)
        linked(of_west, "predecessors", [divided], **about)
        about = {"operation": "TACH", "day": day}
        linked(of_whole, "successors", [part], **about)
        linked(of_part, "predecessors", [whole], **about)
        about = {"operation": "HOP_NHAP", "day": day}
        linked(of_heir, "predecessors", [first, second], **about)
        linked(of_heir, "successors", [], **about)
        for answer in (of_first, of_second):
            linked(answer, "predecessors", [], **about)
            linked(answer, "successors", [heir], **about)
        refused(of_nobody, status=404, name="not-found")


@verifies("VN-UNIT-014", "VN-UNIT-015", "VN-UNIT-028")
def test_a_unit_keeps_its_code_under_another_name_and_under_another_parent(agency, registry, judge):
    """
    One unit takes another name, another comes under a neighbour, both from one day on.

    Who signed a document years ago signed it under the name of then. A name or a superior
    that changes backwards makes old signatures look forged; and so does a typing error that is
    corrected in the new name and wipes out the old one.
    """
    above, (renamed, moved, host) = agency.ground(units=3)
    day = agency.day(CHANGE)
    newly = but(renamed, "/name", "Phòng nghiệp vụ mang tên mới")
    below = but(moved, "/parentCode", host["unitCode"])

    registry.submit_units(agency.unit_message([*above, renamed, moved, host]))
    naming = registry.reorganise(
        agency.decision("DOI_TEN", day=day, before=[renamed], after=[newly])
    )
    moving = registry.reorganise(agency.decision("CHUYEN", day=day, before=[moved], after=[below]))
    old_name = registry.unit(renamed, as_of=agency.day(LONG_AGO))
    new_name = registry.unit(renamed, as_of=agency.day(LATER))
    present_name = registry.unit(renamed)
    places = {
        (ago, unit["unitCode"]): registry.children(unit, limit=100, as_of=agency.day(ago))
        for ago in (LONG_AGO, LATER)
        for unit in (above[-1], host)
    }
    corrected = [but(unit, "/shortName", "Viết đúng") for unit in (newly, below)]
    correcting = registry.submit_units(agency.unit_message(corrected))
    before = [registry.unit(unit, as_of=agency.day(LONG_AGO)) for unit in (renamed, moved)]
    after = [registry.unit(unit, as_of=agency.day(LATER)) for unit in corrected]

    with judge("VN-UNIT-014", naming, old_name, new_name, present_name):
        carried_out(naming)
        lives(old_name, renamed, "name")
        lives(new_name, newly, "name")
        lives(present_name, newly, "name")

    with judge("VN-UNIT-015", moving, *(page for pages in places.values() for page in pages)):
        carried_out(moving)
        old, new = above[-1]["unitCode"], host["unitCode"]
        listed(places[LONG_AGO, old], [moved, host])
        listed(places[LONG_AGO, new], [], absent=[moved])
        listed(places[LATER, old], [host], absent=[moved])
        listed(places[LATER, new], [moved])

    with judge("VN-UNIT-028", naming, moving, correcting, *before, *after):
        for answer in (naming, moving):
            carried_out(answer)
        accepted(correcting, 1, 2)
        for read, unit in zip((*before, *after), (renamed, moved, *corrected), strict=True):
            lives(read, unit, "name", "parentCode")
        for read, unit in zip(after, corrected, strict=True):
            lives(read, unit, "shortName")


@verifies("VN-SYNC-028")
def test_nobody_can_be_sent_to_a_unit_that_has_closed(agency, registry, judge):
    """
    A person's unit was closed weeks ago, another's lives no longer from today on, and the agency's
    software still sends them; then one stands in a unit whose end nobody knows, and the other in
    one that ends in a month.

    After a merger this is the commonest fault of all. Whoever stands in a closed unit stands
    on no payroll, and nobody is told.
    """
    above, (closed, closing, open_one, doomed) = agency.ground(units=4)
    closed = but(closed, "/effectiveTo", agency.day(CHANGE))
    # Its last day was yesterday, by the clocks of Vietnam as by those of the world.
    today = agency.world.now().date()
    closing = but(closing, "/effectiveTo", today.isoformat())
    doomed = but(doomed, "/effectiveTo", (today + timedelta(days=MONTH)).isoformat())
    people = agency.unheard_of(2)
    lost = [
        agency.employed([person], unit, kept_by=above[0])[0]
        for person, unit in zip(people, (closed, closing), strict=True)
    ]
    found = [
        agency.employed([person], unit, kept_by=above[0])[0]
        for person, unit in zip(people, (open_one, doomed), strict=True)
    ]

    tree = registry.submit_units(agency.unit_message([*above, closed, closing, open_one, doomed]))
    receipt = registry.submit(agency.trial(lost))
    twins = registry.submit(agency.trial(found))

    with judge("VN-SYNC-028", tree, receipt, twins):
        accepted(tree, *range(1, len(above) + 5))
        for number in (1, 2):
            place = f"/records/{number - 1}/profile/employingUnitCode"
            rejected(receipt, number, rule="unit-closed", pointer=place)
            accepted(twins, number)
