"""
What changed between two contracts, operation by operation, and whom it breaks.

The measure is a client that is right by the old contract: a request that it may send must still be
taken, an answer that it may receive must be one that it knows. So a request may only widen and an
answer only narrow. Unknown members of answers are ignored by clients, and every client knows an
unknown status by its class (RFC 9110, section 15); where practice is stricter, a person looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.catalogue.diff import Change, Direction, Severity
from conformance.contract.operations import DocumentedResponse, Operation, Parameter, read
from conformance.contract.schema_changes import Comparison, SchemaChange, Shift, Side
from conformance.model.json import Json, JsonObject, at, compact, escape

#: Of a security scheme: what is told, and the scopes of which none is asked for.
_UNSAID: Final = ("description", "scopes")
_NAME: Final = re.compile(r"\{[^{}]*\}")
_REQUEST, _RESPONSE = Direction.REQUEST, Direction.RESPONSE
_BREAKING, _REVIEW, _FINE = Severity.BREAKING, Severity.REVIEW, Severity.COMPATIBLE

#: What a change of a schema does to an old client, where the shift of values alone misleads.
_IN_REQUESTS: Final = {
    "member-added": (_FINE, _REVIEW),
    "required-member-added": (_BREAKING, _BREAKING),
    "member-removed": (_BREAKING, _REVIEW),
    "required-member-removed": (_BREAKING, _REVIEW),
    "required": (_BREAKING, _BREAKING),
    "optional": (_FINE, _FINE),
    "closed": (_BREAKING, _BREAKING),
    "opened": (_FINE, _FINE),
}
_IN_RESPONSES: Final = {
    "member-added": (_REVIEW, _FINE),
    "required-member-added": (_REVIEW, _FINE),
    "member-removed": (_REVIEW, _REVIEW),
    "required-member-removed": (_BREAKING, _BREAKING),
    "required": (_FINE, _FINE),
    "optional": (_BREAKING, _BREAKING),
    "closed": (_FINE, _FINE),
    "opened": (_REVIEW, _REVIEW),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """An operation of the old contract and what became of it; None on one side only."""

    old: Operation | None
    new: Operation | None


def pairs(old: JsonObject, new: JsonObject) -> tuple[Pair, ...]:
    """The operations of two bundled documents, matched by operationId, else by method and path."""
    before, after = read(old), read(new)
    by_id = {operation.id: operation for operation in after}
    by_route = {route(operation): operation for operation in after}
    taken: set[str] = set()
    found: list[Pair] = []
    ids = {operation.id for operation in before}
    for operation in before:
        match = by_id.get(operation.id)
        if match is None:
            near = by_route.get(route(operation))
            # Who bears the id of another of ours is that one, wherever it moved.
            match = near if near is not None and near.id not in ids else None
        if match is not None:
            taken.add(match.id)
        found.append(Pair(operation, match))
    return (*found, *(Pair(None, operation) for operation in after if operation.id not in taken))


def route(operation: Operation) -> str:
    """Method and path without the names of its parameters: `GET /v1/units/{}`."""
    return f"{operation.method} {_NAME.sub('{}', operation.template)}"


def compare(old: JsonObject, new: JsonObject) -> Iterator[Change]:
    """Every change between two bundled documents, in the order of the old one's operations."""
    schemas = Comparison(Side(old, "old"), Side(new, "new"))
    for pair in pairs(old, new):
        if pair.old is not None and pair.new is not None:
            yield from operation_changes(schemas, pair.old, pair.new)
        elif pair.old is not None:
            yield _change(pair.old.id, "operation", "operation-removed", _BREAKING,
                          was=f"{pair.old.method} {pair.old.template}")  # fmt: skip
        elif pair.new is not None:
            yield _change(pair.new.id, "operation", "operation-added", _FINE,
                          now=f"{pair.new.method} {pair.new.template}")  # fmt: skip


