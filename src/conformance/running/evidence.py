"""
The evidence folder: one journal per scenario attempt, and what may be concluded from it.

A journal without a footer was cut short: it stays, it is not judged, and its scenario
runs again as the next attempt.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.errors import SuiteDefect
from conformance.model import merkle
from conformance.model.json import JsonObject
from conformance.wire import codec, journal
from conformance.wire.journal import Event, Journal

_NAME: Final = re.compile(r"^(?P<slug>.+)\.a(?P<attempt>[0-9]+)\.jsonl$")
#: What a report and a manifest are made of; the exchanges are a hundred times as much.
_CONCLUDING: Final = frozenset({"judgement", "repeat", "created", "removed"})


def file_name(scenario: str, attempt: int) -> str:
    """A journal's file name: readable, unique, and legal on every system."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", scenario.rsplit("::", maxsplit=1)[-1]).strip("-")[:80]
    unique = hashlib.sha256(scenario.encode()).hexdigest()[:8]
    return f"{readable}.{unique}.a{attempt}.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """
    The journals of one run.

    Attributes:
        closed: scenario -> its closed journal of the highest attempt.
        attempts: scenario -> highest attempt seen, closed or not.
        names: scenario -> file name of that closed journal.
        counts: scenario -> how many exchanges that closed journal holds.
        damage: sentences naming files and lines that are not as they were sealed.
        cut_short: journals without a footer; not judged, and yet they tell what was created.
    """

    closed: Mapping[str, Journal]
    attempts: Mapping[str, int]
    names: Mapping[str, str]
    counts: Mapping[str, int]
    damage: tuple[str, ...]
    cut_short: tuple[Journal, ...] = ()

    def root(self, order: Iterable[str]) -> str:
        """Merkle root over the closed journals' roots, in plan order."""
        leaves = [
            merkle.leaf(f"{scenario}\n{self.closed[scenario].root}".encode())
            for scenario in order
            if scenario in self.closed
        ]
        return "sha256:" + merkle.root(leaves).hex()


def gather(contents: Iterable[tuple[str, bytes]], *, outline: bool = False) -> Evidence:
    """
    Read journals given as (file name, content).

    Args:
        outline: keep only the events that a report is made of, and of the exchanges their number:
            a long run's would fill the memory.
    """
    closed: dict[str, Journal] = {}
    attempts: dict[str, int] = {}
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    damage: list[str] = []
    cut_short: list[Journal] = []
    for name, content in contents:
        reader = _Reader(outline)
        read = journal.read(content, name=name, wanted=reader)
        known = attempts.get(read.scenario, 0)
        attempts[read.scenario] = max(known, read.attempt)
        if not read.closed:
            cut_short.append(read)
            continue
        damage.extend(read.damage)
        previous = closed.get(read.scenario)
        if previous is None or previous.attempt < read.attempt:
            closed[read.scenario] = read
            names[read.scenario] = name
            if reader.unreadable and not read.damage:
                raise SuiteDefect(f"{name}: {reader.unreadable}")
            counts[read.scenario] = reader.exchanges
    return Evidence(
        closed=closed,
        attempts=attempts,
        names=names,
        counts=counts,
        damage=tuple(damage),
        cut_short=tuple(cut_short),
    )


@dataclass(slots=True)
class _Reader:
    """
    Counts a journal's exchanges, and says which events to keep.

    Attributes:
        unreadable: what is wrong with an exchange, "" for nothing; damage may do that.
    """

    outline: bool
    exchanges: int = 0
    unreadable: str = ""

    def __call__(self, event: Event) -> bool:
        try:
            self.exchanges += len(_exchanges_of(event))
        except (SuiteDefect, LookupError, ValueError) as error:
            self.unreadable = str(error)
        return not self.outline or event.kind in _CONCLUDING


def read_folder(folder: Path, *, outline: bool = False) -> Evidence:
    """Read `evidence/`; an absent folder holds nothing. `outline` as for `gather`."""
    if not folder.is_dir():
        return gather(())
    paths = sorted(path for path in folder.iterdir() if _NAME.match(path.name))
    return gather(((path.name, path.read_bytes()) for path in paths), outline=outline)


def settle(folder: Path) -> None:
    """
    Have the disk hold every journal.

    At the end of a run: the first costs what it would have cost each scenario, the others follow it
    at once. What a machine that dies before loses has no footer, and is run again.
    """
    for path in folder.glob("*.jsonl"):
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def exchanges(journal_: Journal) -> tuple[JsonObject, ...]:
    """All exchanges of one journal, in the order of their local numbers (from 1)."""
    return tuple(exchange for event in journal_.events for exchange in _exchanges_of(event))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one exchange stands in a journal's file: a line, and which of the line's it is."""

    offset: int
    length: int
    position: int


def places(content: bytes) -> Iterator[Place]:
    """The place of each exchange of one journal, in the order of their local numbers."""
    for offset, length, event in journal.placed_events(content):
        for position in range(len(_exchanges_of(event))):
            yield Place(offset=offset, length=length, position=position)


def exchanges_in(line: bytes) -> tuple[JsonObject, ...]:
    """The exchanges of one event's line."""
    return _exchanges_of(journal.event(line))


def _exchanges_of(event: Event) -> tuple[JsonObject, ...]:
    return codec.exchanges_of(event.kind, event.ask, event.answer)


def own_exchanges(journal_: Journal) -> tuple[JsonObject, ...]:
    """
    The mission traffic of one journal, as invariants see it.

    Where the journal holds other exchanges before it, an item says its `number` there.
    """
    found: list[JsonObject] = []
    count = 0
    for event in journal_.events:
        held = _exchanges_of(event)
        if event.kind == "mission":
            for number, exchange in enumerate(held, start=count + 1):
                beside = number != len(found) + 1
                found.append({**exchange, "number": number} if beside else exchange)
        count += len(held)
    return tuple(found)
