"""Every reason is a sentence in three languages that name the same things."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.certification import reasons
from conformance.certification.checks import TITLES, CheckName
from conformance.certification.reasons import SENTENCES, printable, reason, together
from conformance.model.requirement import Language

SOURCES = Path(reasons.__file__).parent.glob("*.py")
USED = {
    code
    for path in SOURCES
    for code in re.findall(
        r"(?:reason|_passed|_warning|_skipped)\(\s*\"([a-z-]+)\"", path.read_text("utf-8")
    )
}


def placeholders(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_names_the_same_things_in_each_language(code):
    text = SENTENCES[code]
    named = [placeholders(text.within(language)) for language in Language]
    assert named[0] == named[1] == named[2]
    assert len({text.within(language) for language in Language}) == 3


def test_every_sentence_is_used_and_every_code_has_one():
    assert set(SENTENCES) == USED


def test_every_check_has_a_title():
    assert set(TITLES) == set(CheckName)


def test_a_reason_that_lacks_a_parameter_is_our_defect():
    with pytest.raises(KeyError):
        reason("must-failed")


@given(st.text(alphabet=st.characters(codec=None), max_size=400))
def test_what_a_stranger_wrote_is_made_printable(text):
    shown = printable(text)
    assert shown.isprintable()
    shown.encode("utf-8")
    assert len(shown) <= 160 * 10


def test_the_words_of_a_language_survive():
    assert printable("Công bố phù hợp") == "Công bố phù hợp"


def test_what_is_said_of_many_requirements_is_said_once():
    """A server that refuses everything would be told 165 times that it is inconclusive."""
    given = [reason("must-failed", requirement="A-001")]
    given += [reason("must-inconclusive", requirement=f"A-{n:03d}") for n in range(2, 6)]
    given += [reason("class-left-out", conformance_class=name, count=2) for name in ("x", "y")]
    given += [reason("must-failed", requirement="B-001")]
    told = [each.within(Language.EN) for each in together(given)]
    assert told == [
        "A-001, B-001: failed.",
        "A-002…005: inconclusive, something kept us from judging.",
        "Class x: 2 mandatory requirements were left out of the run.",
        "Class y: 2 mandatory requirements were left out of the run.",
    ]
    assert together(()) == ()
