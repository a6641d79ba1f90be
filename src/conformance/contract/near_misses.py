"""
A request that is right but for one thing.

Near misses find what wild data cannot: everything else about them is good, so that nothing
but the one fault can have refused them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from conformance.contract.cases import JSON_TYPE
from conformance.contract.contract import Contract
from conformance.contract.requests import Scope, judged_per_record, request_problems
from conformance.model import seeds
from conformance.model.exchange import Request
from conformance.model.json import Json, JsonObject, at, walk


def one(contract: Contract, request: Request, seed: int) -> tuple[Request, str] | None:
    """
    `request` with one thing broken, and what that is; None when nothing fit to break is found.

    Only the message itself is broken, not one of its records: what a record is worth is
    judged elsewhere. Requests without a JSON body have no near misses.
    """
    operation = contract.operation(request.operation)
    if request.body is None or operation.request_media_type != JSON_TYPE:
        return None
    body: Json = json.loads(request.body)
    message: dict[str, bool] = {}

    def of_the_message(pointer: str) -> bool:
        if pointer not in message:
            message[pointer] = not judged_per_record(contract, operation, pointer)
        return message[pointer]

    slips = [
        (pointer, what, slip)
        for pointer, what, slip in _slips(body)
        # A fault of a member may be found with the one that holds it.
        if of_the_message(pointer.rpartition("/")[0])
    ]
    seeds.randomness(seed, "order").shuffle(slips)
    for pointer, what, slip in slips:
        broken = json.dumps(slip(), ensure_ascii=False, separators=(",", ":"))
        changed = replace(request, body=broken.encode())
        problems = request_problems(contract, changed)
        if problems and all(problem.scope is Scope.MESSAGE for problem in problems):
            return changed, f"{pointer or '/'} {what}"
    return None


def _slips(body: Json) -> Iterator[tuple[str, str, Callable[[], Json]]]:
    """Where to break it, what is done there, and how."""
    for pointer, value in walk(body):
        if isinstance(value, dict):
            added = f"{pointer}/unheardOf"
            yield added, "added", partial(_with, body, added, "x")
        if not pointer:
            continue
        yield pointer, "left out", partial(_without, body, pointer)
        yield pointer, "of another type", partial(_with, body, pointer, _another_kind(value))
        if isinstance(value, str):
            yield pointer, "with one character more", partial(_with, body, pointer, f"{value}~")
            yield pointer, "empty", partial(_with, body, pointer, "")


def _another_kind(value: Json) -> Json:
    match value:
        case str():
            return 7
        case dict() | list():
            return "x"
        case _:
            return {}


def _with(body: Json, pointer: str, value: Json) -> Json:
    holder, name, copied = _opened(body, pointer)
    if isinstance(holder, dict):
        holder[name] = value
    elif isinstance(holder, list):
        holder[int(name)] = value
    return copied


def _without(body: Json, pointer: str) -> Json:
    holder, name, copied = _opened(body, pointer)
    if isinstance(holder, dict):
        del holder[name]
    elif isinstance(holder, list):
        del holder[int(name)]
    return copied


def _opened(body: Json, pointer: str) -> tuple[JsonObject | list[Json] | None, str, Json]:
    """A copy of `body`, with the thing in it that holds `pointer`."""
    copied: Json = json.loads(json.dumps(body))
    parent, _, name = pointer.rpartition("/")
    holder = at(copied, parent)
    name = name.replace("~1", "/").replace("~0", "~")
    return (holder if isinstance(holder, dict | list) else None), name, copied
