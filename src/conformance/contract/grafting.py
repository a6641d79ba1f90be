"""
Drawing a message without drawing its records.

What is wrong inside a record condemns the record alone (`x-judged-per-record`), so drawing one
tells nothing about the message, and takes most of the time. A mark is drawn in its place, and
the records of a realistic message are put there.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from conformance.model.exchange import Request
from conformance.model.json import Json, JsonObject

#: Stands where a record belongs.
MARK: Final = "~record~"
_PER_RECORD: Final = "x-judged-per-record"


def with_marks(document: JsonObject) -> JsonObject:
    """A copy of a document whose schemas of records know the mark and nothing else."""
    copied = _marked(document)
    assert isinstance(copied, dict)
    return copied


def _marked(node: Json) -> Json:
    match node:
        case dict() if node.get(_PER_RECORD) is True:
            return {"type": "string", "enum": [MARK]}
        case dict():
            return {name: _marked(value) for name, value in node.items()}
        case list():
            return [_marked(value) for value in node]
    return node


def grafted(request: Request, model: Json) -> Request:
    """The request with parts of `model`, a realistic body, wherever a mark stands in its own."""
    if request.body is None or MARK.encode() not in request.body:
        return request
    try:
        body: Json = json.loads(request.body)
    except (ValueError, RecursionError):
        # Broken on purpose; where something would belong cannot be told.
        return request
    whole = _grafted(body, model)
    return replace(request, body=json.dumps(whole, ensure_ascii=False).encode())


def _grafted(value: Json, model: Json) -> Json:
    match value, model:
        case str(), _ if value == MARK and model is not None:
            return model
        case dict(), dict():
            return {name: _grafted(held, model.get(name)) for name, held in value.items()}
        case list(), list() if model:
            return [_grafted(held, model[n % len(model)]) for n, held in enumerate(value)]
    return value
