"""
The evidence folder: one journal per scenario attempt, and what may be concluded from it.

A journal without a footer was cut short: it stays, it is not judged, and its scenario
runs again as the next attempt.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.model import merkle
from conformance.model.json import JsonObject
from conformance.wire import codec, journal
from conformance.wire.journal import Journal

_NAME: Final = re.compile(r"^(?P<slug>.+)\.a(?P<attempt>[0-9]+)\.jsonl$")


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
        damage: sentences naming files and lines that are not as they were sealed.
        cut_short: journals without a footer; not judged, and yet they tell what was created.
    """

    closed: Mapping[str, Journal]
    attempts: Mapping[str, int]
    names: Mapping[str, str]
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


def gather(contents: Iterable[tuple[str, bytes]]) -> Evidence:
    """Read journals given as (file name, content)."""
    closed: dict[str, Journal] = {}
    attempts: dict[str, int] = {}
    names: dict[str, str] = {}
    damage: list[str] = []
    cut_short: list[Journal] = []
    for name, content in contents:
        read = journal.read(content, name=name)
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
    return Evidence(
        closed=closed,
        attempts=attempts,
        names=names,
        damage=tuple(damage),
        cut_short=tuple(cut_short),
    )


def read_folder(folder: Path) -> Evidence:
    """Read `evidence/`; an absent folder holds nothing."""
    if not folder.is_dir():
        return gather(())
    paths = sorted(path for path in folder.iterdir() if _NAME.match(path.name))
    return gather((path.name, path.read_bytes()) for path in paths)


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
    return tuple(
        exchange
        for event in journal_.events
        for exchange in codec.exchanges_of(event.kind, event.ask, event.answer)
    )


def own_exchanges(journal_: Journal) -> tuple[JsonObject, ...]:
    """The mission traffic of one journal, as invariants see it."""
    return tuple(
        exchange
        for event in journal_.events
        if event.kind == "mission"
        for exchange in codec.exchanges_of(event.kind, event.ask, event.answer)
    )
