"""The ten operations on units: merged, divided, dissolved, and never half."""

from __future__ import annotations

from conformance.oracles.body import same_answer
from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.packs.vn_cbccvc.records import but
from conformance.packs.vn_cbccvc.tree_oracles import carried_out, declined, linked_once, lives
from conformance.pytest_plugin import verifies

LONG_AGO, CHANGE, LATER = 120, 100, 60
"""Days before the day on which our people live."""


@verifies("VN-UNIT-009", "VN-UNIT-010")
def test_what_is_merged_ends_and_what_it_is_merged_into_lives(agency, registry, refused, judge):
    """
    One unit is absorbed by a neighbour that keeps its code; two others become a third.

    In July 2025 ten thousand communes did this in one night. A predecessor that stays alive
    is counted beside its heir, and a ministry pays two directors.
    """
    above, (absorbed, host, first, second, heir) = agency.ground(units=5)
    day = agency.day(CHANGE)
    heir = but(heir, "/effectiveFrom", day)

    registry.submit_units(agency.unit_message([*above, absorbed, host, first, second]))
    absorbing = registry.reorganise(
        agency.decision("SAP_NHAP", day=day, before=[absorbed], after=[host])
    )
    merging = registry.reorganise(
        agency.decision("HOP_NHAP", day=day, before=[first, second], after=[heir])
    )
    before = {
        unit["unitCode"]: registry.unit(unit, as_of=agency.day(LONG_AGO))
        for unit in (absorbed, host, first, second, heir)
    }
    after = {
        unit["unitCode"]: registry.unit(unit, as_of=agency.day(LATER))
        for unit in (absorbed, host, first, second, heir)
    }

    with judge("VN-UNIT-009", absorbing, *(at[absorbed["unitCode"]] for at in (before, after))):
        carried_out(absorbing)
        for unit in (absorbed, host):
            lives(before[unit["unitCode"]], unit)
        lives(after[host["unitCode"]], host)
        refused(after[absorbed["unitCode"]], status=404, name="not-found")

    with judge("VN-UNIT-010", merging, *after.values()):
        carried_out(merging)
        for unit in (first, second):
            lives(before[unit["unitCode"]], unit)
            refused(after[unit["unitCode"]], status=404, name="not-found")
        refused(before[heir["unitCode"]], status=404, name="not-found")
        lives(after[heir["unitCode"]], heir, "name")


@verifies("VN-UNIT-011", "VN-UNIT-012")
def test_what_is_divided_ends_and_what_is_only_split_lives_on(agency, registry, refused, judge):
    """
    One unit becomes two and is no more; from another a part is split off, and it remains.

    The two decrees read alike and mean the opposite for everybody who stays behind.
    """
    above, (divided, east, west, whole, part) = agency.ground(units=5)
    day = agency.day(CHANGE)
    east, west, part = (but(unit, "/effectiveFrom", day) for unit in (east, west, part))

    registry.submit_units(agency.unit_message([*above, divided, whole]))
    dividing = registry.reorganise(
        agency.decision("CHIA", day=day, before=[divided], after=[east, west])
    )
    splitting = registry.reorganise(agency.decision("TACH", day=day, before=[whole], after=[part]))
    before = {
        unit["unitCode"]: registry.unit(unit, as_of=agency.day(LONG_AGO))
        for unit in (divided, east, whole, part)
    }
    after = {
        unit["unitCode"]: registry.unit(unit, as_of=agency.day(LATER))
        for unit in (divided, east, west, whole, part)
    }

    with judge("VN-UNIT-011", dividing, *(after[u["unitCode"]] for u in (divided, east, west))):
        carried_out(dividing)
        lives(before[divided["unitCode"]], divided)
        refused(before[east["unitCode"]], status=404, name="not-found")
        refused(after[divided["unitCode"]], status=404, name="not-found")
        for unit in (east, west):
            lives(after[unit["unitCode"]], unit, "name")

    with judge("VN-UNIT-012", splitting, *(after[u["unitCode"]] for u in (whole, part))):
        carried_out(splitting)
        lives(before[whole["unitCode"]], whole)
        refused(before[part["unitCode"]], status=404, name="not-found")
        lives(after[whole["unitCode"]], whole)
        lives(after[part["unitCode"]], part, "name")


@verifies("VN-UNIT-013", "VN-UNIT-016")
def test_a_unit_is_dissolved_when_everybody_has_left_and_its_code_dies_with_it(
    agency, registry, refused, judge
):
    """
    A unit is dissolved in which somebody still works, one that keeps the file of somebody who
    works elsewhere, then an empty one, whose code is used again.

    Whoever is left in a dissolved unit has no superior, no payroll and no leave; and a code
    that comes back gives the new office the old one's debts.
    """
    above, (manned, keeper, empty, neighbour, fresh) = agency.ground(units=5)
    day, later = agency.day(CHANGE), agency.day(LATER)
    person, other = agency.unheard_of(2)
    (person,) = agency.employed([person], manned, kept_by=above[0])
    # Founded below who keeps its files, as its code says, it stands beside him by now.
    beside = but(agency.office_below(keeper, 1), "/parentCode", above[-1]["unitCode"])
    (other,) = agency.employed([other], beside, kept_by=keeper)
    again, neighbour, fresh = (
        but(unit, "/effectiveFrom", later) for unit in (empty, neighbour, fresh)
    )

    registry.submit_units(agency.unit_message([*above, manned, keeper, beside, empty]))
    arrived = registry.submit(agency.trial([person, other]))
    over_people = registry.reorganise(agency.decision("GIAI_THE", day=day, before=[manned]))
    over_files = registry.reorganise(agency.decision("GIAI_THE", day=day, before=[keeper]))
    stands = registry.unit(manned)
    withdrawn = registry.withdraw(person)
    deserted = registry.reorganise(agency.decision("GIAI_THE", day=day, before=[manned]))
    dissolving = registry.reorganise(agency.decision("GIAI_THE", day=day, before=[empty]))
    gone = registry.unit(empty)
    sent_again = registry.submit_units(agency.unit_message([again, neighbour]))
    founded_again = registry.reorganise(agency.decision("THANH_LAP", day=later, after=[again]))
    founded = registry.reorganise(agency.decision("THANH_LAP", day=later, after=[fresh]))

    orders = (over_people, over_files, deserted, dissolving)
    with judge("VN-UNIT-013", arrived, *orders, stands, withdrawn, gone):
        accepted(arrived, 1, 2)
        for order in (over_people, over_files):
            declined(order, rule="people-attached", pointer="/from/0")
        lives(stands, manned)
        # Whether somebody can be withdrawn is judged elsewhere.
        if withdrawn.response.status == 204:
            carried_out(deserted)
        carried_out(dissolving)
        refused(gone, status=404, name="not-found")

    with judge("VN-UNIT-016", dissolving, sent_again, founded_again, founded):
        carried_out(dissolving)
        rejected(sent_again, 1, rule="code-reused", pointer="/units/0/unitCode")
        accepted(sent_again, 2)
        declined(founded_again, rule="code-reused", pointer="/to/0/unitCode")
        carried_out(founded)


