"""
What changed between two schemas, member by member, without saying for whom it matters.

`jsonschema_rs.canonicalize(a).covers(b)` decides which values were lost or gained; where it
answers "unknown", a value that one schema takes and the other refuses is searched for, and what
stays undecided is said to be so. Not here: requests and responses (`compare`), which give the
same loss or gain opposite meanings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote

import jsonschema_rs

from conformance.contract import witnesses
from conformance.contract.validators import Schemas
from conformance.model.json import Json, JsonObject, at, compact, escape, walk

_EXCERPT: Final = 100
_ALTERNATIVES: Final = ("allOf", "anyOf", "oneOf")
_OBJECT: Final = frozenset({"properties", "required", "additionalProperties"})
_ARRAY: Final = frozenset({"items"})
_BRANCHING: Final = frozenset(
    {*_ALTERNATIVES, "not", "if", "then", "else", "$dynamicRef", "unevaluatedProperties"}
)
#: Words about a value that validators ignore and people rely on.
_MEANT: Final = ("x-code-list", "x-sensitive")
_PROSE: Final = frozenset(
    {"title", "description", "summary", "examples", "example", "default", "deprecated", "$comment"}
)


class Shift(StrEnum):
    """How the set of allowed values moved."""

    NARROWED = "narrowed"
    """Some that were allowed no longer are; none came."""
    WIDENED = "widened"
    """Some came; none went."""
    MOVED = "moved"
    """Some went and some came."""
    UNDECIDED = "undecided"
    """They are not written alike, and nobody could say whether they mean the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaChange:
    """
    One difference.

    Attributes:
        pointer: where in a value; `*` stands for every item.
        what: `values`, `member-added`, `required-member-added`, `member-removed`,
            `required-member-removed`, `required`, `optional`, `closed`, `opened`, `code-list` or
            `sensitivity`.
        was, now: excerpts of the two schemas.
        lost: JSON of a value that was allowed and is no longer, "" when none is shown.
        gained: the other way round.
        open: whether the old object took members that it did not name.
    """

    pointer: str
    what: str
    shift: Shift
    was: str = ""
    now: str = ""
    lost: str = ""
    gained: str = ""
    open: bool = False


class Side:
    """One bundled document and its schemas; the two sides of a comparison need two names."""

    def __init__(self, document: JsonObject, name: str) -> None:
        self.document: Final = document
        self.schemas: Final = Schemas(document)
        self._name = f"urn:{name}"
        self._registry = jsonschema_rs.Registry(
            [(self._name, document)], draft=jsonschema_rs.Draft202012
        )
        self._canonical: dict[str, Any] = {}

    def canonical(self, pointer: str) -> Any:
        """The canonical form of the schema at a pointer, None when it has none."""
        if pointer not in self._canonical:
            where = quote(pointer, safe="/~!$&'()*+,;=:@")
            self._canonical[pointer] = _canonical(
                {"$ref": f"{self._name}#{where}"}, registry=self._registry
            )
        return self._canonical[pointer]

    def takes(self, pointer: str, value: Json) -> bool:
        """Whether the schema allows a value."""
        return self.schemas.at(pointer).is_valid(value)

    def behind(self, pointer: str) -> tuple[Json, str, Mapping[str, Json]]:
        """The schema behind references, where it stands, and what was meant on the way."""
        meant: dict[str, Json] = {}
        for _ in range(16):
            schema = at(self.document, pointer)
            if not isinstance(schema, dict):
                return schema, pointer, meant
            meant = {**{k: schema[k] for k in _MEANT if k in schema}, **meant}
            reference = schema.get("$ref")
            others = [k for k in schema if k != "$ref" and not _is_prose(k)]
            if not isinstance(reference, str) or others:
                return schema, pointer, meant
            pointer = reference.removeprefix("#")
        return at(self.document, pointer), pointer, meant


