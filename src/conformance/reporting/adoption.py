"""
How the adoption of an official document is told: what is tested, what is not, and why.

The words are data (`adoption.toml`). What becomes of each operation is found by
`contract.adoption`, what can no longer be judged by `app.adopting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from conformance.catalogue.diff import Severity
from conformance.contract.adoption import Fate, Outcome
from conformance.model.json import Json, JsonObject
from conformance.model.requirement import Language, Text
from conformance.reporting import changes
from conformance.reporting.words import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """
    A revision derived from ours.

    Attributes:
        root: its folder; `--pack` takes it.
        lost: requirement id -> the operations without which it can no longer be judged.
        judged: how many requirements are left to judge.
    """

    root: Path
    outcomes: tuple[Outcome, ...]
    lost: Mapping[str, tuple[str, ...]]
    judged: int


def reason(operations: Sequence[str], language: Language) -> str:
    """Why a requirement that needs these operations is no longer judged."""
    return _say("reason", language, operations=", ".join(operations))


def lines(adopted: Adopted, language: Language) -> Iterator[str]:
    """The adoption as text: operations, then requirements, then what to do with it."""
    fates = {fate: _say(f"fate.{fate.value}", language) for fate in Fate}
    width = max(map(len, fates.values()))
    for outcome in adopted.outcomes:
        names = outcome.ours or "-"
        if outcome.theirs not in ("", outcome.ours):
            names += f" = {outcome.theirs}"
        yield f"{fates[outcome.fate]:<{width}} {outcome.route:44} {names}"
        for change in outcome.changes:
            if change.severity is not Severity.COMPATIBLE:
                told = f"{change.place}: {changes.told(change).within(language)}"
                yield f"{'':{width}}   {changes.head(change.severity, language).lower()}: {told}"
    for name, operations in adopted.lost.items():
        yield _say("lost", language, requirement=name, reason=reason(operations, language))
    yield _say("left", language, judged=adopted.judged, root=adopted.root)


def document(
    base: str, outcomes: Sequence[Outcome], lost: Mapping[str, Sequence[str]], language: Language
) -> JsonObject:
    """The adoption as one JSON document; `base` is the `id@revision` of ours."""
    operations: dict[str, Json] = {
        fate.value: [
            {
                "ours": outcome.ours or None,
                "theirs": outcome.theirs or None,
                "route": outcome.route,
                "changes": [changes.as_json(change, language) for change in outcome.changes],
            }
            for outcome in outcomes
            if outcome.fate is fate
        ]
        for fate in Fate
    }
    gone: dict[str, Json] = {name: reason(lost[name], language) for name in sorted(lost)}
    return {
        "schema": "conformance-adoption/1",
        "base": base,
        "operations": operations,
        "requirements_no_longer_judged": gone,
    }


def _say(key: str, language: Language, **values: object) -> str:
    return _words()[key].within(language).format(**values)


@cache
def _words() -> Mapping[str, Text]:
    return load("adoption.toml")
