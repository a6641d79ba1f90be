"""
Stories: sequences of steps that Hypothesis draws and, when one goes wrong, makes shorter.

A step is a verb and two numbers; what they mean is for the teller to say, and every sequence
means something, so that whatever Hypothesis leaves out, a story remains. The engine calls the
teller by nature; here it is the other way round, because a scenario asks for one story after
the other and, in a replay, is given those that were told then.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from conformance.errors import SuiteDefect
from conformance.model.json import Json, compact
from conformance.wire.world import World

#: Numbers of a step lie below it.
CHOICES: Final = 6

Story = list[Json]


class _Wrong(Exception):
    """A story went wrong: what Hypothesis is to make shorter."""


class _Over(BaseException):
    """Nobody listens any more; Hypothesis takes no `BaseException` for a failing story."""


class Stories:
    """
    Draws stories on a thread of its own, one whenever it is asked for.

    Args:
        verbs: what a step may do, the simplest first.
        steps: the most steps of a story.
        count: how many are drawn as long as none goes wrong.
        shorter: how many more may be told to find the shortest one that goes wrong.
    """

    def __init__(
        self, verbs: Sequence[str], *, seed: int, steps: int, count: int, shorter: int
    ) -> None:
        self._verbs = tuple(verbs)
        self._seed = seed
        self._steps = steps
        self._count = count
        self._shorter = shorter
        self._offered: queue.SimpleQueue[Story | None] = queue.SimpleQueue()
        self._fates: queue.SimpleQueue[bool | None] = queue.SimpleQueue()
        self._known: dict[str, bool] = {}
        self._thread: threading.Thread | None = None
        self._trouble: list[Exception] = []

    def following(self) -> Json:
        """The next story; None when there is no other. Raises SuiteDefect."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._draw, daemon=True)
            self._thread.start()
        story = self._offered.get()
        if self._trouble:
            raise SuiteDefect(f"stories cannot be drawn: {self._trouble[0]}")
        return story

    def told(self, *, wrong: bool) -> None:
        """How the last story went. In a replay nobody waits for it."""
        if self._thread is not None:
            self._fates.put(wrong)

    def close(self) -> None:
        """Draw no more."""
        if self._thread is not None:
            self._fates.put(None)
            self._thread.join()

    def _draw(self) -> None:
        try:
            self._draw_all()
        except Exception as error:  # noqa: BLE001 - told on the teller's own thread
            self._trouble.append(error)
        # In any case: the teller waits for it.
        self._offered.put(None)

    def _draw_all(self) -> None:
        # Imported late: it costs half a second, and a replay draws nothing.
        from hypothesis import HealthCheck, Phase, given, settings
        from hypothesis import seed as seeded
        from hypothesis import strategies as st
        from hypothesis.errors import Flaky

        from conformance.contract.drawing import nothing_local

        number = st.integers(0, CHOICES - 1)
        step = st.tuples(st.sampled_from(self._verbs), number, number).map(list)

        @seeded(self._seed)
        @settings(
            max_examples=self._count,
            phases=(Phase.generate, Phase.shrink),
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(step, min_size=1, max_size=self._steps))
        def tell(story: Story) -> None:
            if self._fate(story):
                raise _Wrong

        # What became of each story its teller has seen, whatever Hypothesis then makes of it.
        with suppress(_Wrong, _Over, Flaky), nothing_local():
            tell()

    def _fate(self, story: Story) -> bool:
        name = compact(story)
        if name not in self._known:
            if any(self._known.values()):
                if not self._shorter:
                    return False
                self._shorter -= 1
            self._offered.put(story)
            fate = self._fates.get()
            if fate is None:
                raise _Over
            self._known[name] = fate
        return self._known[name]


def shortest_wrong(world: World, stories: Stories, goes_wrong: Callable[[Story], bool]) -> Story:
    """
    Have story after story told, and return the shortest that went wrong; [] when none did.

    Args:
        goes_wrong: tells one, by asking the world.
    """
    shortest: Story = []
    try:
        while (story := world.story(stories.following)) is not None:
            if not isinstance(story, list):
                raise SuiteDefect("a story is a list of steps")
            wrong = goes_wrong(story)
            stories.told(wrong=wrong)
            if wrong and (not shortest or _length(story) < _length(shortest)):
                shortest = story
    finally:
        stories.close()
    return shortest


def _length(story: Story) -> tuple[int, str]:
    return len(story), compact(story)
