"""Suites of a few lines, played by the real executor on a real stage; nobody is called."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from textwrap import dedent
from types import SimpleNamespace
from typing import Any

import pytest

from conformance import resources
from conformance.pytest_plugin import executor
from conformance.running import ledger
from conformance.running.evidence import gather
from conformance.running.stage import LiveStage, ReplayStage
from conformance.wire.journal import MemorySink
from tests.running.little import AT, CATALOGUE, plan

HEAD = """
import pytest
from conformance.errors import *
from conformance.pytest_plugin import invariant, mission, verifies, verifies_binding
"""
_modules = itertools.count()


@dataclass(slots=True)
class House:
    """A suites folder of one little pack, and what was played there."""

    root: Any
    pack: Any
    sinks: dict[str, MemorySink] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)

    def suite(self, source: str, *, at: str = "little") -> str:
        """Write a suite; the first half of the ids of its scenarios."""
        # Modules stay imported: each has a name of its own.
        name = f"test_{next(_modules)}.py"
        folder = self.root / at
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(HEAD + dedent(source), encoding="utf-8")
        return f"{at}/{name}::"

    def stage(self) -> LiveStage:
        """Where scenarios play for real."""

        def sink_for(name: str) -> MemorySink:
            self.sinks[name] = MemorySink()
            return self.sinks[name]

        return LiveStage(
            plan=plan(),
            pack=self.pack,
            contract=SimpleNamespace(
                operations={
                    "readUnit": SimpleNamespace(classes=()),
                    "listUnits": SimpleNamespace(classes=(plan().selected[0],)),
                    "forOthers": SimpleNamespace(classes=("a-class-that-nobody-claims",)),
                }
            ),
            doer_for=lambda _scenario, _seed: SimpleNamespace(
                grant=lambda _name: None, now=lambda: AT
            ),
            sink_for=sink_for,
            on_closed=lambda scenario, _findings: self.closed.append(scenario),
        )

    def collect(self):
        """What a plan would hold."""
        return executor.collect(self.stage())

    def play(self, *scenarios: str) -> None:
        """Play the named scenarios, or all."""
        wanted = scenarios or [s.id for s in self.collect()]
        executor.PytestExecutor().execute(self.stage(), wanted)

    def found(self) -> list[Any]:
        """Every finding of the closed journals, in the order played."""
        recorded = ledger.recorded(self.evidence())
        return [finding for findings in recorded.values() for finding in findings]

    def evidence(self) -> Any:
        """The journals as a run would read them."""
        return gather((name, sink.content()) for name, sink in self.sinks.items())

    def replay(self) -> ReplayStage:
        """Play every closed scenario again on its journal."""
        gathered = self.evidence()
        stage = ReplayStage(
            plan=plan(), pack=self.pack, contract=self.stage().contract, evidence=gathered
        )
        executor.PytestExecutor().execute(stage, list(gathered.closed))
        return stage


@pytest.fixture
def house(tmp_path, monkeypatch):
    root = tmp_path / "suites"
    (root / "little").mkdir(parents=True)
    ini = resources.suites() / "pytest.ini"
    (root / "pytest.ini").write_bytes(ini.read_bytes())
    monkeypatch.setattr(resources, "suites", lambda: root)
    pack = SimpleNamespace(
        id="little", catalogue=CATALOGUE, binding={"bound": "XX-2"}, suites=root / "little"
    )
    return House(root, pack)
