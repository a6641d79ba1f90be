"""One run against one target: preflight, plan, scenarios, report."""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from conformance.app import pool
from conformance.app.authority import authority_of
from conformance.app.consumer import Audience, consumer_side
from conformance.app.folder import check_folder, claim_folder, holds_run, write_json
from conformance.app.opening import open_provider
from conformance.app.options import Told
from conformance.app.playing import Share, by_kind, live_stage, play
from conformance.app.preflight import preflight
from conformance.app.prepare import Prepared
from conformance.crypto.authority import Authority
from conformance.errors import UsageError
from conformance.model.clock import Clock
from conformance.model.json import JsonObject
from conformance.model.preflight import Preflight
from conformance.model.report import Report, RunRecord
from conformance.model.requirement import Role
from conformance.model.verdict import Verdict
from conformance.reference.clock import SystemClock
from conformance.reporting.words import Words
from conformance.running import evidence, ledger
from conformance.running import plan as plans
from conformance.running.manifest import manifest
from conformance.running.plan import Plan
from conformance.targets import locator as locators
from conformance.testbed.command import parse_command
from conformance.testbed.time_hook import ClockAhead, TimeHook
from conformance.wire.transport import Connection, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    What a run came to.

    Attributes:
        report: None when preflight stopped it.
        preflight: None in the consumer role.
        gathered: the evidence on which the report rests.
    """

    report: Report | None
    preflight: Preflight | None
    gathered: evidence.Evidence | None = None


def ready(prepared: Prepared) -> Prepared:
    """
    Look at the output folder before anything begins; nothing in it is touched.

    Returns:
        The same, or with the plan to go on with when a run is resumed.

    Raises:
        UsageError: the output folder is somebody else's, or cannot be resumed.
    """
    options = prepared.options
    if not options.resume:
        check_folder(options.out)
        return prepared
    plan = resumable(options.out, prepared.plan, seed_named=options.seed is not None)
    return replace(prepared, plan=plan)


def run(
    prepared: Prepared,
    *,
    told: Told,
    attempt: int = 1,
    audience: Audience | None = None,
    clock: Clock | None = None,
    run_id: str | None = None,
) -> Outcome:
    """
    Run a plan and leave plan, evidence and report in the output folder.

    Raises:
        UsageError: the output folder is somebody else's, or cannot be resumed.
        KeyboardInterrupt: the operator stopped it; closed scenarios are kept.
    """
    clock = clock or SystemClock()
    prepared = ready(prepared)
    options, plan = prepared.options, prepared.plan
    folder = options.out / "evidence"
    started = clock.now()
    authority = authority_of(prepared, started)
    gathered = evidence.read_folder(folder, outline=True) if options.resume else evidence.gather(())
    done = set(gathered.closed)
    begin = _Beginning(prepared)
    told.planned(len(plan.scenarios), len(done))
    notes: list[str] = []
    key = secrets.token_bytes(32)
    seen: Preflight | None = None
    for role in plan.roles:
        left = [s.id for s in plan.scenarios if s.role is role and s.id not in done]
        if not left:
            continue
        if role is Role.PROVIDER:
            seen = _provider(prepared, left, gathered, key, authority, clock, folder, told, begin)
            if seen.stopped_by is not None:
                return Outcome(report=None, preflight=seen)
        else:
            notes += _consumer(
                prepared, left, gathered, key, authority, clock, folder, told, audience, begin
            )
    report, gathered = conclude(
        prepared,
        folder,
        started=started,
        attempt=attempt,
        clock=clock,
        notes=notes,
        run_id=run_id or str(uuid.uuid4()),
    )
    return Outcome(report=report, preflight=seen, gathered=gathered)


@dataclass(slots=True)
class _Beginning:
    """
    Freezes the plan in the output folder, once, when the target was opened.

    Not sooner: a target that cannot be started as it is written is a slip of the pen, and must
    not cost the operator the earlier run.
    """

    prepared: Prepared
    done: bool = False

    def __call__(self) -> None:
        if self.done:
            return
        self.done = True
        out = self.prepared.options.out
        if not self.prepared.options.resume:
            claim_folder(out)
        write_json(out / "plan.json", plans.to_json(self.prepared.plan))
        (out / "evidence").mkdir(exist_ok=True)


def conclude(
    prepared: Prepared,
    folder: Path,
    *,
    started: datetime,
    attempt: int,
    clock: Clock,
    notes: list[str],
    run_id: str,
) -> tuple[Report, evidence.Evidence]:
    """
    The report over everything that is closed in the evidence folder, and what that holds.

    Writes `created.json`.
    """
    plan = prepared.plan
    evidence.settle(folder)
    gathered = evidence.read_folder(folder, outline=True)
    write_json(folder.parent / "created.json", manifest(plan, gathered))
    record = RunRecord(
        id=run_id,
        started_at=started,
        finished_at=clock.now(),
        seed=plan.seed,
        as_of=plan.as_of,
        attempt=attempt,
        roles=plan.roles,
        toolkit=plan.toolkit,
        toolkit_digest=plan.toolkit_digest,
        suite_digest=plan.suite_digest,
        plan_digest=plan.digest(),
    )
    report = ledger.assemble(
        plan,
        prepared.pack.catalogue,
        gathered,
        ledger.recorded(gathered),
        record,
        notes=notes,
    )
    return report, gathered


def resumable(out: Path, plan: Plan, *, seed_named: bool) -> Plan:
    """
    The plan to go on with.

    Raises:
        UsageError: there is none, or it is not the plan of these options and this installation.
    """
    if not holds_run(out):
        raise UsageError(
            "there is no run to resume", where="--resume", value=str(out), remedy="Run without it."
        )
    path = out / "plan.json"
    held = plans.from_json(path.read_bytes(), name=str(path))
    if not seed_named:
        plan = replace(plan, seed=held.seed)
    # A run that crosses midnight goes on in the day on which it began.
    plan = replace(plan, as_of=held.as_of)
    if plan == held:
        return held
    ours, theirs = plans.to_json(plan), plans.to_json(held)
    parts = [name for name in ours if ours[name] != theirs.get(name)]
    raise UsageError(
        f"the run there has another plan; it differs in: {', '.join(parts)}",
        where="--resume",
        value=str(out),
        remedy="Resume with the options and installation it began with, or run without --resume.",
    )


def _provider(
    prepared: Prepared,
    left: list[str],
    gathered: evidence.Evidence,
    key: bytes,
    authority: Authority,
    clock: Clock,
    folder: Path,
    told: Told,
    begin: Callable[[], None],
) -> Preflight:
    with open_provider(prepared, clock=clock, authority=authority) as opened:
        begin()
        transport = Transport(opened.connection, clock)
        try:
            seen = preflight(prepared.pack, prepared.contract, opened, transport, clock, authority)
            if seen.stopped_by is not None:
                return seen
            share = Share(
                connection=opened.connection,
                credentials=opened.credentials,
                grants=opened.grants,
                redaction_key=key,
                scenarios=tuple(left),
                attempts=gathered.attempts,
            )
            jobs = 1 if opened.connection.app is not None else jobs_of(prepared)
            if jobs > 1 and len(left) > 1:
                _in_processes(prepared, share, jobs, Role.PROVIDER, told)
            else:
                play(
                    live_stage(
                        prepared.plan,
                        prepared.pack,
                        prepared.contract,
                        share,
                        clock=clock,
                        signer=authority,
                        folder=folder,
                        on_closed=told.closed,
                        transport=transport,
                    ),
                    share.scenarios,
                )
            return seen
        finally:
            transport.close()


def _consumer(
    prepared: Prepared,
    left: list[str],
    gathered: evidence.Evidence,
    key: bytes,
    authority: Authority,
    clock: Clock,
    folder: Path,
    told: Told,
    audience: Audience | None,
    begin: Callable[[], None],
) -> list[str]:
    notes = []
    vocabulary = prepared.pack.plugin.vocabulary
    share = Share(
        connection=Connection(base_url=""),
        credentials=prepared.settings.credentials or vocabulary.demonstration_credentials,
        grants={**vocabulary.demonstration_grants, **prepared.settings.grants},
        redaction_key=key,
        scenarios=tuple(left),
        attempts=gathered.attempts,
    )
    jobs = jobs_of(prepared)
    bundled = isinstance(prepared.locator, locators.ReferenceLocator)
    if jobs > 1 and not bundled:
        notes.append("One job: a consumer carries out one mission at a time.")
        jobs = 1
    if jobs > 1 and len(left) > 1:
        begin()
        missions, invariants = by_kind(prepared.plan, left)
        _in_processes(
            prepared, replace(share, scenarios=tuple(missions)), jobs, Role.CONSUMER, told
        )
        left = invariants
        if not left:
            return notes
    hook = None
    if command := prepared.settings.testbed.time_hook:
        moving = ClockAhead(clock)
        hook, clock = TimeHook(command=parse_command(command, "time_hook"), clock=moving), moving
    with consumer_side(
        prepared.plan,
        prepared.pack,
        share,
        prepared.locator,
        clock=clock,
        authority=authority,
        settings=prepared.settings.testbed,
        audience=audience,
        hook=hook,
    ) as (missions_control, hidden):
        begin()
        met: set[str] = set()

        def closed(scenario: str, verdicts: Mapping[str, int]) -> None:
            met.update(verdicts)
            told.closed(scenario, verdicts)

        play(
            live_stage(
                prepared.plan,
                prepared.pack,
                prepared.contract,
                share,
                clock=clock,
                signer=authority,
                folder=folder,
                on_closed=closed,
                missions=missions_control,
                hidden=hidden,
                watcher=audience.live if audience else None,
            ),
            left,
        )
        if met - {Verdict.PASS.name}:
            notes += _endings(missions_control.endings, Words(prepared.options.language))
    return notes


def _endings(endings: Mapping[str, str], words: Words) -> list[str]:
    """How a command failed in missions, each way once."""
    alike: dict[str, list[str]] = {}
    for mission, how in endings.items():
        alike.setdefault(how, []).append(mission)
    return [
        words("report.ended", missions=", ".join(missions), how=how)
        for how, missions in alike.items()
    ]


def _in_processes(prepared: Prepared, share: Share, jobs: int, role: Role, told: Told) -> None:
    options = prepared.options
    pace = share.connection.pace / jobs
    orders: list[JsonObject] = [
        {
            "out": str(options.out.resolve()),
            "home": str(options.home.resolve()),
            "role": role.value,
            "locator": prepared.settings.locator,
            "share": replace(
                share,
                scenarios=tuple(part),
                # One limit for the target, whatever the number of jobs.
                connection=replace(share.connection, pace=pace),
            ).to_json(),
        }
        for part in pool.shares(share.scenarios, jobs)
    ]
    pool.run(orders, told.closed)


def jobs_of(prepared: Prepared) -> int:
    """How many processes; 0 in the options means one per core."""
    return prepared.options.jobs or os.cpu_count() or 1
