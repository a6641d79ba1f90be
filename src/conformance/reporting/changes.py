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


def head(severity: Severity, language: Language) -> str:
    """What changes of one class are called."""
    return _words()[f"head.{severity.value}"].within(language)


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
    known = _words()
    heads = {severity: head(severity, language) for severity in Severity}
    for severity in Severity:
        of_kind = [change for change in changes if change.severity is severity]
        if not of_kind:
            continue
        yield f"{heads[severity]} ({len(of_kind)})"
        for change in of_kind:
            direction = ""
            if change.direction:
                direction = f" [{known[f'direction.{change.direction.value}'].within(language)}]"
            yield f"  {change.subject}: {change.place}{direction}: {told(change).within(language)}"
            if change.was or change.now:
                was, now = (_excerpt(side, language) or "-" for side in (change.was, change.now))
                yield f"      {was}  ->  {now}"
            if change.witness:
                such_as = known["example"].within(language)
                yield f"      {such_as}: {_cut(change.witness, language)}"
            if severity is not Severity.COMPATIBLE:
                yield f"      {remedy(change).within(language)}"
        yield ""
    yield ", ".join(f"{n} {heads[s].lower()}" for s, n in counts(changes).items())


def document(changes: Sequence[Change], old: str, new: str, language: Language) -> JsonObject:
    """The comparison as one JSON document."""
    summary: dict[str, Json] = {s.value: n for s, n in counts(changes).items()}
    return {
        "schema": "conformance-pack-diff/1",
        "old": old,
        "new": new,
        "summary": summary,
        "changes": [as_json(change, language) for change in changes],
    }


def as_json(change: Change, language: Language) -> JsonObject:
    """One change as a JSON object."""
    return {
        "subject": change.subject,
        "place": change.place,
        "direction": change.direction.value or None,
        "what": change.what,
        "class": change.severity.value,
        "was": _excerpt(change.was, language) or None,
        "now": _excerpt(change.now, language) or None,
        "witness": change.witness or None,
        "sentence": told(change).within(language),
        "remedy": remedy(change).within(language),
    }


def counts(changes: Sequence[Change]) -> dict[Severity, int]:
    """How many changes there are of each class."""
    return {s: sum(change.severity is s for change in changes) for s in Severity}


def _excerpt(text: str | Text, language: Language) -> str:
    return text.within(language) if isinstance(text, Text) else text


def _cut(text: str, language: Language) -> str:
    if len(text) <= _SHOWN:
        return text
    return _words()["cut"].within(language).format(begin=text[:24], count=len(text))


@cache
def _words() -> Mapping[str, Text]:
    return load("changes.toml")
