"""Our own documents against their schemas: whether they hold, and what in them is volatile."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Final

from conformance import resources
from conformance.model.json import Json, JsonObject, at, compact

#: Keyword of our schemas: the member differs between two equal runs.
VOLATILE: Final = "x-volatile"
#: The same for a part of a string: a regular expression of what differs.
VOLATILE_PART: Final = "x-volatile-part"


def load(name: str) -> JsonObject:
    """The JSON Schema of one of our documents, such as `report`. Raises FileNotFoundError."""
    schema: JsonObject = json.loads(resources.schema(name).read_text("utf-8"))
    return schema


def why_invalid(document: Json, name: str) -> tuple[str, str] | None:
    """JSON pointer and reason of the first violation of the schema `name`; None when it holds."""
    for error in _validator(name).iter_errors(document):
        pointer = "".join(f"/{step}" for step in error.instance_path)
        return pointer, str(error.message)
    return None


def without_volatile(document: JsonObject, schema: JsonObject) -> JsonObject:
    """
    `document` without the members that `schema` marks as volatile.

    Only `properties`, `additionalProperties`, `items`, `anyOf`, `oneOf` and local `$ref` are
    followed; the schemas of our own documents use no other way down.
    """
    kept = _kept(document, schema, schema)
    assert isinstance(kept, dict)
    return kept


def _kept(value: Json, schema: JsonObject, root: JsonObject) -> Json:
    schema = _followed(schema, root)
    for keyword in ("anyOf", "oneOf"):
        for branch in _list(schema.get(keyword)):
            value = _kept(value, _dict(branch), root)
    match value:
        case str() if isinstance(part := schema.get(VOLATILE_PART), str):
            return re.sub(part, "", value)
        case dict():
            members = _dict(schema.get("properties"))
            other = _dict(schema.get("additionalProperties"))
            return {
                key: _kept(member, rule, root)
                for key, member in value.items()
                if not (rule := _followed(_dict(members.get(key, other)), root)).get(VOLATILE)
            }
        case list():
            rule = _dict(schema.get("items"))
            return [_kept(item, rule, root) for item in value]
    return value


def _followed(schema: JsonObject, root: JsonObject) -> JsonObject:
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    if not reference.startswith("#"):
        raise ValueError(f"only local references are followed, not {compact(reference)}")
    target = _followed(_dict(at(root, reference[1:])), root)
    return {**target, **{key: rule for key, rule in schema.items() if key != "$ref"}}


def _dict(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


@cache
def _validator(name: str) -> Any:
    import jsonschema_rs  # late: most commands never read a report

    return jsonschema_rs.validator_for(load(name), validate_formats=True, offline=True)
