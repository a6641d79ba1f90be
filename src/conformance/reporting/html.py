"""
`report.html`: one self-contained page, without script, readable on a phone, printed and offline.

This module prepares what the template shows; the template (`templates/report.html.j2`)
holds the layout and no decisions.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from conformance.model.report import Applicability, Assessed, Report
from conformance.model.requirement import Catalogue, Language, Obligation, Requirement
from conformance.model.verdict import Verdict, combine
from conformance.reporting.exchanges import MOST_EXCHANGES, ExchangeOf, Reading, readings
from conformance.reporting.findings import Told, told, troubled
from conformance.reporting.sentences import cite
from conformance.reporting.words import Words

#: Verdicts are told apart by word and sign, never by colour alone.
SIGNS: Final = {
    Verdict.PASS: "✓",
    Verdict.NOT_RUN: "–",
    Verdict.INCONCLUSIVE: "?",
    Verdict.FAIL: "✗",
    Verdict.ERROR: "!",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding; the exchanges only where it is not PASS, else the page grows without use."""

    told: Told
    verdict: Verdict
    fault: str
    exchanges: tuple[Reading, ...]
    earlier: int
    """How many exchanges before those are left to the evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementView:
    """One requirement with its findings, the worst first."""

    id: str
    title: str
    obligation: Obligation
    role: str
    verdict: Verdict
    why_not_run: str
    source: str
    known: Requirement | None
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """One class; `verdict` is None when it was not among those tested."""

    id: str
    title: str
    verdict: Verdict | None
    met: int
    mandatory: int
    requirements: tuple[RequirementView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """Requirements that this run says nothing about, for one reason."""

    reason: str
    items: tuple[tuple[str, str, str], ...]
    """Id, title, and the catalogue's own reason or ""."""


def to_html(
    report: Report, catalogue: Catalogue, language: Language, exchange_of: ExchangeOf
) -> str:
    """The page."""
    words = Words(language)
    views = {
        assessed.id: _requirement(assessed, catalogue, words, exchange_of)
        for assessed in report.requirements
    }
    page: str = _template().render(
        report=report,
        words=words,
        signs=SIGNS,
        verdict=report.verdict,
        verdicts=list(Verdict),
        must_fail=sum(
            a.verdict is Verdict.FAIL and a.obligation is Obligation.MUST
            for a in report.requirements
        ),
        actors=_actors(report, words),
        troubled=[views[assessed.id] for assessed in troubled(report)],
        classes=list(_classes(report, catalogue, words, views)),
        blind=list(_blind(report, catalogue, words)),
        rerun=rerun_command(report, language),
        instant=_instant,
        duration=f"{(report.run.finished_at - report.run.started_at).total_seconds():.1f}",
    )
    return page


def rerun_command(report: Report, language: Language) -> str:
    """The command that asks the same questions again."""
    roles = {role.value for role in report.run.roles}
    words = ["conformance", "run", report.locator]
    words += ["--pack", f"{report.pack.id}@{report.pack.revision}"]
    words += ["--role", "both" if len(roles) > 1 else "".join(roles) or "provider"]
    words += ["--seed", str(report.run.seed), "--lang", language.value]
    return shlex.join(words)


def _requirement(
    assessed: Assessed, catalogue: Catalogue, words: Words, exchange_of: ExchangeOf
) -> RequirementView:
    known = catalogue.by_id.get(assessed.id)
    return RequirementView(
        id=assessed.id,
        title=words.title(assessed.id, catalogue),
        obligation=assessed.obligation,
        role=words(f"role.{assessed.role.value}"),
        verdict=assessed.verdict,
        why_not_run=(
            words.why_not_run(assessed, catalogue) if assessed.verdict is Verdict.NOT_RUN else ""
        ),
        source=cite(known.source, words.language) if known else "",
        known=known,
        findings=tuple(
            _finding(item, words, exchange_of) for item in told(assessed, catalogue, words.language)
        ),
    )


def _finding(item: Told, words: Words, exchange_of: ExchangeOf) -> FindingView:
    passed = item.finding.verdict is Verdict.PASS
    return FindingView(
        told=item,
        verdict=item.finding.verdict,
        fault=words.fault(item.finding),
        exchanges=() if passed else readings(item.finding, exchange_of),
        earlier=0 if passed else max(0, len(item.finding.exchanges) - MOST_EXCHANGES),
    )


def _classes(
    report: Report, catalogue: Catalogue, words: Words, views: dict[str, RequirementView]
) -> Iterator[ClassView]:
    """Classes in which something applied, in catalogue order as the report holds it."""
    names = dict.fromkeys(assessed.conformance_class for assessed in report.requirements)
    for name in names:
        applied = [
            a
            for a in report.requirements
            if a.conformance_class == name and a.applicability is Applicability.REQUIRED
        ]
        if not applied:
            continue
        musts = [a.verdict for a in applied if a.obligation is Obligation.MUST]
        yield ClassView(
            id=name,
            title=words.class_title(name, catalogue),
            verdict=combine(musts) if musts else None,
            met=musts.count(Verdict.PASS),
            mandatory=len(musts),
            requirements=tuple(views[a.id] for a in applied),
        )


def _actors(report: Report, words: Words) -> list[tuple[str, int]]:
    """Who has to act, and on how many requirements; by their worst finding."""
    count: dict[str, int] = {}
    for assessed in troubled(report):
        worst = max(assessed.findings, key=lambda finding: finding.verdict, default=None)
        if worst is not None and worst.fault is not None:
            name = words.fault(worst)
            count[name] = count.get(name, 0) + 1
    return sorted(count.items(), key=lambda item: -item[1])


def _blind(report: Report, catalogue: Catalogue, words: Words) -> Iterator[Blind]:
    for applicability in Applicability:
        chosen = [
            a
            for a in report.requirements
            if a.applicability is applicability and a.verdict is Verdict.NOT_RUN
        ]
        if chosen:
            yield Blind(
                reason=words(f"applicability.{applicability.value}"),
                items=tuple(
                    (
                        a.id,
                        words.title(a.id, catalogue),
                        known.not_judged if (known := catalogue.by_id.get(a.id)) else "",
                    )
                    for a in chosen
                ),
            )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


@cache
def _template() -> Any:
    import jinja2  # late: only this form of report needs it

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("conformance.reporting"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2")
