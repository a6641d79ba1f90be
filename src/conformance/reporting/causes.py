"""
Requirements that broke alike, told once.

A server that refuses everything breaks 170 requirements for one reason, and 170 equal paragraphs
hide it. Requirements whose worst findings say the same of the target are one cause.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from conformance.model.finding import Finding
from conformance.model.report import Assessed, Report
from conformance.model.requirement import Obligation
from conformance.reporting.findings import troubled

#: So many are told as one; fewer stand alone, because each is a clause of its own.
ALIKE: Final = 4

_ORDER: Final = {Obligation.MUST: 0, Obligation.SHOULD: 1, Obligation.MAY: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Requirements in which the same was seen; most stand alone."""

    first: Assessed
    others: tuple[Assessed, ...] = ()


def causes(report: Report) -> tuple[Cause, ...]:
    """
    What a reader must look at: MUSTs first, the worst first, then what breaks most.

    Every requirement of `troubled(report)` is in exactly one cause.
    """
    seen: dict[Hashable, list[Assessed]] = {}
    for assessed in troubled(report):
        seen.setdefault(_what_was_seen(assessed), []).append(assessed)
    found: list[Cause] = []
    for members in seen.values():
        if len(members) < ALIKE:
            found += [Cause(first=assessed) for assessed in members]
        else:
            found.append(Cause(first=members[0], others=tuple(members[1:])))
    place = {assessed.id: number for number, assessed in enumerate(report.requirements)}
    return tuple(
        sorted(
            found,
            key=lambda cause: (
                _ORDER[cause.first.obligation],
                -cause.first.verdict,
                -len(cause.others),
                place[cause.first.id],
            ),
        )
    )


def worst(assessed: Assessed) -> Finding | None:
    """The finding that decides a requirement's verdict, the first of several."""
    return max(assessed.findings, key=lambda finding: finding.verdict, default=None)


def _what_was_seen(assessed: Assessed) -> Hashable:
    finding = worst(assessed)
    if finding is None or finding.explanation is None:
        return (assessed.verdict, assessed.applicability)
    details = finding.explanation.details
    return (
        finding.verdict,
        finding.fault,
        finding.explanation.code,
        details.get("cause", ""),
        details.get("observed") or details.get("detail", ""),
    )
