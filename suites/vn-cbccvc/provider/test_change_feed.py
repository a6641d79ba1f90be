"""The change feed: what happened to people and units, told back to the agencies."""

from __future__ import annotations

from conformance.packs.vn_cbccvc.line import answer_object
from conformance.packs.vn_cbccvc.profile_oracles import (
    Accepted,
    Change,
    promises_no_more_than_there_is,
    sequence_grows,
    tells_nothing_of,
    tells_of_changes,
    tells_the_same,
)
from conformance.packs.vn_cbccvc.records import but
from conformance.pytest_plugin import verifies

#: Small pages first, so that ours do not fit on one; then large ones, because others write too.
SMALL_THEN_LARGE = (4, 4, 4, 100, 100, 100)
#: A page that one change fills, and two that hold whatever else others write meanwhile.
FULL_THEN_LARGE = (1, 100, 100)


@verifies("VN-PRO-013", "VN-PRO-014", "VN-PRO-033")
def test_whatever_happened_stands_in_the_feed(agency, registry, judge):
    """
    An agency follows the feed while units are founded, closed and dissolved, and people come,
    move and go.

    What the feed leaves out stays wrong in every system that lives by it.
    """
    branch = agency.branch(children=1)
    above, (closing, dissolved) = agency.ground(units=2)
    closed = but(closing, "/effectiveTo", agency.day(1))
    dissolution = agency.decision("GIAI_THE", day=agency.day(1), before=[dissolved])
    people = agency.employed(agency.unheard_of(4), branch[-1])
    moved = but(people[0], "/currentResidence/detail", "Số 5, phường thử nghiệm")

    start = registry.end_of_changes()
    founded = registry.submit_units(agency.unit_message([*branch, *above, closing, dissolved]))
    ended = registry.submit_units(agency.unit_message([closed]))
    dissolving = registry.reorganise(dissolution)
    arrival, move = agency.trial(people), agency.trial([moved])
    came = registry.submit(arrival)
    changed = registry.submit(move)
    registry.withdraw(people[1])
    pages = registry.changes(start, *SMALL_THEN_LARGE)
    once_more = registry.page_of_changes(start, SMALL_THEN_LARGE[0])

    with judge("VN-PRO-013", founded, ended, dissolving, came, changed, *pages):
        tells_of_changes(
            pages,
            [
                # A unit of an earlier run with this seed is there already, and need not change.
                *(change for change in units_founded(branch, founded) if change.version == 1),
                Change(
                    kind="UNIT",
                    key=closed["unitCode"],
                    version=Accepted(receipt=ended).version(),
                    called=("CLOSED",),
                ),
                *endings_by(dissolving, dissolved),
                *(arrival_of(person, came, n) for n, person in enumerate(people, start=1)),
                of_profile(moved, changed, 1, "UPDATED"),
                of_profile(people[1], came, 2, "WITHDRAWN"),
            ],
        )

    with judge("VN-PRO-014", *pages):
        sequence_grows(pages)

    with judge("VN-PRO-033", pages[0], once_more):
        tells_the_same(pages[0], once_more)


@verifies("VN-PRO-014", "VN-PRO-035")
def test_the_feed_goes_on_where_the_reader_stopped(agency, registry, judge):
    """
    An agency reads the feed, and a minute later reads on.

    A change that is told twice overwrites what a clerk corrected in between; a page that promises
    more than there is makes the reader ask without end.
    """
    (person,) = agency.people(1)
    moved = but(person, "/currentResidence/detail", "Số 6, phường thử nghiệm")

    start = registry.end_of_changes()
    came = registry.submit(agency.trial([person]))
    first = registry.changes(start, *FULL_THEN_LARGE)
    changed = registry.submit(agency.trial([moved]))
    second = registry.changes(cursor_of(first[-1]), *FULL_THEN_LARGE)

    with judge("VN-PRO-014", came, changed, *first, *second):
        arrival = arrival_of(person, came, 1)
        tells_of_changes(first, [arrival])
        tells_of_changes(second, [of_profile(moved, changed, 1, "UPDATED")])
        tells_nothing_of(second, arrival)
        sequence_grows([*first, *second])

    with judge("VN-PRO-035", *first, *second):
        for pages in (first, second):
            promises_no_more_than_there_is(pages)


def cursor_of(page):
    """Where a page says to go on; "" where it does not."""
    return str(answer_object(page).get("nextCursor", ""))


def units_founded(units, receipt):
    """What the feed should tell of units that were sent."""
    for number, unit in enumerate(units, start=1):
        version = Accepted(receipt=receipt, number=number).version()
        yield Change(kind="UNIT", key=unit["unitCode"], version=version, called=("CREATED",))


def endings_by(decision, *units):
    """What it should tell of units that a decision ended, all new in this run."""
    # Whether a decision is carried out is judged elsewhere.
    if answer_object(decision).get("status") == "ACCEPTED":
        for unit in units:
            yield Change(kind="UNIT", key=unit["unitCode"], version=2, called=("CLOSED",))


def arrival_of(person, receipt, number):
    """What it should tell of somebody who came; whom an earlier run left there is changed."""
    change = of_profile(person, receipt, number, "CREATED")
    return (
        change if change.version == 1 else of_profile(person, receipt, number, "CREATED", "UPDATED")
    )


def of_profile(person, receipt, number, *called):
    """A change of the profile that a receipt tells of."""
    version = Accepted(receipt=receipt, number=number).version()
    return Change(kind="PROFILE", key=person["profileId"], version=version, called=called)
