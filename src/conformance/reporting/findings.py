"""A requirement's findings in the order and words in which every report tells them."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.errors import UsageError
from conformance.model.finding import Finding
from conformance.model.report import Applicability, Assessed, Report
from conformance.model.requirement import Catalogue, Language
from conformance.model.verdict import Verdict
from conformance.reporting import sentences
from conformance.reporting.sentences import Explained
from conformance.reporting.words import sentence_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    One finding with its words.

    Attributes:
        name: how `conformance explain REPORT#NAME` calls it: `VN-…-001/2`.
        sentence: the scenario's name as a sentence.
        explained: None for PASS.
    """

    finding: Finding
    name: str
    sentence: str
    explained: Explained | None


def told(assessed: Assessed, catalogue: Catalogue, language: Language) -> tuple[Told, ...]:
    """The findings of one requirement, the worst first."""
    known = catalogue.by_id.get(assessed.id)
    items = [
        Told(
            finding=finding,
            name=f"{assessed.id}/{position}",
            sentence=sentence_of(finding.scenario),
            explained=(
                sentences.explain(finding.explanation, language, known)
                if finding.explanation
                else None
            ),
        )
        for position, finding in enumerate(assessed.findings, start=1)
    ]
    return tuple(sorted(items, key=lambda item: -item.finding.verdict))


def troubled(report: Report) -> tuple[Assessed, ...]:
    """
    The requirements a reader must look at, the worst first, MUSTs before the others.

    NOT_RUN counts only where the requirement applied and nothing reached it.
    """
    order = {"MUST": 0, "SHOULD": 1, "MAY": 2}
    found = [
        assessed
        for assessed in report.requirements
        if assessed.verdict is not Verdict.PASS and assessed.applicability is Applicability.REQUIRED
    ]
    return tuple(sorted(found, key=lambda a: (order[a.obligation.value], -a.verdict)))


def called(report: Report, name: str) -> tuple[Assessed, tuple[Finding, ...]]:
    """
    The requirement and findings that `REPORT#name` means: an id, or an id and `/position`.

    Raises:
        UsageError: the report holds nothing of that name.
    """
    requirement, slash, position = name.partition("/")
    for assessed in report.requirements:
        if assessed.id != requirement:
            continue
        if not slash:
            return assessed, assessed.findings
        if position.isdecimal() and 1 <= int(position) <= len(assessed.findings):
            return assessed, (assessed.findings[int(position) - 1],)
        raise UsageError(
            f"{requirement} has {len(assessed.findings)} findings",
            value=name,
            remedy=f"Name one as {requirement}/1.",
        )
    raise UsageError(
        "the report holds no such requirement",
        value=name,
        remedy="Name a requirement id as the report prints it.",
    )
