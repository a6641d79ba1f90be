"""Stories follow from their seed, are made shorter, and end when nobody listens any more."""

from __future__ import annotations

import threading

import pytest

from conformance.errors import SuiteDefect
from conformance.model.json import compact
from conformance.population.stories import CHOICES, Stories, shortest_wrong

VERBS = ("wait", "open", "close")


class World:
    """As much of one as stories need; remembers what was told."""

    def __init__(self, told=None):
        self.told = []
        self._recorded = iter([*told, None]) if told is not None else None

    def story(self, following):
        story = next(self._recorded) if self._recorded else following()
        self.told.append(story)
        return story


def stories(seed=1, count=20, shorter=200):
    return Stories(VERBS, seed=seed, steps=8, count=count, shorter=shorter)


def closes_twice(story):
    return [step[0] for step in story].count("close") >= 2


def never(_story):
    return False


def drawn(seed, count=20):
    world = World()
    assert shortest_wrong(world, stories(seed, count), never) == []
    return world.told


def test_one_seed_draws_one_set_of_stories():
    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)


def test_stories_end_and_no_step_is_out_of_range():
    told = drawn(1)
    assert told.pop() is None
    assert 10 <= len(told) <= 20
    assert len({compact(story) for story in told}) == len(told)
    for story in told:
        assert 1 <= len(story) <= 8
        assert all(verb in VERBS for verb, _, _ in story)
        assert all(0 <= n < CHOICES for _, *numbers in story for n in numbers)


def test_the_shortest_that_goes_wrong_is_found():
    assert shortest_wrong(World(), stories(), closes_twice) == [["close", 0, 0]] * 2


def test_no_more_are_told_than_allowed_to_find_it():
    world = World()
    found = shortest_wrong(world, stories(shorter=3), closes_twice)
    told = world.told[:-1]
    first = next(n for n, story in enumerate(told) if closes_twice(story))
    assert len(told) - first - 1 <= 3
    assert closes_twice(found)


def test_a_story_that_goes_wrong_once_is_still_found():
    """Whether it does so again is for the teller to try: Hypothesis alone would complain."""
    fates = iter([True])
    assert shortest_wrong(World(), stories(), lambda _: next(fates, False)) != []


def test_a_replay_is_given_what_was_told_and_draws_nothing():
    live = World()
    found = shortest_wrong(live, stories(), closes_twice)
    before = threading.active_count()
    replay = World(told=live.told[:-1])
    assert shortest_wrong(replay, stories(seed=99), closes_twice) == found
    assert replay.told == live.told
    assert threading.active_count() == before


def test_the_thread_ends_with_a_teller_who_breaks_off():
    before = threading.active_count()

    def breaks_off(_story):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        shortest_wrong(World(), stories(), breaks_off)
    assert threading.active_count() == before


@pytest.mark.parametrize(("verbs", "count"), [((), 3), (VERBS, 0)])
def test_what_cannot_be_drawn_is_our_own_error(verbs, count):
    """And nobody waits for a thread that died before it drew anything."""
    nothing = Stories(verbs, seed=1, steps=3, count=count, shorter=3)
    with pytest.raises(SuiteDefect, match="cannot be drawn"):
        shortest_wrong(World(), nothing, never)
