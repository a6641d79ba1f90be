"""
The stage on which a scenario plays: a World for it, and a place for its findings.

`LiveStage` writes journals while `ReplayStage` reads them; what stands between, the
scenario, cannot tell which of the two it is on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from conformance.contract.contract import Contract
from conformance.errors import ReplayDiverged, SuiteDefect
from conformance.model import seeds
from conformance.model.finding import Finding
from conformance.model.json import Json, JsonObject
from conformance.model.pack import LoadedPack
from conformance.running import findings
from conformance.running.evidence import Evidence, file_name
from conformance.running.plan import Plan
from conformance.wire.journal import EventSink, FileSink, JournalWriter
from conformance.wire.ports import LivePort, NobodyThere, ReplayPort
from conformance.wire.world import Doer, World


class Performance(Protocol):
    """One scenario's turn on the stage."""

    scenario: str
    world: World

    def record(self, finding: Finding) -> None:
        """Keep one judgement."""

    def repeat(self) -> None:
        """
        Take the scenario from the top, with a World of its own; only this time counts.

        Raises:
            ReplayDiverged: the journal holds no repetition.
        """

    def close(self) -> None:
        """The scenario is over. Raises ReplayDiverged when the journal holds more."""


class Stage(Protocol):
    """What the executor is handed."""

    plan: Plan
    pack: LoadedPack
    contract: Contract

    def open(self, scenario: str) -> Performance:
        """A World for one scenario."""

    def diverged(self, error: ReplayDiverged) -> None:
        """A replay asked something that was not recorded."""


@dataclass(slots=True, kw_only=True)
class LivePerformance:
    """A scenario's turn for real."""

    scenario: str
    world: World
    port: LivePort
    on_closed: Callable[[str, tuple[Finding, ...]], None]
    found: list[Finding] = field(default_factory=list)

    def record(self, finding: Finding) -> None:
        self.world.record_judgement(findings.to_json(finding))
        self.found.append(finding)

    def repeat(self) -> None:
        self.world = self.world.afresh()
        self.found.clear()

    def close(self) -> None:
        self.port.close()
        self.on_closed(self.scenario, tuple(self.found))


@dataclass(slots=True, kw_only=True)
class LiveStage:
    """
    Runs scenarios against a target and journals them.

    Attributes:
        doer_for: gives the acting half of a World for one scenario (id, its seed).
        folder: where journals go; None keeps them in `sinks`.
        attempts: scenario -> attempts already on disk, for a resumed run.
        on_closed: told of each scenario as it ends.
    """

    plan: Plan
    pack: LoadedPack
    contract: Contract
    doer_for: Callable[[str, int], Doer]
    folder: Path | None = None
    attempts: Mapping[str, int] = field(default_factory=dict)
    sink_for: Callable[[str], EventSink] | None = None
    on_closed: Callable[[str, tuple[Finding, ...]], None] = lambda _scenario, _findings: None
    _plan_digest: str = field(init=False)

    def __post_init__(self) -> None:
        self._plan_digest = self.plan.digest()

    def open(self, scenario: str) -> Performance:
        attempt = self.attempts.get(scenario, 0) + 1
        # Whoever was killed before the first line was written left a file that names no scenario.
        while self.folder is not None and (self.folder / file_name(scenario, attempt)).exists():
            attempt += 1
        seed = seeds.derive(self.plan.seed, scenario, attempt)
        header: JsonObject = {
            "scenario": scenario,
            "attempt": attempt,
            "seed": seed,
            "as_of": self.plan.as_of.isoformat(),
            "plan": self._plan_digest,
        }
        name = file_name(scenario, attempt)
        if self.folder is not None:
            sink: EventSink = FileSink(self.folder / name)
        elif self.sink_for is not None:
            sink = self.sink_for(name)
        else:
            raise SuiteDefect("a live stage needs a folder or a sink")
        port = LivePort(JournalWriter(sink, header), scenario)
        world = World(port, self.doer_for(scenario, seed), seed=seed, as_of=self.plan.as_of)
        return LivePerformance(scenario=scenario, world=world, port=port, on_closed=self.on_closed)

    def diverged(self, error: ReplayDiverged) -> None:
        raise SuiteDefect("a live run cannot diverge") from error


@dataclass(slots=True, kw_only=True)
class ReplayPerformance:
    """A scenario's turn on its journal."""

    scenario: str
    world: World
    port: ReplayPort
    kept: dict[str, list[Finding]]

    def record(self, finding: Finding) -> None:
        self.kept.setdefault(self.scenario, []).append(finding)

    def repeat(self) -> None:
        self.world = self.world.afresh()
        self.kept[self.scenario].clear()

    def close(self) -> None:
        self.port.finish()


@dataclass(slots=True, kw_only=True)
class ReplayStage:
    """
    Runs scenarios on their journals; nothing leaves the machine.

    Attributes:
        decided: scenario -> findings, decided anew.
        divergences: what could not be replayed, named.
    """

    plan: Plan
    pack: LoadedPack
    contract: Contract
    evidence: Evidence
    decided: dict[str, list[Finding]] = field(default_factory=dict)
    divergences: list[str] = field(default_factory=list)

    def open(self, scenario: str) -> Performance:
        journal = self.evidence.closed.get(scenario)
        if journal is None:
            raise SuiteDefect(f"no closed journal for {scenario}")
        port = ReplayPort(journal)
        seed, as_of = _seed(journal.header.get("seed")), journal.header.get("as_of")
        world = World(port, NobodyThere(), seed=seed, as_of=date.fromisoformat(str(as_of)))
        self.decided[scenario] = []
        return ReplayPerformance(scenario=scenario, world=world, port=port, kept=self.decided)

    def diverged(self, error: ReplayDiverged) -> None:
        self.divergences.append(str(error))


def _seed(value: Json) -> int:
    return value if isinstance(value, int) else 0
