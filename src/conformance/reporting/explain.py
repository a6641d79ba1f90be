"""`conformance explain`: what a requirement demands and what a finding rests on, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from conformance.contract.rules import Rule
from conformance.model.pack import MutantInfo
from conformance.model.report import Report
from conformance.model.requirement import Catalogue, Language, Requirement, Text
from conformance.model.verdict import Verdict
from conformance.reporting.exchanges import ExchangeOf, exchange_lines, headline, readings
from conformance.reporting.findings import called, told
from conformance.reporting.sentences import cite
from conformance.reporting.words import Words, sentence_of

#: Columns of a page.
WIDTH: Final = 88


def requirement_page(
    requirement: Requirement,
    catalogue: Catalogue,
    language: Language,
    *,
    rules: Sequence[Rule] = (),
    scenarios: Sequence[str] = (),
    mutants: Sequence[MutantInfo] = (),
) -> list[str]:
    """
    Everything about one requirement.

    Args:
        rules: those of the pack that it enforces.
        scenarios: ids of the scenarios that verify it.
        mutants: the deliberately faulty implementations that break it.
    """
    words = Words(language)
    name = requirement.conformance_class
    principles = catalogue.standard.principles if catalogue.standard else ()
    spoken = [p.title.within(language) for p in principles if p.id == requirement.principle]
    rows = [
        (words("report.role_of"), words.roles(requirement.roles)),
        (words("report.class"), f"{words.class_title(name, catalogue)} ({name})"),
        (words("quality.principle_of"), ", ".join(spoken)),
        (words("report.source"), cite(requirement.source, language)),
        (words("report.since"), requirement.since),
        *(
            (_labelled(name, said, words), said.within(language))
            for name, said in (
                ("rationale", requirement.rationale),
                ("falsified", requirement.falsified_by),
                ("not_judged", requirement.not_judged),
            )
            if said is not None
        ),
    ]
    obligation = words(f"obligation.{requirement.obligation.value}")
    lines = [f"{requirement.id} · {requirement.obligation.value} ({obligation})"]
    lines += [*wrap(requirement.title.within(language), WIDTH), ""]
    for label, text in rows:
        if text:
            lines += _row(label, text)
    for rule in rules:
        lines += ["", *rule_page(rule, language)]
    if scenarios:
        lines += ["", f"{_english('scenarios', words)}:"]
        for scenario in scenarios:
            lines += [f"  - {sentence_of(scenario)}", f"    {scenario}"]
    if mutants:
        lines += ["", f"{_english('mutants', words)}:"]
        lines += [f"  - {mutant.name}: {mutant.summary}" for mutant in mutants]
    return lines


def class_page(name: str, catalogue: Catalogue, language: Language) -> list[str]:
    """The requirements of a class: what each demands, and what shows it false."""
    words = Words(language)
    lines = wrap(f"{name} · {words.class_title(name, catalogue)}", WIDTH)
    for requirement in catalogue.requirements:
        if requirement.conformance_class != name:
            continue
        title = f"{requirement.id} · {requirement.obligation.value} · "
        lines += ["", *wrap(title + requirement.title.within(language), WIDTH)]
        for label, said in (
            ("falsified", requirement.falsified_by),
            ("not_judged", requirement.not_judged),
        ):
            if said is not None:
                lines += _row(_labelled(label, said, words), said.within(language))
    return lines


def rule_page(rule: Rule, language: Language) -> list[str]:
    """One rule between fields: what it says, where, and the expression to evaluate."""
    words = Words(language)
    lines = wrap(f"{rule.id} · {rule.title.within(language)}", WIDTH)
    lines += _row(words("explanation.pointer"), rule.pointer)
    lines += _row(words("report.source"), cite(rule.source, language))
    lines += _row(words("report.message"), rule.message.within(language))
    lines.append(f"{words('report.expression', file=rule.defined_at)}:")
    return [*lines, *(f"  {line}".rstrip() for line in rule.expression.strip().split("\n"))]


def finding_page(
    report: Report, catalogue: Catalogue, language: Language, name: str, exchange_of: ExchangeOf
) -> list[str]:
    """
    What `REPORT#name` means: the requirement, each finding, its exchanges and curl lines.

    Args:
        name: a requirement id, or an id and the position of one finding (`X-001/2`).

    Raises:
        UsageError: the report holds nothing of that name.
    """
    words = Words(language)
    assessed, chosen = called(report, name)
    known = catalogue.by_id.get(assessed.id)
    lines = requirement_page(known, catalogue, language) if known else [assessed.id]
    lines += ["", *_row(words("report.verdict"), _verdict(words, assessed.verdict))]
    if assessed.verdict is Verdict.NOT_RUN:
        lines += wrap(words.why_not_run(assessed, catalogue), WIDTH)
    for item in told(assessed, catalogue, language):
        if not any(item.finding is finding for finding in chosen):
            continue
        lines += ["", f"── {item.name} " + "─" * max(3, WIDTH - len(item.name) - 4)]
        lines += _row(words("report.scenario"), item.sentence)
        lines.append(f"  {item.finding.scenario}")
        lines += _row(words("report.verdict"), _verdict(words, item.finding.verdict))
        if item.finding.fault:
            lines += _row(words("report.fault"), words.fault(item.finding))
        for label, text in item.explained.parts() if item.explained else ():
            lines += _row(label, text) if label else wrap(text, WIDTH)
        for reading in readings(item.finding, exchange_of):
            title = words("exchange.one", number=reading.number)
            lines += ["", f"{title}: {headline(reading)}"]
            if item.finding.verdict is Verdict.PASS and len(chosen) > 1:
                continue  # what was in order is printed when it is asked for by name
            lines += [f"  │ {line}".rstrip() for line in exchange_lines(reading, words)]
            if reading.curl:
                lines += [f"{words('report.reproduce')}:", *reading.curl.split("\n")]
    return lines


def _labelled(name: str, said: Text, words: Words) -> str:
    """The label of a text, which says so where nobody has translated it."""
    if said.within(words.language) == said.en and words.language is not Language.EN:
        return _english(name, words)
    return words(f"report.{name}")


def _english(name: str, words: Words) -> str:
    """The label of a text that a catalogue gives in English alone."""
    return words("report.english", label=words(f"report.{name}"))


def _verdict(words: Words, verdict: Verdict) -> str:
    return f"{words.verdict(verdict)} ({verdict.name}): {words(f'meaning.{verdict.name}')}"


def _row(label: str, text: str) -> list[str]:
    return wrap(f"{label}: {text}", WIDTH, subsequent_indent="  ", break_long_words=False)