class Comparison:
    """Two documents whose schemas are compared; each pair once, however often it is used."""

    def __init__(self, old: Side, new: Side) -> None:
        self.old: Final = old
        self.new: Final = new
        self._known: dict[tuple[str, str], tuple[SchemaChange, ...]] = {}

    def changes(self, old: str, new: str) -> tuple[SchemaChange, ...]:
        """What changed from the schema at `old` to the one at `new` (JSON pointers)."""
        found = self._changes(old, new)
        if not found:
            # Looked at member by member nothing changed: the whole must then agree.
            shift = self._shift(old, new)
            if shift not in (None, Shift.UNDECIDED):
                return (self._values("", old, new, shift),)
        return found

    def _changes(self, old: str, new: str) -> tuple[SchemaChange, ...]:
        key = (old, new)
        if key not in self._known:
            self._known[key] = ()  # a schema that holds itself: one turn is enough
            self._known[key] = tuple(self._look(old, new))
        return self._known[key]

    def _look(self, old: str, new: str) -> Iterator[SchemaChange]:
        before, old, meant_before = self.old.behind(old)
        after, new, meant_after = self.new.behind(new)
        for word in _MEANT:
            was, now = meant_before.get(word), meant_after.get(word)
            if was != now:
                what = "code-list" if word == "x-code-list" else "sensitivity"
                yield SchemaChange(
                    pointer="", what=what, shift=Shift.UNDECIDED, was=_said(was), now=_said(now)
                )
        if not isinstance(before, dict) or not isinstance(after, dict):
            yield from self._as_a_whole(old, new)
        elif _kind(before) == _kind(after) == "object":
            yield from self._rest(before, after, _OBJECT, old, new)
            yield from self._members(before, after, old, new)
        elif _kind(before) == _kind(after) == "array" and "items" in before and "items" in after:
            yield from self._rest(before, after, _ARRAY, old, new)
            yield from _under("*", self._changes(f"{old}/items", f"{new}/items"))
        elif keyword := _same_alternatives(before, after):
            inner: list[SchemaChange] = []
            for index in range(len(_list(before[keyword]))):
                tail = f"/{keyword}/{index}"
                inner += self._changes(f"{old}{tail}", f"{new}{tail}")
            yield from inner or self._as_a_whole(old, new)
        else:
            yield from self._as_a_whole(old, new)

    def _members(
        self, before: JsonObject, after: JsonObject, old: str, new: str
    ) -> Iterator[SchemaChange]:
        had, has = _object(before.get("properties")), _object(after.get("properties"))
        must_before, must_after = _names(before.get("required")), _names(after.get("required"))
        was_open, is_open = _is_open(before), _is_open(after)
        for name in [*had, *(n for n in has if n not in had)]:
            token = escape(name)
            if name not in has:
                required = "required-" if name in must_before else ""
                yield SchemaChange(
                    pointer=f"/{token}",
                    what=f"{required}member-removed",
                    shift=Shift.WIDENED if is_open else Shift.MOVED,
                    was=_excerpt(had[name]),
                    open=is_open,
                )
                continue
            if name not in had:
                required = "required-" if name in must_after else ""
                yield SchemaChange(
                    pointer=f"/{token}",
                    what=f"{required}member-added",
                    shift=Shift.MOVED if required else Shift.WIDENED,
                    now=_excerpt(has[name]),
                    open=was_open,
                )
                continue
            if (name in must_before) != (name in must_after):
                yield SchemaChange(
                    pointer=f"/{token}",
                    what="required" if name in must_after else "optional",
                    shift=Shift.NARROWED if name in must_after else Shift.WIDENED,
                )
            tail = f"/properties/{token}"
            yield from _under(token, self._changes(f"{old}{tail}", f"{new}{tail}"))
        if was_open != is_open:
            yield SchemaChange(
                pointer="",
                what="opened" if is_open else "closed",
                shift=Shift.WIDENED if is_open else Shift.NARROWED,
            )

    def _rest(
        self, before: JsonObject, after: JsonObject, looked_at: frozenset[str], old: str, new: str
    ) -> Iterator[SchemaChange]:
        """The keywords beside those that are looked at one by one: sizes, dependencies."""
        was, now = _without(before, looked_at), _without(after, looked_at)
        if was == now:
            return
        shift = _shift(_canonical(was), _canonical(now))
        if shift is None:
            return
        lost, gained = self._witnesses(old, new, was, now)
        yield SchemaChange(
            pointer="",
            what="values",
            shift=shift,
            was=_excerpt(was),
            now=_excerpt(now),
            lost=lost,
            gained=gained,
        )

    def _as_a_whole(self, old: str, new: str) -> Iterator[SchemaChange]:
        shift = self._shift(old, new)
        if shift is not None:
            yield self._values("", old, new, shift)

    def _shift(self, old: str, new: str) -> Shift | None:
        if self._written_alike(old, new):
            return None
        return _shift(self.old.canonical(old), self.new.canonical(new))

    def _written_alike(self, old: str, new: str) -> bool:
        """Whether two schemas, and all that they refer to, are the same text but for prose."""
        seen: set[tuple[str, str]] = set()
        waiting = [(old, new)]
        while waiting:
            pair = waiting.pop()
            if pair in seen:
                continue
            seen.add(pair)
            was = _plain(at(self.old.document, pair[0]))
            if was != _plain(at(self.new.document, pair[1])):
                return False
            # Equal texts hold equal references.
            waiting += [(r, r) for r in _references(was)]
        return True

    def _values(self, pointer: str, old: str, new: str, shift: Shift) -> SchemaChange:
        was, now = at(self.old.document, old), at(self.new.document, new)
        lost, gained = self._witnesses(old, new, was, now)
        if lost and gained:
            # Values that one takes and the other refuses decide what the calculus could not;
            # that none was found in a direction proves nothing.
            shift = Shift.MOVED
        return SchemaChange(
            pointer=pointer,
            what="values",
            shift=shift,
            was=_excerpt(was),
            now=_excerpt(now),
            lost=lost,
            gained=gained,
        )

    def _witnesses(self, old: str, new: str, was: Json, now: Json) -> tuple[str, str]:
        """A value that was lost and one that was gained, as JSON; "" where none was found."""
        lost = gained = ""
        for value in witnesses.candidates(was, now):
            before, after = self.old.takes(old, value), self.new.takes(new, value)
            if before and not after:
                lost = lost or compact(value)
            elif after and not before:
                gained = gained or compact(value)
            if lost and gained:
                break
        return lost, gained


