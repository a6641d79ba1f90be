"""Writing what a run leaves for its readers: record, page, JUnit, Allure."""

from __future__ import annotations

import shutil
from pathlib import Path

from conformance.app.exchanges import exchange_reader
from conformance.app.folder import write, write_json, write_parts
from conformance.model.report import Report
from conformance.model.requirement import Catalogue, Language
from conformance.reporting import allure, html, json_report, junit
from conformance.running.evidence import Evidence


def publish(
    report: Report,
    catalogue: Catalogue,
    out: Path,
    language: Language,
    gathered: Evidence | None = None,
) -> None:
    """
    Write report.json, report.html, junit.xml and allure-results/ into `out`.

    Args:
        gathered: the evidence of the run, where it was read already.
    """
    read = exchange_reader(out / "evidence", report, gathered)
    document = json_report.to_json(report, catalogue, language, read)
    write_json(out / "report.json", document)
    del document
    write_parts(out / "report.html", html.html_parts(report, catalogue, language, read))
    write(out / "junit.xml", junit.to_junit(report, catalogue, language, read))
    results = out / "allure-results"
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir()
    for name, text in allure.to_allure(report, catalogue, language, read).items():
        write(results / name, text)
