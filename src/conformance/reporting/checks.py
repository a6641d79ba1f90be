"""
The flaws of a data file in the reader's language: one line each, and what to do about it.

The words are data (`checks.toml`); a rule brings its own sentence from the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from conformance.model.flaw import Flaw, Law, Tally
from conformance.model.json import JsonObject
from conformance.model.requirement import Language, Text
from conformance.reporting.words import load


def sentence(flaw: Flaw, language: Language) -> str:
    """What is wrong."""
    if flaw.message is not None:
        return flaw.message.within(language)
    text = _words()[f"finding.{_key(flaw)}"].within(language)
    required = flaw.required.strip('"')
    return text.format(required=required, day=required, line=required, list=flaw.name)


def remedy(flaw: Flaw, language: Language) -> str:
    """What to do about it."""
    words = _words()
    found = words.get(f"remedy.{_key(flaw)}") or words["remedy.schema.any"]
    return found.within(language)


def line(flaw: Flaw, file: str, language: Language) -> str:
    """A flaw as text: file:line, pointer, law, value, sentence, remedy."""
    law = flaw.name if flaw.law in (Law.RULE, Law.JSON, Law.KIND) else f"{flaw.law}/{flaw.name}"
    value = f" ({flaw.value})" if flaw.value else ""
    head = f"{file}:{flaw.line}: {flaw.pointer or '/'} [{law}]{value}"
    return f"{head}\n    {sentence(flaw, language)} {remedy(flaw, language)}"


def as_json(flaw: Flaw, file: str, language: Language) -> JsonObject:
    """A flaw as one JSON object."""
    return {
        "file": file,
        "line": flaw.line,
        "pointer": flaw.pointer,
        "law": flaw.law.value,
        "name": flaw.name,
        "value": flaw.value or None,
        "required": flaw.required or None,
        "message": sentence(flaw, language),
        "remedy": remedy(flaw, language),
    }


def ending(tally: Tally, language: Language) -> str:
    """The counts in one line."""
    words = _words()
    records = ", ".join(f"{count} {kind}" for kind, count in tally.records.items()) or "0"
    if not tally.flaws:
        return words["summary.clean"].within(language).format(records=records)
    laws = ", ".join(f"{law} {count}" for law, count in sorted(tally.by_law.items()))
    return (
        words["summary.found"]
        .within(language)
        .format(records=records, findings=tally.flaws, faulty=tally.faulty, laws=laws)
    )


def counts(tally: Tally) -> JsonObject:
    """The counts as JSON."""
    return {
        "records": dict(tally.records),
        "faulty_lines": tally.faulty,
        "findings": tally.flaws,
        "by_law": dict(tally.by_law),
    }


def _key(flaw: Flaw) -> str:
    if flaw.name == "doubtful":
        return "doubtful"
    match flaw.law:
        case Law.CODE_LIST:
            return "code-list.closed" if flaw.required else "code-list.unknown"
        case Law.SCHEMA:
            own = f"schema.{flaw.name}"
            return own if f"finding.{own}" in _words() else "schema.any"
        case _:
            return flaw.law.value


@cache
def _words() -> Mapping[str, Text]:
    return load("checks.toml")
