"""
Deciding every verdict anew, from the journals alone, and comparing.

The scenarios come from this installation, never from the folder: who edits a verdict
would edit a scenario too. What is compared, in this order: each journal with its seal,
the plan with the report, the evidence root with the report, and every finding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.app import toolkit
from conformance.app.edited import edited
from conformance.app.exchanges import exchange_reader
from conformance.app.prepare import CollectingStage
from conformance.catalogue import packs
from conformance.contract.contract import Contract
from conformance.errors import SuiteDefect, UsageError
from conformance.model.finding import Finding
from conformance.model.json import JsonObject, compact
from conformance.model.pack import LoadedPack
from conformance.model.report import Assessed, Report
from conformance.pytest_plugin import executor
from conformance.reporting import json_report
from conformance.running import evidence, ledger
from conformance.running import plan as plans
from conformance.running.plan import Plan, ScenarioKind
from conformance.running.stage import ReplayStage
from conformance.wire.codec import mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudgement:
    """
    What deciding anew came to.

    Attributes:
        differences: one sentence for each thing that is not as the report says.
        verdicts: how many findings were decided anew.
        warnings: what a reader must know although nothing differs.
    """

    differences: tuple[str, ...]
    verdicts: int
    warnings: tuple[str, ...] = ()


def rejudge_folder(folder: Path) -> Rejudgement:
    """
    Re-decide a run from its output folder.

    Raises:
        UsageError: the folder holds no run (no plan, no report).
    """
    plan_path, report_path = folder / "plan.json", folder / "report.json"
    for path in (plan_path, report_path):
        if not path.is_file():
            raise UsageError(
                "no such file; this folder holds no finished run",
                where=str(path),
                remedy="Name the --out folder of a run.",
            )
    plan = plans.from_json(plan_path.read_bytes(), name=str(plan_path))
    try:
        document = json.loads(report_path.read_text(encoding="utf-8"))
        report = json_report.from_json(document)
    except (ValueError, RecursionError) as error:
        return Rejudgement(
            differences=(f"report.json: this is no report any more: {error}",), verdicts=0
        )
    except UsageError as error:
        # A file that somebody broke is a difference and no slip of the operator's pen.
        return Rejudgement(differences=(str(error),), verdicts=0)
    gathered = evidence.read_folder(folder / "evidence")
    pack = packs.load(f"{plan.pack.id}@{plan.pack.revision}")
    done = rejudge(plan, pack, gathered, report)
    words = edited(
        document,
        report,
        plan,
        pack,
        exchange_reader(folder / "evidence", report),
        same_toolkit=not done.warnings,
    )
    return replace(done, differences=tuple(dict.fromkeys((*done.differences, *words))))


def rejudge(
    plan: Plan, pack: LoadedPack, gathered: evidence.Evidence, report: Report
) -> Rejudgement:
    """Re-decide a run given as values."""
    contract = Contract.load(pack)
    differences = list(gathered.damage)
    differences += _plan_and_report(plan, gathered, report)
    warnings = _installation(plan, pack)

    order = [s.id for s in plan.scenarios if s.id in gathered.closed]
    stage = ReplayStage(plan=plan, pack=pack, contract=contract, evidence=gathered)
    known = _known(pack, contract, plan)
    gone = [scenario for scenario in order if scenario not in known]
    differences += [f"{scenario}: this installation has no such scenario" for scenario in gone]
    executor.PytestExecutor().execute(stage, [s for s in order if s in known])
    differences += stage.divergences
    differences += _invariants(plan, gathered)

    decided: Mapping[str, Sequence[Finding]] = stage.decided
    differences += _against_journals(gathered, decided)
    anew = ledger.assemble(plan, pack.catalogue, gathered, decided, report.run)
    differences += _against_report(report, anew)
    return Rejudgement(
        differences=tuple(dict.fromkeys(differences)),
        verdicts=sum(len(found) for found in decided.values()),
        warnings=tuple(warnings),
    )


def evidence_root_of(folder: Path) -> str:
    """The Merkle root over a run folder's evidence, in the order of its plan."""
    plan_path = folder / "plan.json"
    plan = plans.from_json(plan_path.read_bytes(), name=str(plan_path))
    gathered = evidence.read_folder(folder / "evidence", outline=True)
    return gathered.root(s.id for s in plan.scenarios)


def _known(pack: LoadedPack, contract: Contract, plan: Plan) -> set[str]:
    stage = CollectingStage(plan=plan, pack=pack, contract=contract)
    return {scenario.id for scenario in executor.collect(stage)}


def _installation(plan: Plan, pack: LoadedPack) -> list[str]:
    pairs: list[tuple[str, str, Callable[[], str]]] = [
        ("pack", plan.pack.digest, lambda: pack.digest),
        ("suites", plan.suite_digest, lambda: toolkit.suite_digest(pack)),
        ("toolkit", plan.toolkit_digest, toolkit.toolkit_digest),
    ]
    return [
        f"the {what} of this installation differ from those of the run"
        for what, then, now in pairs
        if then != now()
    ]


