"""What servers do to units: names cut, copies kept too long, pages of one, a day too early."""

from __future__ import annotations

from conformance.errors import Deviation
from conformance.oracles.body import equal_json, member, member_is, same_answer
from conformance.oracles.paging import complete_walk
from conformance.packs.vn_cbccvc.profile_oracles import items_of
from conformance.packs.vn_cbccvc.receipts import accepted, rejected, unit_codes
from conformance.packs.vn_cbccvc.records import but
from conformance.packs.vn_cbccvc.tree_oracles import (
    carried_out,
    listed,
    lives,
    reads_back_unit,
    without_its_own,
)
from conformance.pytest_plugin import verifies

LONG_AGO, EVE, CHANGE = 120, 101, 100
"""Days before the day on which our people live: the last of the old order, the first of the new."""
#: Characters, in Vietnamese nearly twice as many bytes.
NAME, SHORT_NAME, NUMBER = 255, 100, 50


@verifies("VN-UNIT-021", "VN-UNIT-022")
def test_a_unit_comes_back_to_its_last_letter_read_alone_and_in_a_list(agency, registry, judge):
    """
    A unit with the longest name that there may be is sent, then corrected, then looked for.

    A column counted in bytes cuts a Vietnamese name in half; a tax number kept as a number
    loses its zeros; a list made from yesterday's copy sends the mail to the old name.
    """
    branch = agency.branch(children=1)
    full = {
        **branch[-1],
        "name": long_text(NAME),
        "shortName": long_text(SHORT_NAME),
        "decisionNo": long_text(NUMBER),
        "decisionDate": "2025-06-12",
        "tier": "province",
        "staffQuota": 70_001,
        "taxCode": "0012345678",
    }
    corrected = but(full, "/name", f"Mới - {long_text(NAME - 6)}")

    registry.submit_units(agency.unit_message([*branch[:-1], full]))
    read = registry.unit(full)
    before = registry.children(branch[-2], limit=100)
    again = registry.submit_units(agency.unit_message([corrected]))
    after = registry.children(branch[-2], limit=100)

    with judge("VN-UNIT-021", read):
        reads_back_unit(read, full)

    with judge("VN-UNIT-022", *before, again, *after):
        accepted(again, 1)
        told_in_list(before, full)
        told_in_list(after, corrected)


@verifies("VN-UNIT-023")
def test_a_walk_gives_the_same_units_whatever_the_pages(agency, registry, judge):
    """
    An agency walks a branch one unit at a time, then in pages that just hold it all; two of its
    divisions bear one name.

    Off-by-one faults live at the edges: a page of one that begins again with itself never
    ends, and the last unit of a full page is nobody's.
    """
    *above, unit, first, second, third, fourth = agency.branch(children=4)
    # A page that goes on behind a name leaves out whoever shares it.
    third = but(third, "/name", second["name"])
    divisions = (first, second, third, fourth)

    registry.submit_units(agency.unit_message([*above, unit, *divisions]))
    walks = [registry.children(unit, limit=limit) for limit in (1, 2, 3, 4)]

    with judge("VN-UNIT-023", *(page for walk in walks for page in walk)):
        for limit, walk in enumerate(walks, start=1):
            complete_walk(
                [unit_codes(page) for page in walk],
                [division["unitCode"] for division in divisions],
            )
            for page in walk:
                if len(unit_codes(page)) > limit:
                    raise Deviation(
                        "count-differs",
                        observed=f"{len(unit_codes(page))} units",
                        required=f"at most {limit}",
                        pointer="/items",
                    )


@verifies("VN-UNIT-024")
def test_a_decision_holds_from_its_day_and_not_from_another(agency, registry, refused, judge):
    """
    On one day two units are merged, one is renamed and one moved; what was it the day before?

    A date that is kept as midnight in another time zone comes back as the day before. The
    merger then happens on a day on which nobody had decided it.
    """
    above, (first, second, heir, renamed, moved, host) = agency.ground(units=6)
    eve, day = agency.day(EVE), agency.day(CHANGE)
    heir = but(heir, "/effectiveFrom", day)
    newly = but(renamed, "/name", "Phòng nghiệp vụ mang tên mới")
    below = but(moved, "/parentCode", host["unitCode"])

    registry.submit_units(agency.unit_message([*above, first, second, renamed, moved, host]))
    answers = [
        registry.reorganise(agency.decision(operation, day=day, before=before, after=after))
        for operation, before, after in (
            ("HOP_NHAP", [first, second], [heir]),
            ("DOI_TEN", [renamed], [newly]),
            ("CHUYEN", [moved], [below]),
        )
    ]
    on_eve = [registry.unit(unit, as_of=eve) for unit in (first, heir, renamed)]
    on_day = [registry.unit(unit, as_of=day) for unit in (first, heir, renamed)]
    below_on_eve, below_on_day = (
        registry.children(host, limit=100, as_of=when) for when in (eve, day)
    )

    with judge("VN-UNIT-024", *answers, *on_eve, *on_day, *below_on_eve, *below_on_day):
        for answer in answers:
            carried_out(answer)
        lives(on_eve[0], first)
        refused(on_eve[1], status=404, name="not-found")
        lives(on_eve[2], renamed, "name")
        refused(on_day[0], status=404, name="not-found")
        lives(on_day[1], heir)
        lives(on_day[2], newly, "name")
        listed(below_on_eve, [], absent=[moved])
        listed(below_on_day, [moved])


