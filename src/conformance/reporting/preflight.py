"""
How a preflight is told: what was seen of the target, and what to do about it.

The words are data (`preflight.toml`); what is looked at stands in `app.preflight`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from conformance.model.json import JsonObject
from conformance.model.preflight import Check, Preflight, State
from conformance.model.remark import Remark
from conformance.model.requirement import Language, Text
from conformance.reporting.words import load, tell


def lines(seen: Preflight, language: Language) -> Iterator[str]:
    """One line for each check; the remedy under it when something is to be done."""
    for check in seen.checks:
        yield from _lines(check, language)


def warnings(seen: Preflight, language: Language) -> Iterator[str]:
    """The same of those checks alone that warn: a run goes on, and its verdicts may tell of it."""
    for check in seen.checks:
        if check.state is State.WARNING:
            yield from _lines(check, language)


def _lines(check: Check, language: Language) -> Iterator[str]:
    yield f"{check.state.value:8} {check.name:12} {_seen(check, language)}"
    if check.remedy is not None:
        yield f"{'':21} {_tell('remedy', check.remedy, language)}"


def document(seen: Preflight, language: Language) -> JsonObject:
    """The checks as one JSON document."""
    return {
        "schema": "conformance-preflight/1",
        "verdict": "INCONCLUSIVE" if seen.stopped_by else "PASS",
        "checks": [
            {
                "name": check.name,
                "state": check.state.value,
                "seen": _seen(check, language),
                "code": check.code,
                "remedy": _tell("remedy", check.remedy, language) if check.remedy else "",
                "fault": check.fault if check.code else None,
            }
            for check in seen.checks
        ],
    }


def _seen(check: Check, language: Language) -> str:
    return check.seen if isinstance(check.seen, str) else _tell("seen", check.seen, language)


def _tell(kind: str, remark: Remark, language: Language) -> str:
    return tell(remark, _words(), language, kind)


@cache
def _words() -> Mapping[str, Text]:
    return load("preflight.toml")
