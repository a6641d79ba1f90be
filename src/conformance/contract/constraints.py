"""
Every demand that a schema makes of a value, and values that break one of them or just keep it.

A *constraint* is one keyword at one place of a value (`/salaryHistory/*/coefficient`, `pattern`);
a name under `required` is one by itself. What is proposed here is not proven: `keyword_vectors`
does that. Alternatives (`anyOf`, `oneOf`, `if`) are not gone into: nothing in them can be broken
alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.model.json import Json, JsonObject, at, escape

#: A member that no contract names.
STRANGER: Final = "unheardOf"
#: One character, three bytes in UTF-8; one character, four bytes and two units in UTF-16. Both
#: are letters of real names, and whoever counts anything but characters counts them wrongly.
_LETTERS: Final = ("ễ", "𡨸")

_WRONG: Final[dict[str, tuple[str, ...]]] = {
    "date": ("2025-02-30", "2025-7-1", "01/07/2025", "2025-07-01T00:00:00Z"),
    "date-time": ("2025-07-01T08:00:00", "2025-07-01", "2025-02-30T08:00:00Z"),
    "uuid": ("6f1c1a52-6a0e-4f0b-9d0a-0d8a54b0c7f", "6f1c1a526a0e4f0b9d0a0d8a54b0c7f1", "1"),
}
_RIGHT: Final = {
    "date": "2025-07-01",
    "date-time": "2025-07-01T08:00:00Z",
    "uuid": "6f1c1a52-6a0e-4f0b-9d0a-0d8a54b0c7f1",
}
_SCALARS: Final = (
    *("type", "enum", "const", "pattern", "format", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minItems", "maxItems", "uniqueItems"),
)
#: Whose boundary lies above.
UPPER: Final = frozenset({"maxLength", "maximum", "maxItems"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """
    One keyword at one place.

    Attributes:
        schema: JSON pointer of the schema that states it, in the bundled document.
        keyword: `pattern`, `maxItems` ...
        name: the member that `required` asks for, "" for other keywords.
        pointer: into the value, `*` for every item; for `required` and `additionalProperties`
            the object's.
        per_record: whether it stands inside what is judged record by record.
        elsewhere: whether requirements of their own are about breaking it.
    """

    schema: str
    keyword: str
    name: str
    pointer: str
    per_record: bool = False
    elsewhere: bool = False

    def __str__(self) -> str:
        return f"{self.pointer or '/'} {self.keyword} {self.name}".rstrip()

    def places(self, pointer: str) -> tuple[str, ...]:
        """Where a fault may be said to lie, for one pointer that this one's stands for."""
        inside = STRANGER if self.keyword == "additionalProperties" else self.name
        return (pointer, f"{pointer}/{escape(inside)}") if inside else (pointer,)


@dataclass(frozen=True, slots=True)
class _Here:
    """Where a walk through schemas has come to."""

    pointer: str
    per_record: bool
    seen: tuple[str, ...]


def constraints(document: JsonObject, schema: str) -> tuple[Constraint, ...]:
    """All constraints of the schema at a JSON pointer, outer ones first. Raises KeyError."""
    found = _constraints(document, schema, _Here("", False, ()))
    return tuple({(c.schema, c.keyword, c.name, c.pointer): c for c in found}.values())


def _constraints(document: JsonObject, schema: str, here: _Here) -> Iterator[Constraint]:
    node = at(document, schema)
    # A schema that holds itself has no finite list of places: one turn is enough.
    if not isinstance(node, dict) or schema in here.seen:
        return
    seen, inside = (*here.seen, schema), here.per_record or node.get("x-judged-per-record") is True
    marked = node.get("x-judged-elsewhere")
    elsewhere = marked if isinstance(marked, list) else []
    for keyword, name in _stated(node):
        yield Constraint(
            schema=schema,
            keyword=keyword,
            name=name,
            pointer=here.pointer,
            per_record=inside,
            elsewhere=keyword in elsewhere,
        )
    same = _Here(here.pointer, inside, seen)
    reference = node.get("$ref")
    if isinstance(reference, str):
        yield from _constraints(document, reference.removeprefix("#"), same)
    parts = node.get("allOf")
    for index in range(len(parts) if isinstance(parts, list) else 0):
        yield from _constraints(document, f"{schema}/allOf/{index}", same)
    members = node.get("properties")
    for name, member in members.items() if isinstance(members, dict) else ():
        # What only a server says is not a client's to break.
        if not (isinstance(member, dict) and member.get("readOnly") is True):
            token = escape(name)
            child = _Here(f"{here.pointer}/{token}", inside, seen)
            yield from _constraints(document, f"{schema}/properties/{token}", child)
    if "items" in node:
        yield from _constraints(
            document, f"{schema}/items", _Here(f"{here.pointer}/*", inside, seen)
        )


def _stated(node: JsonObject) -> Iterator[tuple[str, str]]:
    yield from ((keyword, "") for keyword in _SCALARS if keyword in node)
    names = node.get("required")
    yield from (("required", str(name)) for name in (names if isinstance(names, list) else ()))
    if node.get("additionalProperties") is False:
        yield "additionalProperties", ""


def located(value: Json, pattern: str) -> str | None:
    """The first place in a value that a pattern stands for; None without one."""
    found: list[tuple[str, Json]] = [("", value)]
    for step in pattern.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        inner: list[tuple[str, Json]] = []
        for where, holder in found:
            if step == "*" and isinstance(holder, list):
                inner += [(f"{where}/{index}", item) for index, item in enumerate(holder)]
            elif isinstance(holder, dict) and name in holder:
                inner.append((f"{where}/{step}", holder[name]))
        found = inner
    return found[0][0] if found else None


