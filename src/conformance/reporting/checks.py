"""
The flaws of a data file in the reader's language: one line each, and what to do about it.

The words are data (`checks.toml`); a rule brings its own sentence from the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from conformance.model.flaw import Flaw, Law, Tally
from conformance.model.json import JsonObject
from conformance.model.requirement import Language, Text
from conformance.reporting.words import load

#: Laws that say all by themselves.
_ALONE: Final = (Law.JSON, Law.KIND, Law.STOPGAP)


def sentence(flaw: Flaw, language: Language) -> str:
    """What is wrong."""
    if flaw.message is not None:
        return flaw.message.within(language)
    text = words()[f"finding.{_key(flaw)}"].within(language)
    required = flaw.required.strip('"')
    if flaw.law is Law.TEXT and flaw.name == "bytes":
        encoding = words().get(f"encoding.{required}") or words()["encoding.unknown"]
        required = encoding.within(language)
    return text.format(required=required, day=required, line=required, list=flaw.name)


def remedy(flaw: Flaw, language: Language) -> str:
    """What to do about it."""
    key = _key(flaw)
    for own in (key, key.partition(".")[0], "schema.any"):
        if found := words().get(f"remedy.{own}"):
            return found.within(language)
    raise KeyError(key)


def line(flaw: Flaw, file: str, language: Language) -> str:
    """A flaw as text: file:line, column, pointer, law, value, sentence, remedy."""
    value = f" ({flaw.value})" if flaw.value else ""
    head = f"{file}:{flaw.line}: {place(flaw)} [{law(flaw)}]{value}"
    return f"{head}\n    {sentence(flaw, language)} {remedy(flaw, language)}"


def place(flaw: Flaw) -> str:
    """Where in its record: the column in the file's own words, and the field."""
    pointer = flaw.pointer or "/"
    return f"“{flaw.column}” {pointer}" if flaw.column else pointer


def law(flaw: Flaw) -> str:
    """Which law is broken, by its short name."""
    if flaw.law is Law.RULE:
        return flaw.name
    return flaw.law.value if flaw.law in _ALONE else f"{flaw.law}/{flaw.name}"


def as_json(flaw: Flaw, file: str, language: Language) -> JsonObject:
    """A flaw as one JSON object."""
    return {
        "file": file,
        "line": flaw.line,
        "column": flaw.column or None,
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
    records = ", ".join(f"{count} {kind}" for kind, count in tally.records.items()) or "0"
    if not tally.flaws:
        return words()["summary.clean"].within(language).format(records=records)
    laws = ", ".join(f"{law} {count}" for law, count in sorted(tally.by_law.items()))
    return (
        words()["summary.found"]
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
            return own if f"finding.{own}" in words() else "schema.any"
        case Law.TEXT if flaw.name == "bytes":
            return "bytes"
        case Law.CELL | Law.TEXT:
            return f"{flaw.law}.{flaw.name}"
        case _:
            return flaw.law.value


@cache
def words() -> Mapping[str, Text]:
    """Every text of a check by its dotted key."""
    return load("checks.toml")
