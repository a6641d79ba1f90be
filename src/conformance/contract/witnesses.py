"""
Values near the edges of schemas: one of them shows what two schemas disagree on.

Not here: whether a value is valid. A candidate costs a look, so generous is right; none of them
is random, so that the same documents always show the same value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from conformance.model.json import Json, JsonObject, compact

_ALPHABETS: Final = ("1", "a", "A", "ễ", " ")
#: By format, one value each; a value of another format is no date.
_FORMATS: Final = ("2026-07-01", "2026-07-01T00:00:00Z", "00000000-0000-4000-8000-000000000000")
_LENGTH_AT_MOST: Final = 5000
_PATTERN_EXAMPLES: Final = 25


def candidates(*schemas: Json) -> Iterator[Json]:
    """Values that one of the schemas may take and another refuse, each once."""
    seen: set[str] = set()
    for value in _all([schema for schema in schemas if isinstance(schema, dict)]):
        text = compact(value)
        if text not in seen:
            seen.add(text)
            yield value


def _all(schemas: Sequence[JsonObject]) -> Iterator[Json]:
    for schema in schemas:
        yield from _list(schema.get("enum"))
        if "const" in schema:
            yield schema["const"]
        yield from _list(schema.get("examples"))
    for schema in schemas:
        for keyword in ("anyOf", "oneOf", "allOf"):
            inner = [part for part in _list(schema.get(keyword)) if isinstance(part, dict)]
            yield from _all(inner)
    for schema in schemas:
        yield from _numbers(schema)
        yield from _strings(schema)
        yield from _arrays(schema)
    yield from (None, True, 0, -1, 1, 0.5, "", "a", "1", *_FORMATS, [], {})
    for schema in schemas:
        pattern = schema.get("pattern")
        if isinstance(pattern, str):
            yield from _matching(pattern)


def _numbers(schema: JsonObject) -> Iterator[Json]:
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
        limit = schema.get(keyword)
        if isinstance(limit, (int, float)) and not isinstance(limit, bool):
            yield from (limit, limit + 1, limit - 1)


def _strings(schema: JsonObject) -> Iterator[Json]:
    for keyword in ("minLength", "maxLength"):
        limit = schema.get(keyword)
        if isinstance(limit, int) and limit < _LENGTH_AT_MOST:
            for length in (limit, limit + 1, limit - 1):
                yield from (letter * length for letter in _ALPHABETS)


def _arrays(schema: JsonObject) -> Iterator[Json]:
    items = schema.get("items")
    for keyword in ("minItems", "maxItems"):
        limit = schema.get(keyword)
        if isinstance(limit, int) and limit < _LENGTH_AT_MOST and isinstance(items, dict):
            for item in list(_all([items]))[:8] if "$ref" not in items else []:
                yield from ([item] * length for length in (limit, limit + 1, max(0, limit - 1)))


def _matching(pattern: str) -> Iterator[str]:
    """Some texts that match a pattern; none when it is no Python pattern."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis.strategies import from_regex

    try:
        compiled = re.compile(pattern, re.ASCII)
    except re.error:
        return
    found: list[str] = []

    @settings(
        max_examples=_PATTERN_EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(from_regex(compiled))
    def collect(text: str) -> None:
        found.append(text)

    collect()
    # `$` of Python matches before a last line feed; elsewhere it does not.
    yield from sorted({text.removesuffix("\n") for text in found}, key=lambda t: (len(t), t))


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
