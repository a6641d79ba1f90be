"""
`report.json`: the Report as the document that scripts and certificates rely on, and back.

Schema: `specs/schemas/report.schema.json`. The document says some things twice (verdicts,
counts, titles, sentences), for readers; `from_json` believes only what the findings say,
and `contradictions` names each derived value that does not follow from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from conformance.errors import UsageError
from conformance.model.finding import Explanation, Finding
from conformance.model.json import Json, JsonObject, compact
from conformance.model.report import (
    Applicability,
    Assessed,
    Implementation,
    PackRef,
    Report,
    RunRecord,
)
from conformance.model.requirement import Catalogue, Language, Obligation, Requirement, Role
from conformance.model.verdict import Fault, Verdict
from conformance.reporting import run_quality, sentences
from conformance.reporting.exchanges import ExchangeOf, reproduction
from conformance.reporting.schemas import load, why_invalid, without_volatile
from conformance.reporting.words import Words

FORMAT: Final = "conformance-report/1"


def to_json(
    report: Report, catalogue: Catalogue, language: Language, exchange_of: ExchangeOf
) -> JsonObject:
    """The document. Only titles, explanations and curl lines depend on more than the report."""
    run = report.run
    scored = run_quality.document(report, catalogue, language)
    return {
        "schema": FORMAT,
        "language": language.value,
        "run": {
            "id": run.id,
            "started_at": _instant(run.started_at),
            "finished_at": _instant(run.finished_at),
            "seed": run.seed,
            "as_of": run.as_of.isoformat(),
            "attempt": run.attempt,
            "roles": [role.value for role in run.roles],
            "toolkit": run.toolkit,
            "toolkit_digest": run.toolkit_digest,
            "suite_digest": run.suite_digest,
            "plan_digest": run.plan_digest,
        },
        "pack": {
            "id": report.pack.id,
            "revision": report.pack.revision,
            "digest": report.pack.digest,
            "provenance": report.pack.provenance,
        },
        "target": {
            "locator": report.locator,
            **({"pushes": report.pushes} if report.pushes else {}),
            "implementation": {
                "organisation": report.implementation.organisation,
                "name": report.implementation.name,
                "version": report.implementation.version,
                "contact": report.implementation.contact,
            },
        },
        "summary": {
            **_derived_summary(report),
            "exchanges": report.exchanges,
            "duration_s": round((run.finished_at - run.started_at).total_seconds(), 3),
        },
        "classes": [
            {
                "id": name,
                "title": Words(language).class_title(name, catalogue),
                "verdict": report.class_verdict(name).name,
            }
            for name in report.classes
        ],
        **({} if scored is None else {"quality": scored}),
        "requirements": [
            _assessed(assessed, catalogue, language, exchange_of)
            for assessed in report.requirements
        ],
        "exchanges": [
            {"n": number, "scenario": scenario, "journal_number": local}
            for number, (scenario, local) in sorted(report.exchange_index.items())
        ],
        "notes": list(report.notes),
        "footer": {"findings": len(report.findings), "evidence_root": report.evidence_root},
    }


def from_json(document: JsonObject, *, name: str = "report.json") -> Report:
    """
    The inverse of `to_json`, for any language.

    Args:
        name: how messages call the document.

    Raises:
        UsageError: the document does not satisfy its schema, or was cut: its footer counts
            other findings than it holds.
    """
    problem = why_invalid(document, "report")
    if problem is not None:
        pointer, reason = problem
        raise UsageError(
            f"this is not a report: {reason}",
            where=f"{name}#{pointer}",
            remedy="Take the file that the run left behind, unchanged.",
        )
    target, footer, counts = (_object(document[k]) for k in ("target", "footer", "summary"))
    report = Report(
        run=_run_record(_object(document["run"])),
        pack=PackRef(**_strings(document["pack"])),
        locator=str(target["locator"]),
        pushes=str(target.get("pushes", "")),
        implementation=Implementation(**_strings(target["implementation"])),
        classes=tuple(str(item["id"]) for item in _objects(document["classes"])),
        requirements=tuple(_requirement(item) for item in _objects(document["requirements"])),
        exchanges=_integer(counts["exchanges"]),
        exchange_index={
            _integer(item["n"]): (str(item["scenario"]), _integer(item["journal_number"]))
            for item in _objects(document["exchanges"])
        },
        evidence_root=str(footer["evidence_root"]),
        notes=tuple(str(note) for note in _array(document["notes"])),
    )
    if len(report.findings) != footer["findings"]:
        raise UsageError(
            f"the footer counts {footer['findings']} findings, the report holds "
            f"{len(report.findings)}: something was cut or added",
            where=name,
            remedy="Take the file that the run left behind, unchanged.",
        )
    return report


def contradictions(document: JsonObject) -> tuple[str, ...]:
    """
    Every derived value that does not follow from the findings, as `pointer: stated, follows`.

    Empty for a document that nobody edited. Raises UsageError as `from_json`.
    """
    report = from_json(document)
    stated: dict[str, Json] = {}
    follows: dict[str, Json] = {}
    summary = _object(document["summary"])
    for key, value in _derived_summary(report).items():
        stated[f"/summary/{key}"], follows[f"/summary/{key}"] = summary[key], value
    for index, item in enumerate(_objects(document["classes"])):
        place = f"/classes/{index}/verdict"
        stated[place], follows[place] = item["verdict"], report.class_verdict(str(item["id"])).name
    for index, item in enumerate(_objects(document["requirements"])):
        place = f"/requirements/{index}/verdict"
        stated[place], follows[place] = item["verdict"], report.requirements[index].verdict.name
    if "quality" in document:
        verdicts = {assessed.id: assessed.verdict for assessed in report.requirements}
        for index, item in enumerate(_objects(_object(document["quality"])["principles"])):
            for key, value in run_quality.follows(item, verdicts).items():
                place = f"/quality/principles/{index}/{key}"
                stated[place], follows[place] = item[key], value
    return tuple(
        f"{place}: {compact(stated[place])} is stated, {compact(follows[place])} follows"
        for place in stated
        if stated[place] != follows[place]
    )


def stable(document: JsonObject, schema: JsonObject | None = None) -> JsonObject:
    """
    The document without what two equal runs may differ in, as its schema marks it.

    `x-volatile: true` removes a member; `x-volatile-part: PATTERN` removes what matches
    inside a string, such as the port of a locator.

    Args:
        schema: the document's schema, with local references only; the report's by default.
    """
    return without_volatile(document, load("report") if schema is None else schema)


# -- writing ------------------------------------------------------------------


def _derived_summary(report: Report) -> JsonObject:
    return {
        "verdict": report.verdict.name,
        "requirements": {verdict.name: report.count(verdict) for verdict in Verdict},
    }


def _assessed(
    assessed: Assessed, catalogue: Catalogue, language: Language, exchange_of: ExchangeOf
) -> JsonObject:
    known = catalogue.by_id.get(assessed.id)
    return {
        "id": assessed.id,
        "title": Words(language).title(assessed.id, catalogue),
        "obligation": assessed.obligation.value,
        "role": assessed.role.value,
        "class": assessed.conformance_class,
        "applicability": assessed.applicability.value,
        "verdict": assessed.verdict.name,
        "findings": [
            _finding(finding, known, language, exchange_of) for finding in assessed.findings
        ],
    }


def _finding(
    finding: Finding, requirement: Requirement | None, language: Language, exchange_of: ExchangeOf
) -> JsonObject:
    explanation = finding.explanation
    return {
        "scenario": finding.scenario,
        "verdict": finding.verdict.name,
        "fault": finding.fault.value if finding.fault else None,
        "explanation": (
            sentences.explain(explanation, language, requirement).text() if explanation else None
        ),
        "deviation": _deviation(explanation) if explanation else None,
        "exchanges": list(finding.exchanges),
        "reproduce": reproduction(finding, exchange_of),
    }


def _deviation(explanation: Explanation) -> JsonObject:
    details = dict(explanation.details)
    deviation: JsonObject = {"code": explanation.code, "pointer": explanation.pointer}
    for name in ("observed", "required"):
        if name in details:
            deviation[name] = details.pop(name)
    # In an object of their own, so that a suite's parameter may have any name.
    deviation["more"] = dict(details)
    return deviation


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# -- reading: the schema has already been satisfied ----------------------------


def _run_record(run: JsonObject) -> RunRecord:
    return RunRecord(
        id=str(run["id"]),
        started_at=datetime.fromisoformat(str(run["started_at"])),
        finished_at=datetime.fromisoformat(str(run["finished_at"])),
        seed=_integer(run["seed"]),
        as_of=date.fromisoformat(str(run["as_of"])),
        attempt=_integer(run["attempt"]),
        roles=tuple(Role(str(role)) for role in _array(run["roles"])),
        toolkit=str(run["toolkit"]),
        toolkit_digest=str(run["toolkit_digest"]),
        suite_digest=str(run["suite_digest"]),
        plan_digest=str(run["plan_digest"]),
    )


def _requirement(item: JsonObject) -> Assessed:
    name = str(item["id"])
    return Assessed(
        id=name,
        obligation=Obligation(str(item["obligation"])),
        role=Role(str(item["role"])),
        conformance_class=str(item["class"]),
        applicability=Applicability(str(item["applicability"])),
        findings=tuple(_read_finding(name, found) for found in _objects(item["findings"])),
    )


def _read_finding(requirement: str, item: JsonObject) -> Finding:
    deviation, fault = item["deviation"], item["fault"]
    return Finding(
        requirement=requirement,
        scenario=str(item["scenario"]),
        verdict=Verdict[str(item["verdict"])],
        fault=Fault(str(fault)) if fault is not None else None,
        explanation=_explanation(_object(deviation)) if deviation is not None else None,
        exchanges=tuple(_integer(number) for number in _array(item["exchanges"])),
    )


def _explanation(deviation: JsonObject) -> Explanation:
    details = _strings(deviation["more"])
    details |= {n: str(deviation[n]) for n in ("observed", "required") if n in deviation}
    return Explanation(
        code=str(deviation["code"]), pointer=str(deviation["pointer"]), details=details
    )


def _object(value: Json) -> JsonObject:
    assert isinstance(value, dict)
    return value


def _array(value: Json) -> list[Json]:
    assert isinstance(value, list)
    return value


def _objects(value: Json) -> Iterator[JsonObject]:
    return (_object(item) for item in _array(value))


def _integer(value: Json) -> int:
    assert isinstance(value, (int, float))
    return int(value)


def _strings(value: Json) -> dict[str, str]:
    return {name: str(member) for name, member in _object(value).items()}
