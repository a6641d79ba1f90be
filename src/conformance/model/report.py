"""The record of a run, as values; `reporting` turns it into files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from conformance.model.finding import Finding
from conformance.model.requirement import Obligation, Role
from conformance.model.verdict import Verdict, combine


class Applicability(StrEnum):
    """Whether a requirement was put to this implementation, and why not."""

    REQUIRED = "REQUIRED"
    NOT_CLAIMED = "NOT_CLAIMED"
    OTHER_ROLE = "OTHER_ROLE"
    EXCUSED = "EXCUSED"
    """The catalogue says why no scenario judges it."""
    NOT_SELECTED = "NOT_SELECTED"
    """Left out by --class in this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Implementation:
    """The product under test; a version names something that can be rebuilt."""

    organisation: str
    name: str
    version: str
    contact: str = ""


#: What stands in a report while nobody has said whose software it is.
UNDECLARED: Final = Implementation(
    organisation="not declared", name="not declared", version="not declared"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRef:
    """Which contract at which revision; `provenance` says how far to trust it."""

    id: str
    revision: str
    digest: str
    provenance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """One requirement with everything that was found about it."""

    id: str
    obligation: Obligation
    role: Role
    conformance_class: str
    applicability: Applicability
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """NOT_RUN unless it applied; otherwise the worst of its findings."""
        if self.applicability is not Applicability.REQUIRED:
            return Verdict.NOT_RUN
        return combine(finding.verdict for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """When, by what, and from which seed. Times and ids are volatile."""

    id: str
    started_at: datetime
    finished_at: datetime
    seed: int
    as_of: date
    attempt: int
    roles: tuple[Role, ...]
    toolkit: str
    toolkit_digest: str
    suite_digest: str
    plan_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    One run's record.

    Attributes:
        locator: the target as the operator named it.
        pushes: whence it pushes as well, where the operator said so beside it.
        exchanges: how many exchanges the closed journals hold.
        exchange_index: global exchange number -> (scenario id, number in its journal).
        evidence_root: `sha256:` Merkle root over the closed journals in plan order.
        notes: what the reader must know (breaker opened, jobs reduced ...), already in words.
    """

    run: RunRecord
    pack: PackRef
    locator: str
    implementation: Implementation
    classes: tuple[str, ...]
    requirements: tuple[Assessed, ...]
    exchanges: int
    exchange_index: Mapping[int, tuple[str, int]]
    evidence_root: str
    notes: tuple[str, ...] = ()
    pushes: str = ""

    @property
    def verdict(self) -> Verdict:
        """The worst verdict among the MUSTs that applied; a SHOULD never changes it."""
        return combine(
            assessed.verdict
            for assessed in self.requirements
            if assessed.applicability is Applicability.REQUIRED
            and assessed.obligation is Obligation.MUST
        )

    def class_verdict(self, conformance_class: str) -> Verdict:
        """The worst verdict among the applicable MUSTs of one class."""
        return combine(
            assessed.verdict
            for assessed in self.requirements
            if assessed.conformance_class == conformance_class
            and assessed.applicability is Applicability.REQUIRED
            and assessed.obligation is Obligation.MUST
        )

    def count(self, verdict: Verdict) -> int:
        """How many requirements ended in `verdict`."""
        return sum(assessed.verdict is verdict for assessed in self.requirements)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, in catalogue order."""
        return tuple(f for assessed in self.requirements for f in assessed.findings)
