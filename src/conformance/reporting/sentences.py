"""
Explanations in the reader's language: from a code and its parameters to sentences.

The order never changes: what was observed, what is required, where it says so, what to
do. The texts are data (`sentences.toml`); a code without one gets the generic text, so
that a new code never breaks a report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from conformance.model.finding import Explanation
from conformance.model.requirement import Language, Requirement, Source, Text
from conformance.reporting.phrases import phrased, steps
from conformance.reporting.words import Words, labels, load

#: Longest observed or required text in one paragraph; the exchange shows the rest.
LONGEST: Final = 600
_GENERIC: Final = "generic"
_WORD: Final = re.compile("[a-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """
    One explanation in words; "" where there is nothing to say.

    Attributes:
        what: one sentence that names the kind of deviation.
        observed: what was seen, as a fragment.
        required: what would have been right, as a fragment.
        pointer: JSON pointer into the answer.
        source: the document and article that demand it.
        remedy: what to do, as a sentence.
    """

    language: Language
    what: str
    observed: str
    required: str
    pointer: str
    source: str
    remedy: str

    def parts(self) -> tuple[tuple[str, str], ...]:
        """Label and text in the fixed order, without the empty ones; the first has no label."""
        words = Words(self.language)
        rows = (
            ("", self.what),
            (words("explanation.observed"), self.observed),
            (words("explanation.pointer"), self.pointer),
            (words("explanation.required"), self.required),
            (words("explanation.source"), self.source),
            (words("explanation.remedy"), self.remedy),
        )
        return tuple((label, text) for label, text in rows if text)

    def text(self) -> str:
        """All of it as one paragraph."""
        return " ".join(
            f"{label}: {_ended(text)}" if label else _ended(text) for label, text in self.parts()
        )


class _Gaps(dict[str, str]):
    """Details by name; one that is missing reads as an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"


def explain(
    explanation: Explanation, language: Language, requirement: Requirement | None = None
) -> Explained:
    """
    Put an explanation into words.

    Args:
        requirement: the one that was judged; says where the demand comes from. None when
            the catalogue at hand does not know it.
    """
    details = explanation.details
    texts = _sentences()
    code = explanation.code if known(explanation.code) else _GENERIC
    values = _Gaps(details)
    values.update(code=explanation.code, pointer=explanation.pointer)
    if "story" in details:
        values["story"] = steps(details["story"], language)
    return Explained(
        language=language,
        what=texts[f"{code}.what"].within(language).format_map(values),
        observed=_clipped(phrased(details.get("observed") or details.get("detail", ""), language)),
        required=_clipped(phrased(details.get("required", ""), language)),
        pointer=explanation.pointer,
        source=cite(requirement.source, language) if requirement else "",
        remedy=phrased(details.get("remedy", ""), language)
        or texts[f"{code}.do"].within(language).format_map(values),
    )


def explain_code(code: str, language: Language) -> tuple[str, str]:
    """What a code of no parameters means, and what to do about it."""
    texts = _sentences()
    return texts[f"{code}.what"].within(language), texts[f"{code}.do"].within(language)


def cite(source: Source, language: Language) -> str:
    """Where a requirement comes from: document, article and how we know."""
    words = Words(language)
    basis = words(f"basis.{source.basis.value}")
    # "9" needs its word; "annex, item 3" already says what it is. RFCs have sections.
    kind = "source.section" if source.document.startswith("RFC") else "source.article"
    numbered = source.article[:1].isdigit()
    article = words(kind, article=source.article) if numbered else _worded(source.article, language)
    document, comma, which = source.document.partition(", ")
    told = labels().get(f"citing.{which.replace(' ', '-')}")
    document += comma + (told.within(language) if told else which)
    return ", ".join(part for part in (document, article) if part) + f" ({basis})"


def _worded(article: str, language: Language) -> str:
    """An article whose words (`annex, items 3 and 4`) are the reader's; others stay."""

    def word(found: re.Match[str]) -> str:
        text = labels().get(f"citing.{found[0]}")
        return text.within(language) if text else found[0]

    return _WORD.sub(word, article)


def known(code: str) -> bool:
    """Whether a code has sentences of its own."""
    return code != _GENERIC and f"{code}.what" in _sentences()


@cache
def _sentences() -> Mapping[str, Text]:
    return load("sentences.toml")


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _ended(text: str) -> str:
    return text if text.endswith((".", "…", "!", "?", ":")) else f"{text}."
