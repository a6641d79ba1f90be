"""
How a comparison of two contracts is told: sentences and remedies in the reader's language.

The words are data (`changes.toml`). What changed is found by `contract.compare` and
`catalogue.diff`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from conformance.catalogue.diff import Change, Severity
from conformance.model.json import Json, JsonObject
from conformance.model.requirement import Language, Text
from conformance.reporting.words import load

_SHOWN: Final = 100


def told(change: Change) -> Text:
    """What changed, in one sentence."""
    return _words()[f"change.{change.what}"]


def remedy(change: Change) -> Text:
    """What a vendor does about it."""
    known = _words()
    if change.severity is not Severity.COMPATIBLE or change.what.startswith("operation-"):
        own = known.get(f"remedy.{change.what}")
        if own is not None:
            return own
    general = f"remedy.{change.severity.value}"
    return known.get(f"{general}.{change.direction.value or 'any'}") or known[f"{general}.any"]


def lines(changes: Sequence[Change], language: Language) -> Iterator[str]:
    """The comparison as text, what breaks first."""
    for severity in Severity:
        of_kind = [change for change in changes if change.severity is severity]
        if not of_kind:
            continue
        yield f"{_HEADS[severity].within(language)} ({len(of_kind)})"
        for change in of_kind:
            direction = f" [{change.direction}]" if change.direction else ""
            yield f"  {change.subject}: {change.place}{direction}: {told(change).within(language)}"
            if change.was or change.now:
                yield f"      {change.was or '-'}  ->  {change.now or '-'}"
            if change.witness:
                yield f"      {_EXAMPLE.within(language)}: {_cut(change.witness)}"
            if severity is not Severity.COMPATIBLE:
                yield f"      {remedy(change).within(language)}"
        yield ""
    yield ", ".join(f"{n} {_HEADS[s].within(language).lower()}" for s, n in counts(changes).items())


def document(changes: Sequence[Change], old: str, new: str, language: Language) -> JsonObject:
    """The comparison as one JSON document."""
    summary: dict[str, Json] = {s.value: n for s, n in counts(changes).items()}
    return {
        "schema": "conformance-pack-diff/1",
        "old": old,
        "new": new,
        "summary": summary,
        "changes": [
            {
                "subject": change.subject,
                "place": change.place,
                "direction": change.direction.value or None,
                "what": change.what,
                "class": change.severity.value,
                "was": change.was or None,
                "now": change.now or None,
                "witness": change.witness or None,
                "sentence": told(change).within(language),
                "remedy": remedy(change).within(language),
            }
            for change in changes
        ],
    }


def counts(changes: Sequence[Change]) -> dict[Severity, int]:
    """How many changes there are of each class."""
    return {s: sum(change.severity is s for change in changes) for s in Severity}


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:24]}… ({len(text)} characters)"


_HEADS: Final = {
    Severity.BREAKING: Text(en="Breaking", vi="Phá vỡ tương thích", id="Merusak kompatibilitas"),
    Severity.REVIEW: Text(en="Needs review", vi="Cần xem xét", id="Perlu ditinjau"),
    Severity.COMPATIBLE: Text(en="Compatible", vi="Tương thích", id="Kompatibel"),
}
_EXAMPLE: Final = Text(en="such as", vi="ví dụ", id="misalnya")


@cache
def _words() -> Mapping[str, Text]:
    return load("changes.toml")