@verifies("VN-UNIT-017")
def test_no_unit_comes_to_stand_below_itself(agency, registry, judge):
    """
    A unit is sent below itself, its division and a team far down, and then moved there.

    Software that sums a tree with a circle in it never ends; it is found on pay day.
    """
    above, (unit, division, section, team, other) = agency.ground(units=5)
    division = but(division, "/parentCode", unit["unitCode"])
    section = but(section, "/parentCode", division["unitCode"])
    team = but(team, "/parentCode", section["unitCode"])
    below_itself, round_again, far_round = (
        but(unit, "/parentCode", below["unitCode"]) for below in (unit, division, team)
    )
    aside = but(other, "/parentCode", team["unitCode"])
    day = agency.day(CHANGE)

    registry.submit_units(agency.unit_message([*above, unit, division, section, team, other]))
    sent = registry.submit_units(agency.unit_message([below_itself, round_again, far_round]))
    moved = registry.reorganise(
        agency.decision("CHUYEN", day=day, before=[unit], after=[far_round])
    )
    twin_moved = registry.reorganise(
        agency.decision("CHUYEN", day=day, before=[other], after=[aside])
    )
    twin_sent = registry.submit_units(agency.unit_message([aside]))

    with judge("VN-UNIT-017", sent, moved, twin_moved, twin_sent):
        for index in range(3):
            rejected(sent, index + 1, rule="cycle", pointer=f"/units/{index}/parentCode")
        declined(moved, rule="cycle", pointer="/to/0/parentCode")
        carried_out(twin_moved)
        accepted(twin_sent, 1)


@verifies("VN-UNIT-018")
def test_a_replayed_reorganisation_is_answered_alike_and_applied_once(agency, registry, judge):
    """
    An agency that lost our acknowledgement sends a merger again.

    A registry that carries it out twice finds the heir's code in use and rejects what it did
    itself; the agency then undoes a merger that is done.
    """
    above, (first, second, heir) = agency.ground(units=3)
    day = agency.day(CHANGE)
    heir = but(heir, "/effectiveFrom", day)
    merger = agency.decision("HOP_NHAP", day=day, before=[first, second], after=[heir])

    registry.submit_units(agency.unit_message([*above, first, second]))
    answer = registry.reorganise(merger)
    replay = registry.reorganise(merger)
    lineage = registry.lineage(heir)
    stands = registry.unit(heir)

    with judge("VN-UNIT-018", answer, replay, lineage, stands):
        carried_out(answer)
        same_answer(answer, replay)
        lives(stands, heir, "name")
        linked_once(lineage, "predecessors")


@verifies("VN-UNIT-019")
def test_units_are_founded_restructured_and_reclassified_from_their_day_on(
    agency, registry, refused, judge
):
    """
    One unit is founded, one comes down to another level, one becomes another type of body.

    A ministry that reads its tree a day late allots posts by the old one.
    """
    above, (founded, restructured, raised) = agency.ground(units=3)
    day = agency.day(CHANGE)
    founded = but(founded, "/effectiveFrom", day)
    restructured = but(restructured, "/tier", "province")
    remade = but(restructured, "/tier", "commune")
    higher = but(raised, "/unitType", "DVSN")

    registry.submit_units(agency.unit_message([*above, restructured, raised]))
    founding = registry.reorganise(agency.decision("THANH_LAP", day=day, after=[founded]))
    remaking = registry.reorganise(
        agency.decision("TO_CHUC_LAI", day=day, before=[restructured], after=[remade])
    )
    raising = registry.reorganise(
        agency.decision("NANG_HANG", day=day, before=[raised], after=[higher])
    )
    before = [
        registry.unit(unit, as_of=agency.day(LONG_AGO)) for unit in (founded, restructured, raised)
    ]
    after = [registry.unit(unit, as_of=agency.day(LATER)) for unit in (founded, remade, higher)]

    with judge("VN-UNIT-019", founding, remaking, raising, *before, *after):
        for answer in (founding, remaking, raising):
            carried_out(answer)
        refused(before[0], status=404, name="not-found")
        lives(before[1], restructured, "tier")
        lives(before[2], raised, "unitType")
        lives(after[0], founded, "name")
        lives(after[1], remade, "tier")
        lives(after[2], higher, "unitType")
