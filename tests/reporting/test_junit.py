"""JUnit: what a CI pipeline reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from conformance.model.requirement import Language
from conformance.reporting.junit import to_junit


def test_the_golden_file_is_written_byte_for_byte(sample: Any, golden: Path, held: Any) -> None:
    """Dashboards keep history by these names."""
    text = to_junit(sample.report, sample.catalogue, Language.EN, sample.exchange_of)
    held(golden / "junit.xml", text)


def test_each_requirement_is_one_case_with_its_outcome(sample: Any) -> None:
    """The counts agree with the report's own."""
    text = to_junit(sample.report, sample.catalogue, Language.VI, sample.exchange_of)
    root = ElementTree.fromstring(text.encode())
    cases = root.findall(".//testcase")
    assert len(cases) == len(sample.report.requirements) == int(root.get("tests", ""))
    assert len(root.findall(".//failure")) == int(root.get("failures", "")) == 3
    assert {e.get("type") for e in root.findall(".//error")} == {"inconclusive", "internal-error"}
    assert all(skip.get("message") for skip in root.findall(".//skipped"))


def test_what_xml_cannot_hold_is_replaced(sample: Any) -> None:
    """An answer may hold any character; the file must stay readable."""
    first = sample.report.requirements[3]
    found = first.findings[0]
    odd = replace(
        found, explanation=replace(found.explanation, details={"observed": "a\x00\x1b\ufffeb]]><"})
    )
    report = replace(
        sample.report, requirements=(replace(first, findings=(odd,)),), classes=("sync",)
    )
    text = to_junit(report, sample.catalogue, Language.EN, sample.exchange_of)
    failure = ElementTree.fromstring(text.encode()).find(".//failure")
    assert failure is not None
    assert "a\ufffd\ufffd\ufffdb]]><" in (failure.text or "")


def test_a_long_curl_line_is_left_to_explain(sample: Any) -> None:
    """A pipeline's page of failures is read by a person, and cut where it is too large."""

    def longer(number: int) -> Any:
        exchange = sample.exchange_of(number)
        request = replace(exchange.request, method="POST", body=b"x" * 5000)
        return replace(exchange, request=request)

    text = to_junit(sample.report, sample.catalogue, Language.EN, longer)
    assert "x" * 1000 not in text
    told = [f.text or "" for f in ElementTree.fromstring(text.encode()).iter("failure")]
    assert told
    assert all("conformance explain report.json#" in each for each in told)
