"""
`report.html`: one self-contained page, without script, readable on a phone, printed and offline.

This module prepares what the template shows; the template (`templates/report.html.j2`)
holds the layout and no decisions.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from conformance.model.report import UNDECLARED, Applicability, Report
from conformance.model.requirement import Catalogue, Language, Obligation
from conformance.model.verdict import Verdict, combine
from conformance.reporting.causes import causes, worst
from conformance.reporting.exchanges import LONG_CURL, ExchangeOf
from conformance.reporting.findings import troubled
from conformance.reporting.templating import template
from conformance.reporting.views import (
    Blind,
    CauseView,
    ClassView,
    RequirementView,
    principles,
    views,
)
from conformance.reporting.words import Words, decimal

#: Verdicts are told apart by word and sign, never by colour alone.
SIGNS: Final = {
    Verdict.PASS: "✓",
    Verdict.NOT_RUN: "–",
    Verdict.INCONCLUSIVE: "?",
    Verdict.FAIL: "✗",
    Verdict.ERROR: "!",
}


def to_html(
    report: Report, catalogue: Catalogue, language: Language, exchange_of: ExchangeOf
) -> str:
    """The page."""
    return "".join(html_parts(report, catalogue, language, exchange_of))


def html_parts(
    report: Report, catalogue: Catalogue, language: Language, exchange_of: ExchangeOf
) -> Iterator[str]:
    """The page piece by piece: where everything failed it has megabytes."""
    words = Words(language)
    found = causes(report)
    shown = views(report, found, catalogue, words, exchange_of)
    parts: Iterator[str] = template("report.html.j2").generate(
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
        declared=report.implementation != UNDECLARED,
        english=language is Language.EN,
        long_curl=LONG_CURL,
        causes=[
            CauseView(first=shown[c.first.id], others=tuple(shown[a.id] for a in c.others))
            for c in found
        ],
        classes=list(_classes(report, catalogue, words, shown)),
        standard=catalogue.standard,
        principles=principles(report, catalogue, words, shown),
        blind=list(_blind(report, catalogue, words)),
        rerun=rerun_command(report, language),
        instant=_instant,
        duration=decimal(
            (report.run.finished_at - report.run.started_at).total_seconds(), language
        ),
    )
    return parts


def rerun_command(report: Report, language: Language) -> str:
    """The command that asks the same questions again."""
    roles = {role.value for role in report.run.roles}
    words = ["conformance", "run", report.locator]
    words += ["--pushes", report.pushes] if report.pushes else []
    words += ["--pack", f"{report.pack.id}@{report.pack.revision}"]
    words += ["--role", "both" if len(roles) > 1 else "".join(roles) or "provider"]
    words += ["--seed", str(report.run.seed), "--lang", language.value]
    return shlex.join(words)


def _classes(
    report: Report, catalogue: Catalogue, words: Words, shown: Mapping[str, RequirementView]
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
            troubled=tuple(shown[a.id] for a in applied if a.verdict is not Verdict.PASS),
            passed=tuple(shown[a.id] for a in applied if a.verdict is Verdict.PASS),
        )


def _actors(report: Report, words: Words) -> list[tuple[str, int]]:
    """Who has to act, and on how many requirements; by their worst finding."""
    count: dict[str, int] = {}
    for assessed in troubled(report):
        finding = worst(assessed)
        if finding is not None and finding.fault is not None:
            name = words.fault(finding)
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
                        known.not_judged.within(words.language)
                        if (known := catalogue.by_id.get(a.id)) and known.not_judged
                        else "",
                    )
                    for a in chosen
                ),
            )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
