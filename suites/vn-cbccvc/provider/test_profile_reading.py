"""What the registry tells about people: page by page, since a moment, version by version."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta, timezone
from operator import itemgetter

from conformance.errors import Deviation
from conformance.model.json import at
from conformance.oracles.body import equal_json, header, member, member_is
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.line import answer_object, ids_on
from conformance.packs.vn_cbccvc.profile_oracles import (
    Accepted,
    items_of,
    letter_by_letter,
    lists_each_once,
    lists_none_of,
    lists_only_people_of,
    tells_of,
)
from conformance.packs.vn_cbccvc.receipts import accepted, not_stored, stored
from conformance.packs.vn_cbccvc.records import but, composed
from conformance.packs.vn_cbccvc.sync_oracles import has_version, history_counts
from conformance.pytest_plugin import verifies

#: A tag that no server gives.
NOBODYS_TAG = '"a-tag-that-nobody-was-given"'
#: Both places of the tone mark, letters with two marks, and the letter that is no d.
SPELLING = "Hoà, Hòa; Thuý, Thúy; Đặng Thị Diễm Ngưỡng; ẳẵằ"
#: A clock by which no server of this contract goes.
FAR_AWAY = timezone(-timedelta(hours=9, minutes=30))
#: As long as an address may be, in characters; two spaces stand in it on purpose.
LONGEST = f"{'Tổ dân phố số 7,  ngõ Thử Nghiệm, đường Đặng Thị Ngưỡng; ' * 9}"[:199] + "ế"
#: As long as a remark may be, and begun and ended by a space.
REMARK = f" {'Hoàn thành tốt nhiệm vụ thử nghiệm; ' * 60}"[:1999] + " "

#: More than ten: the page of many a framework, of which nobody thinks where all are told.
VERSIONS = 11
#: Ended as Windows ends lines, and with a tabulator.
LINES = "Hoàn thành tốt nhiệm vụ.\r\nCần bồi dưỡng:\tngoại ngữ."
#: A course that was begun twice in one month, as many are told that were repeated.
COURSE = {"from": "2019-03", "to": "2019-06", "certificate": "CB"}
#: More than four bytes hold, signed or not.
INCOME = 5_000_000_000


@verifies("VN-PRO-004", "VN-PRO-017")
def test_a_list_gives_everybody_of_a_unit_once_and_nobody_of_the_units_below(
    agency, registry, judge
):
    """
    An agency walks the people of a division, of whom one moves meanwhile to the office above it,
    and those of that office.

    Who stands between two pages is forgotten or sent again; who is listed with the office above
    is paid from two budgets.
    """
    branch = agency.branch(children=1)
    _, office, division = branch
    people = sorted(agency.unheard_of(9), key=itemgetter("profileId"))
    # Those of the office on both sides: a page that strays meets one, whatever the list's order.
    before, after = (agency.employed(some, office) for some in (people[:2], people[7:]))
    below, above = agency.employed(people[2:7], division), [*before, *after]

    registry.submit_units(agency.unit_message(branch))
    registry.submit(agency.trial([*before, *below, *after]))
    first = registry.first_profiles(unit=division["unitCode"], limit=2)
    # Whoever was seen already: to a cursor that counts rows, somebody else is then seen.
    mover = next((one for one in below if one["profileId"] in ids_on(first)), below[0])
    move = registry.submit(agency.trial(agency.employed([mover], office)))
    walk = (first, *registry.profiles_after(first))
    office_list = registry.profiles(unit=office["unitCode"])

    with judge("VN-PRO-004", move, *walk):
        lists_each_once(walk, [one for one in below if one is not mover])

    with judge("VN-PRO-017", move, *walk, *office_list):
        accepted(move, 1)
        lists_each_once(office_list, [*above, mover])
        # A page that forgot what was asked for may not come upon those of whom we know.
        for pages, unit in ((walk, division), (office_list, office)):
            lists_only_people_of(pages, unit)


@verifies("VN-PRO-005")
def test_a_nightly_comparison_sees_what_changed_and_nothing_older(agency, registry, judge):
    """
    An agency asks which files changed since it last asked.

    A change that the list leaves out is never fetched; a list that gives everything takes until
    morning.
    """
    branch = agency.branch(children=1)
    division = branch[-1]
    code = division["unitCode"]
    people = agency.employed(agency.unheard_of(3), division)

    registry.submit_units(agency.unit_message(branch))
    registry.submit(agency.trial(people))
    # The last in the order of the list stays: it would follow upon those who move.
    order = ids_on(*registry.profiles(unit=code))
    *moving, steady = sorted(people, key=lambda one: place_of(one["profileId"], order))
    moved = [but(one, "/currentResidence/detail", "Số 3, phường thử nghiệm") for one in moving]
    before = registry.profile(steady)
    agency.pass_time(1.1)
    registry.submit(agency.trial(moved))
    after = registry.profile(moved[0])
    since_the_first = registry.profiles(unit=code, changed_since=updated(before, agency))
    since_the_second = registry.profiles(unit=code, limit=1, changed_since=updated(after, agency))
    # The same moment as a clock far away shows it.
    elsewhere_then = updated(after, agency, zone=FAR_AWAY)
    since_then = registry.profiles(unit=code, changed_since=elsewhere_then)

    with judge("VN-PRO-005", before, after, *since_the_first, *since_the_second, *since_then):
        stored(before, steady)
        stored(after, moved[0])
        lists_each_once(since_the_first, [steady, *moved])
        lists_each_once(since_then, moved[:1])
        for since in (since_the_second, since_then):
            lists_none_of(since, [steady])


@verifies("VN-PRO-006")
def test_the_history_tells_every_version_and_who_sent_it(agency, registry, judge):
    """
    A clerk asks what the file said before the last change, and which message changed it.

    The electronic file replaces the paper one: without the earlier versions nobody can show
    by what a pay step was once granted, and among versions that change nothing nobody finds it.
    """
    (person,) = agency.people(1)
    versions = [
        but(person, "/currentResidence/detail", f"Số {number}, phường thử nghiệm")
        for number in range(1, VERSIONS + 1)
    ]
    accepted = []
    for version in versions:
        message = agency.trial([version])
        receipt = registry.submit(message)
        accepted.append(Accepted(message_id=message.id, receipt=receipt, person=version))
    repeated = registry.submit(agency.trial([versions[-1]]))
    history = registry.history(person)

    with judge("VN-PRO-006", history, repeated, *(one.receipt for one in accepted)):
        tells_of(history, accepted, mark="/currentResidence/detail")
        last = accepted[-1].version()
        has_version(repeated, 1, last)
        newest = len(items_of(history)) - 1
        member_is(history, f"/items/{newest}/version", last)


@verifies("VN-PRO-007")
def test_who_holds_the_current_profile_is_not_sent_it_again(agency, registry, judge):
    """
    An agency asks for a file that it holds, and for one of which it holds something else.

    Ten thousand files a night fit through a poor line only if the unchanged ones stay at home.
    """
    (person,) = agency.people(1)

    registry.submit(agency.trial([person]))
    full = registry.profile(person)
    held = registry.profile(person, unless=full.response.header("etag") or NOBODYS_TAG)
    among_others = registry.profile(
        person, unless=f"{NOBODYS_TAG}, {full.response.header('etag') or NOBODYS_TAG}"
    )
    outdated = registry.profile(person, unless=NOBODYS_TAG)

    with judge("VN-PRO-007", full, held, among_others, outdated):
        stored(full, person)
        tag = header(full, "ETag")
        for answer in (held, among_others):
            status_is(answer, 304)
            if answer.response.body:
                raise Deviation(
                    "wrong-value",
                    observed=f"304 with {len(answer.response.body)} bytes",
                    required="304 without a body",
                )
            if header(answer, "ETag") != tag:
                raise Deviation(
                    "different-answer",
                    observed=f"304 with ETag {header(answer, 'ETag')}",
                    required=tag,
                )
        stored(outdated, person)


@verifies("VN-PRO-008")
def test_the_rows_of_a_sub_table_come_back_in_their_order(agency, registry, judge):
    """
    A life has rows: where somebody worked, what was earned, who belongs to the family; two of
    them may be equal.

    A row that is lost or moved makes another life of it, and the pension is computed from it.
    """
    person = {**agency.with_sub_tables(), "informatics": [COURSE, COURSE]}
    tables = [name for name, value in person.items() if isinstance(value, list)]

    registry.submit(agency.trial([person]))
    read = registry.profile(person)

    with judge("VN-PRO-008", read):
        stored(read, person)
        for name in tables:
            rows = composed(member(read, f"/profile/{name}"))
            equal_json(rows, composed(person[name]), pointer=f"/profile/{name}")


@verifies("VN-PRO-009")
def test_a_text_comes_back_letter_by_letter_as_it_was_signed(agency, registry, judge):
    """
    A name is written as the birth certificate writes it, whichever way the tone mark stands, and
    an address by a keyboard that takes letters apart; a remark has two lines.

    Composed, decomposed or corrected letters look the same on the screen: no search finds the
    person, and no signature over the file holds.
    """
    (person,) = agency.people(1)
    person = but(person, "/nativePlace/detail", SPELLING)
    apart = unicodedata.normalize("NFD", f"Thôn {SPELLING}")
    person = but(person, "/currentResidence/detail", apart)
    person = but(person, "/employerRemark", LINES)

    receipt = registry.submit(agency.trial([person]))
    read = registry.profile(person)

    with judge("VN-PRO-009", receipt, read):
        accepted(receipt, 1)
        stored(read, person)
        for pointer in (
            *("/birthFullName", "/employerRemark"),
            *("/nativePlace/detail", "/currentResidence/detail"),
        ):
            letter_by_letter(read, person, pointer)


@verifies("VN-PRO-031")
def test_a_text_or_number_comes_back_to_its_last_letter_and_decimal(agency, registry, judge):
    """
    Somebody lives at an address of two hundred letters, is praised in two thousand, draws
    allowances of 0.29 and 0.50, and earned five thousand million besides.

    A column counted in bytes loses half of a Vietnamese address; a coefficient that becomes a
    binary number on its way costs a hundredth of a salary every month; a space that is trimmed
    breaks the signature.
    """
    (person,) = agency.people(1)
    person = but(person, "/currentResidence/detail", LONGEST)
    person = but(person, "/otherAllowance", "0.29")
    person = but(person, "/concurrentAllowance", "0.50")
    person = but(person, "/employerRemark", REMARK)
    person = but(person, "/otherIncomeVnd", INCOME)

    receipt = registry.submit(agency.trial([person]))
    read = registry.profile(person)

    with judge("VN-PRO-031", receipt, read):
        accepted(receipt, 1)
        stored(read, person)
        for pointer in (
            *("/currentResidence/detail", "/employerRemark"),
            *("/otherAllowance", "/concurrentAllowance", "/otherIncomeVnd"),
        ):
            told = composed(member(read, f"/profile{pointer}"))
            equal_json(told, composed(at(person, pointer)), pointer=f"/profile{pointer}")


@verifies("VN-PRO-016", "VN-PRO-034")
def test_a_withdrawn_profile_is_gone_and_its_neighbour_is_not(agency, registry, refused, judge):
    """
    An agency takes a test person out of the test environment, and sends it again.

    Who is said to be gone and stays is counted in the next report; who goes unasked is missing;
    who comes back with the life of before has two of them.
    """
    leaving, staying = agency.people(2)

    receipt = registry.submit(agency.trial([leaving, staying]))
    before = registry.profile(leaving)
    withdrawn = registry.withdraw(leaving)
    # Whoever held it is told so too: what is gone is not the same as before.
    tag = before.response.header("etag") or NOBODYS_TAG
    gone, there = registry.profile(leaving, unless=tag), registry.profile(staying)
    listed = registry.first_profiles(unit=leaving["employingUnitCode"], limit=100)
    again = registry.withdraw(leaving)
    message = agency.trial([leaving])
    returned = registry.submit(message)
    back, history = registry.profile(leaving), registry.history(leaving)

    with judge("VN-PRO-016", before, withdrawn, gone, there, listed, again):
        stored(before, leaving)
        status_is(withdrawn, 204)
        not_stored(gone, leaving, mark="/birthDate")
        stored(there, staying)
        lists_none_of([listed], [leaving])
        refused(again, status=404, name="not-found")

    with judge("VN-PRO-034", receipt, withdrawn, returned, back, history):
        status_is(withdrawn, 204)
        first = Accepted(receipt=receipt, number=1).version()
        anew = Accepted(receipt=returned, message_id=message.id, person=leaving)
        stored(back, leaving)
        if isinstance(first, int):
            has_version(returned, 1, first + 1)
            equal_json(member(back, "/version"), first + 1, pointer="/version")
        tells_of(history, [anew], mark="/birthDate")
        history_counts(history, 1)


def place_of(name, order):
    """Where somebody stands in a list; behind everybody who does not."""
    return order.index(name) if name in order else len(order)


def updated(answer, agency, *, zone=None):
    """When the server says that a profile was last accepted; now, where it does not say."""
    stated = answer_object(answer).get("updatedAt")
    if not isinstance(stated, str):
        return agency.world.now().isoformat()
    try:
        return datetime.fromisoformat(stated).astimezone(zone).isoformat() if zone else stated
    except ValueError:
        # A time that is none: its judge will see it.
        return stated
