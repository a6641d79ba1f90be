"""Findings to JSON and back, as journals hold them."""

from __future__ import annotations

from conformance.errors import SuiteDefect
from conformance.model.finding import Explanation, Finding
from conformance.model.json import Json, JsonObject
from conformance.model.verdict import Fault, Verdict
from conformance.wire.codec import mapping, sequence


def to_json(finding: Finding) -> JsonObject:
    """One finding; its exchanges by their numbers in this journal."""
    explanation: Json = None
    if finding.explanation is not None:
        explanation = {
            "code": finding.explanation.code,
            "pointer": finding.explanation.pointer,
            "details": dict(finding.explanation.details),
        }
    return {
        "requirement": finding.requirement,
        "scenario": finding.scenario,
        "verdict": finding.verdict.name,
        "fault": finding.fault.value if finding.fault else None,
        "explanation": explanation,
        "exchanges": list(finding.exchanges),
        "elsewhere": [[scenario, number] for scenario, number in finding.elsewhere],
    }


def from_json(value: Json) -> Finding:
    """
    The inverse of `to_json`.

    Raises:
        SuiteDefect: the journal holds something else.
    """
    held = mapping(value)
    try:
        explanation = None
        if held.get("explanation") is not None:
            said = mapping(held["explanation"])
            explanation = Explanation(
                code=str(said["code"]),
                pointer=str(said.get("pointer", "")),
                details={k: str(v) for k, v in mapping(said.get("details", {})).items()},
            )
        return Finding(
            requirement=str(held["requirement"]),
            scenario=str(held["scenario"]),
            verdict=Verdict[str(held["verdict"])],
            fault=Fault(str(held["fault"])) if held.get("fault") else None,
            explanation=explanation,
            exchanges=tuple(n for n in sequence(held.get("exchanges")) if isinstance(n, int)),
            elsewhere=tuple(
                (str(scenario), int(str(number)))
                for scenario, number in (sequence(pair) for pair in sequence(held.get("elsewhere")))
            ),
        )
    except (KeyError, ValueError) as error:
        raise SuiteDefect(f"a journalled judgement cannot be read: {error}") from None
