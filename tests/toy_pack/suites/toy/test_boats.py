"""Boats: what is saved is found again, what cannot be is refused, what is not there is nothing."""

from __future__ import annotations

from datetime import date

from conformance.errors import Deviation
from conformance.oracles.body import equal_json, member, member_is
from conformance.oracles.paging import complete_walk
from conformance.pytest_plugin import verifies


@verifies("TOY-READ-001", "TOY-SAVE-001")
def test_a_boat_is_found_as_it_was_saved_and_another_is_simply_not_there(office, pack, judge):
    """A clerk registers a boat, looks at it, and looks for one that nobody registered."""
    boat = office.boat(office.harbour("home"))

    saved = office.save(boat)
    found = office.read_saved(saved)
    unknown = office.read(f"{office.world.draw('nobody'):032x}")

    with judge("TOY-READ-001", unknown, saved):
        office.nothing_there(unknown)
        office.id_of(saved)

    with judge("TOY-SAVE-001", saved, found):
        boat_id = office.id_of(saved)
        equal_json(office.granted(found), {**boat, "id": boat_id, "builtIn": "1987"})
        launched = pack.plugin.dialect.parse_date(str(member(found, "/data/launched")))
        if launched != date(1988, 11, 3):
            raise Deviation("wrong-value", observed=launched, required="3 November 1988")


@verifies("TOY-SAVE-002")
def test_a_boat_launched_before_it_was_built_is_refused_and_not_kept(office, judge):
    """A clerk confuses two years. The answer is 200, and yet nothing was saved."""
    harbour = office.harbour("home")

    impossible = office.save(office.boat(harbour, builtIn=1989))
    afterwards = office.walk(harbour, limit=5)
    possible = office.save(office.boat(harbour))

    with judge("TOY-SAVE-002", impossible, *afterwards, possible):
        office.refused_in_words(impossible)
        office.nothing_there(afterwards[0])
        office.id_of(possible)


@verifies("TOY-LIST-001")
def test_a_walk_through_a_harbour_meets_every_boat_once(office, judge):
    """Somebody collects the dues of a harbour, page by page."""
    harbour = office.harbour("home")

    saved = [office.save(office.boat(harbour, name=f"Boat {number}")) for number in range(5)]
    pages = office.walk(harbour, limit=2)
    beyond = office.page(f"/boats?harbour={harbour}&limit=2&offset=5")

    with judge("TOY-LIST-001", *saved, *pages, beyond):
        listed = [[boat["id"] for boat in office.granted(page)] for page in pages]
        complete_walk(listed, [office.id_of(answer) for answer in saved])
        for page in pages:
            member_is(page, "/count", 5)
        office.nothing_there(beyond)


@verifies("TOY-ACC-001")
def test_a_stranger_does_not_reach_the_register(office, judge):
    """Somebody without any token asks for a boat, and sends one."""
    boat = office.boat(office.harbour("home"))

    read = office.read("0" * 32, identity="")
    sent = office.save(boat, identity="")
    served = office.save(boat)

    with judge("TOY-ACC-001", read, sent, served):
        office.stopped_on_the_way(read)
        office.stopped_on_the_way(sent)
        office.id_of(served)
