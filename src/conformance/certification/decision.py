"""
Whether a report is worth a certificate: a pure function of report, policy, waivers and day.

The rules, in the order in which their reasons are given:

1. *The report must be whole.* It names a role; no requirement stands in it twice; every finding
   belongs to the requirement that holds it and names exchanges that exist; a finding accuses
   somebody exactly when it is no PASS; the evidence root is a digest. A report that contradicts
   itself is our own error, whoever gains by it. (That the counts of its footer agree is
   judged where the file is read: the value has no footer.)
2. *The catalogue is the catalogue.* Where one is given, the report holds its requirements, all
   and only, under the same obligation, role and class, and excuses only what the catalogue
   excuses. Nobody passes by leaving the hard questions out.
3. *Every applicable MUST passes.* FAIL withholds for a nonconformity; INCONCLUSIVE and NOT_RUN
   withhold as inconclusive; ERROR withholds as our own error.
4. *The claim is the only source of "not applicable".* A MUST that the operator left out of the
   run, with `--class`, still applies: it is NOT_RUN. A class is certified as a unit.
5. *Never success on zero.* Each class that the policy requires of a role in the report holds at
   least `minimum_judged` judged requirements, and each role at least one; so does each class
   that it requires of both roles together, where the report names both. Judged means PASS or
   FAIL: an exchange was looked at. A role for which the policy requires nothing is not thereby
   certified on nothing.
6. *A SHOULD or a MAY never withholds.* It is counted on the certificate.
7. *A waiver is the issuer's.* One that holds on the day covers a FAIL of its requirement, and
   nothing else. At level L0 the issuer is the supplier, who cannot excuse itself: none counts.
8. *Time runs forward.* The decision is not dated before the day on which the run finished (UTC).

When several kinds meet, the worst one names the whole, in the order of verdicts: error before
nonconformity before inconclusive. The reasons list all of them.

What a certificate looks like is not here, nor is an exit code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from enum import StrEnum
from typing import Final, assert_never

from conformance.certification.policy import AssuranceLevel, Policy
from conformance.certification.reasons import Reason, reason
from conformance.certification.waivers import Waiver
from conformance.model.report import Applicability, Assessed, Report
from conformance.model.requirement import Catalogue, Obligation, Role
from conformance.model.verdict import Verdict

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


class Kind(StrEnum):
    """Why a certificate is withheld, in one word."""

    INCONCLUSIVE = "inconclusive"
    """Too little is known."""
    NONCONFORMITY = "nonconformity"
    """The implementation does what a MUST forbids."""
    ERROR = "error"
    """The toolkit did wrong; nothing may be concluded."""


#: Least to worst: the worst kind among the reasons names the decision.
_SEVERITY: Final = (Kind.INCONCLUSIVE, Kind.NONCONFORMITY, Kind.ERROR)

_KINDS: Final = {
    "must-failed": Kind.NONCONFORMITY,
    "must-error": Kind.ERROR,
    "report-incoherent": Kind.ERROR,
    "not-the-catalogue": Kind.ERROR,
    "decided-too-early": Kind.ERROR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """
    The report is worth a certificate on the policy's terms.

    Attributes:
        waivers: those relied upon; a certificate must print them.
    """

    report: Report
    policy: Policy
    on: date
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """No certificate; `reasons` is never empty."""

    kind: Kind
    reasons: tuple[Reason, ...]


Decision = Granted | Withheld


def decide(
    report: Report,
    policy: Policy,
    *,
    on: date,
    waivers: Sequence[Waiver] = (),
    catalogue: Catalogue | None = None,
) -> Decision:
    """
    Decide by the rules above.

    Args:
        on: the day of the decision, UTC.
        catalogue: of the pack revision that the report names; without it rule 2 is not asked.
    """
    covering = (
        {}
        if policy.level is AssuranceLevel.L0
        else {waiver.requirement: waiver for waiver in waivers if waiver.holds(on)}
    )
    used = tuple(
        covering[assessed.id]
        for assessed in report.requirements
        if _applies(assessed) and assessed.verdict is Verdict.FAIL and assessed.id in covering
    )
    reasons = (
        *(reason("report-incoherent", detail=detail) for detail in _contradictions(report)),
        *_omissions(report, catalogue),
        *_unmet(report, frozenset(waiver.requirement for waiver in used)),
        *_left_out(report),
        *_unjudged(report, policy),
        *_hasty(report, on),
    )
    if reasons:
        kinds = {_KINDS.get(given.code, Kind.INCONCLUSIVE) for given in reasons}
        return Withheld(kind=max(kinds, key=_SEVERITY.index), reasons=reasons)
    return Granted(report=report, policy=policy, on=on, waivers=used)


def _applies(assessed: Assessed) -> bool:
    return (
        assessed.obligation is Obligation.MUST and assessed.applicability is Applicability.REQUIRED
    )


def _contradictions(report: Report) -> Iterator[str]:
    """Rule 1, each breach as a detail."""
    if not report.run.roles:
        yield "no role"
    if not _DIGEST.fullmatch(report.evidence_root):
        yield "the evidence root is no digest"
    if len(report.exchange_index) != report.exchanges:
        yield f"{report.exchanges} exchanges, {len(report.exchange_index)} in the index"
    for identifier, times in Counter(r.id for r in report.requirements).items():
        if times > 1:
            yield f"{identifier} stands in it {times} times"
    for assessed in report.requirements:
        if assessed.applicability is not Applicability.REQUIRED and assessed.findings:
            yield f"{assessed.id} does not apply, yet has findings"
        claimed = assessed.role in report.run.roles and (
            assessed.conformance_class in report.classes
        )
        if claimed and assessed.applicability in (
            Applicability.NOT_CLAIMED,
            Applicability.OTHER_ROLE,
        ):
            yield f"{assessed.id} is of a class and a role that are claimed"
        for finding in assessed.findings:
            if finding.requirement != assessed.id:
                yield f"a finding about {finding.requirement} under {assessed.id}"
            if (finding.fault is None) is not (finding.verdict is Verdict.PASS):
                yield f"{assessed.id}: {finding.verdict.name} with the wrong fault"
            if not report.exchange_index.keys() >= set(finding.exchanges):
                yield f"{assessed.id}: a finding on an unknown exchange"


def _omissions(report: Report, catalogue: Catalogue | None) -> Iterator[Reason]:
    """Rule 2."""
    if catalogue is None:
        return
    found = {assessed.id: assessed for assessed in report.requirements}
    for identifier in sorted(found.keys() - catalogue.by_id.keys()):
        yield reason("not-the-catalogue", detail=f"{identifier} is not in it")
    for requirement in catalogue.requirements:
        assessed = found.get(requirement.id)
        if assessed is None:
            yield reason("not-the-catalogue", detail=f"{requirement.id} is missing")
        elif (assessed.obligation, assessed.role, assessed.conformance_class) != (
            requirement.obligation,
            requirement.role,
            requirement.conformance_class,
        ):
            yield reason("not-the-catalogue", detail=f"{requirement.id} is described otherwise")
        elif assessed.applicability is Applicability.EXCUSED and not requirement.not_judged:
            yield reason("not-the-catalogue", detail=f"{requirement.id} is not excused")


def _unmet(report: Report, waived: frozenset[str]) -> Iterator[Reason]:
    """Rules 3 and 7."""
    for assessed in report.requirements:
        if not _applies(assessed):
            continue
        match assessed.verdict:
            case Verdict.PASS:
                continue
            case Verdict.FAIL:
                if assessed.id not in waived:
                    yield reason("must-failed", requirement=assessed.id)
            case Verdict.NOT_RUN:
                yield reason("must-not-run", requirement=assessed.id)
            case Verdict.INCONCLUSIVE:
                yield reason("must-inconclusive", requirement=assessed.id)
            case Verdict.ERROR:
                yield reason("must-error", requirement=assessed.id)
            case never:
                assert_never(never)


def _left_out(report: Report) -> Iterator[Reason]:
    """Rule 4, one reason a class: a narrow selection leaves dozens out."""
    counts = Counter(
        assessed.conformance_class
        for assessed in report.requirements
        if assessed.applicability is Applicability.NOT_SELECTED
        and assessed.obligation is Obligation.MUST
        and assessed.role in report.run.roles
    )
    for conformance_class, count in counts.items():
        yield reason("class-left-out", conformance_class=conformance_class, count=count)


def _unjudged(report: Report, policy: Policy) -> Iterator[Reason]:
    """Rule 5."""
    judged: Counter[tuple[Role, str]] = Counter(
        (assessed.role, assessed.conformance_class)
        for assessed in report.requirements
        if assessed.verdict in (Verdict.PASS, Verdict.FAIL)
    )
    for role in report.run.roles:
        if not any(of is role for of, _ in judged):
            yield reason("role-not-judged", role=role)
        for required in policy.required.get(role, ()):
            if judged[role, required] < policy.minimum_judged:
                yield reason(
                    "class-not-judged",
                    conformance_class=required,
                    role=role,
                    judged=judged[role, required],
                    minimum=policy.minimum_judged,
                )
    if set(report.run.roles) != set(Role):
        return
    for required in policy.required_of_both:
        count = sum(n for (_, of), n in judged.items() if of == required)
        if count < policy.minimum_judged:
            yield reason(
                "class-not-judged",
                conformance_class=required,
                role=" + ".join(report.run.roles),
                judged=count,
                minimum=policy.minimum_judged,
            )


def _hasty(report: Report, on: date) -> Iterator[Reason]:
    """Rule 8."""
    finished = report.run.finished_at.astimezone(UTC).date()
    if on < finished:
        yield reason("decided-too-early", on=on, finished=finished)
