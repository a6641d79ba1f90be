"""What broke alike is told once, in the page and on the terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.model.finding import Explanation, Finding
from conformance.model.report import Assessed, Report
from conformance.model.requirement import Language, Obligation
from conformance.model.verdict import Fault, Verdict
from conformance.reporting.causes import ALIKE, causes
from conformance.reporting.findings import troubled
from conformance.reporting.html import to_html
from conformance.reporting.terminal import MOST_CAUSES, summary_lines
from conformance.reporting.views import OPEN


def failed(assessed: Assessed, name: str, observed: str, **more: Any) -> Assessed:
    """A requirement of the sample that failed by itself, under another id."""
    finding = Finding(
        requirement=name,
        scenario="test_sync.py::test_something",
        verdict=more.pop("verdict", Verdict.FAIL),
        fault=Fault.TARGET,
        explanation=Explanation(
            code=more.pop("code", "unexpected-status"),
            details={"observed": observed, "required": f"200 for {name}"},
        ),
        exchanges=more.pop("exchanges", (5,)),
    )
    return replace(assessed, id=name, findings=(finding,), **more)


@pytest.fixture
def broken(sample: Any) -> Any:
    """A report of nothing but the given failures."""

    def make(*observed: str, **more: Any) -> Report:
        model = sample.report.requirements[0]
        items = [failed(model, f"YY-{n:03d}", what, **more) for n, what in enumerate(observed, 1)]
        return replace(sample.report, requirements=tuple(items), notes=())

    return make


def test_enough_of_the_same_are_one_cause_and_fewer_are_not(broken: Any) -> None:
    (one,) = causes(broken(*["422"] * ALIKE))
    assert one.first.id == "YY-001"
    assert len(one.others) == ALIKE - 1
    assert len(causes(broken(*["422"] * (ALIKE - 1)))) == ALIKE - 1


def test_every_troubled_requirement_is_in_one_cause(sample: Any, broken: Any) -> None:
    for report in (sample.report, broken(*["422"] * 7, "404", "200", *["404"] * 4)):
        told = [a.id for cause in causes(report) for a in (cause.first, *cause.others)]
        assert sorted(told) == sorted(a.id for a in troubled(report))
        assert len(told) == len(set(told))


def test_what_breaks_most_comes_first_but_never_before_what_is_worse(broken: Any) -> None:
    report = broken("404", *["422"] * 5)
    assert [cause.first.id for cause in causes(report)] == ["YY-002", "YY-001"]
    worse = failed(report.requirements[0], "YY-900", "500", verdict=Verdict.ERROR)
    mild = failed(report.requirements[0], "YY-901", "500", obligation=Obligation.SHOULD)
    report = replace(report, requirements=(mild, *report.requirements, worse))
    assert [c.first.id for c in causes(report)] == ["YY-900", "YY-002", "YY-001", "YY-901"]


def test_another_code_or_cause_is_another_thing(broken: Any) -> None:
    report = broken(*["422"] * 4)
    other = [failed(a, f"ZZ-{a.id}", "422", code="wrong-refusal") for a in report.requirements]
    report = replace(report, requirements=(*report.requirements, *other))
    assert [len(cause.others) for cause in causes(report)] == [3, 3]


@pytest.mark.parametrize("language", list(Language))
def test_the_terminal_tells_a_cause_once_and_names_the_others(
    sample: Any, broken: Any, language: Language
) -> None:
    lines = summary_lines(
        broken(*["422"] * 40), sample.catalogue, language, exchange_of=sample.exchange_of
    )
    assert any("YY-002…040" in line for line in lines)
    assert sum(line.strip().startswith("curl ") for line in lines) <= 1
    assert len(lines) < 30


def test_the_terminal_tells_the_first_causes_in_full_and_the_rest_in_a_line(
    sample: Any, broken: Any
) -> None:
    report = broken(*(f"observation {n}" for n in range(MOST_CAUSES + 5)))
    lines = summary_lines(report, sample.catalogue, Language.EN)
    assert "Further causes, in brief: 5" in lines
    assert sum(line.startswith("  What to do") for line in lines) == MOST_CAUSES
    assert sum(line.startswith("  Fail  YY-") for line in lines) == 5


def test_the_page_opens_the_first_causes_alone(sample: Any, broken: Any) -> None:
    report = broken(*(f"observation {n}" for n in range(OPEN + 5)))
    page = to_html(report, sample.catalogue, Language.EN, sample.exchange_of)
    assert page.count('<details class="requirement" id="YY-') == OPEN + 5
    assert page.count(' open>\n<summary><span><span class="chip FAIL">') == OPEN


def test_the_page_grows_little_with_what_broke_alike(sample: Any, broken: Any) -> None:
    """A server that turns everything away made five megabytes of the same."""

    def size(count: int) -> int:
        report = broken(*["409"] * count, exchanges=(3, 4, 5))
        return len(to_html(report, sample.catalogue, Language.EN, sample.exchange_of))

    assert (size(50) - size(10)) / 40 < 4500
    page = to_html(
        broken(*["409"] * 5, exchanges=(3, 4, 5)),
        sample.catalogue,
        Language.EN,
        sample.exchange_of,
    )
    assert 'The same was seen as in <a href="#YY-001">YY-001</a>' in page
    assert "Further exchanges of this finding are in the evidence: 2." in page
