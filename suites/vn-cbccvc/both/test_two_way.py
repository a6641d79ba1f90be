"""A change travels from the agency to the nation and back, over both faces of one software."""

from conformance.packs.vn_cbccvc.two_way_oracles import (
    an_older_change_is_refused,
    each_change_is_one_version,
    nobody_is_listed_twice,
    nothing_read_comes_back,
    nothing_told_comes_back,
    people_are_served_as_pushed,
    people_follow_what_was_told,
    the_next_change_builds_on_what_was_told,
    units_are_served_as_pushed,
    what_it_refused_it_does_not_push,
    what_was_read_is_served,
    whom_it_took_back_is_gone,
    whom_the_nation_withdrew_stays_away,
)
from conformance.pytest_plugin import mission, verifies


@mission
@verifies("VN-TWO-001", "VN-TWO-002", "VN-TWO-003", "VN-TWO-012")
def test_what_was_pushed_is_what_is_served(nation, judge):
    """
    A tree and four people are pushed, one is taken back, and the software's own API is read.

    Two truths about one civil servant: the ministry decides by the one, the province by the other.
    """
    pushed = nation.reads_what_was_pushed()

    with judge("VN-TWO-001", *(pushed.answers[key] for key in pushed.units)):
        units_are_served_as_pushed(pushed)

    with judge("VN-TWO-002", *(pushed.answers[key] for key in pushed.people)):
        people_are_served_as_pushed(pushed)

    with judge("VN-TWO-003", *pushed.lists):
        nobody_is_listed_twice(pushed)

    with judge("VN-TWO-012", *pushed.withdrawn.values()):
        whom_it_took_back_is_gone(pushed)


@mission
@verifies("VN-TWO-004", "VN-TWO-005", "VN-TWO-006")
@verifies("VN-TWO-007", "VN-TWO-008", "VN-TWO-010")
def test_what_the_nation_told_is_held_and_does_not_come_back(nation, judge):
    """
    The nation changes two people, renames a unit and withdraws somebody through the served API.

    Then the software changes one of the two itself. A change that returns as its own echo goes
    round for ever; one that is overwritten by older files was never made.
    """
    back = nation.tells_and_awaits()
    sent = (*back.told, *back.next.exchanges)

    with judge("VN-TWO-004", *sent):
        nothing_told_comes_back(back)

    with judge("VN-TWO-005", *sent):
        the_next_change_builds_on_what_was_told(back)

    with judge("VN-TWO-006", *sent, *back.history):
        each_change_is_one_version(back)

    with judge("VN-TWO-007", *sent):
        what_it_refused_it_does_not_push(back)

    with judge("VN-TWO-008", *sent):
        whom_the_nation_withdrew_stays_away(back)

    with judge("VN-TWO-010", *back.next.exchanges, back.outdated):
        an_older_change_is_refused(back)


@mission
@verifies("VN-TWO-009")
def test_people_of_a_unit_that_the_nation_closed_are_pushed_in_its_heir(nation, judge):
    """
    The nation merges two units through the served API, and one of their people changes.

    Software that serves the new tree and pushes by the old one argues with itself.
    """
    back = nation.merges_and_awaits()

    with judge("VN-TWO-009", *back.told, *back.next.exchanges):
        people_follow_what_was_told(back)


@mission
@verifies("VN-TWO-004", "VN-TWO-011")
def test_what_was_read_in_the_feed_is_served_and_not_pushed_back(nation, judge):
    """
    The population register names somebody otherwise; the agency reads it in the change feed.

    An own API that still says the old name hands it to everybody who asks there.
    """
    told, held, answer = nation.tells_by_the_feed()

    with judge("VN-TWO-004", *told.exchanges):
        nothing_read_comes_back(told, held)

    with judge("VN-TWO-011", *told.exchanges, answer):
        what_was_read_is_served(told, held, answer)
