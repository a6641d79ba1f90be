"""
An official document in the place of ours: what of it can be tested with our suites.

An operation is adopted when it is ours by operationId or by method and path, and no change of it
breaks a client of ours. It keeps our operationId and our names of path parameters, by which
suites and references know it; all else is the official document's. Not here: requirements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from conformance.catalogue.diff import Change, Severity
from conformance.contract.compare import operation_changes, pairs
from conformance.contract.operations import Operation
from conformance.contract.schema_changes import Comparison, Side
from conformance.model.json import Json, JsonObject, at, escape

#: Before the names of official components: ours stay, because suites judge values by them.
PREFIX: Final = "official."


class Fate(StrEnum):
    """What becomes of an operation."""

    ADOPTED = "adopted"
    """In both documents, and compatible: it is tested as the official one says."""
    DIFFERS = "differs"
    """In both, but a client that is right by ours is wrong by the official one."""
    MISSING = "missing"
    """Only ours has it."""
    EXTRA = "extra"
    """Only the official one has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    One operation.

    Attributes:
        ours, theirs: operationIds, "" where there is none.
        route: method and path in the official document, or in ours.
        changes: from ours to theirs; of an adopted one, none breaks.
    """

    fate: Fate
    ours: str
    theirs: str
    route: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """
    Attributes:
        document: bundled: the adopted operations, official components under `PREFIX`, and ours.
    """

    document: JsonObject
    outcomes: tuple[Outcome, ...]

    def of(self, fate: Fate) -> tuple[Outcome, ...]:
        """The operations that fared so."""
        return tuple(outcome for outcome in self.outcomes if outcome.fate is fate)


def adopt(ours: JsonObject, official: JsonObject) -> Adoption:
    """Put as much of an official bundled document in the place of ours as fits."""
    schemas = Comparison(Side(ours, "ours"), Side(official, "official"))
    outcomes: list[Outcome] = []
    paths: JsonObject = {}
    for pair in pairs(ours, official):
        if pair.new is None:
            assert pair.old is not None
            outcomes.append(_alone(Fate.MISSING, pair.old))
            continue
        if pair.old is None:
            outcomes.append(_alone(Fate.EXTRA, pair.new))
            continue
        changes = tuple(operation_changes(schemas, pair.old, pair.new))
        broken = any(change.severity is Severity.BREAKING for change in changes)
        outcomes.append(
            Outcome(
                fate=Fate.DIFFERS if broken else Fate.ADOPTED,
                ours=pair.old.id,
                theirs=pair.new.id,
                route=f"{pair.new.method} {pair.new.template}",
                changes=changes,
            )
        )
        if not broken:
            item = paths.setdefault(pair.old.template, {})
            assert isinstance(item, dict)
            item[pair.old.method.lower()] = _adopted(ours, official, pair.old, pair.new)
    document: JsonObject = {
        "openapi": "3.1.0",
        "info": _info(official),
        **{key: ours[key] for key in ("servers", "security") if key in ours},
        "paths": paths,
        "components": _components(ours, official),
    }
    return Adoption(document=document, outcomes=tuple(outcomes))


def _alone(fate: Fate, operation: Operation) -> Outcome:
    return Outcome(
        fate=fate,
        ours=operation.id if fate is Fate.MISSING else "",
        theirs=operation.id if fate is Fate.EXTRA else "",
        route=f"{operation.method} {operation.template}",
    )


def _adopted(ours: JsonObject, official: JsonObject, old: Operation, new: Operation) -> JsonObject:
    """The official operation under our name, with our words for who may call it."""
    item = at(official, f"/paths/{escape(new.template)}")
    own = at(ours, f"/paths/{escape(old.template)}/{old.method.lower()}")
    assert isinstance(item, dict)
    assert isinstance(own, dict)
    stated = item[new.method.lower()]
    assert isinstance(stated, dict)
    names = dict(zip(new.path_parameters, old.path_parameters, strict=True))
    parameters = [
        _renamed(parameter, official, names)
        for holder in (item, stated)
        for parameter in _list(holder.get("parameters"))
    ]
    kept = {key: value for key, value in stated.items() if key not in ("security", "parameters")}
    adopted = _moved(kept)
    assert isinstance(adopted, dict)
    adopted["operationId"] = old.id
    adopted["x-provenance"] = "official"
    adopted["x-official-operation"] = new.id
    if parameters:
        adopted["parameters"] = [_moved(parameter) for parameter in parameters]
    for key in ("security", "x-api-code"):
        if key in own:
            adopted.setdefault(key, own[key])
    return adopted


def _renamed(parameter: Json, official: JsonObject, names: dict[str, str]) -> Json:
    while isinstance(parameter, dict) and isinstance(parameter.get("$ref"), str):
        parameter = at(official, str(parameter["$ref"]).removeprefix("#"))
    if isinstance(parameter, dict) and parameter.get("in") == "path":
        return {**parameter, "name": names.get(str(parameter.get("name")), parameter.get("name"))}
    return parameter


def _components(ours: JsonObject, official: JsonObject) -> JsonObject:
    held: JsonObject = {}
    for kind, members in _object(ours.get("components")).items():
        held[kind] = dict(_object(members))
    for kind, members in _object(official.get("components")).items():
        if kind == "securitySchemes":
            continue
        place = held.setdefault(kind, {})
        assert isinstance(place, dict)
        for name, member in _object(members).items():
            place[f"{PREFIX}{name}"] = _moved(member)
    return held


def _moved(value: Json) -> Json:
    """A value whose references lead to the official components at their new names."""
    if isinstance(value, list):
        return [_moved(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _lead(key, member) for key, member in value.items()}


def _lead(key: str, member: Json) -> Json:
    if key == "$ref" and isinstance(member, str):
        steps = member.split("/")
        if steps[:2] == ["#", "components"] and len(steps) > 3:
            steps[3] = f"{PREFIX}{steps[3]}"
        return "/".join(steps)
    if key == "mapping" and isinstance(member, dict):
        return {name: _lead("$ref", target) for name, target in member.items()}
    return _moved(member)


def upgraded(document: JsonObject) -> JsonObject:
    """
    A 3.0 document in the words of 3.1; a later one as it is.

    `nullable` becomes a type list, the exclusive limits become numbers.
    """
    if not str(document.get("openapi", "")).startswith("3.0"):
        return document
    changed = _upgraded(document)
    assert isinstance(changed, dict)
    return {**changed, "openapi": "3.1.0"}


def _upgraded(value: Json) -> Json:
    if isinstance(value, list):
        return [_upgraded(item) for item in value]
    if not isinstance(value, dict):
        return value
    return dict(_upgraded_members({key: _upgraded(member) for key, member in value.items()}))


def _upgraded_members(schema: JsonObject) -> Iterator[tuple[str, Json]]:
    nullable = schema.get("nullable") is True and isinstance(schema.get("type"), str)
    for key, value in schema.items():
        match key:
            case "nullable" if isinstance(value, bool):
                continue
            case "type" if nullable:
                yield key, [value, "null"]
            case "enum" if nullable and isinstance(value, list) and None not in value:
                yield key, [*value, None]
            case "minimum" if schema.get("exclusiveMinimum") is True:
                yield "exclusiveMinimum", value
            case "maximum" if schema.get("exclusiveMaximum") is True:
                yield "exclusiveMaximum", value
            case "exclusiveMinimum" | "exclusiveMaximum" if isinstance(value, bool):
                continue
            case _:
                yield key, value


def _info(official: JsonObject) -> JsonObject:
    return {**_object(official.get("info")), "x-provenance": "official"}


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
