"""One run against one target: preflight, plan, scenarios, report."""

from __future__ import annotations

import secrets
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from conformance.app.authority import authority_of
from conformance.app.consumer import Audience
from conformance.app.folder import check_folder, claim_folder, holds_run, write_json
from conformance.app.options import Told
from conformance.app.prepare import Prepared
from conformance.app.sides import Served, Work, judge_pushed, judge_served, serving, two_faced
from conformance.errors import UsageError
from conformance.model.clock import Clock
from conformance.model.preflight import Preflight
from conformance.model.report import Report, RunRecord
from conformance.model.requirement import Role
from conformance.reference.clock import SystemClock
from conformance.running import evidence, ledger
from conformance.running import plan as plans
from conformance.running.manifest import manifest
from conformance.running.plan import Plan


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
    seen: Preflight | None = None
    work = Work(
        prepared=prepared,
        gathered=gathered,
        key=secrets.token_bytes(32),
        authority=authority,
        clock=clock,
        folder=folder,
        told=told,
        audience=audience,
        begin=begin,
        together=frozenset(two_faced(prepared)),
    )
    left = [s for s in plan.scenarios if s.id not in done]
    asked = [s.id for s in left if s.role is Role.PROVIDER]
    awaited = [s.id for s in left if s.role is Role.CONSUMER]
    with ExitStack() as stack:
        served: Served | None = None
        if asked or not work.together.isdisjoint(awaited):
            served = stack.enter_context(serving(work))
            seen = served.seen
            if seen.stopped_by is not None:
                return Outcome(report=None, preflight=seen)
        if asked and served is not None:
            judge_served(work, asked, served)
        if work.together.isdisjoint(awaited):
            # Nobody asks it any more: a command of ours need not run on beside the missions.
            stack.close()
            served = None
        if awaited:
            notes += judge_pushed(work, awaited, served)
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
