"""
What every story of this contract is: steps told to the registry, and what must follow.

A model knows the contract and nothing of the registry. Who draws and shortens stories is
`population.stories`; what the verbs mean stands in `stories_of_people` and `stories_of_units`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from conformance.errors import Deviation, SuiteDefect, WorldTrouble
from conformance.model.exchange import Exchange
from conformance.model.json import Json
from conformance.packs.vn_cbccvc.asking import Registry
from conformance.packs.vn_cbccvc.preparing import Agency

#: A drawn step: a verb and two numbers.
Step = tuple[str, int, int]


@dataclass(slots=True, kw_only=True)
class Telling:
    """
    One story as it is told, with units or people of its own.

    Attributes:
        exchanges: all that were made, in order.
        lines: the steps that meant something, as `verb(who, what)`.
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
            self.begin()
            for verb, one, other in map(_step, story):
                self.take(verb, one, other)
            self.compare()
        except Deviation as error:
            return Deviation(
                "story-differs",
                observed=error.observed,
                required=error.required,
                pointer=error.pointer,
                story=" > ".join(self.lines) or "nothing was done",
            )
        return None

    def begin(self) -> None:
        """Prepare what the story is about."""

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


def told(telling: Telling, story: Sequence[Json]) -> Telling:
    """
    A story that only does what requirements of their own are about.

    Raises:
        Deviation: it goes wrong, so nothing can be said of longer ones.
    """
    if (difference := telling.tell(story)) is not None:
        raise difference
    return telling


def repeated(telling: Telling, story: Sequence[Json]) -> tuple[Telling, Deviation]:
    """
    A story that went wrong, told once more: what happens once accuses nobody.

    Raises:
        WorldTrouble: this time it went right.
    """
    difference = telling.tell(story)
    if difference is None:
        raise WorldTrouble(
            "not-repeated", f"went wrong once and not again: {' > '.join(telling.lines)}"
        )
    return telling, difference


#: Generated cases of an operation, for each story: a story takes many requests.
SHARE_OF_BUDGET: Final = 2
