"""
The suites under the operator's own pytest: `pytest "$(conformance pack show --suites)" --target …`.

The same scenarios, journals and report as `conformance run`; pytest is in charge of
selection, workers (pytest-xdist) and its own output. Loaded by every pytest of the
environment through its entry point, so it imports nothing before it is asked for.
"""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pluggy

if TYPE_CHECKING:
    from conformance.app.prepare import Prepared

_OUT: Final = "conformance-out"
_KEY: Final = "conformance"

#: pytest's own marker for hooks; this module stays importable without pytest.
hookimpl = pluggy.HookimplMarker("pytest")


def pytest_addoption(parser: Any) -> None:
    """The options that a run needs."""
    group = parser.getgroup("conformance", "API conformance toolkit")
    group.addoption("--target", help="target locator: URL, reference, a [target.NAME] ...")
    group.addoption("--pack", default="", help="contract: ID or ID@REVISION")
    group.addoption("--role", choices=("provider", "consumer"), default="provider")
    group.addoption("--conformance-seed", type=int, help="seed of all generated data")
    group.addoption("--conformance-out", default=_OUT, help=f"output folder (default {_OUT})")


@hookimpl(tryfirst=True)
def pytest_configure(config: Any) -> None:
    """Open the target and hand a stage to the plug-in; in a worker, join the controller's run."""
    handed = getattr(config, "workerinput", {}).get(_KEY)
    if not handed and not config.getoption("--target"):
        from conformance.pytest_plugin import MARKS

        for line in MARKS:
            config.addinivalue_line("markers", line)
        return
    from conformance.errors import Located
    from conformance.pytest_plugin import plugin, usage_error

    if not config.pluginmanager.has_plugin(plugin.__name__):
        config.pluginmanager.register(plugin, plugin.__name__)
    try:
        session = _join(json.loads(handed)) if handed else _begin(config)
    except Located as error:
        raise usage_error(str(error)) from None
    config.pluginmanager.register(session, "conformance-session")
    session.enter(config)


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Say plainly what is missing when scenarios are collected without a target."""
    if any(
        item.get_closest_marker(f"conformance_{name}")
        for item in items
        for name in ("verifies", "verifies_binding")
    ):
        from conformance.pytest_plugin import plugin, usage_error

        if plugin.STAGE not in items[0].config.stash:
            raise usage_error("scenarios need a target: add --target, or use `conformance run`")


@dataclass(slots=True)
class Session:
    """One run inside somebody's pytest session."""

    prepared: Prepared
    share: Any
    started: datetime
    joined: bool
    stack: ExitStack = field(default_factory=ExitStack)

    def enter(self, config: Any) -> None:
        """Hand the stage over; a controller of workers hands over what they need instead."""
        from conformance.app.authority import authority_for
        from conformance.app.playing import live_stage
        from conformance.pytest_plugin import plugin
        from conformance.pytest_plugin.executor import Selection
        from conformance.reference.clock import SystemClock
        from conformance.wire.transport import Transport

        prepared, clock = self.prepared, SystemClock()
        transport = Transport(self.share.connection, clock)
        self.stack.callback(transport.close)
        stage = live_stage(
            prepared.plan,
            prepared.pack,
            prepared.contract,
            self.share,
            clock=clock,
            signer=authority_for(
                prepared.pack, prepared.options.home, clock.now(), self.share.grants
            ),
            folder=prepared.options.out / "evidence",
            on_closed=lambda _scenario, _verdicts: None,
            transport=transport,
        )
        config.stash[plugin.STAGE] = stage
        config.pluginmanager.register(
            Selection(prepared.pack, [s.id for s in prepared.plan.scenarios])
        )

    @hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist how to join; through its pipe, for it holds secrets."""
        options = self.prepared.options
        node.workerinput[_KEY] = json.dumps(
            {
                "out": str(options.out.resolve()),
                "home": str(options.home.resolve()),
                "share": self.share.to_json(),
            }
        )

    def pytest_sessionfinish(self) -> None:
        """Write the report over everything that was closed."""
        import uuid

        from conformance.app.publish import publish
        from conformance.app.run import conclude
        from conformance.reference.clock import SystemClock

        self.stack.close()
        if self.joined:
            return
        prepared = self.prepared
        report, gathered = conclude(
            prepared,
            prepared.options.out / "evidence",
            started=self.started,
            attempt=1,
            clock=SystemClock(),
            notes=[],
            run_id=str(uuid.uuid4()),
        )
        options = prepared.options
        publish(report, prepared.pack.catalogue, options.out, options.language, gathered)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Where the report is."""
        if not self.joined:
            terminalreporter.write_line(f"conformance report: {self.prepared.options.out}")