def operation_changes(schemas: Comparison, old: Operation, new: Operation) -> Iterator[Change]:
    """Every change of one operation."""
    name = old.id
    if old.method != new.method:
        yield _change(name, "method", "method-changed", _BREAKING, _REQUEST, old.method, new.method)
    if route(old).partition(" ")[2] != route(new).partition(" ")[2]:
        yield _change(name, "path", "path-changed", _BREAKING, _REQUEST, old.template, new.template)
    if old.id != new.id:
        yield _change(name, "operationId", "operation-id-changed", _REVIEW, was=old.id, now=new.id)
    if old.api_code != new.api_code:
        yield _change(
            name, "x-api-code", "api-code-changed", _REVIEW, was=old.api_code, now=new.api_code
        )
    yield from _security(schemas, old, new)
    yield from _parameters(schemas, old, new)
    yield from _body(schemas, old, new)
    yield from _responses(schemas, old, new)


def _security(schemas: Comparison, old: Operation, new: Operation) -> Iterator[Change]:
    if old.needs_authorisation != new.needs_authorisation:
        locked = new.needs_authorisation
        yield _change(
            old.id,
            "security",
            "authorisation-demanded" if locked else "authorisation-dropped",
            _BREAKING if locked else _REVIEW,
            _REQUEST,
        )
        return
    was = _requirement(schemas.old.document, old)
    now = _requirement(schemas.new.document, new)
    if was != now:
        yield _change(old.id, "security", "authorisation-changed", _BREAKING, _REQUEST, was, now)


def _requirement(document: JsonObject, operation: Operation) -> str:
    """Who may call, in what the schemes are; their names do not travel."""
    stated = at(document, f"/paths/{escape(operation.template)}/{operation.method.lower()}")
    own = stated.get("security") if isinstance(stated, dict) else None
    schemes = _schemes(document)
    asked = own if own is not None else document.get("security")
    ways: list[Json] = []
    for way in asked if isinstance(asked, list) else []:
        means = [[_bare(schemes.get(name)), scopes] for name, scopes in _object(way).items()]
        ways.append(compact([compact([*mean]) for mean in sorted(means, key=str)]))
    return compact(ways)


def _schemes(document: JsonObject) -> JsonObject:
    try:
        found = at(document, "/components/securitySchemes")
    except KeyError:
        return {}
    return found if isinstance(found, dict) else {}


def _bare(scheme: Json) -> Json:
    """A scheme without its description, and without what defaults to nothing."""
    if not isinstance(scheme, dict):
        return scheme
    return {key: _bare(value) for key, value in scheme.items() if key not in _UNSAID}


def _parameters(schemas: Comparison, old: Operation, new: Operation) -> Iterator[Change]:
    before, after = _keyed(old), _keyed(new)
    for key in [*before, *(k for k in after if k not in before)]:
        was, now = before.get(key), after.get(key)
        stated = was or now
        assert stated is not None
        place = f"{stated.location} {stated.name}"
        if now is None:
            yield _change(old.id, place, "parameter-removed", _REVIEW, _REQUEST)
        elif was is None:
            what = "required-parameter-added" if now.required else "parameter-added"
            yield _change(old.id, place, what, _BREAKING if now.required else _FINE, _REQUEST)
        else:
            if was.required != now.required:
                what = "parameter-required" if now.required else "parameter-optional"
                yield _change(old.id, place, what, _BREAKING if now.required else _FINE, _REQUEST)
            if was.schema and now.schema:
                yield from _told(schemas, was.schema, now.schema, old.id, place, _REQUEST)


def _keyed(operation: Operation) -> Mapping[tuple[str, str], Parameter]:
    """Parameters by place and name; those of the path by their position, as names do not travel."""
    position = {name: str(index) for index, name in enumerate(operation.path_parameters)}
    return {
        (p.location, position.get(p.name, p.name) if p.location == "path" else p.name.lower()): p
        for p in operation.parameters
    }