@verifies("VN-UNIT-025")
def test_a_message_with_units_is_applied_once(agency, registry, refused, judge):
    """
    An agency that lost our acknowledgement sends its units again, then others under the same id.

    Versions tell two copies of a tree apart: one that grows by itself makes every agency fetch
    the whole tree again.
    """
    department, unit, division = agency.branch(children=1)
    message = agency.unit_message([department, unit, division])
    other = agency.unit_message([but(department, "/name", "Sở thử nghiệm khác")])
    corrected = agency.unit_message([but(division, "/name", "Phòng nghiệp vụ, viết đúng")])

    before = registry.submit_units(agency.unit_message([department, unit, division]))
    receipt = registry.submit_units(message)
    replay = registry.submit_units(message)
    reused = registry.submit_units(other.under("messageId", message.id))
    after = registry.submit_units(corrected)

    with judge("VN-UNIT-025", before, receipt, replay, reused, after):
        accepted(before, 1, 2, 3)
        same_answer(receipt, replay)
        refused(reused, status=409, name="message-id-reused")
        accepted(after, 1)
        version = member(receipt, "/results/2/version")
        if isinstance(version, int):
            member_is(after, "/results/0/version", version + 1)


@verifies("VN-UNIT-026", "VN-UNIT-027")
def test_a_unit_lives_within_the_life_of_the_one_above_and_below_its_level(agency, registry, judge):
    """
    A division is sent that outlives its office, one older than it, and one of a higher level.

    Each has a time or a level at which nobody stands above it: for that time it is in no
    budget, and its people are in no report.
    """
    above, (office, late, early, higher) = agency.ground(units=4)
    office = but(office, "/effectiveFrom", agency.day(LONG_AGO))
    office = but(but(office, "/effectiveTo", agency.day(CHANGE)), "/tier", "commune")
    begun, ended = office["effectiveFrom"], office["effectiveTo"]
    late, early, higher = (
        but(
            but(but(unit, "/parentCode", office["unitCode"]), "/effectiveFrom", begun),
            "/effectiveTo",
            ended,
        )
        for unit in (late, early, higher)
    )
    faulty = [
        but(late, "/effectiveTo", None),
        but(early, "/effectiveFrom", agency.day(LONG_AGO + 1)),
        but(higher, "/tier", "province"),
    ]

    tree = registry.submit_units(agency.unit_message([*above, office]))
    sent = registry.submit_units(agency.unit_message(faulty))
    twins = registry.submit_units(
        agency.unit_message([late, early, but(higher, "/tier", "commune")])
    )

    with judge("VN-UNIT-026", tree, sent, twins):
        accepted(tree, len(above) + 1)
        rejected(sent, 1, rule="unit-closed", pointer="/units/0/parentCode")
        rejected(sent, 2, rule="parent-unknown", pointer="/units/1/parentCode")
        accepted(twins, 1, 2)

    with judge("VN-UNIT-027", tree, sent, twins):
        accepted(tree, len(above) + 1)
        rejected(sent, 3, rule="parent-unknown", pointer="/units/2/parentCode")
        accepted(twins, 3)


def long_text(length):
    """Vietnamese words of exactly that many characters, with no space at either end."""
    words = "Phòng Quản lý nghiệp vụ đặc thù, tổng hợp và lưu trữ hồ sơ điện tử thử nghiệm "
    return f"{(words * length)[: length - 1]}ế"


def told_in_list(pages, unit):
    """A list tells the unit exactly as it was sent, but for what the registry says itself."""
    told = [
        item
        for page in pages
        for item in items_of(page)
        if item.get("unitCode") == unit["unitCode"]
    ]
    if len(told) != 1:
        raise Deviation("item-missing", observed=f"{len(told)} of it", required="the unit, once")
    equal_json(without_its_own(told[0], unit), unit, pointer="/items")
