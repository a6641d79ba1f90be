"""
The pytest plug-in: fixtures that scenarios use, and the hooks that close their books.

It needs a `Stage`, handed over by whoever starts pytest (`Handover`). What it does not
do: choose a target, write a report, or know what a certificate is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import pytest
from _pytest.runner import runtestprotocol

from conformance.contract.contract import Contract
from conformance.errors import ReplayDiverged, SuiteDefect
from conformance.model.pack import LoadedPack
from conformance.model.requirement import Obligation
from conformance.model.verdict import Verdict
from conformance.pytest_plugin import MARKS
from conformance.pytest_plugin.judging import Judge
from conformance.pytest_plugin.naming import scenario_id
from conformance.running.stage import Performance, Stage
from conformance.wire.world import World

STAGE = pytest.StashKey[Stage]()
_TURN = pytest.StashKey["Turn"]()
_DECLARED = pytest.StashKey[tuple[str, ...]]()


@dataclass(slots=True)
class Turn:
    """One scenario's books while it is on stage."""

    performance: Performance
    judge: Judge
    trouble: Exception | None = None
    diverged: bool = False
    repeated: bool = False

    def accuses(self) -> bool:
        """Whether the software under test failed anything."""
        return any(finding.verdict is Verdict.FAIL for finding in self.judge.found)

    def repeat(self) -> None:
        """From the top, once. Raises ReplayDiverged."""
        self.performance.repeat()
        self.judge.repeat()
        self.trouble = None
        self.repeated = True


class Handover:
    """Carries a stage into a pytest session: `pytest.main(args, plugins=[Handover(stage)])`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def pytest_configure(self, config: pytest.Config) -> None:
        """Put the stage where fixtures find it."""
        config.stash[STAGE] = self._stage


def pytest_configure(config: pytest.Config) -> None:
    """Declare our marks, so that strict markers accept them."""
    for line in MARKS:
        config.addinivalue_line("markers", line)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a pack-neutral scenario one case for each operation that the run is about."""
    if "operation_id" in metafunc.fixturenames and STAGE in metafunc.config.stash:
        stage = metafunc.config.stash[STAGE]
        operations = [
            name
            for name, operation in stage.contract.operations.items()
            # Who does not claim a class need not serve what is for it alone.
            if not operation.classes or set(operation.classes) & set(stage.plan.selected)
        ]
        metafunc.parametrize("operation_id", operations, ids=operations)


def declared(item: pytest.Item, pack: LoadedPack) -> tuple[str, ...]:
    """
    The requirements that a scenario says it judges.

    Raises:
        SuiteDefect: an id that the catalogue does not hold.
    """
    if _DECLARED in item.stash:
        return item.stash[_DECLARED]
    named = [str(i) for mark in item.iter_markers("conformance_verifies") for i in mark.args]
    for mark in item.iter_markers("conformance_verifies_binding"):
        # A pack may leave a pack-neutral judgement unbound; then nobody asks for it.
        named += [pack.binding[str(name)] for name in mark.args if name in pack.binding]
    for requirement in named:
        if requirement not in pack.catalogue.by_id:
            raise SuiteDefect(
                f"{item.nodeid} verifies {requirement}, which {pack.id} does not have"
            )
    item.stash[_DECLARED] = tuple(dict.fromkeys(named))
    return item.stash[_DECLARED]


def _turn(item: pytest.Item) -> Turn | None:
    """The item's turn, opened at first use; None for a test that is no scenario."""
    if _TURN in item.stash:
        return item.stash[_TURN]
    stage = item.config.stash.get(STAGE, None)
    if stage is None:
        return None
    ids = declared(item, stage.pack)
    if not ids:
        return None
    name = scenario_id(item, stage.pack)
    performance = stage.open(name)
    turn = Turn(performance, Judge(name, ids, performance.record, _steps(item.config)))
    item.stash[_TURN] = turn
    return turn


