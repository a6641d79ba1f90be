"""
The fragments in which oracles say what was observed and required, in the reader's language.

A report keeps the fragments as they were written, in English; they are put into another language
when somebody reads them. The phrases are data (`phrases.toml`).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from conformance.model.requirement import Language, Text
from conformance.reporting.words import load

_NAME: Final = re.compile(r"\{(\w+)\}")
_NUMBER: Final = r"[0-9]+(?:\.[0-9]+)?"
#: A value that is quoted; but a schema's complaint may begin with the quoted one that it wants.
_VALUE: Final = re.compile(r'[{\[]|"(?![^"]+" (?:is a required property|was expected)$)')
#: Between the steps of a story.
ARROW: Final = " → "
#: Units of a story: `A`, or `A+B1`.
_LETTERS: Final = r"[A-Z][0-9]*(?:\+[A-Z][0-9]*)*"
#: What a name may stand for; any text where it is not listed.
_SHAPES: Final = {
    "number": _NUMBER,
    "least": _NUMBER,
    "most": _NUMBER,
    "status": r"[1-5][0-9]{2}",
    "place": r"/\S*",
    "old": _LETTERS,
    "new": _LETTERS,
}


def phrased(fragment: str, language: Language) -> str:
    """`fragment` in `language`; as it is where no phrase fits, and wherever it quotes a value."""
    if language is Language.EN or _VALUE.match(fragment):
        return fragment
    for shape, text in _phrases():
        found = shape.fullmatch(fragment)
        if found is not None:
            inside = {name: phrased(part, language) for name, part in found.groupdict().items()}
            return text.within(language).format_map(inside)
    return fragment


def steps(story: str, language: Language) -> str:
    """A story, each of its steps in `language`."""
    return ARROW.join(phrased(step, language) for step in story.split(ARROW))


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], Text], ...]:
    # What a command said as it ended has lines.
    shapes = load("phrases.toml").values()
    return tuple((re.compile(_shape(text.en), re.DOTALL), text) for text in shapes)


def _shape(phrase: str) -> str:
    parts = _NAME.split(phrase)  # text, name, text, name, …, text
    return "".join(
        f"(?P<{part}>{_SHAPES.get(part, '.+?')})" if index % 2 else re.escape(part)
        for index, part in enumerate(parts)
    )
