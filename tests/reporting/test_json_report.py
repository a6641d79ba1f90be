"""report.json: the round-trip law, the schema, and what two equal runs may differ in."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import UsageError
from conformance.model.finding import Explanation, Finding
from conformance.model.json import JsonObject
from conformance.model.report import (
    Applicability,
    Assessed,
    Implementation,
    PackRef,
    Report,
    RunRecord,
)
from conformance.model.requirement import Catalogue, Language, Obligation, Role
from conformance.model.verdict import Fault, Verdict
from conformance.reporting import json_report
from conformance.reporting.schemas import load, why_invalid

words = st.text(max_size=20)
names = st.text(string.ascii_letters + "-", min_size=1, max_size=12)
moments = st.timedeltas(timedelta(0), timedelta(days=80_000)).map(
    lambda since: datetime(1970, 1, 2, tzinfo=UTC) + since
)
explanations = st.builds(
    Explanation,
    code=names,
    pointer=words,
    details=st.dictionaries(
        st.one_of(words, st.sampled_from(["observed", "required", "remedy", "code", "pointer"])),
        words,
        max_size=4,
    ),
)
findings = st.builds(
    Finding,
    requirement=st.just("X"),
    scenario=words,
    verdict=st.sampled_from(Verdict),
    fault=st.none() | st.sampled_from(Fault),
    explanation=st.none() | explanations,
    exchanges=st.lists(st.integers(1, 10**6), max_size=3).map(tuple),
    elsewhere=st.just(()),
)


@st.composite
def assessed(draw: st.DrawFn) -> Assessed:
    name = draw(names)
    found = tuple(replace(f, requirement=name) for f in draw(st.lists(findings, max_size=3)))
    return Assessed(
        id=name,
        obligation=draw(st.sampled_from(Obligation)),
        role=draw(st.sampled_from(Role)),
        conformance_class=draw(names),
        applicability=draw(st.sampled_from(Applicability)),
        findings=found,
    )


reports = st.builds(
    Report,
    run=st.builds(
        RunRecord,
        id=words,
        started_at=moments,
        finished_at=moments,
        seed=st.integers(0, 2**63 - 1),
        as_of=st.dates(),
        attempt=st.integers(1, 99),
        roles=st.lists(st.sampled_from(Role), unique=True).map(tuple),
        toolkit=words,
        toolkit_digest=words,
        suite_digest=words,
        plan_digest=words,
    ),
    pack=st.builds(PackRef, id=words, revision=words, digest=words, provenance=words),
    locator=words,
    implementation=st.builds(
        Implementation, organisation=words, name=words, version=words, contact=words
    ),
    classes=st.lists(names, unique=True, max_size=3).map(tuple),
    requirements=st.lists(assessed(), max_size=4).map(tuple),
    exchanges=st.integers(0, 10**6),
    exchange_index=st.dictionaries(
        st.integers(1, 10**6), st.tuples(words, st.integers(1, 10**6)), max_size=4
    ),
    evidence_root=words,
    notes=st.lists(words, max_size=3).map(tuple),
)
NOTHING = Catalogue(classes=(), requirements=())


def absent(number: int) -> Any:
    raise KeyError(number)


def document_of(report: Report, language: Language = Language.EN) -> JsonObject:
    """What a file would hold after a journey through text."""
    document = json_report.to_json(report, NOTHING, language, absent)
    parsed: JsonObject = json.loads(json.dumps(document))
    return parsed


@given(report=reports, language=st.sampled_from(Language))
def test_reading_what_was_written_gives_the_report_again(
    report: Report, language: Language
) -> None:
    """The certificate is decided from the file, years later."""
    assert json_report.from_json(document_of(report, language)) == report


@given(report=reports)
def test_every_report_satisfies_the_schema_and_contradicts_nothing(report: Report) -> None:
    """A schema that our own documents break would be worth nothing."""
    document = document_of(report)
    assert why_invalid(document, "report") is None
    assert json_report.contradictions(document) == ()


def test_the_golden_report_is_written_byte_for_byte(sample: Any, golden: Path, held: Any) -> None:
    """Scripts rely on every key."""
    document = json_report.to_json(sample.report, sample.catalogue, Language.EN, sample.exchange_of)
    held(golden / "report.json", json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def test_the_golden_report_reads_back_as_the_sample(sample: Any, golden: Path) -> None:
    """The golden file is a report of ours, not only a text."""
    document = json.loads((golden / "report.json").read_text("utf-8"))
    assert json_report.from_json(document) == sample.report


def test_an_edited_verdict_is_named_and_not_believed(sample: Any) -> None:
    """Who edits the summary changes nothing, and shows."""
    document: Any = document_of(sample.report)
    document["summary"]["verdict"] = "PASS"
    document["requirements"][4]["verdict"] = "PASS"

    assert json_report.from_json(document).verdict is Verdict.ERROR
    assert json_report.contradictions(document) == (
        '/summary/verdict: "PASS" is stated, "ERROR" follows',
        '/requirements/4/verdict: "PASS" is stated, "FAIL" follows',
    )


def test_a_report_that_lost_a_finding_is_refused(sample: Any) -> None:
    """The footer counts what the report must hold."""
    document: Any = document_of(sample.report)
    document["requirements"][3]["findings"].clear()
    with pytest.raises(UsageError, match="footer counts 9 findings"):
        json_report.from_json(document)


@pytest.mark.parametrize("missing", ["run", "footer", "requirements"])
def test_what_is_no_report_is_refused_with_its_name(sample: Any, missing: str) -> None:
    """A person must be able to find the file and the place."""
    document = document_of(sample.report)
    del document[missing]
    with pytest.raises(UsageError, match=f"out/report.json#: .*{missing}"):
        json_report.from_json(document, name="out/report.json")


def test_two_equal_runs_are_equal_without_their_volatile_fields(sample: Any) -> None:
    """Another day, another port, another pace: the same answers."""
    later = replace(
        sample.report,
        locator="https://hrm.example.test:9001/api",
        evidence_root="sha256:" + "ef" * 32,
        run=replace(
            sample.report.run,
            id="another",
            attempt=4,
            started_at=sample.report.run.started_at + timedelta(days=3),
            finished_at=sample.report.run.finished_at + timedelta(days=4),
        ),
    )
    first, second = document_of(sample.report), document_of(later)
    assert first != second
    assert json_report.stable(first) == json_report.stable(second)


def test_a_changed_finding_survives_the_removal_of_volatile_fields(sample: Any) -> None:
    """Comparing runs must not compare nothing."""
    other = replace(sample.report, run=replace(sample.report.run, seed=7))
    assert json_report.stable(document_of(other)) != json_report.stable(document_of(sample.report))


def test_the_stable_part_names_no_time_and_no_port(sample: Any) -> None:
    """Each mark of the schema is obeyed."""
    kept: Any = json_report.stable(document_of(sample.report), load("report"))
    assert kept["target"]["locator"] == "https://hrm.example.test/api"
    assert kept["run"].keys().isdisjoint({"id", "started_at", "finished_at", "attempt"})
    assert "evidence_root" not in kept["footer"]
    assert "reproduce" not in kept["requirements"][3]["findings"][0]