def _steps(config: pytest.Config) -> Callable[[str], AbstractContextManager[object]]:
    """Allure steps when its plug-in is loaded, nothing otherwise."""
    if not config.pluginmanager.has_plugin("allure_pytest"):
        return lambda _: nullcontext()
    import allure

    @contextmanager
    def step(title: str) -> Iterator[None]:
        with allure.step(title):
            yield

    return step


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """
    Play a scenario, and once more when it accuses: what happens once accuses nobody.

    A mission is not repeated: software that pushes cannot be asked to begin again.
    """
    if STAGE not in item.config.stash:
        return None
    where = {"nodeid": item.nodeid, "location": item.location}
    item.ihook.pytest_runtest_logstart(**where)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    turn = item.stash.get(_TURN, None)
    if turn is not None and turn.repeated:
        # Fixtures anew; pytest has no public way to say so.
        item._initrequest()  # type: ignore[attr-defined]  # noqa: SLF001
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(**where)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Open the scenario's books before its first fixture."""
    turn = _turn(item)
    try:
        return (yield)
    except (Exception, ReplayDiverged) as error:
        _note(item, turn, error)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Note what ended the scenario, and fail the test when a MUST was not met."""
    turn = _turn(item)
    try:
        result = yield
    except (Exception, ReplayDiverged) as error:
        _note(item, turn, error)
        raise
    if turn is not None:
        catalogue = item.config.stash[STAGE].pack.catalogue
        bad = [
            finding
            for finding in turn.judge.found
            if finding.verdict is not Verdict.PASS
            and catalogue.by_id[finding.requirement].obligation is Obligation.MUST
        ]
        if bad:
            lines = (
                f"{finding.verdict.name} {finding.requirement}: "
                f"{finding.explanation.code if finding.explanation else ''} "
                f"{dict(finding.explanation.details) if finding.explanation else ''}"
                for finding in bad
            )
            pytest.fail("\n".join(lines), pytrace=False)
    return result


def _note(item: pytest.Item, turn: Turn | None, error: BaseException) -> None:
    if turn is None:
        return
    if isinstance(error, ReplayDiverged):
        turn.diverged = True
        item.config.stash[STAGE].diverged(error)
    elif isinstance(error, Exception):
        turn.trouble = error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Account for what was never reached, and seal the journal."""
    try:
        return (yield)
    finally:
        turn = item.stash.get(_TURN, None)
        if turn is not None and not turn.diverged:
            try:
                turn.judge.finish(turn.trouble)
                if not turn.repeated and turn.accuses() and _repeatable(item):
                    turn.repeat()
                else:
                    turn.performance.close()
            except ReplayDiverged as error:
                item.config.stash[STAGE].diverged(error)


def _repeatable(item: pytest.Item) -> bool:
    alone = ("conformance_mission", "conformance_invariant")
    return not any(item.get_closest_marker(name) for name in alone)


def _stage(request: pytest.FixtureRequest) -> Stage:
    stage: Stage | None = request.config.stash.get(STAGE, None)
    if stage is None:
        raise pytest.UsageError(
            "scenarios need a target: add --target, or use `conformance run TARGET`"
        )
    return stage


@pytest.fixture
def world(request: pytest.FixtureRequest) -> World:
    """The one port through which the scenario touches the outside."""
    _stage(request)
    turn = _turn(request.node)
    if turn is None:
        raise SuiteDefect(f"{request.node.nodeid} uses a world and verifies nothing")
    return turn.performance.world


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Judge:
    """Puts one requirement to the question: `with judge("ID", *exchanges): ...`."""
    _stage(request)
    turn = _turn(request.node)
    if turn is None:
        raise SuiteDefect(f"{request.node.nodeid} judges and verifies nothing")
    return turn.judge


@pytest.fixture
def pack(request: pytest.FixtureRequest) -> LoadedPack:
    """The pack under which the run judges."""
    return _stage(request).pack


@pytest.fixture
def contract(request: pytest.FixtureRequest) -> Contract:
    """The OpenAPI side of the pack."""
    return _stage(request).contract


@pytest.fixture
def budget(request: pytest.FixtureRequest) -> int:
    """Generated cases per operation, frozen in the plan."""
    return _stage(request).plan.budget
