"""What a run needs to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from conformance.model.requirement import Language, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """
    The operator's wishes, as values.

    Attributes:
        target: a locator, or the name of a table in `config`.
        pack: `id` or `id@revision`, "" for the default pack.
        pushes: whence software that serves at `target` pushes, "" for what its table says.
        roles: empty for what the claim says, else provider, or both for what pushes as well.
        classes: run only these; empty for all that are claimed.
        seed: None to draw one.
        as_of: the day on which generated people live; None for today.
        jobs: processes; 0 for one per core.
        budget: generated cases per operation.
        home: the operator's state folder (keys, test CA, attempt ledger).
        acknowledged_hosts: hosts that look like production and are none.
        testbed: what beats the settings file, by member of `BedSettings`.
    """

    target: str
    out: Path
    home: Path
    pack: str = ""
    pushes: str = ""
    roles: tuple[Role, ...] = ()
    classes: tuple[str, ...] = ()
    claim: Path | None = None
    config: Path | None = None
    seed: int | None = None
    as_of: date | None = None
    jobs: int = 1
    budget: int = 12
    baseline: Path | None = None
    language: Language = Language.EN
    resume: bool = False
    acknowledged_hosts: tuple[str, ...] = ()
    testbed: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """
    What a run tells while it goes on.

    Attributes:
        planned: how many scenarios there are, and how many are done already.
        closed: one more scenario ended, with its verdict counts.
        said: a sentence for the operator.
    """

    planned: Callable[[int, int], None] = lambda _total, _done: None
    closed: Callable[[str, Mapping[str, int]], None] = lambda _scenario, _verdicts: None
    said: Callable[[str], None] = field(default=lambda _sentence: None)
