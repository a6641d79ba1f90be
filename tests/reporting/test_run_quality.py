"""A run is scored by what it judged, and by nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.model.quality import Counted, Measure, Per, Principle, Standard
from conformance.model.report import Applicability, Report
from conformance.model.requirement import Basis, Catalogue, Language, Text
from conformance.model.run_quality import RunScore, score_run
from conformance.model.verdict import Verdict
from conformance.reporting import json_report
from conformance.reporting.html import to_html
from conformance.reporting.schemas import why_invalid
from conformance.reporting.terminal import summary_lines

TEXT = Text(en="x", vi="x", id="x")


def standard(*names: str) -> Standard:
    """Principles of these ids, each counting requirements."""
    return Standard(
        phrase=TEXT,
        phrase_basis=Basis.QUOTED,
        measures_basis=Basis.INFERRED,
        formula=TEXT,
        principles=tuple(
            Principle(
                id=name,
                title=TEXT,
                means=TEXT,
                beyond=TEXT,
                add=TEXT,
                measures=(),
                run=Measure(
                    id=f"{name}-in-a-run",
                    title=TEXT,
                    counted=Counted.REQUIREMENT,
                    per=Per.RECORD,
                ),
            )
            for name in names
        ),
        agency={},
        references={},
    )


def naming(catalogue: Catalogue, principle: str, ids: set[str]) -> Catalogue:
    """The catalogue whose requirements of these ids speak of the principle."""
    return replace(
        catalogue,
        standard=standard(principle, "silent"),
        requirements=tuple(
            replace(r, principle=principle if r.id in ids else "") for r in catalogue.requirements
        ),
    )


def scored(report: Report, catalogue: Catalogue, ids: set[str]) -> tuple[RunScore, RunScore]:
    one, other = score_run(report, naming(catalogue, "clean", ids))
    return one, other


def by_verdict(report: Report, verdict: Verdict) -> set[str]:
    return {
        a.id
        for a in report.requirements
        if a.verdict is verdict and a.applicability is Applicability.REQUIRED
    }


def test_only_pass_and_fail_enter_the_score(sample: Any) -> None:
    """Neither the network nor we ourselves cost the software anything."""
    report = sample.report
    met, broken = by_verdict(report, Verdict.PASS), by_verdict(report, Verdict.FAIL)
    doubtful = by_verdict(report, Verdict.INCONCLUSIVE) | by_verdict(report, Verdict.ERROR)
    assert met
    assert broken
    assert doubtful
    one, silent = scored(report, sample.catalogue, met | broken | doubtful)

    assert one.score.share == pytest.approx(len(met) / (len(met) + len(broken)))
    assert {a.id for a in one.met} == met
    assert {a.id for a in one.broken} == broken
    assert {a.id for a in one.unjudged} == doubtful
    assert silent.score.share is None
    assert silent.judged == ()


def test_what_binds_the_other_role_is_no_gap_of_this_run(sample: Any) -> None:
    """A provider is not told that nobody watched it push."""
    other = {
        a.id for a in sample.report.requirements if a.applicability is Applicability.OTHER_ROLE
    }
    assert other
    one, _ = scored(sample.report, sample.catalogue, other)
    assert (one.judged, one.unjudged) == ((), ())


def test_an_exchange_on_which_two_requirements_rest_counts_once(sample: Any) -> None:
    named = {a.id for a in sample.report.requirements}
    one, _ = scored(sample.report, sample.catalogue, named)
    rests = [n for a in one.judged for f in a.findings for n in f.exchanges]
    assert len(rests) > one.exchanges == len(set(rests))


def test_a_pack_without_principles_scores_nothing(sample: Any) -> None:
    assert score_run(sample.report, sample.catalogue) == ()


def shown(sample: Any) -> tuple[Catalogue, dict[str, Any]]:
    """A catalogue in which everything speaks of one principle, and the document of the run."""
    catalogue = naming(sample.catalogue, "clean", {a.id for a in sample.report.requirements})
    written = json_report.to_json(sample.report, catalogue, Language.EN, sample.exchange_of)
    document: dict[str, Any] = json.loads(json.dumps(written))
    return catalogue, document


def test_the_document_keeps_its_schema_and_names_what_a_score_rests_on(sample: Any) -> None:
    _, document = shown(sample)
    assert why_invalid(document, "report") is None
    assert json_report.contradictions(document) == ()
    assert json_report.from_json(document) == sample.report
    one, silent = document["quality"]["principles"]
    assert one["score"] == pytest.approx(100 * one["satisfied"] / one["judged"], abs=0.1)
    assert [r["verdict"] for r in one["requirements"]] == ["FAIL"] * 3 + ["PASS"] * 2
    assert (silent["score"], silent["judged"], silent["requirements"]) == (None, 0, [])


@pytest.mark.parametrize(("member", "value"), [("score", 100.0), ("satisfied", 5), ("judged", 9)])
def test_a_score_that_somebody_edited_is_named(sample: Any, member: str, value: float) -> None:
    """A reader of the file alone sees it, without a toolkit run."""
    _, document = shown(sample)
    document["quality"]["principles"][0][member] = value
    (found,) = json_report.contradictions(document)
    assert found.startswith(f"/quality/principles/0/{member}: ")


def test_a_verdict_that_somebody_edited_in_the_scores_is_named(sample: Any) -> None:
    _, document = shown(sample)
    document["quality"]["principles"][0]["requirements"][0]["verdict"] = "PASS"
    (found,) = json_report.contradictions(document)
    assert found.startswith("/quality/principles/0/requirements: ")


@pytest.mark.parametrize("language", list(Language))
def test_people_see_score_and_evidence(sample: Any, language: Language) -> None:
    catalogue, document = shown(sample)
    broken = [r["id"] for r in document["quality"]["principles"][0]["requirements"][:3]]
    share = "40.0 %" if language is Language.EN else "40,0 %"
    lines = summary_lines(sample.report, catalogue, language)
    (line,) = (line for line in lines if share in line)
    assert broken[0] in line

    page = to_html(sample.report, catalogue, language, sample.exchange_of)
    section = page.partition('id="quality"')[2].partition("<h2>")[0]
    assert share in section
    assert all(f'<a href="#{name}">' in section for name in broken)
    plain = to_html(sample.report, sample.catalogue, language, sample.exchange_of)
    assert 'id="quality"' not in plain