def _canonical(schema: JsonObject, registry: Any = None) -> Any:
    try:
        return jsonschema_rs.canonicalize(
            schema,
            draft=jsonschema_rs.Draft202012,
            registry=registry,
            validate_formats=True,
            offline=True,
        )
    except (ValueError, jsonschema_rs.ReferencingError):
        return None


def _shift(old: Any, new: Any) -> Shift | None:
    if old is None or new is None:
        return Shift.UNDECIDED
    if old == new:
        return None
    kept, only = str(new.covers(old)), str(old.covers(new))
    match kept, only:
        case "yes", "yes":
            return None
        case "yes", "no":
            return Shift.WIDENED
        case "no", "yes":
            return Shift.NARROWED
        case "no", "no":
            return Shift.MOVED
    return Shift.UNDECIDED


def _references(schema: Json) -> list[str]:
    found = [value.get("$ref") for _, value in walk(schema) if isinstance(value, dict)]
    return [reference.removeprefix("#") for reference in found if isinstance(reference, str)]


def _kind(schema: JsonObject) -> str:
    if _BRANCHING & schema.keys() or "$ref" in schema:
        return ""
    kinds = schema.get("type")
    named = [k for k in (kinds if isinstance(kinds, list) else [kinds]) if k != "null"]
    if named == ["object"] or "properties" in schema:
        return "object"
    return "array" if named == ["array"] or "items" in schema else ""


def _same_alternatives(before: JsonObject, after: JsonObject) -> str:
    for keyword in _ALTERNATIVES:
        if keyword in before and keyword in after:
            others = _without(before, frozenset({keyword})) == _without(after, frozenset({keyword}))
            if others and len(_list(before[keyword])) == len(_list(after[keyword])):
                return keyword
    return ""


def _under(token: str, changes: Sequence[SchemaChange]) -> Iterator[SchemaChange]:
    return (replace(change, pointer=f"/{token}{change.pointer}") for change in changes)


def _without(schema: JsonObject, keywords: frozenset[str]) -> JsonObject:
    return {k: v for k, v in schema.items() if k not in keywords and not _is_prose(k)}


def _plain(value: Json) -> Json:
    """A schema without what people alone read."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if not _is_prose(k)}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _is_prose(keyword: str) -> bool:
    return keyword in _PROSE or keyword.startswith("x-")


def _is_open(schema: JsonObject) -> bool:
    return schema.get("additionalProperties") is not False


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _names(value: Json) -> frozenset[str]:
    return frozenset(str(name) for name in _list(value))


def _said(value: Json) -> str:
    return "" if value is None else value if isinstance(value, str) else compact(value)


def _excerpt(value: Json) -> str:
    text = compact(_plain(value))
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"
