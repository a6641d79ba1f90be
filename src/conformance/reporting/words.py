"""
The short texts of our reports in the reader's language; no layout, and no explanations.

The words themselves are data (`labels.toml`), so that a translator needs no Python.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from string import Formatter
from typing import Final

from conformance.model.finding import Finding
from conformance.model.remark import Remark
from conformance.model.report import Assessed
from conformance.model.requirement import Catalogue, Language, Role, Text
from conformance.model.verdict import Verdict

_FORMATTER: Final = Formatter()


class Words:
    """
    The labels in one language.

    `words("report.title")` gives one text; keyword arguments fill its `{names}`.
    """

    def __init__(self, language: Language) -> None:
        self.language: Final = language

    def __call__(self, key: str, **values: object) -> str:
        """
        The text of `key`.

        Raises:
            KeyError: no such label, or a `{name}` in it was not given.
        """
        return labels()[key].within(self.language).format(**values)

    def verdict(self, verdict: Verdict) -> str:
        """How a reader calls a verdict."""
        return self(f"verdict.{verdict.name}")

    def roles(self, roles: Iterable[Role]) -> str:
        """What somebody is whom a requirement binds, both where it takes both."""
        return " + ".join(self(f"role.{role.value}") for role in roles)

    def fault(self, finding: Finding) -> str:
        """Who has to act on a finding; "" when nobody has to."""
        return self(f"fault.{finding.fault.value}") if finding.fault else ""

    def title(self, requirement: str, catalogue: Catalogue) -> str:
        """A requirement's title, or its id when the catalogue does not know it."""
        known = catalogue.by_id.get(requirement)
        return known.title.within(self.language) if known else requirement

    def class_title(self, conformance_class: str, catalogue: Catalogue) -> str:
        """A class's title, or its id when the catalogue does not know it."""
        for known in catalogue.classes:
            if known.id == conformance_class:
                return known.title.within(self.language)
        return conformance_class

    def why_not_run(self, assessed: Assessed, catalogue: Catalogue) -> str:
        """Why a requirement was never put to the question."""
        known = catalogue.by_id.get(assessed.id)
        if known and known.needs and assessed.applicability.value == "OTHER_ROLE":
            return self("report.needs_both")
        reason = self(f"applicability.{assessed.applicability.value}")
        if known and known.not_judged and assessed.applicability.value == "EXCUSED":
            return f"{reason} {known.not_judged.within(self.language)}"
        return reason


@cache
def labels() -> Mapping[str, Text]:
    """Every label by its dotted key."""
    return load("labels.toml")


def load(name: str) -> Mapping[str, Text]:
    """
    The texts of one of our data files, by dotted key.

    Raises:
        ValueError: a text lacks a language, or its languages name different `{parameters}`.
    """
    content = resources.files("conformance.reporting").joinpath(name).read_text("utf-8")
    return dict(_texts(tomllib.loads(content), ""))


def tell(
    remark: Remark, texts: Mapping[str, Text], language: Language, prefix: str = "said"
) -> str:
    """
    A remark in words.

    One that only somebody else's pack makes has no sentence of ours: its code and details.

    Args:
        texts: sentences by `prefix` and code.
    """
    details = {
        name: tell(value, texts, language, prefix) if isinstance(value, Remark) else value
        for name, value in remark.details.items()
    }
    text = texts.get(f"{prefix}.{remark.code}")
    if text is None:
        return ", ".join((remark.code, *(f"{name}: {value}" for name, value in details.items())))
    return text.within(language).format_map(details)


def parameters(template: str) -> frozenset[str]:
    """The `{names}` that a template mentions."""
    return frozenset(name for _, name, _, _ in _FORMATTER.parse(template) if name)


def decimal(value: float, language: Language) -> str:
    """One digit behind the point, or behind the comma where that is the point."""
    text = f"{value:.1f}"
    return text if language is Language.EN else text.replace(".", ",")


def sentence_of(scenario: str) -> str:
    """A scenario's name as a sentence: `…::test_a_batch_is_kept` -> `a batch is kept`."""
    name = scenario.rsplit("::", 1)[-1]
    name, bracket, case = name.partition("[")
    words = name.removeprefix("test_").replace("_", " ").strip() or scenario
    return f"{words} [{case}" if bracket else words


def _texts(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, Text]]:
    if table.keys() & {"en", "vi", "id"}:
        versions = {language: table.get(language) for language in ("en", "vi", "id")}
        texts = {language: text for language, text in versions.items() if isinstance(text, str)}
        if len(texts) != 3 or len({parameters(text) for text in texts.values()}) != 1:
            raise ValueError(f"{prefix}: three languages with the same parameters are needed")
        yield prefix, Text(**texts)
        return
    for key, member in table.items():
        if isinstance(member, dict):
            yield from _texts(member, f"{prefix}.{key}" if prefix else key)
