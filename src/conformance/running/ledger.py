"""
The ledger: closed journals and a plan become a Report.

1. Only closed journals count; what has none was not run.
2. Exchanges are numbered in plan order, so that jobs and arrival change nothing.
3. A requirement's verdict is the worst of its findings, and NOT_RUN without one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from conformance.model.finding import Finding
from conformance.model.report import Applicability, Assessed, Report, RunRecord
from conformance.model.requirement import Catalogue, Requirement
from conformance.running import findings
from conformance.running.evidence import Evidence
from conformance.running.plan import Plan
from conformance.wire.journal import Journal


def recorded(evidence: Evidence) -> dict[str, list[Finding]]:
    """The findings as the closed journals hold them, by scenario. Raises SuiteDefect."""
    return {scenario: recorded_in(journal) for scenario, journal in evidence.closed.items()}


def recorded_in(journal: Journal) -> list[Finding]:
    """
    The findings that one journal holds: of a scenario that was repeated, those of the repetition.

    Raises:
        SuiteDefect: one cannot be read.
    """
    found: list[Finding] = []
    for event in journal.events:
        if event.kind == "repeat":
            found.clear()
        elif event.kind == "judgement":
            found.append(findings.from_json(event.answer))
    return found


def assemble(
    plan: Plan,
    catalogue: Catalogue,
    evidence: Evidence,
    decided: Mapping[str, Sequence[Finding]],
    run: RunRecord,
    *,
    notes: Sequence[str] = (),
) -> Report:
    """
    The report of a run.

    Args:
        decided: findings by scenario: `recorded(evidence)`, or those of a replay.
    """
    offsets: dict[str, int] = {}
    index: dict[int, tuple[str, int]] = {}
    for scenario in plan.scenarios:
        count = evidence.counts.get(scenario.id)
        if count is None:
            continue
        offsets[scenario.id] = len(index)
        for number in range(1, count + 1):
            index[len(index) + 1] = (scenario.id, number)

    by_requirement: dict[str, list[Finding]] = {}
    for scenario in plan.scenarios:
        for finding in decided.get(scenario.id, ()):
            own = [offsets.get(scenario.id, 0) + n for n in finding.exchanges]
            others = [offsets.get(other, 0) + n for other, n in finding.elsewhere]
            numbered = replace(finding, exchanges=tuple(own + others), elsewhere=())
            by_requirement.setdefault(finding.requirement, []).append(numbered)

    assessed = []
    for requirement in catalogue.requirements:
        applicability = applies(plan, requirement)
        found = (
            tuple(by_requirement.get(requirement.id, ()))
            if applicability is Applicability.REQUIRED
            else ()
        )
        assessed.append(
            Assessed(
                id=requirement.id,
                obligation=requirement.obligation,
                role=requirement.role,
                conformance_class=requirement.conformance_class,
                applicability=applicability,
                findings=found,
            )
        )
    return Report(
        run=run,
        pack=plan.pack,
        locator=plan.locator,
        pushes=plan.pushes,
        implementation=plan.implementation,
        classes=plan.classes,
        requirements=tuple(assessed),
        exchanges=len(index),
        exchange_index=index,
        evidence_root=evidence.root(s.id for s in plan.scenarios),
        notes=tuple(notes),
    )


def applies(plan: Plan, requirement: Requirement) -> Applicability:
    """Whether `requirement` is put to the question in this run, and why not."""
    if not requirement.is_for(plan.roles):
        return Applicability.OTHER_ROLE
    if requirement.not_judged:
        return Applicability.EXCUSED
    if requirement.conformance_class not in plan.classes:
        return Applicability.NOT_CLAIMED
    if requirement.conformance_class not in plan.selected:
        return Applicability.NOT_SELECTED
    return Applicability.REQUIRED
