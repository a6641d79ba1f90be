"""Plans, catalogues and journals of no nation, in a line each; no tests stand here."""

from __future__ import annotations

from datetime import UTC, date, datetime

from conformance.model.finding import Explanation, Finding
from conformance.model.json import Json
from conformance.model.report import Implementation, PackRef, RunRecord
from conformance.model.requirement import (
    Basis,
    Catalogue,
    ConformanceClass,
    Obligation,
    Requirement,
    Role,
    Source,
    Text,
)
from conformance.model.verdict import Fault, Verdict
from conformance.running import findings
from conformance.running.plan import Plan, PlannedScenario, ScenarioKind
from conformance.wire.journal import JournalWriter, MemorySink

TEXT = Text(en="So it is.", vi="Như vậy.", id="Begitulah.")
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def requirement(
    id_, class_="reading", role=Role.PROVIDER, obligation=Obligation.MUST, not_judged=""
):
    return Requirement(
        id=id_,
        title=TEXT,
        obligation=obligation,
        role=role,
        conformance_class=class_,
        source=Source(document="Law", article="1", basis=Basis.KNOWN),
        rationale=Text.untranslated("Because."),
        falsified_by=None if not_judged else Text.untranslated("Seeing otherwise."),
        not_judged=Text.untranslated(not_judged) if not_judged else None,
        since="1.0",
        defined_at="requirements.toml:1",
    )


CATALOGUE = Catalogue(
    classes=tuple(
        ConformanceClass(id=i, title=TEXT) for i in ("reading", "writing", "pushing", "extra")
    ),
    requirements=(
        requirement("XX-1"),
        requirement("XX-2", "writing"),
        requirement("XX-3", "writing", obligation=Obligation.SHOULD),
        requirement("XX-4", "pushing", role=Role.CONSUMER),
        requirement("XX-5", "extra"),
        requirement("XX-6", "reading", not_judged="Nobody can see it."),
    ),
)


def scenario(name, *requirements, kind=ScenarioKind.SCENARIO, role=Role.PROVIDER):
    return PlannedScenario(
        id=name, title=name, kind=kind, role=role, requirements=requirements or ("XX-1",)
    )


def plan(*scenarios, **other):
    return Plan(
        **{
            "pack": PackRef(id="little", revision="1.0", digest="sha256:0", provenance="modelled"),
            "roles": (Role.PROVIDER,),
            "implementation": Implementation(organisation="V", name="HR", version="1"),
            "locator": "reference",
            "classes": ("reading", "writing"),
            "selected": ("reading", "writing"),
            "seed": 7,
            "as_of": date(2026, 11, 20),
            "budget": 12,
            "toolkit": "0.1.0",
            "toolkit_digest": "sha256:1",
            "suite_digest": "sha256:2",
            "scenarios": scenarios,
            **other,
        }
    )


def run_of(of):
    return RunRecord(
        id="run",
        started_at=AT,
        finished_at=AT,
        seed=of.seed,
        as_of=of.as_of,
        attempt=1,
        roles=of.roles,
        toolkit=of.toolkit,
        toolkit_digest=of.toolkit_digest,
        suite_digest=of.suite_digest,
        plan_digest=of.digest(),
    )


def finding(requirement_, scenario_, verdict=Verdict.PASS, exchanges=(1,), **other):
    bad = verdict is not Verdict.PASS
    return Finding(
        requirement=requirement_,
        scenario=scenario_,
        verdict=verdict,
        fault=Fault.TARGET if bad else None,
        explanation=Explanation(code="wrong-value", details={"observed": "1"}) if bad else None,
        exchanges=exchanges,
        **other,
    )


def answered(path="/a"):
    """One exchange as a journal holds it: (ask, answer)."""
    request: Json = {"method": "GET", "target": path, "headers": [], "body": None, "operation": ""}
    response: Json = {"status": 200, "headers": [], "body": path, "truncated": False}
    return (
        {"request": request, "identity": ""},
        {"response": response, "at": AT.isoformat(), "elapsed": 0.1, "facts": {}},
    )


def journal_of(name, *, attempt=1, exchanges=0, found=(), closed=True, seed=1):
    """A journal's content."""
    sink = MemorySink()
    writer = JournalWriter(sink, {"scenario": name, "attempt": attempt, "seed": seed})
    for number in range(exchanges):
        writer.event("exchange", *answered(f"/{name}/{number}"))
    for one in found:
        writer.event("judgement", one.requirement, findings.to_json(one))
    if closed:
        writer.close()
    return sink.content()
