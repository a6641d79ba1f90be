"""
Requests that break one keyword of a message or of a parameter, and their faultless twins.

What is wrong inside one record of a message is not the message's fault; a pack asks about records
itself, many in one message. A keyword that stands in the messages of several operations (that of a
shared header) is tried with one of them, by turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from conformance.contract.cases import JSON_TYPE, stated
from conformance.contract.constraints import (
    Constraint,
    boundary,
    breaking,
    constraints,
    specimen,
)
from conformance.contract.contract import Contract
from conformance.contract.keyword_vectors import breaks_alone, keyword_vectors
from conformance.contract.operations import Operation, Parameter
from conformance.contract.requests import Scope, request_problems
from conformance.model.exchange import Request
from conformance.model.json import Json, JsonObject, walk

#: A realistic case in the form of `PackPlugin.contract_case`, a new one at every call.
Fresh = Callable[[], JsonObject]


_HOLDERS: Final = {"path": "path_parameters", "query": "query"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestVector:
    """
    A request that breaks one constraint.

    Attributes:
        what: the place and the keyword, for people.
    """

    what: str
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestVectors:
    """
    Attributes:
        twins: requests that break nothing, on both sides' boundaries.
    """

    twins: tuple[Request, ...]
    vectors: tuple[RequestVector, ...]


def message_constraints(contract: Contract, operation_id: str, turn: int) -> tuple[Constraint, ...]:
    """
    What one operation's message is asked to break: all that no record and no other operation is.

    Args:
        turn: decides whose a shared keyword is; equal turns give each to one operation.

    Raises:
        KeyError: no such operation.
    """
    per_record: set[tuple[str, str, str]] = set()
    homes: dict[tuple[str, str, str], list[str]] = {}
    for operation in contract.operations.values():
        for constraint in _of_message(contract, operation.id):
            key = (constraint.schema, constraint.keyword, constraint.name)
            if constraint.per_record:
                per_record.add(key)
            elif operation.id not in homes.setdefault(key, []):
                homes[key].append(operation.id)
    return tuple(
        constraint
        for constraint in _of_message(contract, operation_id)
        if (key := (constraint.schema, constraint.keyword, constraint.name)) not in per_record
        and not constraint.elsewhere
        and homes[key][turn % len(homes[key])] == operation_id
    )


def message_vectors(
    contract: Contract,
    operation_id: str,
    listed: Sequence[Constraint],
    fresh: Fresh,
    turn: int,
) -> RequestVectors:
    """
    Broken messages of one operation, each made from a realistic one of its own.

    Each is new, so that a server which overlooks the fault has no other reason to refuse.

    Args:
        listed: what is to be broken; see `message_constraints`.
        turn: where something can be broken in several ways, which one is taken first.
    """
    operation = contract.operation(operation_id)
    twins: list[Request] = []
    for side in _sides(listed):
        case = fresh()
        made = _vectors(contract, operation, case, side, turn)
        twins += [stated(operation, {**case, "body": twin}) for twin, _, _ in made[:1]]
    vectors: list[RequestVector] = []
    for number, constraint in enumerate(listed):
        case = fresh()
        for _, value, pointer in _vectors(contract, operation, case, [constraint], turn + number):
            request = stated(operation, {**case, "body": value})
            if any(
                problem.scope is Scope.MESSAGE and problem.keyword == constraint.keyword
                for problem in request_problems(contract, request)
            ):
                what = f"{pointer or '/'} {constraint.keyword} {constraint.name}".rstrip()
                vectors.append(RequestVector(what=what, request=request))
    return RequestVectors(twins=tuple(twins), vectors=tuple(vectors))


def parameter_vectors(
    contract: Contract, operation_id: str, case: JsonObject, turn: int
) -> RequestVectors:
    """
    Requests with one broken parameter, and with each number on its boundaries.

    Args:
        case: a realistic case; parameters that it lacks are added.
    """
    operation = contract.operation(operation_id)
    twins: list[Request] = []
    vectors: list[RequestVector] = []
    for parameter in operation.parameters:
        if parameter.location not in ("path", "query") or not parameter.schema:
            continue
        given = _members(case, parameter).get(parameter.name)
        value = specimen(contract.document, parameter.schema) if given is None else given
        for constraint in constraints(contract.document, parameter.schema):
            if isinstance(value, int):
                edges = boundary(contract.document, constraint, value)
                twins += [_with(operation, case, parameter, edge) for edge in edges]
            for proposal in breaking(contract.document, constraint, value, turn):
                if not isinstance(proposal, str | int) or not breaks_alone(
                    contract, constraint, proposal
                ):
                    continue
                request = _with(operation, case, parameter, proposal)
                places = [(p.place, p.keyword) for p in request_problems(contract, request)]
                if places == [(f"{parameter.location} {parameter.name}", "schema")]:
                    what = f"{parameter.location} {parameter.name} {constraint.keyword}"
                    vectors.append(RequestVector(what=what, request=request))
                    break
    return RequestVectors(twins=tuple(dict.fromkeys(twins)), vectors=tuple(vectors))


def addressed(contract: Contract, operation_id: str, case: JsonObject) -> JsonObject:
    """A case with something in each path parameter, be it of nobody."""
    operation = contract.operation(operation_id)
    made = {
        parameter.name: specimen(contract.document, parameter.schema)
        for parameter in operation.parameters
        if parameter.location == "path"
    }
    held = case.get("path_parameters")
    return {**case, "path_parameters": {**made, **(held if isinstance(held, dict) else {})}}


@cache
def _of_message(contract: Contract, operation_id: str) -> tuple[Constraint, ...]:
    operation = contract.operation(operation_id)
    if operation.request_media_type != JSON_TYPE or not operation.request_schema:
        return ()
    return constraints(contract.document, operation.request_schema)


def _sides(listed: Sequence[Constraint]) -> Iterator[Sequence[Constraint]]:
    """Those with lower boundaries, and those with upper ones that can be reached here."""
    for side in (("minLength", "minimum"), ("maxLength", "maximum")):
        if chosen := [constraint for constraint in listed if constraint.keyword in side]:
            yield chosen


def _vectors(
    contract: Contract,
    operation: Operation,
    case: JsonObject,
    wanted: Sequence[Constraint],
    turn: int,
) -> list[tuple[Json, Json, str]]:
    """Twin, vector, and the pointer of the fault."""
    lengths = _lengths(case["body"])
    found = keyword_vectors(
        contract,
        operation.request_schema,
        wanted,
        [case["body"]],
        # What more rows would mean, nobody here knows.
        sound=lambda value: _lengths(value) == lengths,
        turn=turn,
    )
    return [(found.twins[v.twin], v.value, v.pointer) for v in found.vectors]


def _lengths(value: Json) -> Mapping[str, int]:
    return {pointer: len(held) for pointer, held in walk(value) if isinstance(held, list)}


def _members(case: JsonObject, parameter: Parameter) -> JsonObject:
    held = case.get(_HOLDERS[parameter.location])
    return held if isinstance(held, dict) else {}


def _with(operation: Operation, case: JsonObject, parameter: Parameter, value: Json) -> Request:
    members = {**_members(case, parameter), parameter.name: value}
    return stated(operation, {**case, _HOLDERS[parameter.location]: members})