def put(value: Json, pointer: str, new: Json) -> Json:
    """A copy of `value` with `new` at a pointer, sharing what does not change. Raises KeyError."""
    if not pointer:
        return new
    token, _, rest = pointer[1:].partition("/")
    name, below = token.replace("~1", "/").replace("~0", "~"), f"/{rest}" if rest else ""
    if isinstance(value, dict):
        return {**value, name: put(value[name] if below else None, below, new)}
    if isinstance(value, list) and name.isdecimal():
        index = int(name)
        return [*value[:index], put(value[index], below, new), *value[index + 1 :]]
    raise KeyError(pointer)


def breaking(
    document: JsonObject, constraint: Constraint, value: Json, turn: int
) -> Iterator[Json]:
    """
    What might stand in the place of `value` to break a constraint, the likeliest first.

    Args:
        value: what stands at the constraint's place and keeps it.
        turn: among equally good ways, which one comes first.
    """
    node = at(document, constraint.schema)
    assert isinstance(node, dict)
    asked = node.get(constraint.keyword)
    if constraint.keyword == "type":
        # A language without types takes a number for a text, one with them takes null, and in some
        # a truth is a number.
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        yield from _turned((None, _another_kind(value), *((True,) if numeric else ())), turn)
        yield from (7, "x", {})
    elif isinstance(value, dict):
        yield from _broken_object(constraint, value)
    elif isinstance(value, list):
        yield from _broken_array(document, constraint, asked, value)
    else:
        yield from _broken_scalar(constraint.keyword, asked, value, turn)


def _broken_object(constraint: Constraint, value: JsonObject) -> Iterator[Json]:
    if constraint.keyword == "required" and constraint.name in value:
        yield {name: held for name, held in value.items() if name != constraint.name}
    elif constraint.keyword == "additionalProperties":
        yield {**value, STRANGER: "x"}


def _broken_array(
    document: JsonObject, constraint: Constraint, asked: Json, value: list[Json]
) -> Iterator[Json]:
    match constraint.keyword, asked:
        case "minItems", int() as least if least > 0:
            yield value[: least - 1]
        case "maxItems", int() as most:
            yield _rows(value or [specimen(document, f"{constraint.schema}/items")], most + 1)
        case "uniqueItems", True if value:
            yield from ([*value, value[-1]], [value[0]] * len(value))


def _broken_scalar(keyword: str, asked: Json, value: Json, turn: int) -> Iterator[Json]:
    match keyword, asked, value:
        case "enum" | "const", _, str():
            yield from (f"{value}X", "X", value.swapcase())
        case "enum" | "const", _, _:
            yield 4711
        case "pattern", _, str():
            yield from _turned((f"{value}x", value[:-1], f"x{value}", f"{value}\n"), turn)
            yield "~"
        case "format", str() as name, _:
            yield from _turned(_WRONG.get(name, ("~",)), turn)
        case "minLength", int() as least, _ if least > 0:
            yield from _texts(value, least - 1)
        case "maxLength", int() as most, _:
            yield from _texts(value, most + 1)
        case "minimum", int() | float() as least, _:
            yield least - 1
        case "maximum", int() | float() as most, _:
            yield most + 1
        case "exclusiveMinimum" | "exclusiveMaximum", _, _:
            yield asked


def boundary(document: JsonObject, constraint: Constraint, value: Json) -> Iterator[Json]:
    """Right values that stand as near as can be to breaking it; none where there is no edge."""
    node = at(document, constraint.schema)
    assert isinstance(node, dict)
    match constraint.keyword, node.get(constraint.keyword), value:
        case "minLength" | "maxLength", int() as length, str():
            yield from _texts(value, length)
        case "minimum" | "maximum", int() | float() as limit, int() | float():
            yield limit
        case "maxItems", int() as most, list() if value:
            yield _rows(value, most)


def specimen(document: JsonObject, schema: str) -> Json:
    """A single value that a schema allows, by its examples, its format or its type; else None."""
    node = at(document, schema)
    while isinstance(node, dict) and isinstance(reference := node.get("$ref"), str):
        node = at(document, reference.removeprefix("#"))
    if not isinstance(node, dict):
        return None
    examples, allowed = node.get("examples"), node.get("enum")
    for listed in (examples, allowed):
        if isinstance(listed, list) and listed:
            return listed[0]
    if node.get("format") in _RIGHT:
        return _RIGHT[str(node["format"])]
    return node.get("minimum", 1) if node.get("type") == "integer" else "a"


def _another_kind(value: Json) -> Json:
    match value:
        case str():
            return 7
        case dict() | list():
            return "x"
        case _:
            return "7"


def _texts(value: Json, length: int) -> Iterator[str]:
    """Texts of a length: of letters that are more than a byte, or of what stands there already."""
    if length > 1:
        yield _LETTERS[0] * (length - 1) + _LETTERS[1]
    yield _LETTERS[0] * length
    if isinstance(value, str) and value:
        yield (value * (length // len(value) + 1))[:length]
    yield "a" * length


def _rows(value: Sequence[Json], count: int) -> list[Json]:
    return [json.loads(json.dumps(value[index % len(value)])) for index in range(count)]


def _turned(ways: Sequence[Json], turn: int) -> Iterator[Json]:
    start = turn % len(ways)
    yield from (*ways[start:], *ways[:start])
