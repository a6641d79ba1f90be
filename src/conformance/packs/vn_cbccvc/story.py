"""
What every story of this contract is: steps told to the registry, and what must follow.

A model knows the contract and nothing of the registry. Who draws and shortens stories is
`population.stories`; what the verbs mean stands in `stories_of_people` and `stories_of_units`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from conformance.errors import Deviation, SuiteDefect
from conformance.model.exchange import Exchange
from conformance.model.json import Json, compact
from conformance.packs.vn_cbccvc.asking import Registry
from conformance.packs.vn_cbccvc.preparing import Agency
from conformance.population.stories import Stories, Story, shortest_wrong
from conformance.wire.world import World

#: A drawn step: a verb and two numbers.
Step = tuple[str, int, int]


@dataclass(slots=True, kw_only=True)
class Telling:
    """
    One story as it is told, with units or people of its own.

    Attributes:
        exchanges: all that were made, in order.
        lines: the steps that meant something, in words that `phrases.toml` knows.
    """

    agency: Agency
    registry: Registry
    exchanges: list[Exchange] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def tell(self, story: Sequence[Json]) -> Deviation | None:
        """
        Take every step, then compare what the registry tells with what must follow.

        Returns:
            The first difference, with the steps that led to it in `more["story"]`.
        """
        try:
            steps = [_step(step) for step in story]
            self.begin(steps)
            for verb, one, other in steps:
                self.take(verb, one, other)
            self.compare()
        except Deviation as error:
            return Deviation(
                "story-differs",
                observed=error.observed,
                required=error.required,
                pointer=error.pointer,
                story=" → ".join(self.lines) or "nothing was done",
            )
        return None

    def begin(self, story: Sequence[Step]) -> None:
        """Prepare what the story is about. Raises Deviation."""
        raise NotImplementedError

    def take(self, verb: str, one: int, other: int) -> None:
        """Take one step. Raises Deviation."""
        raise NotImplementedError

    def compare(self) -> None:
        """What the registry tells in the end. Raises Deviation."""
        raise NotImplementedError

    def asked(self, *exchanges: Exchange) -> None:
        """Note exchanges that were made."""
        self.exchanges.extend(exchanges)

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """A difference found inside is one about `what`."""
        try:
            yield
        except Deviation as error:
            raise Deviation(
                error.code,
                observed=f"{what}: {error.observed}",
                required=error.required,
                pointer=error.pointer,
                **error.more,
            ) from error


def _step(step: Json) -> Step:
    match step:
        case [str(verb), int(one), int(other)]:
            return verb, one, other
    raise SuiteDefect("a step of a story is a verb and two numbers")


def not_in_order(
    fresh: Callable[[], Telling],
    *,
    known: Sequence[Story],
    short: Sequence[Story],
    chained: Sequence[Story] = (),
    world: World,
    drawn: Stories,
) -> tuple[Telling, Deviation | None]:
    """
    The shortest story that goes wrong, or nothing.

    Args:
        fresh: begins a telling with units or people of its own.
        known: what requirements of their own are about.
        short: the shortest stories that are about more, all of them told.
        chained: what the short ones are about in fewer steps, where stories can be told as one:
            then the short ones are told only to find which of them goes wrong.

    Returns:
        Its telling, and what was wrong with it; the last telling and None where none was.

    Raises:
        Deviation: a known story goes wrong, so that nothing can be said of others.
    """
    last = fresh()
    for story in known:
        last = fresh()
        if (difference := last.tell(story)) is not None:
            raise difference

    gone_wrong: dict[str, tuple[Telling, Deviation]] = {}

    def wrong(story: Story) -> bool:
        nonlocal last
        last = fresh()
        if (difference := last.tell(story)) is not None:
            gone_wrong[compact(story)] = (last, difference)
        return difference is not None

    if not chained:
        found = next((story for story in short if wrong(story)), [])
    elif wrong(as_one := _joined(chained)):
        found = _by_halves(short, wrong) or as_one
    else:
        found = []
    found = found or shortest_wrong(world, drawn, wrong)
    return gone_wrong[compact(found)] if found else (last, None)


def _by_halves(stories: Sequence[Story], wrong: Callable[[Story], bool]) -> Story:
    """One that goes wrong, [] when all of them told as one do not."""
    as_one = _joined(stories)
    if not as_one or not wrong(as_one):
        return []
    if len(stories) == 1:
        return as_one
    half = len(stories) // 2
    # What neither half shows alone went wrong all the same.
    return _by_halves(stories[:half], wrong) or _by_halves(stories[half:], wrong) or as_one


def _joined(stories: Sequence[Story]) -> Story:
    return [step for story in stories for step in story]


#: Generated cases of an operation, for each story: a story takes many requests.
SHARE_OF_BUDGET: Final = 4
