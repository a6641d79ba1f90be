"""From wishes to a Plan: everything that can be wrong is found before the first request."""

from __future__ import annotations

import difflib
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from conformance.app import toolkit
from conformance.app.options import RunOptions
from conformance.catalogue import packs
from conformance.contract.contract import Contract
from conformance.errors import ReplayDiverged, SuiteDefect, UsageError
from conformance.model.pack import LoadedPack
from conformance.model.report import UNDECLARED, Implementation, PackRef
from conformance.model.requirement import Role
from conformance.pytest_plugin import executor
from conformance.running.plan import Plan, PlannedScenario, select
from conformance.running.stage import Performance
from conformance.targets import locator as locators
from conformance.targets import settings as settings_
from conformance.targets.guard import guard
from conformance.targets.settings import Claim, TargetSettings
from conformance.testbed.command import parse_command

CONFIG_NAME = "conformance.toml"
_BOTH: Final = "both"
_PUSHES: Final = (locators.ListenLocator, locators.ExecLocator)
_SERVES: Final = (locators.HttpLocator, locators.ProcessLocator, locators.AsgiLocator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """
    A run that is ready to begin.

    Attributes:
        locator: where the software serves, and whence it pushes unless it is told apart.
        pushing: whence it pushes.
    """

    pack: LoadedPack
    contract: Contract
    plan: Plan
    locator: locators.Locator
    pushing: locators.Locator
    settings: TargetSettings
    options: RunOptions


@dataclass(slots=True, kw_only=True)
class CollectingStage:
    """A stage on which nothing plays: enough for collecting scenarios."""

    plan: Plan
    pack: LoadedPack
    contract: Contract

    def open(self, scenario: str) -> Performance:
        raise SuiteDefect(f"{scenario} was played while scenarios were only collected")

    def diverged(self, error: ReplayDiverged) -> None:
        raise SuiteDefect("nothing is replayed while scenarios are collected") from error


def prepare(options: RunOptions, *, now: datetime | None = None) -> Prepared:
    """
    Check everything the operator said and freeze the plan.

    Raises:
        UsageError, PackDefect: something written is wrong; nothing was contacted.
    """
    pack = packs.load(options.pack or packs.default())
    contract = Contract.load(pack)
    settings = _overridden(resolve(options), options)
    locator = locators.parse(settings.locator)
    pushing = _pushing(settings, locator, options)
    if isinstance(locator, locators.HttpLocator):
        guard(
            locator.host,
            refused=pack.plugin.vocabulary.refused_hosts,
            acknowledged=options.acknowledged_hosts,
        )
    claim = settings_.claim(options.claim) if options.claim else None
    roles = _roles(options, claim, pack, locator, pushing)
    if isinstance(locator, locators.ReferenceLocator):
        _known_mutants(locator.mutant, pack, roles)
    claimed = _claimed(claim, pack, roles)
    today = (now or datetime.now(UTC)).date()
    plan = Plan(
        pack=PackRef(
            id=pack.id, revision=pack.revision, digest=pack.digest, provenance=pack.provenance
        ),
        roles=roles,
        implementation=_implementation(claim, settings, locator),
        locator=options.target,
        # A table's name stands for all that it says.
        pushes=options.pushes,
        classes=claimed,
        selected=_selected(options, pack, claimed),
        seed=options.seed if options.seed is not None else secrets.randbelow(2**31),
        as_of=options.as_of or today,
        budget=options.budget,
        toolkit=toolkit.name(),
        toolkit_digest=toolkit.toolkit_digest(),
        suite_digest=toolkit.suite_digest(pack),
        scenarios=(),
    )
    plan = replace(plan, scenarios=select(scenarios_of(pack, contract, plan), pack.catalogue, plan))
    return Prepared(
        pack=pack,
        contract=contract,
        plan=plan,
        locator=locator,
        pushing=pushing,
        settings=settings,
        options=options,
    )


def scenarios_of(pack: LoadedPack, contract: Contract, plan: Plan) -> tuple[PlannedScenario, ...]:
    """Every scenario of the pack's suites, whatever the plan selects."""
    return executor.collect(CollectingStage(plan=plan, pack=pack, contract=contract))


def resolve(options: RunOptions) -> TargetSettings:
    """
    The target's settings: a named table, or a locator with defaults.

    Raises:
        UsageError: neither a locator nor a table.
    """
    file = options.config or Path(CONFIG_NAME)
    if options.config is not None and not options.config.is_file():
        raise UsageError("no such file", where=str(options.config), remedy="Name an existing file.")
    if locators.is_locator(options.target):
        return TargetSettings(locator=options.target)
    if not file.is_file():
        # Let the locator's own message show the forms.
        locators.parse(options.target)
    return settings_.target(options.target, file)


def _overridden(settings: TargetSettings, options: RunOptions) -> TargetSettings:
    """The settings with the operator's own words about the test bed in them."""
    bed = replace(settings.testbed, **options.testbed)  # type: ignore[arg-type]
    if bed.client_certificate and not bed.https:
        raise UsageError(
            "a client certificate is shown over TLS only",
            where="--client-certificate",
            remedy="Add --https.",
        )
    return replace(settings, testbed=bed, pushes=options.pushes or settings.pushes)


def _pushing(
    settings: TargetSettings, locator: locators.Locator, options: RunOptions
) -> locators.Locator:
    """Whence the software pushes: what it is said to be, else as it is reached."""
    if not settings.pushes:
        return locator
    where = "--pushes" if options.pushes else f"[target.{options.target}] pushes"
    if isinstance(locator, _PUSHES):
        raise UsageError(
            "the target pushes already, and serves nothing",
            where=where,
            value=settings.pushes,
            remedy="Name the address at which it serves as the target.",
        )
    found = locators.pushing(settings.pushes)
    if found is None:
        raise UsageError(
            "software pushes by a command or to a port",
            where=where,
            value=settings.pushes,
            remedy="Use listen:PORT or exec:COMMAND.",
        )
    if isinstance(found, locators.ExecLocator):
        # Now: a slip of the pen must not wait until the other role was judged.
        parse_command(found.command, where=where)
    return found


def _roles(
    options: RunOptions,
    claim: Claim | None,
    pack: LoadedPack,
    locator: locators.Locator,
    pushing: locators.Locator,
) -> tuple[Role, ...]:
    usual = (Role.PROVIDER,) if pushing is locator else pack.plugin.roles
    roles = options.roles or (claim.roles if claim else ()) or usual
    for role in roles:
        if role not in pack.plugin.roles:
            raise UsageError(
                f"the pack {pack.id} binds no {role.value}",
                where="--role",
                value=role.value,
                remedy=f"It binds: {', '.join(pack.plugin.roles)}.",
            )
    if isinstance(locator, _PUSHES) and Role.PROVIDER in roles:
        raise UsageError(
            "this locator is for software that pushes to us",
            where="TARGET",
            value=options.target,
            remedy="Add --role consumer. If it serves the API as well, name its address as the "
            f"target and write --pushes {options.target!r}.",
        )
    if isinstance(pushing, _SERVES) and Role.CONSUMER in roles:
        raise UsageError(
            "this locator is for software that serves the API",
            where="TARGET",
            value=options.target,
            remedy="For the consumer role use listen:PORT, exec:COMMAND or reference. If the "
            'software at this address pushes as well, add pushes = "exec:COMMAND" (or '
            '"listen:PORT") to its table, or --pushes.',
        )
    return tuple(role for role in Role if role in roles)


def mutants_for(mutant: str | None, pack: LoadedPack, role: Role) -> str | None:
    """Of mutants joined by "+", those of one role; None when there are none."""
    ours = {m.name for m in pack.plugin.mutants() if role in m.roles}
    return "+".join(n for n in (mutant or "").split("+") if n in ours) or None


def _known_mutants(mutant: str | None, pack: LoadedPack, roles: tuple[Role, ...]) -> None:
    known = {m.name: m for m in pack.plugin.mutants()}
    for name in mutant.split("+") if mutant is not None else ():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
            raise UsageError(
                "the reference has no such mutant",
                where="TARGET",
                value=name,
                remedy=f"Near: {', '.join(near)}."
                if near
                else "`conformance mock --list-mutants` names them.",
            )
        if not set(known[name].roles) <= set(roles):
            raise UsageError(
                "this mutant is of the other role"
                if known[name].side != _BOTH
                else "this mutant shows only where one run judges both roles",
                where="TARGET",
                value=name,
                remedy=f"Add --role {known[name].side}.",
            )


def _claimed(claim: Claim | None, pack: LoadedPack, roles: tuple[Role, ...]) -> tuple[str, ...]:
    ours = [c.id for c in pack.catalogue.classes]
    bound = {r.conformance_class for r in pack.catalogue.requirements if r.is_for(roles)}
    if claim is None or not claim.classes:
        return tuple(c for c in ours if c in bound)
    _known_classes(claim.classes, ours, "claim.classes")
    # Who claims two roles and runs in one of them says nothing about both together.
    open_ = {c.id for c in pack.catalogue.classes if all(role in roles for role in c.roles)}
    return tuple(c for c in ours if c in claim.classes and c in open_)


def _selected(options: RunOptions, pack: LoadedPack, claimed: tuple[str, ...]) -> tuple[str, ...]:
    if not options.classes:
        return claimed
    _known_classes(options.classes, [c.id for c in pack.catalogue.classes], "--class")
    return tuple(c for c in claimed if c in options.classes)


def _known_classes(named: tuple[str, ...], known: list[str], where: str) -> None:
    for one in named:
        if one not in known:
            raise UsageError(
                "no such conformance class",
                where=where,
                value=one,
                remedy=f"The pack has: {', '.join(known)}.",
            )


def _implementation(
    claim: Claim | None, settings: TargetSettings, locator: locators.Locator
) -> Implementation:
    if claim is not None and claim.implementation is not None:
        return claim.implementation
    if settings.implementation is not None:
        return settings.implementation
    if isinstance(locator, locators.ReferenceLocator):
        return Implementation(
            organisation="API conformance toolkit",
            name=f"bundled reference{f' ({locator.mutant})' if locator.mutant else ''}",
            version=toolkit.name().rpartition(" ")[2],
        )
    return UNDECLARED
