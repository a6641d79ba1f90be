"""Allure result files: format, stable identities, attachments that exist."""

from __future__ import annotations

import json
from typing import Any

from conformance.model.requirement import Language
from conformance.reporting.allure import to_allure


def results(files: Any) -> list[Any]:
    return [json.loads(text) for name, text in files.items() if name.endswith("-result.json")]


def test_each_requirement_is_one_result_with_an_identity_of_its_own(sample: Any) -> None:
    """Allure takes equal history ids for retries and hides all but one."""
    files = to_allure(sample.report, sample.catalogue, Language.EN, sample.exchange_of)
    found = results(files)
    assert len(found) == len(sample.report.requirements)
    for key in ("uuid", "historyId", "fullName"):
        assert len({result[key] for result in found}) == len(found)
    assert [r["status"] for r in sorted(found, key=lambda r: r["fullName"])] == [
        *("passed", "failed", "skipped"),
        *("passed", "failed", "failed", "broken", "skipped"),
        *("broken", "skipped"),
    ]


def test_every_attachment_that_is_named_exists(sample: Any) -> None:
    """A dead link is worse than none."""
    files = to_allure(sample.report, sample.catalogue, Language.VI, sample.exchange_of)
    named = {
        attachment["source"]
        for result in results(files)
        for step in result["steps"]
        for attachment in step["attachments"]
    }
    assert named
    assert named == {name for name in files if name.endswith("-attachment.txt")}


def test_equal_reports_give_equal_files(sample: Any) -> None:
    """Nothing is drawn and no clock is read."""
    first, second = (
        to_allure(sample.report, sample.catalogue, Language.ID, sample.exchange_of)
        for _ in range(2)
    )
    assert first == second


def test_labels_say_pack_class_and_severity(sample: Any) -> None:
    """Allure groups by them."""
    files = to_allure(sample.report, sample.catalogue, Language.EN, sample.exchange_of)
    result = next(r for r in results(files) if r["fullName"].endswith("XX-ACC-002"))
    labels = {(label["name"], label["value"]) for label in result["labels"]}
    assert {("epic", "xx-demo 1.0"), ("feature", "Access"), ("severity", "normal")} <= labels
