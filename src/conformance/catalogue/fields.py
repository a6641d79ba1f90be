"""
The field guide: every field of a record as a person who fills in the form looks for it.

Taken from a schema of the contract's document and its extensions: `x-form-item` (the item of the
paper form), `x-form-obligation` (what the form demands: `M`, or `C` under a condition), `x-group`,
`x-title-vi` and `x-title-id`, `x-sensitive`, `x-code-list`. Not here: how the guide is laid out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from conformance.model.json import Json, JsonObject, at, compact, escape
from conformance.model.requirement import Text

_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """
    One field.

    Attributes:
        pointer: JSON pointer; `*` stands for every row of a table.
        title: by language; the English one where another is missing.
        type: in the schema's words: `string 1..100`, `date`, `integer 1..12`, `list`, `object`.
        mandatory: within its object; a column of a table that may be empty can be mandatory.
        obligation: what the paper form demands, "" when nothing is said.
        group: of the form, inherited by inner fields; "" for none.
        example: JSON, "" for none.
    """

    pointer: str
    title: Text
    type: str
    mandatory: bool
    group: Text | None = None
    form_item: str = ""
    obligation: str = ""
    code_list: str = ""
    example: str = ""
    note: str = ""
    sensitive: bool = False

    @property
    def depth(self) -> int:
        """0 for a field of the record itself."""
        return self.pointer.replace("/*", "").count("/") - 1


def fields(
    document: JsonObject, pointer: str, groups: Mapping[str, Text] | None = None
) -> tuple[Field, ...]:
    """
    All fields of the object schema at `pointer` of a bundled document, in its order.

    Args:
        groups: titles by what `x-group` says (`groups_of`).

    Raises:
        KeyError: nothing stands there.
    """
    schema = _behind(document, at(document, pointer))
    groups = groups or {}
    return tuple(_members(document, schema, "", None, groups, 0))


def groups_of(document: JsonObject) -> Mapping[str, Text]:
    """The groups that a document lists in `info`, under `x-groups`, in its order."""
    info = document.get("info")
    listed = info.get("x-groups") if isinstance(info, dict) else None
    return {
        str(group.get("id")): _title(group, str(group.get("id")))
        for group in (listed if isinstance(listed, list) else [])
        if isinstance(group, dict)
    }


def with_examples(guide: Sequence[Field], records: Iterable[Json]) -> tuple[Field, ...]:
    """The guide with values out of records, the first that has each; the schema's own otherwise."""
    found: dict[str, str] = {}
    for record in records:
        for field in guide:
            if field.pointer not in found:
                value = _pick(record, field.pointer.split("/")[1:])
                if value is not None and not isinstance(value, (dict, list)):
                    found[field.pointer] = compact(value)
    return tuple(replace(f, example=found.get(f.pointer, f.example)) for f in guide)


def _members(
    document: JsonObject,
    schema: JsonObject,
    pointer: str,
    group: Text | None,
    groups: Mapping[str, Text],
    depth: int,
) -> Iterator[Field]:
    required = schema.get("required")
    properties = schema.get("properties")
    for name, stated in (properties if isinstance(properties, dict) else {}).items():
        # What is said beside a reference is about this field; behind it, about its type.
        inner = _behind(document, stated)
        where = f"{pointer}/{escape(name)}"
        own = _group(inner, groups) or group
        rows = _behind(document, inner.get("items"))
        examples = inner.get("examples")
        example = examples[0] if isinstance(examples, list) and examples else inner.get("const")
        yield Field(
            pointer=where,
            title=_title(inner, name),
            type=_type(inner, rows),
            mandatory=isinstance(required, list) and name in required,
            group=own,
            form_item=str(inner.get("x-form-item") or ""),
            obligation=str(inner.get("x-form-obligation") or ""),
            code_list=str(inner.get("x-code-list") or rows.get("x-code-list") or ""),
            example="" if isinstance(example, (dict, list, type(None))) else compact(example),
            note=" ".join(str(inner.get("description") or "").split()),
            sensitive=inner.get("x-sensitive") is True,
        )
        if depth < _DEEPEST:
            yield from _members(document, inner, where, own, groups, depth + 1)
            yield from _members(document, rows, f"{where}/*", own, groups, depth + 1)


def _behind(document: JsonObject, schema: Json) -> JsonObject:
    """A schema with what its references and its alternatives to null say, its own words first."""
    for _ in range(16):
        if not isinstance(schema, dict):
            return {}
        reference = schema.get("$ref")
        if isinstance(reference, str):
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            target = at(document, reference.removeprefix("#"))
            schema = {**(target if isinstance(target, dict) else {}), **rest}
            continue
        for keyword in ("anyOf", "oneOf", "allOf"):
            parts = schema.get(keyword)
            solid = [p for p in parts if p != {"type": "null"}] if isinstance(parts, list) else []
            if solid and isinstance(solid[0], dict):
                rest = {key: value for key, value in schema.items() if key != keyword}
                schema = {**solid[0], **rest}
                break
        else:
            return schema
    return schema if isinstance(schema, dict) else {}


def _title(schema: JsonObject, name: str) -> Text:
    english = str(schema.get("title") or name)
    return Text(
        en=english,
        vi=str(schema.get("x-title-vi") or english),
        id=str(schema.get("x-title-id") or english),
    )


def _group(schema: JsonObject, groups: Mapping[str, Text]) -> Text | None:
    stated = schema.get("x-group")
    if isinstance(stated, dict):
        return _title({"title": stated.get("en"), "x-title-vi": stated.get("vi"),
                       "x-title-id": stated.get("id")}, "")  # fmt: skip
    name = "" if stated is None else str(stated)
    if groups or not name:
        # Where groups are listed, another id is none of them.
        return groups.get(name)
    return Text(en=name, vi=name, id=name)


def _type(schema: JsonObject, rows: JsonObject) -> str:
    kinds = schema.get("type")
    named = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind]
    plain = [kind for kind in named if kind != "null"]
    word = plain[0] if plain else "object" if "properties" in schema else ""
    values = schema.get("enum")
    if isinstance(values, list):
        word = " | ".join("null" if value is None else str(value) for value in values)
    elif word == "string":
        word = str(schema.get("format") or _limited("string", schema, "minLength", "maxLength"))
        if schema.get("pattern"):
            word = f"string {schema['pattern']}"
    elif word in ("integer", "number"):
        word = _limited(word, schema, "minimum", "maximum")
    elif word == "array":
        inner = "" if "properties" in rows else f" of {_type(rows, {})}"
        word = _limited("list", schema, "minItems", "maxItems") + inner
    return f"{word} | null" if "null" in named and "null" not in word else word


def _limited(word: str, schema: JsonObject, least: str, most: str) -> str:
    low, high = schema.get(least), schema.get(most)
    if low is None and high is None:
        return word
    return f"{word} {'' if low is None else low}..{'' if high is None else high}"


def _pick(value: Json, tokens: Sequence[str]) -> Json:
    for index, step in enumerate(tokens):
        if step == "*":
            rows = value if isinstance(value, list) else []
            inner = (_pick(row, tokens[index + 1 :]) for row in rows)
            return next((found for found in inner if found is not None), None)
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value