def _body(schemas: Comparison, old: Operation, new: Operation) -> Iterator[Change]:
    was, now = old.request_media_type, new.request_media_type
    if was and not now:
        yield _change(old.id, "body", "body-removed", _REVIEW, _REQUEST, was)
    elif now and not was:
        severity = _BREAKING if new.request_required else _FINE
        yield _change(old.id, "body", "body-added", severity, _REQUEST, now=now)
    elif was != now:
        yield _change(old.id, "body", "media-type-changed", _BREAKING, _REQUEST, was, now)
    elif was:
        if new.request_required and not old.request_required:
            yield _change(old.id, "body", "body-required", _BREAKING, _REQUEST)
        if old.request_schema and new.request_schema:
            yield from _told(
                schemas, old.request_schema, new.request_schema, old.id, "body", _REQUEST
            )


def _responses(schemas: Comparison, old: Operation, new: Operation) -> Iterator[Change]:
    for status, was in old.responses.items():
        now = new.responses.get(status)
        if now is None:
            good = status.startswith("2")
            severity = _BREAKING if good else _FINE
            yield _change(old.id, status, "status-removed", severity, _RESPONSE, status)
        else:
            yield from _headers(old.id, status, was, now)
            yield from _answers(schemas, old.id, status, was, now)
    for status in new.responses:
        if status not in old.responses:
            severity = _FINE if status[:1] in "45" else _REVIEW
            yield _change(old.id, status, "status-added", severity, _RESPONSE, now=status)


def _headers(
    name: str, status: str, was: DocumentedResponse, now: DocumentedResponse
) -> Iterator[Change]:
    for header in was.required_headers:
        if header.lower() not in {h.lower() for h in now.required_headers}:
            yield _change(name, f"{status} header {header}", "header-not-promised", _BREAKING,
                          _RESPONSE)  # fmt: skip
    for header in now.required_headers:
        if header.lower() not in {h.lower() for h in was.required_headers}:
            yield _change(name, f"{status} header {header}", "header-promised", _FINE, _RESPONSE)


def _answers(
    schemas: Comparison, name: str, status: str, was: DocumentedResponse, now: DocumentedResponse
) -> Iterator[Change]:
    for media_type, schema in was.content.items():
        if media_type not in now.content:
            yield _change(name, status, "answer-type-removed", _BREAKING, _RESPONSE, media_type)
        elif schema and now.content[media_type]:
            place = f"{status} body"
            yield from _told(schemas, schema, now.content[media_type], name, place, _RESPONSE)
    for media_type in now.content:
        if media_type not in was.content:
            severity = _REVIEW if was.content else _FINE
            yield _change(name, status, "answer-type-added", severity, _RESPONSE, now=media_type)


def _told(
    schemas: Comparison, old: str, new: str, name: str, place: str, direction: Direction
) -> Iterator[Change]:
    for found in schemas.changes(old, new):
        severity = _severity(found, direction)
        # A value shows what it breaks: one that is lost to a request, or new in an answer.
        first, second = found.lost, found.gained
        if direction is _RESPONSE:
            first, second = second, first
        yield Change(
            subject=name,
            place=f"{place} {found.pointer}".rstrip(),
            what=found.what if found.what != "values" else f"values-{found.shift}",
            severity=severity,
            direction=direction,
            was=found.was,
            now=found.now,
            witness=first or (second if severity is not _BREAKING else ""),
        )


def _severity(found: SchemaChange, direction: Direction) -> Severity:
    request = direction is _REQUEST
    decided = (_IN_REQUESTS if request else _IN_RESPONSES).get(found.what)
    if decided is not None:
        return decided[found.open]
    match found.shift:
        case Shift.NARROWED:
            return _BREAKING if request else _FINE
        case Shift.WIDENED:
            return _FINE if request else _BREAKING
        case Shift.MOVED:
            return _BREAKING
        case Shift.UNDECIDED:
            # One witness suffices to show that it breaks; without one, a person looks.
            return _BREAKING if (found.lost if request else found.gained) else _REVIEW


def _change(
    subject: str,
    place: str,
    what: str,
    severity: Severity,
    direction: Direction = Direction.NEITHER,
    was: str = "",
    now: str = "",
) -> Change:
    return Change(
        subject=subject,
        place=place,
        what=what,
        severity=severity,
        direction=direction,
        was=was,
        now=now,
    )


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
