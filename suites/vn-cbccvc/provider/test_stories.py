"""Sequences that nobody thought of: what the registry tells must follow from what it accepted."""

from __future__ import annotations

from conformance.errors import Deviation
from conformance.packs.vn_cbccvc import stories_of_people, stories_of_units
from conformance.packs.vn_cbccvc.receipts import accepted
from conformance.packs.vn_cbccvc.stories_of_people import StoryOfPeople
from conformance.packs.vn_cbccvc.stories_of_units import StoryOfUnits
from conformance.packs.vn_cbccvc.story import SHARE_OF_BUDGET, not_in_order
from conformance.population.stories import Stories
from conformance.pytest_plugin import verifies

#: How many more stories may be told to find the shortest that goes wrong.
SHORTER = 40


@verifies("VN-PRO-018", "VN-SYNC-016")
def test_whatever_the_order_of_sending_and_withdrawing_the_last_word_is_read(
    agency, registry, world, budget, refused, judge
):
    """
    Two people are sent, sent otherwise, sent again and withdrawn, in orders that are drawn; and
    after all that somebody uses the id of the first message again.

    No list of cases holds the one night in which a lost answer, a correction and a withdrawal
    met. A file that then says what nobody sent last is believed for years.
    """
    branch = agency.branch(children=1)
    first = agency.unit_message(branch)
    receipt = registry.submit_units(first)
    drawn = Stories(
        stories_of_people.VERBS,
        seed=world.draw_case("stories"),
        steps=stories_of_people.STEPS,
        count=max(1, budget // SHARE_OF_BUDGET),
        shorter=SHORTER,
    )
    told, untold = None, None
    try:
        told = not_in_order(
            lambda: StoryOfPeople(agency=agency, registry=registry, unit=branch[-1]),
            known=stories_of_people.KNOWN,
            short=stories_of_people.PAIRS,
            world=world,
            drawn=drawn,
        )
    except Deviation as known:
        untold = known
    # Dozens of messages later: a memory of the last ones has lost it.
    reused = registry.submit_units(agency.unit_message(branch[:1]).under("messageId", first.id))

    with judge("VN-SYNC-016", receipt, reused):
        accepted(receipt, *range(1, len(branch) + 1))
        refused(reused, status=409, name="message-id-reused")

    if untold is not None:
        raise untold
    last, difference = told
    with judge("VN-PRO-018", *last.exchanges):
        if difference is not None:
            raise difference


@verifies("VN-UNIT-020")
def test_whatever_the_order_of_decisions_the_tree_of_every_day_follows_from_them(
    agency, registry, world, budget, judge
):
    """
    Units are renamed, moved, merged, divided and dissolved, in orders that are drawn.

    In 2025 many units were reorganised three times in half a year. A tree that is right after
    one decision and wrong after the next pays people in offices that are no more.
    """
    drawn = Stories(
        stories_of_units.VERBS,
        seed=world.draw_case("stories"),
        steps=stories_of_units.STEPS,
        count=max(1, budget // SHARE_OF_BUDGET),
        shorter=SHORTER,
    )
    last, difference = not_in_order(
        lambda: StoryOfUnits(agency=agency, registry=registry),
        known=[stories_of_units.KNOWN],
        short=stories_of_units.pairs(),
        chained=stories_of_units.chains(),
        world=world,
        drawn=drawn,
    )

    with judge("VN-UNIT-020", *last.exchanges):
        if difference is not None:
            raise difference
