"""The tree of units: what is sent, what is found, and what has no place in it."""

from __future__ import annotations

from datetime import date, timedelta

from conformance.oracles.body import member_is
from conformance.oracles.paging import complete_walk
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.line import answer_object
from conformance.packs.vn_cbccvc.receipts import accepted, rejected, unit_codes
from conformance.packs.vn_cbccvc.records import but
from conformance.packs.vn_cbccvc.tree_oracles import listed, reads_back_unit
from conformance.pytest_plugin import verifies

DIVISIONS = 7
#: A day on which districts could be founded.
OLD_ORDER = "2025-06-02"


@verifies("VN-UNIT-001", "VN-UNIT-002", "VN-UNIT-003")
def test_a_branch_of_the_tree_is_found_again_unit_by_unit_and_page_by_page(
    agency, registry, refused, judge
):
    """
    An agency sends a branch of its tree and looks for it, one unit at a time and in a walk.

    Whoever stands in a division that a walk skips is on nobody's list; whoever stands in a
    unit without a parent has no superior to sign for him.
    """
    department, unit, *divisions = agency.branch(children=DIVISIONS + 1)
    *divisions, never_sent = divisions
    # No posts at all are not the same as posts that nobody has assigned yet.
    divisions[0] = but(divisions[0], "/staffQuota", 0)
    divisions[-1] = but(divisions[-1], "/staffQuota", None)

    registry.submit_units(agency.unit_message([department, unit, *divisions]))
    read = {code["unitCode"]: registry.unit(code) for code in (unit, divisions[0], divisions[-1])}
    unknown = registry.unit(never_sent)
    pages = registry.children(unit, limit=3)

    with judge("VN-UNIT-001", *read.values()):
        for sent in (unit, divisions[0], divisions[-1]):
            reads_back_unit(read[sent["unitCode"]], sent)

    with judge("VN-UNIT-002", *pages):
        complete_walk(
            [unit_codes(page) for page in pages], [division["unitCode"] for division in divisions]
        )

    with judge("VN-UNIT-003", unknown, read[unit["unitCode"]]):
        refused(unknown, status=404, name="not-found")
        status_is(read[unit["unitCode"]], 200)
        member_is(read[unit["unitCode"]], "/unitCode", unit["unitCode"])


@verifies("VN-UNIT-002", "VN-UNIT-004", "VN-UNIT-005")
def test_orphans_and_districts_find_no_place_in_the_tree(agency, registry, judge):
    """
    An agency sends a unit whose parent nobody knows, one whose parent comes behind it, and a
    district that ended with June 2025.

    After a merger both are ordinary: the tree of the old province is still in the software.
    A registry that takes them carries bodies that no longer exist.
    """
    # New ones in every run: what an earlier run left there would be a parent to the grandchild.
    above, (first, second, third, unknown, later, ahead) = agency.ground(units=6)
    orphan = but(first, "/parentCode", unknown["unitCode"])
    district = but(second, "/unitType", "HUYEN")
    # A type is read in the list of today, also where it was in force when the unit began.
    old, of_old = agency.branch(children=0)
    root = registry.unit({"unitCode": agency.root})
    began = first_day_below(root, old)
    # Few units are nearly as old as that one, and it stands below none.
    eldest = registry.all_units(as_of=second_day(root) or began)
    old, of_old = (but(each, "/effectiveFrom", began) for each in (old, of_old))
    old_district = but(of_old, "/unitType", "HUYEN")
    # Its parent stands before it in the message, and was rejected there.
    grandchild = but(third, "/parentCode", first["unitCode"])
    # Its parent is accepted, and stands behind it.
    ahead = but(ahead, "/parentCode", later["unitCode"])

    registry.submit_units(agency.unit_message([*above, old]))
    faulty = registry.submit_units(
        agency.unit_message([orphan, district, grandchild, old_district, ahead, later])
    )
    sound = registry.submit_units(agency.unit_message([first, second, grandchild, of_old, ahead]))

    with judge("VN-UNIT-002", root, *eldest):
        # What a walk of a great tree has not reached in all those pages, it may yet give.
        ended = answer_object(eldest[-1]).get("nextCursor") is None
        if second_day(root) and ended:
            listed(eldest, [{"unitCode": agency.root}])

    with judge("VN-UNIT-004", faulty, sound):
        rejected(faulty, 1, rule="parent-unknown", pointer="/units/0/parentCode")
        rejected(faulty, 3, rule="parent-unknown", pointer="/units/2/parentCode")
        rejected(faulty, 5, rule="parent-unknown", pointer="/units/4/parentCode")
        accepted(faulty, 6)
        accepted(sound, 1, 3, 5)

    with judge("VN-UNIT-005", faulty, sound):
        for number in (2, 4):
            pointer = f"/units/{number - 1}/unitType"
            rejected(faulty, number, rule="code-list", pointer=pointer)
            accepted(sound, number)


def first_day_below(root, unit):
    """A day of the old order where the granted root was there by then, else that of `unit`."""
    began = str(answer_object(root).get("effectiveFrom", unit["effectiveFrom"]))
    return OLD_ORDER if began <= OLD_ORDER else unit["effectiveFrom"]


def second_day(unit):
    """The second day of a unit's life; "" where its first cannot be read."""
    try:
        first = date.fromisoformat(str(answer_object(unit).get("effectiveFrom")))
    except ValueError:
        return ""
    return (first + timedelta(days=1)).isoformat()
