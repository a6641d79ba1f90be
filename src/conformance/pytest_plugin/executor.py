"""
Collecting and running scenarios through pytest, in this process.

Every pytest here is ours alone: other installed plug-ins stay unloaded (they cost
seconds and change nothing), and no file of the operator's project is read.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Final

import pytest

from conformance import resources
from conformance.errors import SuiteDefect
from conformance.model.pack import LoadedPack
from conformance.model.requirement import Role
from conformance.pytest_plugin import plugin
from conformance.pytest_plugin.naming import scenario_id, suite_roots, title
from conformance.running.plan import PlannedScenario, ScenarioKind
from conformance.running.stage import Stage

_AUTOLOAD: Final = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"


def arguments(pack: LoadedPack) -> list[str]:
    """The pytest command line under which suites are collected: our rootdir, our settings."""
    suites = resources.suites()
    return [
        "-c",
        str(suites / "pytest.ini"),
        f"--rootdir={suites}",
        # A pack may stand in somebody's project: what lies above its suites is not for us.
        f"--confcutdir={pack.suites}",
        "--import-mode=importlib",
        # Capturing would swallow our own progress: it takes the file descriptors.
        "--capture=no",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:terminal",
        "-p",
        "no:unraisableexception",
        "-p",
        "conformance.pytest_plugin.plugin",
        *(str(root) for root in suite_roots(pack).values() if root.is_dir()),
    ]


class _Collector:
    """Keeps what pytest collected."""

    def __init__(self, pack: LoadedPack) -> None:
        self._pack = pack
        self._found: list[tuple[tuple[bool, int], PlannedScenario]] = []
        self.broken: list[str] = []

    def in_order(self) -> tuple[PlannedScenario, ...]:
        """The cheap and telling ones first: see `_turn`."""
        return tuple(scenario for _, scenario in sorted(self._found, key=lambda pair: pair[0]))

    def _turn(self, item: pytest.Item, requirements: Sequence[str]) -> tuple[bool, int]:
        """
        What is drawn under the budget comes last; before it, what others rest on comes first.

        A catalogue lists its classes in that order.
        """
        classes = [known.id for known in self._pack.catalogue.classes]
        by_id = self._pack.catalogue.by_id
        first = min(classes.index(by_id[r].conformance_class) for r in requirements)
        return "budget" in getattr(item, "fixturenames", ()), first

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken.append(f"{report.nodeid}: {report.longreprtext}")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            requirements = plugin.declared(item, self._pack)
            if not requirements and item.get_closest_marker("conformance_verifies_binding"):
                # Pack-neutral, and this pack binds none of its judgements.
                continue
            if not requirements:
                self.broken.append(f"{item.nodeid}: verifies no requirement")
                continue
            roles = {self._pack.catalogue.by_id[r].role for r in requirements}
            if len(roles) != 1:
                self.broken.append(f"{item.nodeid}: verifies requirements of both roles")
                continue
            if len({self._pack.catalogue.by_id[r].needs for r in requirements}) != 1:
                self.broken.append(f"{item.nodeid}: some of its requirements need both roles")
                continue
            scenario = PlannedScenario(
                id=scenario_id(item, self._pack),
                title=title(item),
                kind=_kind(item),
                role=Role(next(iter(roles))),
                requirements=requirements,
            )
            self._found.append((self._turn(item, requirements), scenario))


def _kind(item: pytest.Item) -> ScenarioKind:
    if item.get_closest_marker("conformance_invariant"):
        return ScenarioKind.INVARIANT
    if item.get_closest_marker("conformance_mission"):
        return ScenarioKind.MISSION
    return ScenarioKind.SCENARIO


class Selection:
    """Keeps the chosen scenarios, in the plan's order."""

    def __init__(self, pack: LoadedPack, wanted: Sequence[str]) -> None:
        self._pack = pack
        self._order = {scenario: position for position, scenario in enumerate(wanted)}
        self.missing = set(wanted)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        named = [(scenario_id(item, self._pack), item) for item in items]
        chosen = [(self._order[name], item) for name, item in named if name in self._order]
        self.missing -= {name for name, _ in named}
        items[:] = [item for _, item in sorted(chosen, key=lambda pair: pair[0])]


class _Terse:
    """Has pytest name a failure and draw nothing: nobody reads that, and it costs most of a run."""

    def pytest_configure(self, config: pytest.Config) -> None:
        config.option.tbstyle = "no"


class _Crashes:
    """Notices what broke outside any scenario: pytest swallows it otherwise."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def pytest_internalerror(self, excrepr: object) -> None:
        self.seen.append(str(excrepr))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.seen.append(f"{report.nodeid}: {report.longreprtext}")


def collect(stage: Stage) -> tuple[PlannedScenario, ...]:
    """
    Every scenario of the stage's pack, the cheap and telling ones first.

    Raises:
        SuiteDefect: a suite file cannot be imported, or a scenario declares nothing.
    """
    collector = _Collector(stage.pack)
    said = _pytest(["--collect-only", *arguments(stage.pack)], plugin.Handover(stage), collector)
    if collector.broken:
        raise SuiteDefect("suites cannot be collected:\n" + "\n".join(collector.broken) + said)
    return collector.in_order()


class PytestExecutor:
    """Plays scenarios in this process, one after the other. pytest.main is not thread-safe."""

    def execute(self, stage: Stage, scenarios: Sequence[str]) -> None:
        """
        Play `scenarios` in the order given.

        Raises:
            SuiteDefect: one does not exist, or pytest itself broke.
            KeyboardInterrupt: the operator stopped the run.
        """
        if not scenarios:
            return
        selection = Selection(stage.pack, scenarios)
        crashes = _Crashes()
        said = _pytest(arguments(stage.pack), plugin.Handover(stage), selection, crashes, _Terse())
        if crashes.seen:
            raise SuiteDefect("pytest broke:\n" + "\n".join(crashes.seen) + said)
        if selection.missing:
            raise SuiteDefect(f"no such scenario: {', '.join(sorted(selection.missing))}")


def _pytest(args: Sequence[str], *plugins: object) -> str:
    """Run pytest quietly; what it had to say is returned for messages about defects."""
    said = io.StringIO()
    with _alone(), redirect_stdout(said), redirect_stderr(said):
        code = pytest.main(list(args), plugins=list(plugins))
    if (
        code == pytest.ExitCode.INTERRUPTED
        and not any(isinstance(p, _Crashes) and p.seen for p in plugins)
        and not any(isinstance(p, _Collector) and p.broken for p in plugins)
    ):
        raise KeyboardInterrupt
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR) and not any(
        isinstance(p, _Crashes) and p.seen for p in plugins
    ):
        raise SuiteDefect(f"pytest ended with {code}:\n{said.getvalue()}")
    return said.getvalue()


@contextmanager
def _alone() -> Iterator[None]:
    """No foreign plug-ins, and nobody's PYTEST_ADDOPTS."""
    kept = {name: os.environ.get(name) for name in (_AUTOLOAD, "PYTEST_ADDOPTS", "PYTEST_PLUGINS")}
    here = Path.cwd()
    os.environ[_AUTOLOAD] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    try:
        yield
    finally:
        os.chdir(here)
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