def _begin(config: Any) -> Session:
    from conformance.app.authority import authority_of
    from conformance.app.folder import check_folder, claim_folder, write
    from conformance.app.opening import open_provider
    from conformance.app.options import RunOptions
    from conformance.app.playing import Share
    from conformance.app.prepare import prepare
    from conformance.crypto.state import state_folder
    from conformance.errors import UsageError
    from conformance.model.requirement import Role
    from conformance.reference.clock import SystemClock
    from conformance.running import plan as plans

    role = Role(config.getoption("--role"))
    if role is Role.CONSUMER:
        raise UsageError(
            "missions need the test bed, which runs its own pytest",
            where="--role",
            value=role.value,
            remedy="Use `conformance run TARGET --role consumer`.",
        )
    options = RunOptions(
        target=config.getoption("--target"),
        out=Path(config.getoption("--conformance-out")),
        home=state_folder(os.environ),
        pack=config.getoption("--pack"),
        roles=(role,),
        seed=config.getoption("--conformance-seed"),
    )
    prepared = _named(prepare(options), config)
    check_folder(options.out)
    started = SystemClock().now()
    stack = ExitStack()
    authority = authority_of(prepared, started)
    opened = stack.enter_context(open_provider(prepared, clock=SystemClock(), authority=authority))
    # Only now: an operator's slip must not cost the run that stood here.
    claim_folder(options.out)
    plan = json.dumps(plans.to_json(prepared.plan), ensure_ascii=False, indent=2)
    write(options.out / "plan.json", plan + "\n")
    (options.out / "evidence").mkdir()
    share = Share(
        connection=opened.connection,
        credentials=opened.credentials,
        grants=opened.grants,
        redaction_key=os.urandom(32),
        scenarios=tuple(s.id for s in prepared.plan.scenarios),
    )
    return Session(prepared, share, started, joined=False, stack=stack)


def _named(prepared: Prepared, config: Any) -> Prepared:
    """The plan restricted to the paths on pytest's command line."""
    from dataclasses import replace

    from conformance.pytest_plugin.naming import suite_roots

    roots = suite_roots(prepared.pack)
    named = [Path(config.invocation_params.dir, a.split("::")[0]).resolve() for a in config.args]

    def asked(scenario: str) -> bool:
        folder, _, rest = scenario.partition("/")
        file = (roots[folder] / rest.split("::")[0]).resolve()
        return any(file == path or file.is_relative_to(path) for path in named)

    kept = tuple(s for s in prepared.plan.scenarios if asked(s.id))
    return replace(prepared, plan=replace(prepared.plan, scenarios=kept))


def _join(handed: dict[str, Any]) -> Session:
    from conformance.app.options import RunOptions
    from conformance.app.playing import Share
    from conformance.app.prepare import Prepared
    from conformance.catalogue import packs
    from conformance.contract.contract import Contract
    from conformance.reference.clock import SystemClock
    from conformance.running import plan as plans
    from conformance.targets.locator import ReferenceLocator
    from conformance.targets.settings import TargetSettings

    out = Path(handed["out"])
    text = (out / "plan.json").read_text(encoding="utf-8")
    plan = plans.from_json(text, name=str(out / "plan.json"))
    pack = packs.load(f"{plan.pack.id}@{plan.pack.revision}")
    prepared = Prepared(
        pack=pack,
        contract=Contract.load(pack),
        plan=plan,
        # The controller has opened the target; a worker only needs its address.
        locator=ReferenceLocator(mutant=None),
        pushing=ReferenceLocator(mutant=None),
        settings=TargetSettings(locator=plan.locator),
        options=RunOptions(target=plan.locator, out=out, home=Path(handed["home"])),
    )
    share = Share.from_json(handed["share"])
    return Session(prepared, share, SystemClock().now(), joined=True)
