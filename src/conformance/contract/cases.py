"""
Requests of a contract as plain data: what property suites journal and send.

Realistic requests come from a pack, generated ones from elsewhere; both become the same form
here. Nothing in this module draws anything.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

from conformance.contract.operations import Operation
from conformance.model.exchange import Request
from conformance.model.json import Json, JsonObject

JSON_TYPE: Final = "application/json"
FORM_TYPE: Final = "application/x-www-form-urlencoded"


def stated(operation: Operation, case: JsonObject) -> Request:
    """A realistic case as a request."""
    target = operation.template
    for name, value in _members(case, "path_parameters"):
        target = target.replace(f"{{{name}}}", quote(str(value), safe=""))
    query = urlencode([(name, str(value)) for name, value in _members(case, "query")])
    headers = [(name, str(value)) for name, value in _members(case, "headers")]
    body = None
    if "body" in case:
        body = _body(operation, case["body"])
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", operation.request_media_type or JSON_TYPE))
    return Request(
        method=operation.method,
        target=f"{target}?{query}" if query else target,
        headers=tuple(headers),
        body=body,
        operation=operation.id,
    )


def _body(operation: Operation, value: Json) -> bytes:
    if operation.request_media_type == FORM_TYPE:
        pairs = value.items() if isinstance(value, dict) else ()
        return urlencode([(name, str(text)) for name, text in pairs]).encode()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _members(case: JsonObject, name: str) -> Sequence[tuple[str, Json]]:
    held = case.get(name)
    return tuple(held.items()) if isinstance(held, dict) else ()


def as_json(request: Request, mode: str, description: str) -> JsonObject:
    """A request as journals write it, with how it was meant and what it is."""
    body: Json = None
    if request.body is not None:
        try:
            body = request.body.decode("utf-8")
        except UnicodeDecodeError:
            body = {"base64": base64.b64encode(request.body).decode("ascii")}
    return {
        "method": request.method,
        "target": request.target,
        "headers": [[name, value] for name, value in request.headers],
        "body": body,
        "operation": request.operation,
        "mode": mode,
        "description": description,
    }


def pairs(value: Any) -> list[tuple[str, str]]:
    """Names and values of a query or a form; a list repeats its name, null says nothing."""
    found: list[tuple[str, str]] = []
    items = value.items() if isinstance(value, Mapping) else value or ()
    for name, one in items:
        several = one if isinstance(one, list | tuple) else (one,)
        found.extend((str(name), str(single)) for single in several if single is not None)
    return found
