"""The terminal: one counter line, then what to do."""

from __future__ import annotations

import io
from typing import Any

from conformance.model.requirement import Language
from conformance.model.verdict import Verdict
from conformance.reporting.terminal import progress, show, summary_lines


class Screen(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_log_gets_one_counter_line() -> None:
    """A line for each scenario is too much, and a redrawn bar is noise."""
    stream = io.StringIO()
    with progress(stream, 3, Language.EN) as counter:
        counter.closed(Verdict.PASS)
        counter.closed(Verdict.PASS)
        counter.closed(Verdict.NOT_RUN)
    assert stream.getvalue() == "3 of 3 scenarios · 2 Pass · 1 Not run\n"


def test_a_terminal_gets_the_same_line_at_the_end() -> None:
    """The bar goes away; what it said stays."""
    stream = Screen()
    with progress(stream, 1, Language.VI) as counter:
        counter.closed(Verdict.PASS)
    assert stream.getvalue().endswith("1/1 kịch bản · 1 Đạt\n")


def test_a_resumed_run_counts_what_was_done_before() -> None:
    """A resumed run must not look as if it had lost scenarios."""
    stream = io.StringIO()
    with progress(stream, 5, Language.EN) as counter:
        counter.resumed(4)
        counter.closed(Verdict.PASS)
    assert stream.getvalue() == "5 of 5 scenarios · 1 Pass\n"


def test_each_trouble_names_requirement_fault_and_the_way_on(sample: Any) -> None:
    """What a vendor needs to begin."""
    lines = summary_lines(
        sample.report, sample.catalogue, Language.EN, exchange_of=sample.exchange_of
    )
    text = "\n".join(lines)
    start = lines.index(
        "Fail  XX-ACC-002 (recommended)  A refusal names the scheme in WWW-Authenticate"
    )
    assert lines[start + 1] == "  Who has to act: the software under test"
    assert '  curl -sS -i "$BASE_URL/v1/metadata"' in lines
    assert "conformance explain conformance-out/report.json#XX-SYNC-014/1" in text
    assert (
        "10 requirements · 2 Pass · 3 Not run · 1 Inconclusive · 3 Fail · 1 Toolkit error" in lines
    )
    assert lines[-1].startswith("ERROR: No verdict.")


def test_a_long_curl_line_is_left_to_explain(sample: Any) -> None:
    """Two kilobytes of JSON would bury what to do."""
    lines = summary_lines(
        sample.report, sample.catalogue, Language.EN, exchange_of=sample.exchange_of
    )
    assert max(len(line) for line in lines) < 1100
    assert any(line.startswith("  The curl line is long") for line in lines)


def test_a_clean_run_is_short(sample: Any) -> None:
    """CI stays quiet otherwise."""
    from dataclasses import replace

    clean = tuple(a for a in sample.report.requirements if a.verdict is Verdict.PASS)
    report = replace(sample.report, requirements=clean, classes=("access",), notes=())
    lines = summary_lines(report, sample.catalogue, Language.ID)
    assert len(lines) == 7
    assert lines[-1].startswith("PASS: Sesuai.")


def test_what_is_shown_is_what_was_said(sample: Any) -> None:
    """Colour adds nothing to the words, and curl lines are not wrapped."""
    lines = summary_lines(
        sample.report, sample.catalogue, Language.EN, exchange_of=sample.exchange_of
    )
    plain = io.StringIO()
    show(lines, plain, sample.report, Language.EN)
    assert plain.getvalue() == "\n".join(lines) + "\n"

    screen = Screen()
    show(lines, screen, sample.report, Language.EN)
    assert '  curl -sS -i "$BASE_URL/v1/metadata"' in screen.getvalue()
