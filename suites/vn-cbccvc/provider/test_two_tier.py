"""July 2025: provinces merge, districts end, communes come directly below, and nothing is lost."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.code_list_oracles import maps_as, names_codes
from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.packs.vn_cbccvc.records import but
from conformance.packs.vn_cbccvc.reform import DAY, EVE, MORROW
from conformance.packs.vn_cbccvc.tree_oracles import (
    carried_out,
    declined,
    linked,
    listed,
    lives,
)
from conformance.pytest_plugin import verifies

CHANGE, LATER = 100, 60
"""Days before the day on which our people live."""
#: The version of each list that held on the last day of the old order.
UNTIL_JULY = {"unit-types": "2025-03-01", "agency-codes": "2016-01-01"}


@verifies("VN-TIER-001")
def test_a_district_is_history_until_its_last_day_and_nothing_after_it(agency, registry, judge):
    """
    An agency sends its districts: two as they ended, one as if it had lived a day longer.

    Old files name the district in which somebody served. A registry that knows today's types
    only cannot hold them; one that asks no day keeps a level of government that is no more.
    """
    reform = agency.reform(whole=True)
    province, partner = reform.old["province"], reform.old["partner1"]
    first, second = (reform.old[f"district_of_{name}"] for name in ("province", "partner1"))
    # What is above it lives as long, in a code of that day: only the type is out of time.
    partner, too_long = (
        but(but(unit, "/effectiveTo", MORROW), "/provinceCode", reform.province["provinceCode"])
        for unit in (partner, second)
    )

    sent = registry.submit_units(
        agency.unit_message([*reform.above, province, partner, first, too_long, second])
    )

    with judge("VN-TIER-001", sent):
        accepted(sent, 1, 2, 3, 4, 5)
        rejected(sent, 6, rule="code-list", pointer="/units/5/unitType")
        accepted(sent, 7)


@verifies("VN-TIER-002", "VN-TIER-003", "VN-TIER-004", "VN-TIER-005")
def test_a_province_of_three_tiers_becomes_one_of_two(agency, registry, refused, judge):
    """
    Two provinces with their districts and communes become one, in ten decisions of one day.

    Ten thousand communes did this in one night, and every one of their people was paid on the
    morning after by an office that had not been there on the evening before.
    """
    reform = agency.reform(whole=True)
    old, steps, province = reform.old, reform.steps, reform.province
    merged, divided = steps["merged"], steps["divided"]
    absorbed, renamed = steps["absorbed"], steps["renamed"]
    moved = steps["moved"].after[0]
    communes = [*merged.after, moved, *divided.after, *absorbed.after, *renamed.after]
    districts = [old["district_of_province"], old["district_of_partner1"]]

    registry.submit_units(agency.unit_message([*reform.above, *old.values()]))
    answers = [registry.reorganise(agency.step(step)) for step in steps.values()]
    now = registry.children(province, limit=100)
    gone = [registry.unit(unit, as_of=MORROW) for unit in districts]
    eve, first_day = (
        {
            unit["unitCode"]: registry.children(unit, limit=100, as_of=day)
            for unit in (province, *districts)
        }
        for day in (EVE, DAY)
    )
    commune_then, commune_since = (registry.unit(moved, as_of=day) for day in (EVE, MORROW))
    lineages = {
        name: registry.lineage(old[name])
        for name in ("partner1", *(f"commune{number}" for number in range(1, 8)))
    }
    of_districts = [registry.lineage(unit) for unit in districts]

    with judge("VN-TIER-002", *answers):
        for answer in answers:
            carried_out(answer)

    with judge("VN-TIER-003", *now, *gone, commune_then, commune_since):
        listed(now, communes, absent=districts)
        for answer in gone:
            refused(answer, status=404, name="not-found")
        lives(commune_then, old["commune3"], "parentCode")
        lives(commune_since, moved, "parentCode")

    with judge(
        "VN-TIER-004", *(page for pages in (*eve.values(), *first_day.values()) for page in pages)
    ):
        own, others = (
            [old[f"commune{number}"] for number in numbers] for numbers in (range(1, 6), (6, 7))
        )
        listed(eve[province["unitCode"]], [districts[0]], absent=communes)
        for district, below in zip(districts, (own, others), strict=True):
            listed(eve[district["unitCode"]], below, absent=[*merged.after, *divided.after])
            listed(first_day[district["unitCode"]], [], absent=[*own, *others])
        listed(first_day[province["unitCode"]], communes, absent=districts)

    with judge("VN-TIER-005", *lineages.values(), *of_districts):
        for number, step in (
            (1, merged),
            (2, merged),
            (4, divided),
            (6, absorbed),
        ):
            about = {"operation": step.operation, "day": DAY}
            linked(lineages[f"commune{number}"], "successors", step.after, **about)
        about = {"operation": "SAP_NHAP", "day": DAY}
        linked(lineages["partner1"], "successors", [province], **about)
        linked(lineages["commune5"], "predecessors", [old["commune6"]], **about)
        for answer in (
            lineages["commune3"],
            lineages["commune5"],
            lineages["commune7"],
            *of_districts,
        ):
            linked(answer, "successors", [], **about)


@verifies("VN-TIER-006", "VN-TIER-007")
def test_two_systems_of_codes_keep_different_survivors(agency, registry, refused, judge):
    """
    A province keeps its name and its agency code, and takes the province code of its partner.

    In seven provinces the seat went to the partner. Software that thinks of one code where
    there are two gives Lào Cai's papers to Yên Bái, or closes the province that lives on.
    """
    reform = agency.reform(crossed=True)
    before, after, partner = reform.old["province"], reform.province, reform.old["partner1"]

    registry.submit_units(agency.unit_message([*reform.above, *reform.old.values()]))
    merger = registry.reorganise(agency.step(reform.steps["province"]))
    today, partner_today = registry.unit(after), registry.unit(partner)
    eve, first_day, day_after = (registry.unit(after, as_of=day) for day in (EVE, DAY, MORROW))
    partner_then = registry.unit(partner, as_of=EVE)

    with judge("VN-TIER-006", merger, first_day, day_after, today, partner_today):
        carried_out(merger)
        for answer in (first_day, day_after, today):
            lives(answer, after, "provinceCode", "name")
        refused(partner_today, status=404, name="not-found")

    with judge("VN-TIER-007", eve, partner_then):
        lives(eve, before, "provinceCode")
        lives(partner_then, partner, "provinceCode")


@verifies("VN-TIER-008", "VN-TIER-009", "VN-TIER-022")
def test_every_old_code_leads_to_the_place_it_is_in_today(agency, registry, judge):
    """
    Somebody looks up what became of the 63 provinces, and of communes that were divided.

    The birth places of everybody older than the reform are written in old codes; one map that
    goes by names alone sends a third of them to the wrong province.
    """
    provinces = registry.code_list("province-map", version=DAY, limit=100)
    communes = registry.code_list("commune-map", version=DAY, limit=1000, pages=1)
    old_types, types, old_agencies, agencies = (
        registry.code_list(name, version=version, limit=200)
        for name in ("unit-types", "agency-codes")
        for version in (UNTIL_JULY[name], DAY)
    )

    with judge("VN-TIER-008", *provinces):
        maps_as(provinces, agency.successors("province-map"), whole=True)

    with judge("VN-TIER-009", *communes):
        maps_as(communes, agency.successors("commune-map"))

    with judge("VN-TIER-022", *old_types, *types, *old_agencies, *agencies):
        names_codes(old_types, ["HUYEN", "UBNDX"])
        names_codes(types, ["UBNDX"], absent=["HUYEN"])
        # Bắc Giang's agency code ended, and Bắc Ninh kept its own: the names decided.
        names_codes(old_agencies, ["H02", "H05"])
        names_codes(agencies, ["H05"], absent=["H02"])


@verifies("VN-TIER-010")
def test_no_unit_is_left_below_one_that_ends(agency, registry, judge):
    """
    An office is merged and dissolved while a division below it lives, then after it has moved.

    A division below an office that is no more is in no budget, and its people have no superior.
    """
    above, (office, other, heir, division) = agency.ground(units=4)
    day = agency.day(CHANGE)
    heir = but(heir, "/effectiveFrom", day)
    below = but(division, "/parentCode", office["unitCode"])
    aside = but(below, "/parentCode", other["unitCode"])

    registry.submit_units(agency.unit_message([*above, office, other, below]))
    merging = registry.reorganise(
        agency.decision("HOP_NHAP", day=day, before=[office, other], after=[heir])
    )
    dissolving = registry.reorganise(agency.decision("GIAI_THE", day=day, before=[office]))
    stands = registry.unit(office)
    moving = registry.reorganise(agency.decision("CHUYEN", day=day, before=[below], after=[aside]))
    again = registry.reorganise(agency.decision("GIAI_THE", day=day, before=[office]))

    with judge("VN-TIER-010", merging, dissolving, stands, moving, again):
        declined(merging, rule="bad-reorganisation", pointer="/from/0")
        declined(dissolving, rule="bad-reorganisation", pointer="/from/0")
        lives(stands, office)
        carried_out(moving)
        carried_out(again)


@verifies("VN-TIER-011", "VN-TIER-012", "VN-TIER-013")
def test_a_decision_is_applied_whole_or_not_at_all(agency, registry, judge):
    """
    A merger names a unit that nobody knows; then one that has ended; then only a single unit.

    A decision that was carried out by half closes an office whose heir was never founded.
    """
    above, units = agency.ground(units=9)
    here, there, lonely, first, second, *new = units
    day, later = agency.day(CHANGE), agency.day(LATER)
    never, heir, *parts = (
        but(unit, "/effectiveFrom", on)
        for unit, on in zip(new, (day, day, later, later), strict=True)
    )
    unknown = but(here, "/unitCode", f"{never['unitCode']}.1")

    registry.submit_units(agency.unit_message([*above, here, there, lonely, first, second]))
    half = registry.reorganise(
        agency.decision("HOP_NHAP", day=day, before=[here, there, unknown], after=[never])
    )
    # The heir's code is another's, who lives: what is wrong stands behind what would end.
    taken = registry.reorganise(
        agency.decision(
            "HOP_NHAP",
            day=day,
            before=[here, there],
            after=[but(lonely, "/effectiveFrom", day)],
        )
    )
    untouched = registry.children(above[-1], limit=100)
    alone, undivided = (
        registry.reorganise(agency.decision(operation, day=day, before=[lonely], after=[never]))
        for operation in ("HOP_NHAP", "CHIA")
    )
    askew = registry.reorganise(agency.decision("THANH_LAP", day=day, after=parts[:1]))
    whole = registry.reorganise(
        agency.decision("HOP_NHAP", day=day, before=[first, second], after=[heir])
    )
    twice = registry.reorganise(agency.decision("CHIA", day=later, before=[first], after=parts))

    with judge("VN-TIER-011", half, taken, *untouched, whole):
        declined(half, rule="unit-unknown", pointer="/from/2")
        listed(untouched, [here, there, lonely], absent=[never])
        carried_out(whole)

    with judge("VN-TIER-012", alone, undivided, askew, whole):
        declined(alone, rule="bad-reorganisation", pointer="/from")
        declined(undivided, rule="bad-reorganisation", pointer="/to")
        begins = ("/to/0/effectiveFrom", "/effectiveOn")
        declined(askew, rule="bad-reorganisation", pointer=begins)
        carried_out(whole)

    with judge("VN-TIER-013", whole, twice):
        carried_out(whole)
        declined(twice, rule="unit-closed", pointer="/from/0")


@verifies("VN-TIER-026")
def test_the_id_of_a_decision_stands_for_that_decision_alone(agency, registry, refused, judge):
    """
    An agency's software numbers its decisions anew and sends another one under a used id.

    Whoever answers it with the old acknowledgement lets the agency believe in a merger that
    never happened; whoever carries it out can be told of no decision which one it was.
    """
    above, (first, second, heir, other) = agency.ground(units=4)
    day = agency.day(CHANGE)
    heir, other = (but(unit, "/effectiveFrom", day) for unit in (heir, other))
    merger = agency.decision("HOP_NHAP", day=day, before=[first, second], after=[heir])
    another = agency.decision("THANH_LAP", day=day, after=[other])

    registry.submit_units(agency.unit_message([*above, first, second]))
    merging = registry.reorganise(merger)
    reused = registry.reorganise(another.with_id_of(merger))
    unfounded = registry.children(above[-1], limit=100)
    founding = registry.reorganise(another)

    with judge("VN-TIER-026", merging, reused, *unfounded, founding):
        carried_out(merging)
        refused(reused, status=409, name="message-id-reused")
        listed(unfounded, [heir], absent=[other])
        carried_out(founding)
