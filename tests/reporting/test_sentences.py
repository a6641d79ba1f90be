"""Explanations and labels: complete in three languages, and in the promised order."""

from __future__ import annotations

import ast
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance import resources
from conformance.model.finding import Explanation
from conformance.model.requirement import Basis, Language, Source
from conformance.reporting import sentences, words
from conformance.reporting.words import Words

PACKAGE = Path(sentences.__file__).parent
RAISED = {"Deviation", "TargetUnreachable", "TargetTimeout", "GrantUnmet", "WorldTrouble"}


def codes_in(path: Path) -> Iterator[tuple[str, str]]:
    """Every code that a file raises or explains, with its place."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        given = [k.value for k in node.keywords if k.arg == "code"]
        if called in RAISED:
            given += node.args[:1]
        elif called != "Explanation":
            continue
        for value in given:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value, f"{path.name}:{node.lineno}"


def test_every_code_that_is_raised_has_sentences_of_its_own() -> None:
    """A code without sentences would be explained by the generic text only."""
    folders = (PACKAGE.parent, resources.suites())
    unknown = {
        (code, place)
        for folder in folders
        for path in folder.rglob("*.py")
        for code, place in codes_in(path)
        if not sentences.known(code)
    }
    assert unknown == set()


def test_every_sentence_exists_in_three_languages_and_is_its_own() -> None:
    """Loading checks the languages; a copy of the English text is no translation."""
    for key, text in words.load("sentences.toml").items():
        assert len({text.en, text.vi, text.id}) == 3, key
        assert re.search(r"[ăâđêôơưáàảãạấầẩẫậếềểễệốồổỗộớờởỡợứừửữựíìỉĩịýỳỷỹỵ]", text.vi), key


#: Called so in every language.
NAMES = {"TCVN3 (ABC)", "VNI", "Windows-1258"}


@pytest.mark.parametrize("name", sorted(path.name for path in PACKAGE.glob("*.toml")))
def test_every_text_is_written_in_three_languages(name: str) -> None:
    """Loading asks for three texts with the same parameters; here they are three languages."""
    texts = words.load(name)
    assert texts
    for key, text in texts.items():
        if text.en in NAMES:
            continue
        assert len({text.en, text.vi, text.id}) == 3, key
        assert all(unicodedata.is_normalized("NFC", told) for told in (text.en, text.vi, text.id))
        # Two short words may need no diacritics; a sentence without any was never translated.
        own = re.sub(r"{[a-z_]*}", "", text.vi)
        assert len(own.split()) <= 2 or not own.isascii(), key


def test_every_code_says_what_and_what_to_do() -> None:
    """Half an explanation sends the reader away."""
    table = tomllib.loads((PACKAGE / "sentences.toml").read_text("utf-8"))
    assert all(entry.keys() == {"what", "do"} for entry in table.values())


@pytest.mark.parametrize(
    ("document", "article", "cited"),
    [
        ("Decree 1", "9", "Decree 1, article 9 (quoted)"),
        ("Decree 1", "annex, item 3", "Decree 1, annex, item 3 (quoted)"),
        ("Decree 1", "", "Decree 1 (quoted)"),
        ("RFC 6750", "3.1", "RFC 6750, section 3.1 (quoted)"),
    ],
)
def test_a_source_is_cited_as_people_cite(document: str, article: str, cited: str) -> None:
    """Only a bare number needs a word, and RFCs have sections."""
    source = Source(document=document, article=article, basis=Basis.QUOTED)
    assert sentences.cite(source, Language.EN) == cited


def test_an_unknown_code_is_explained_in_general_words() -> None:
    """A new oracle must never break a report."""
    said = sentences.explain(
        Explanation(code="made-of-cheese", details={"observed": "cheese"}), Language.EN
    ).text()
    assert "made-of-cheese" in said
    assert "Observed: cheese." in said


def test_the_order_is_observed_required_source_remedy(sample: Any) -> None:
    """The order of the words of every message of ours."""
    requirement = sample.catalogue.by_id["XX-SYNC-007"]
    finding = sample.report.requirements[3].findings[0]
    for language in Language:
        said = sentences.explain(finding.explanation, language, requirement)
        label = Words(language)
        places = [
            said.text().index(f"{label(f'explanation.{part}')}: ")
            for part in ("observed", "required", "source", "remedy")
        ]
        assert places == sorted(places)


def test_a_remedy_that_comes_with_the_explanation_is_preferred() -> None:
    """Whoever raised it knows better than a table."""
    explanation = Explanation(code="grant-unmet", details={"remedy": "Add line 7."})
    assert sentences.explain(explanation, Language.ID).remedy == "Add line 7."


def test_braces_in_what_was_observed_are_only_text() -> None:
    """An answer may hold anything."""
    explanation = Explanation(code="wrong-value", details={"observed": '{"a": {0}}'})
    assert '{"a": {0}}' in sentences.explain(explanation, Language.VI).text()


def test_a_long_observation_is_cut_visibly() -> None:
    """The exchange shows the rest."""
    explanation = Explanation(code="wrong-value", details={"observed": "x" * 9000})
    observed = sentences.explain(explanation, Language.EN).observed
    assert len(observed) == sentences.LONGEST
    assert observed.endswith("…")


def test_every_label_that_the_package_uses_exists() -> None:
    """A missing label would break a report in the field."""
    source = "".join(
        path.read_text("utf-8") for path in [*PACKAGE.glob("*.py"), *PACKAGE.rglob("*.j2")]
    )
    used = set(re.findall(r"""words\(\s*['"]([a-z_]+\.[A-Za-z_]+)['"]""", source))
    assert used - words.labels().keys() == set()


def test_every_label_is_used() -> None:
    """Translators are not asked for texts that nobody reads."""
    source = "".join(
        path.read_text("utf-8") for path in [*PACKAGE.glob("*.py"), *PACKAGE.rglob("*.j2")]
    )
    unused = {
        key
        for key in words.labels()
        if key not in source
        and f"{key.split('.')[0]}.{{" not in source
        and f"'{key.split('.')[0]}.' ~" not in source
    }
    assert unused == set()


@pytest.mark.parametrize(
    ("scenario", "sentence"),
    [
        ("suites/a.py::test_a_batch_is_kept", "a batch is kept"),
        ("a.py::test_rules[salary-step]", "rules [salary-step]"),
        ("free", "free"),
    ],
)
def test_a_scenario_reads_as_its_sentence(scenario: str, sentence: str) -> None:
    """The test name is the sentence that the report prints."""
    assert words.sentence_of(scenario) == sentence
