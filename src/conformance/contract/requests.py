"""
What is wrong with a request, by the contract alone.

The counterpart of `Contract.response_problems`, for requests that we make up ourselves: a
generated case accuses nobody until this module agrees that it breaks the contract.

Two extensions of the documents say which faults are not the message's own:

- `x-judged-per-record: true` on a schema: what is wrong inside it condemns a record and not the
  message, and may be answered with success and a receipt that rejects.
- `x-judged-elsewhere: [KEYWORD, ...]` on a schema: requirements of their own are about breaking
  these keywords here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl

from conformance.contract.cases import FORM_TYPE
from conformance.contract.contract import Contract
from conformance.contract.operations import Operation, Parameter
from conformance.errors import Deviation, SuiteDefect
from conformance.model.exchange import Request
from conformance.model.json import Json, JsonObject, at


class Scope(Enum):
    """Whom a fault condemns."""

    MESSAGE = "message"
    RECORD = "record"
    ELSEWHERE = "elsewhere"
    """Whoever judges the requirement that is about this very fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestProblem:
    """
    One way in which a request breaks the contract.

    Attributes:
        place: `body`, `media type`, or a parameter such as `query limit`.
        pointer: into the body, "" elsewhere.
        keyword: the JSON Schema keyword, or `required`, `not-json`.
    """

    place: str
    pointer: str
    keyword: str
    scope: Scope = Scope.MESSAGE


def request_problems(contract: Contract, request: Request) -> tuple[RequestProblem, ...]:
    """
    Where a request breaks what the contract demands of its operation.

    Lenient where HTTP is: a text counts as valid when any reading of it is (`"5"` as the
    number 5), parameters that the contract does not know are no problem, and what two
    validators dispute is none.

    Raises:
        KeyError: the request names no operation of the contract.
    """
    operation = contract.operation(request.operation)
    return (
        *_parameter_problems(contract, operation, request),
        *_body_problems(contract, operation, request),
    )


def _parameter_problems(
    contract: Contract, operation: Operation, request: Request
) -> Iterator[RequestProblem]:
    path, _, query = request.target.partition("?")
    found: dict[tuple[str, str], list[str]] = {}
    for name, value in (operation.path_values(path) or {}).items():
        found.setdefault(("path", name), []).append(value)
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        found.setdefault(("query", name), []).append(value)
    for parameter in operation.parameters:
        given = found.get((parameter.location, parameter.name), [])
        if parameter.location == "header":
            header = request.header(parameter.name)
            given = [] if header is None else [header]
        place = f"{parameter.location} {parameter.name}"
        if not given:
            if parameter.required:
                yield RequestProblem(place=place, pointer="", keyword="required")
        elif len(given) == 1 and not _any_reading(contract, parameter, given[0]):
            # Which of several counts is for the server to say.
            yield RequestProblem(place=place, pointer="", keyword="schema")


def _any_reading(contract: Contract, parameter: Parameter, text: str) -> bool:
    if not parameter.schema:
        return True
    readings: list[Json] = [text]
    with suppress(ValueError, RecursionError):
        readings.append(json.loads(text))
    if "," in text:
        readings.append(list(text.split(",")))
    return any(not _schema_problems(contract, parameter.schema, value) for value in readings)


def _body_problems(
    contract: Contract, operation: Operation, request: Request
) -> Iterator[RequestProblem]:
    if not operation.request_schema:
        return
    if not request.body:
        if operation.request_required:
            yield RequestProblem(place="body", pointer="", keyword="required")
        return
    stated = (request.header("content-type") or "").split(";")[0].strip().lower()
    if stated != operation.request_media_type:
        yield RequestProblem(place="media type", pointer="", keyword="content")
        return
    if stated == FORM_TYPE:
        pairs = parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)
        if len(dict(pairs)) < len(pairs):
            return
        value: Json = dict(pairs)
    else:
        try:
            value = request.json()
        except Deviation:
            yield RequestProblem(place="body", pointer="", keyword="not-json")
            return
    for pointer, keyword in _schema_problems(contract, operation.request_schema, value):
        yield RequestProblem(
            place="body",
            pointer=pointer,
            keyword=keyword,
            scope=_scope(contract.document, operation.request_schema, pointer, keyword),
        )


def _schema_problems(contract: Contract, schema: str, value: Json) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((p.pointer, p.keyword) for p in contract.problems_at(schema, value))
    except SuiteDefect:
        return ()


def _scope(document: JsonObject, schema: str, pointer: str, keyword: str) -> Scope:
    """Whom a fault at `pointer` of the body condemns, by the marks on the way to it."""
    here: list[JsonObject] = []
    for here in _on_the_way(document, schema, pointer):
        if any(node.get("x-judged-per-record") is True for node in here):
            return Scope.RECORD
    marks = [node.get("x-judged-elsewhere") for node in here]
    elsewhere = any(isinstance(mark, list) and keyword in mark for mark in marks)
    return Scope.ELSEWHERE if elsewhere else Scope.MESSAGE


def _on_the_way(document: JsonObject, schema: str, pointer: str) -> Iterator[list[JsonObject]]:
    """The schemas of the body, of its member, and so on down to what stands at `pointer`."""
    here = list(_unfolded(document, at(document, schema)))
    yield here
    for token in pointer.split("/")[1:]:
        here = [
            node
            for parent in here
            for child in _children(parent, token)
            for node in _unfolded(document, child)
        ]
        yield here


def _children(node: JsonObject, token: str) -> Iterable[Json]:
    token = token.replace("~1", "/").replace("~0", "~")
    properties = node.get("properties")
    if isinstance(properties, Mapping) and token in properties:
        yield properties[token]
    if token.isdecimal() and "items" in node:
        yield node["items"]


def _unfolded(document: JsonObject, schema: Json, depth: int = 8) -> Iterator[JsonObject]:
    """A schema and everything that applies to the same value through it."""
    if not isinstance(schema, dict) or not depth:
        return
    yield schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield from _unfolded(document, at(document, reference.removeprefix("#")), depth - 1)
    for keyword in ("allOf", "anyOf", "oneOf"):
        parts = schema.get(keyword)
        for part in parts if isinstance(parts, list) else ():
            yield from _unfolded(document, part, depth - 1)
