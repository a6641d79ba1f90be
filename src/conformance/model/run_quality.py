"""
The principles of data quality, scored from what a run found about the requirements that name them.

A requirement is satisfied by PASS and broken by FAIL. Every other verdict says nothing about the
software, so the requirement does not enter the score: what was not judged is never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from conformance.model.quality import Count, Score, score
from conformance.model.report import Applicability, Assessed, Report
from conformance.model.requirement import Catalogue
from conformance.model.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class RunScore:
    """
    One principle, scored from a run.

    Attributes:
        met, broken: the requirements that were judged, in catalogue order.
        unjudged: those that bind the run's roles and of which it says nothing.
    """

    score: Score
    met: tuple[Assessed, ...]
    broken: tuple[Assessed, ...]
    unjudged: tuple[Assessed, ...]

    @property
    def judged(self) -> tuple[Assessed, ...]:
        """What the score rests on, the broken ones first."""
        return self.broken + self.met

    @property
    def exchanges(self) -> int:
        """How many exchanges the judged requirements rest on, each counted once."""
        return len({n for a in self.judged for f in a.findings for n in f.exchanges})


def score_run(report: Report, catalogue: Catalogue) -> tuple[RunScore, ...]:
    """The principles of which requirements speak, in the order of the standard; () without one."""
    principles = catalogue.standard.principles if catalogue.standard else ()
    scored = []
    for principle in principles:
        if principle.run is None:
            continue
        names = {r.id for r in catalogue.requirements if r.principle == principle.id}
        bound = tuple(
            a
            for a in report.requirements
            if a.id in names and a.applicability is not Applicability.OTHER_ROLE
        )
        met = tuple(a for a in bound if a.verdict is Verdict.PASS)
        broken = tuple(a for a in bound if a.verdict is Verdict.FAIL)
        count = counted({a.id: a.verdict for a in bound})
        (found,) = score(
            (replace(principle, measures=(principle.run,)),), {principle.run.id: count}
        )
        scored.append(
            RunScore(
                score=found,
                met=met,
                broken=broken,
                unjudged=tuple(a for a in bound if a not in met and a not in broken),
            )
        )
    return tuple(scored)


def counted(verdicts: Mapping[str, Verdict]) -> Count:
    """How many of these requirements were judged, and how many of them are broken."""
    broken = sum(verdict is Verdict.FAIL for verdict in verdicts.values())
    return Count(judged=broken + sum(v is Verdict.PASS for v in verdicts.values()), broken=broken)
