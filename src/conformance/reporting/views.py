"""
What `report.html` shows of each requirement, finding and cause: everything that is decided
before the template lays it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from conformance.model.ids import in_ranges
from conformance.model.report import Assessed, Report
from conformance.model.requirement import Catalogue, Obligation, Requirement
from conformance.model.run_quality import score_run
from conformance.model.verdict import Verdict
from conformance.reporting.causes import Cause
from conformance.reporting.exchanges import LONG_CURL, ExchangeOf, Reading, readings, sent
from conformance.reporting.findings import Told, told
from conformance.reporting.quality import percent
from conformance.reporting.run_quality import met_of
from conformance.reporting.sentences import cite
from conformance.reporting.words import Words

#: So many causes lie open, and so many requirements stand below a principle; a reader opens the
#: rest where he wants to see it.
OPEN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """
    One finding; the exchanges only where it is not PASS, else the page grows without use.

    Attributes:
        sent: pointer and value of what the request held where the finding points into it.
        hidden: how many of its exchanges are left to the evidence.
        command: prints the curl lines that are too long for the page; "" where none is.
    """

    told: Told
    verdict: Verdict
    fault: str
    sent: tuple[tuple[str, str], ...]
    exchanges: tuple[Reading, ...]
    hidden: int
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementView:
    """
    One requirement with its findings, the worst first.

    Attributes:
        open: it lies open when the page is opened.
        like: the requirement under which the same was told, "" where it was not.
    """

    id: str
    title: str
    obligation: Obligation
    role: str
    verdict: Verdict
    why_not_run: str
    source: str
    known: Requirement | None
    findings: tuple[FindingView, ...]
    open: bool = False
    like: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseView:
    """One cause: a requirement, and others in which the same was seen."""

    first: RequirementView
    others: tuple[RequirementView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """One class; `verdict` is None when it was not among those tested."""

    id: str
    title: str
    verdict: Verdict | None
    met: int
    mandatory: int
    troubled: tuple[RequirementView, ...]
    passed: tuple[RequirementView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipleView:
    """
    One principle of data quality.

    Attributes:
        share: 0..1 of the bar, None where nothing was judged.
        percent: the same in words.
        missed: the first of those that are not met.
        gaps: how many were not judged; `unjudged` names them in ranges.
    """

    title: str
    measure: str
    share: float | None
    percent: str
    met: str
    exchanges: int
    missed: tuple[RequirementView, ...]
    judged: tuple[RequirementView, ...]
    gaps: int
    unjudged: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """Requirements that this run says nothing about, for one reason."""

    reason: str
    items: tuple[tuple[str, str, str], ...]
    """Id, title, and the catalogue's own reason or ""."""


def views(
    report: Report,
    found: tuple[Cause, ...],
    catalogue: Catalogue,
    words: Words,
    exchange_of: ExchangeOf,
) -> dict[str, RequirementView]:
    lying_open = {cause.first.id for cause in found[:OPEN]}
    like = {other.id: cause.first.id for cause in found for other in cause.others}
    return {
        assessed.id: replace(
            _requirement(assessed, catalogue, words, exchange_of, brief=assessed.id in like),
            open=assessed.id in lying_open,
            like=like.get(assessed.id, ""),
        )
        for assessed in report.requirements
    }


def principles(
    report: Report, catalogue: Catalogue, words: Words, shown: Mapping[str, RequirementView]
) -> tuple[PrincipleView, ...]:
    """Every principle of which requirements speak; () when nothing of any was judged."""
    scores = score_run(report, catalogue)
    if not any(one.judged for one in scores):
        return ()
    return tuple(
        PrincipleView(
            title=one.score.principle.title.within(words.language),
            measure=one.score.measured[0].measure.title.within(words.language),
            share=one.score.share,
            percent=percent(one.score.share, one.score.broken, words.language),
            met=met_of(one, words),
            exchanges=one.exchanges,
            missed=tuple(shown[a.id] for a in one.broken[:OPEN]),
            judged=tuple(shown[a.id] for a in one.judged),
            gaps=len(one.unjudged),
            unjudged=in_ranges([a.id for a in one.unjudged]),
        )
        for one in scores
    )


def _requirement(
    assessed: Assessed,
    catalogue: Catalogue,
    words: Words,
    exchange_of: ExchangeOf,
    *,
    brief: bool,
) -> RequirementView:
    known = catalogue.by_id.get(assessed.id)
    return RequirementView(
        id=assessed.id,
        title=words.title(assessed.id, catalogue),
        obligation=assessed.obligation,
        role=words.roles(known.roles if known else (assessed.role,)),
        verdict=assessed.verdict,
        why_not_run=(
            words.why_not_run(assessed, catalogue) if assessed.verdict is Verdict.NOT_RUN else ""
        ),
        source=cite(known.source, words.language) if known else "",
        known=known,
        findings=tuple(
            _finding(item, words, exchange_of, brief=brief)
            for item in told(assessed, catalogue, words.language)
        ),
    )


def _finding(item: Told, words: Words, exchange_of: ExchangeOf, *, brief: bool) -> FindingView:
    """A `brief` one shows the exchange in which the fault was seen, and no other."""
    passed = item.finding.verdict is Verdict.PASS
    found = () if passed else readings(item.finding, exchange_of)
    kept = tuple(each for each in found if each.shows or not brief)
    short = tuple(
        each if _fits(each, brief=brief) else replace(each, with_curl=False) for each in kept
    )
    return FindingView(
        told=item,
        verdict=item.finding.verdict,
        fault=words.fault(item.finding),
        sent=sent(item.finding, exchange_of),
        exchanges=short,
        hidden=0 if passed or not found else len(item.finding.exchanges) - len(kept),
        command="" if short == kept else f"conformance explain report.json#{item.name}",
    )


def _fits(reading: Reading, *, brief: bool) -> bool:
    return len(reading.curl or "") <= LONG_CURL or (reading.shows and not brief)
