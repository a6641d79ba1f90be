"""report.html: self-contained, escaped, and the same in three languages."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from conformance.model.report import UNDECLARED
from conformance.model.requirement import Language
from conformance.model.verdict import Verdict
from conformance.reporting.exchanges import LONG_CURL
from conformance.reporting.html import rerun_command, to_html
from conformance.reporting.words import Words

VOID = {"meta", "br", "link", "img", "hr", "input"}


class Balance(HTMLParser):
    """Fails on a tag that is closed in the wrong place."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.ids: list[str] = []
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("href", "src") and value:
                self.targets.add(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def page_of(sample: Any, language: Language = Language.EN) -> str:
    return to_html(sample.report, sample.catalogue, language, sample.exchange_of)


def test_the_golden_page_is_written_byte_for_byte(sample: Any, golden: Path, held: Any) -> None:
    """A change of the page is looked at before it is accepted."""
    held(golden / "report.html", page_of(sample))


@pytest.mark.parametrize("language", list(Language))
def test_the_page_is_well_formed_and_needs_nothing_else(sample: Any, language: Language) -> None:
    """It is read offline, from a mail attachment, without script."""
    page = page_of(sample, language)
    reader = Balance()
    reader.feed(page)
    assert reader.open == []
    assert reader.seen.isdisjoint({"script", "link", "img", "iframe"})
    assert "url(" not in page
    assert "@import" not in page
    assert len(reader.ids) == len(set(reader.ids))
    assert {target.removeprefix("#") for target in reader.targets} <= set(reader.ids)
    assert f'<html lang="{language.value}">' in page
    assert re.search(r"HRM Một Cửa &lt;Pro&gt;", page)
    assert "<Pro>" not in page


def test_what_a_target_says_cannot_become_markup(sample: Any) -> None:
    """The target's answers are hostile until escaped."""
    page = page_of(sample)
    assert "Salary step &lt;invalid&gt;" in page
    assert "<h1>Bad</h1>" not in page


def test_modelled_contracts_are_called_so_in_every_language(sample: Any) -> None:
    """The honest limit stands above the results."""
    assert "This contract is modelled" in page_of(sample)
    assert "là bản mô phỏng" in page_of(sample, Language.VI)
    official = replace(sample.report, pack=replace(sample.report.pack, provenance="official"))
    page = to_html(official, sample.catalogue, Language.EN, sample.exchange_of)
    assert "This contract is modelled" not in page


def test_a_report_whose_evidence_is_gone_is_still_readable(sample: Any) -> None:
    """The page says that the exchanges are not at hand, and shows the findings."""

    def gone(number: int) -> Any:
        raise KeyError(number)

    page = to_html(sample.report, sample.catalogue, Language.EN, gone)
    assert "the evidence folder is missing" in page
    assert "409 message-id-reused" in page


def test_a_clean_run_says_that_nothing_needs_attention(sample: Any) -> None:
    """Silence would leave the reader in doubt."""
    passed = tuple(a for a in sample.report.requirements if a.verdict is Verdict.PASS)
    report = replace(sample.report, requirements=passed)
    page = to_html(report, sample.catalogue, Language.EN, sample.exchange_of)
    assert "No judged requirement ended in anything but Pass" in page
    assert "Conformant" in page


def test_the_rerun_command_repeats_target_pack_and_seed(sample: Any) -> None:
    """The same seed asks the same questions."""
    assert rerun_command(sample.report, Language.VI) == (
        "conformance run https://hrm.example.test:8443/api "
        "--pack xx-demo@1.0 --role provider --seed 20261122 --lang vi"
    )


@pytest.mark.parametrize("language", [Language.VI, Language.ID])
def test_texts_that_are_english_alone_say_so(sample: Any, language: Language) -> None:
    """Nobody opens a Vietnamese report and meets an English paragraph unprepared."""
    page = page_of(sample, language)
    rationale = sample.catalogue.requirements[0].rationale.en
    label = Words(language)("report.in_english")
    assert page.count(f"<summary>{label}</summary>") == page.count(f'<dd lang="en">{rationale}')
    assert label not in page_of(sample)


def test_what_was_met_is_folded_and_what_was_not_stands_before_it(sample: Any) -> None:
    """A page of 183 requirements begins with those that somebody must look at."""
    page = page_of(sample)
    folded = page.index('<details class="passed">')
    assert page.index('id="XX-ACC-002"') < folded < page.index('id="XX-ACC-001"')


def test_a_target_that_nobody_declared_is_called_by_its_address(sample: Any) -> None:
    """`not declared not declared` names nothing."""
    report = replace(sample.report, implementation=UNDECLARED)
    page = to_html(report, sample.catalogue, Language.VI, sample.exchange_of)
    assert f'<p class="product">{report.locator}</p>' in page
    assert "not declared" not in page


def test_a_long_curl_line_is_folded(sample: Any) -> None:
    """It is there to be copied, not to be read."""
    page = page_of(sample)
    lines = re.findall(r'(<details class="long">[^\n]*\n)?<pre class="curl">([^<]*)</pre>', page)
    assert any(fold for fold, _ in lines)
    assert all(bool(fold) == (len(unescape(line)) > LONG_CURL) for fold, line in lines)