def _plan_and_report(plan: Plan, gathered: evidence.Evidence, report: Report) -> list[str]:
    found = []
    if plan.digest() != report.run.plan_digest:
        found.append("plan.json: not the plan that report.json names")
    planned = {s.id for s in plan.scenarios}
    found += [
        f"{scenario}: its journal is missing from evidence/"
        for scenario in sorted(planned - gathered.closed.keys())
    ]
    for scenario in sorted(gathered.closed.keys() - planned):
        name = gathered.names[scenario]
        found.append(f"evidence/{name}: the plan has no scenario {scenario}")
    for scenario, journal in gathered.closed.items():
        if journal.header.get("plan") != plan.digest():
            found.append(f"evidence/{gathered.names[scenario]}: recorded under another plan")
    root = gathered.root(s.id for s in plan.scenarios)
    if root != report.evidence_root:
        found.append(
            f"evidence/: its root is {root}, report.json was made from {report.evidence_root}"
        )
    return found


def _invariants(plan: Plan, gathered: evidence.Evidence) -> list[str]:
    """An invariant's journal repeats the missions' traffic: both copies must agree."""
    differences = []
    traffic: JsonObject = {
        s.id: list(evidence.own_exchanges(gathered.closed[s.id]))
        for s in plan.scenarios
        if s.kind is ScenarioKind.MISSION and s.id in gathered.closed
    }
    for scenario in plan.scenarios:
        journal = gathered.closed.get(scenario.id)
        if scenario.kind is not ScenarioKind.INVARIANT or journal is None:
            continue
        differences += [
            f"{scenario.id}: event {event.number}: "
            "the traffic it judged is not that of the missions' journals"
            for event in journal.events
            if event.kind == "traffic" and compact(mapping(event.answer)) != compact(traffic)
        ]
    return differences


def _against_journals(
    gathered: evidence.Evidence, decided: Mapping[str, Sequence[Finding]]
) -> list[str]:
    differences = []
    for scenario, found in decided.items():
        try:
            recorded = ledger.recorded_in(gathered.closed[scenario])
        except SuiteDefect as error:
            differences.append(f"{scenario}: {error}")
            continue
        if recorded != list(found):
            differences += _pairs(f"{scenario} (journal)", recorded, list(found))
    return differences


def _against_report(report: Report, anew: Report) -> list[str]:
    differences = []
    then = {a.id: _local(a, report) for a in report.requirements}
    now = {a.id: _local(a, anew) for a in anew.requirements}
    for requirement in {**then, **now}:
        one, other = then.get(requirement), now.get(requirement)
        if one is None or other is None:
            differences.append(
                f"{requirement}: {'added to' if other is None else 'missing from'} report.json"
            )
            continue
        if one.applicability is not other.applicability:
            differences.append(
                f"{requirement}: report.json says {one.applicability.value}, "
                f"the plan makes it {other.applicability.value}"
            )
        elif one.findings != other.findings:
            differences += _pairs(requirement, list(one.findings), list(other.findings))
    if report.exchange_index != anew.exchange_index:
        differences.append("report.json: its list of exchanges is not that of the journals")
    if report.exchanges != anew.exchanges:
        differences.append(
            f"report.json: counts {report.exchanges} exchanges, the journals hold {anew.exchanges}"
        )
    return differences


def _local(assessed: Assessed, report: Report) -> Assessed:
    """With exchanges named by journal: one that was cut out must not shift all the others."""

    def named(finding: Finding) -> Finding:
        places = tuple(report.exchange_index.get(n, ("", n)) for n in finding.exchanges)
        return replace(finding, exchanges=(), elsewhere=places)

    return replace(assessed, findings=tuple(named(f) for f in assessed.findings))


def _pairs(name: str, recorded: Sequence[Finding], decided: Sequence[Finding]) -> list[str]:
    """Name each finding that is not decided as it was recorded."""
    differences = []
    for position in range(max(len(recorded), len(decided))):
        then = recorded[position] if position < len(recorded) else None
        now = decided[position] if position < len(decided) else None
        if then == now:
            continue
        if then is None or now is None:
            what = "a finding was removed" if then is None else "a finding was added"
            one = then or now
            assert one is not None
            differences.append(f"{name}: {what}: {one.requirement} {one.verdict.name}")
            continue
        # Findings of a journal are of several requirements, those of the report of one.
        which = name if name == then.requirement else f"{name}: {then.requirement}"
        if then.verdict is not now.verdict:
            differences.append(
                f"{which}: recorded {then.verdict.name}, "
                f"decided {now.verdict.name} in {now.scenario}"
            )
        else:
            differences.append(f"{which}: the finding's details differ")
    return differences
