"""
`judge`: where one requirement is put to the question.

It classifies what escapes its block, writes the finding, and never stops the next
judgement. What it lets through is what no judgement may swallow: a diverged replay,
an interrupt, pytest's own control flow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from conformance.errors import Deviation, SuiteDefect, WorldTrouble
from conformance.model.exchange import Exchange
from conformance.model.finding import Explanation, Finding
from conformance.model.verdict import Fault, Verdict

#: Opens a step around each judgement, for reporters that show steps.
Step = Callable[[str], AbstractContextManager[object]]


def classify(error: Exception) -> tuple[Verdict, Fault, Explanation]:
    """Whose fault an exception is, decided by its kind alone."""
    match error:
        case Deviation():
            details = {"observed": error.observed, "required": error.required, **error.more}
            explanation = _explanation(error.code, details, error.pointer)
            return Verdict.FAIL, Fault.TARGET, explanation
        case AssertionError():
            return (
                Verdict.FAIL,
                Fault.TARGET,
                _explanation("assertion", {"observed": str(error), "required": ""}),
            )
        case WorldTrouble():
            return (
                Verdict.INCONCLUSIVE,
                Fault(error.fault),
                _explanation(error.code, {"observed": error.detail, "remedy": error.remedy}),
            )
        case SuiteDefect():
            code = "suite-defect"
        case _:
            code = "internal-error"
    details = {"observed": f"{type(error).__name__}: {error}"}
    return Verdict.ERROR, Fault.TOOLKIT, _explanation(code, details)


def _explanation(code: str, details: Mapping[str, str], pointer: str = "") -> Explanation:
    """What can be written in UTF-8: a target's JSON may hold half of a surrogate pair."""

    def legible(text: str) -> str:
        return text.encode("utf-8", "backslashreplace").decode()

    return Explanation(
        code=code,
        pointer=legible(pointer),
        details={key: legible(value) for key, value in details.items()},
    )


class Judge:
    """
    Judges the requirements that one scenario declared.

    Args:
        declared: requirement ids of `@verifies`, in order.
        record: takes each finding as it falls.
    """

    def __init__(
        self,
        scenario: str,
        declared: Sequence[str],
        record: Callable[[Finding], None],
        step: Step,
    ) -> None:
        self._scenario = scenario
        self._declared = tuple(declared)
        self._record = record
        self._step = step
        self._before: dict[str, Finding] | None = None
        self.found: list[Finding] = []

    def repeat(self) -> None:
        """Judge everything once more; from now on only what fails again accuses."""
        self._before = {}
        for finding in self.found:
            known = self._before.setdefault(finding.requirement, finding)
            if finding.verdict > known.verdict:
                self._before[finding.requirement] = finding
        self.found.clear()

    @contextmanager
    def __call__(self, requirement: str, *exchanges: Exchange) -> Iterator[None]:
        """
        Put `requirement` to the question on `exchanges`.

        Raises:
            SuiteDefect: the scenario did not declare the requirement.
        """
        if requirement not in self._declared:
            raise SuiteDefect(f"{self._scenario} judges {requirement} without declaring it")
        try:
            with self._step(requirement):
                yield
        except Exception as error:  # noqa: BLE001 - classifying whatever comes is its job
            verdict, fault, explanation = classify(error)
            self._keep(requirement, verdict, fault, explanation, exchanges)
        else:
            self._keep(requirement, Verdict.PASS, None, None, exchanges)

    def finish(self, trouble: Exception | None) -> None:
        """
        Account for every declared requirement that was never reached.

        Args:
            trouble: what ended the scenario early, None when it ran to its end.
        """
        reached = {finding.requirement for finding in self.found}
        for requirement in self._declared:
            if requirement in reached:
                continue
            verdict, fault, explanation = self._why_not_reached(trouble)
            self._keep(requirement, verdict, fault, explanation, ())

    def _why_not_reached(self, trouble: Exception | None) -> tuple[Verdict, Fault, Explanation]:
        if trouble is None:
            explanation = Explanation(
                code="suite-defect",
                details={"observed": "the scenario ended without reaching its judgement"},
            )
            return Verdict.INCONCLUSIVE, Fault.TOOLKIT, explanation
        verdict, fault, explanation = classify(trouble)
        if isinstance(trouble, AssertionError):
            # Outside a judgement even a deviation accuses nobody of this requirement:
            # it only kept us from asking.
            details: Mapping[str, str] = {**explanation.details, "cause": explanation.code}
            explanation = Explanation(
                code="not-reached", pointer=explanation.pointer, details=details
            )
            return Verdict.INCONCLUSIVE, Fault.TARGET, explanation
        return verdict, fault, explanation

    def _keep(
        self,
        requirement: str,
        verdict: Verdict,
        fault: Fault | None,
        explanation: Explanation | None,
        exchanges: Sequence[Exchange],
    ) -> None:
        if self._before is not None:
            before = self._before.get(requirement)
            was = before.verdict if before else Verdict.PASS
            if (was is Verdict.FAIL) is not (verdict is Verdict.FAIL) and verdict < Verdict.ERROR:
                # Once wrong and once not: something between us, or beside us, has a part in it.
                wrong = before.explanation if before and was is Verdict.FAIL else explanation
                seen = {
                    **(wrong.details if wrong else {}),
                    "once": wrong.code if wrong else "",
                    "verdicts": f"{was.name}, {verdict.name}",
                }
                verdict, fault = Verdict.INCONCLUSIVE, Fault.NETWORK
                explanation = _explanation("not-repeated", seen, wrong.pointer if wrong else "")
        finding = Finding(
            requirement=requirement,
            scenario=self._scenario,
            verdict=verdict,
            fault=fault,
            explanation=explanation,
            exchanges=tuple(e.number for e in exchanges if not e.scenario),
            elsewhere=tuple((e.scenario, e.number) for e in exchanges if e.scenario),
        )
        self.found.append(finding)
        self._record(finding)
