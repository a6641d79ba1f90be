"""
An ASGI application out of a contract: it routes, reads and checks; a behaviour answers.

Checked here, alike for every pack: path and method, media type, JSON or form, size,
parameters. What is said about a failed check is the behaviour's. Not here: message schemas.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.routing import Route, Router

from conformance.contract.contract import Contract
from conformance.contract.operations import Operation, Parameter
from conformance.errors import SuiteDefect
from conformance.model.json import Json, at
from conformance.model.pack import AsgiApp
from conformance.reference.exchange import (
    BadParameter,
    Behaviour,
    Incoming,
    MalformedBody,
    Outgoing,
    Refusal,
    TooLarge,
    UnknownPath,
    WrongMediaType,
    WrongMethod,
)
from conformance.reference.freedoms import Freedoms

#: A thousand full records with their signatures are some 12 MiB; what is larger is no message.
MAX_BODY: Final = 32 * 2**20
#: No contract nests like this; validators and canonical forms recurse.
_MAX_DEPTH: Final = 64
FORM: Final = "application/x-www-form-urlencoded"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: More digits fit in no integer that a schema here allows, and cost time to convert.
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_LOG: Final = logging.getLogger(__name__)


def build(contract: Contract, behaviour: Behaviour, freedoms: Freedoms) -> AsgiApp:
    """
    The application that serves the operations of `contract`.

    It never raises: what goes wrong inside is logged and answered 500.
    """
    parameters = ParameterReader(contract)
    templates: dict[str, dict[str, Operation]] = {}
    for operation in contract.operations.values():
        templates.setdefault(operation.template, {})[operation.method] = operation
    return Router(
        routes=[
            # An instance is served as an ASGI application of its own: all methods reach it.
            Route(template, endpoint=_Endpoint(methods, parameters, behaviour, freedoms))
            for template, methods in templates.items()
        ],
        redirect_slashes=False,
        default=_Endpoint({}, parameters, behaviour, freedoms),
    )


class _Endpoint:
    """Everything that happens on one path; with no methods, on all unknown ones."""

    def __init__(
        self,
        methods: Mapping[str, Operation],
        parameters: ParameterReader,
        behaviour: Behaviour,
        freedoms: Freedoms,
    ) -> None:
        self._methods = methods
        self._parameters = parameters
        self._behaviour = behaviour
        self._freedoms = freedoms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
            return
        body = await _read(receive)
        try:
            outgoing = self._answer(scope, body)
        except Exception:  # noqa: BLE001 - a server answers, whatever its behaviour raised
            _LOG.exception("the reference failed on %s %s", scope["method"], scope["path"])
            outgoing = Outgoing(status=500, text="internal error", media_type="text/plain")
        await self._send(outgoing, send, head=scope["method"] == "HEAD")

    def _answer(self, scope: Scope, body: bytes | None) -> Outgoing:
        operation = self._methods.get(scope["method"])
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        base = Incoming(
            method=scope["method"],
            path=scope["path"],
            operation=operation.id if operation else "",
            headers=headers,
        )
        if operation is None:
            allowed = tuple(sorted(self._methods))
            refusal = WrongMethod(allowed=allowed) if allowed else UnknownPath()
            return self._behaviour.refuse(refusal, base)
        refused = self._behaviour.admit(base)
        if refused is not None:
            return refused
        read = self._well_formed(operation, scope, base, body)
        if isinstance(read, Incoming):
            return self._behaviour.handle(operation.id, read)
        return self._behaviour.refuse(read, base)

    def _well_formed(
        self, operation: Operation, scope: Scope, base: Incoming, body: bytes | None
    ) -> Incoming | Refusal:
        if body is None:
            return TooLarge(limit=MAX_BODY)
        parsed: Json = None
        form: Mapping[str, str] = {}
        if operation.request_media_type:
            received = base.headers.get("content-type", "").partition(";")[0].strip().lower()
            if received != operation.request_media_type:
                return WrongMediaType(received=received, accepted=(operation.request_media_type,))
            try:
                if received == FORM:
                    form = parse_form(body)
                else:
                    parsed = parse_json(body)
            except ValueError as error:
                return MalformedBody(reason=str(error))
        query = scope.get("query_string", b"").decode("latin-1")
        values: dict[str, dict[str, Json]] = {"path": {}, "query": {}}
        given = {
            "path": {name: [str(value)] for name, value in scope["path_params"].items()},
            "query": _grouped(query),
        }
        for parameter in operation.parameters:
            if parameter.location not in given:
                continue
            texts = given[parameter.location].get(parameter.name, [])
            problem = ""
            if len(texts) == 1:
                value, problem = self._parameters.read(parameter, texts[0])
                values[parameter.location][parameter.name] = value
            elif texts or parameter.required:
                problem = "given more than once" if texts else "missing"
            if problem:
                return BadParameter(
                    name=parameter.name,
                    location=parameter.location,
                    value=texts[0] if texts else "",
                    reason=problem,
                )
        return Incoming(
            method=base.method,
            path=base.path,
            operation=base.operation,
            headers=base.headers,
            path_parameters=values["path"],
            query=values["query"],
            json=parsed,
            form=form,
            unheard_of={
                name: texts[-1]
                for name, texts in given["query"].items()
                if name not in values["query"]
            },
        )

    async def _send(self, outgoing: Outgoing, send: Send, *, head: bool) -> None:
        if not outgoing.media_type:
            body = b""
        elif outgoing.text is not None:
            body = outgoing.text.encode("utf-8", "replace")
        else:
            body = self._freedoms.render(outgoing.json)
        headers = dict(outgoing.headers)
        if outgoing.media_type:
            headers |= {"Content-Type": outgoing.media_type, "Content-Length": str(len(body))}
        await send(
            {
                "type": "http.response.start",
                "status": outgoing.status,
                "headers": [
                    (self._freedoms.header_name(name).encode("latin-1"), value.encode("latin-1"))
                    for name, value in headers.items()
                ],
            }
        )
        await send({"type": "http.response.body", "body": b"" if head else body})


def parse_json(body: bytes) -> Json:
    """
    A JSON text that means the same to every reader (RFC 7493): no NaN, no lone surrogate.

    Raises:
        ValueError: it is none; the message says why.
    """
    try:
        text = body.decode("utf-8")
        value: Json = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        if "\\u" in text:
            # Only an escape can bring in half of a surrogate pair.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("a string holds a lone surrogate") from None
    except UnicodeDecodeError:
        raise ValueError("the text is not UTF-8") from None
    except RecursionError:
        raise ValueError("the text is nested too deeply") from None
    if text.count("[") + text.count("{") > _MAX_DEPTH and _deeper_than(value, _MAX_DEPTH):
        raise ValueError("the text is nested too deeply")
    return value


def parse_form(body: bytes) -> Mapping[str, str]:
    """
    A form whose names stand once each, as RFC 6749, section 3.2 demands.

    Raises:
        ValueError: it is none; the message says why.
    """
    pairs = parse_qsl(
        body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=64
    )
    form = dict(pairs)
    if len(form) != len(pairs):
        raise ValueError("a name stands twice")
    return form


def _refuse(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is beyond every range")
    return value


def _deeper_than(value: Json, limit: int) -> bool:
    level: list[Json] = [value]
    for _ in range(limit):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
    return any(isinstance(item, (dict, list)) for item in level)


def _grouped(query: str) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        grouped.setdefault(name, []).append(value)
    return grouped


class ParameterReader:
    """Turns the texts of parameters into the values that their schemas ask for."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._kinds: dict[str, Json] = {}

    def read(self, parameter: Parameter, text: str) -> tuple[Json, str]:
        """The value that `text` stands for, and what is wrong with it ("" for nothing)."""
        if not parameter.schema:
            return text, ""
        if parameter.schema not in self._kinds:
            self._kinds[parameter.schema] = self._kind(parameter.schema)
        value: Json = text
        if self._kinds[parameter.schema] == "integer" and _INTEGER.fullmatch(text):
            value = int(text)
        try:
            problems = self._contract.problems_at(parameter.schema, value)
        except SuiteDefect:
            # The contract's two validators differ on it: nothing that a client should send.
            return value, "doubtful"
        return value, problems[0].message if problems else ""

    def _kind(self, pointer: str) -> Json:
        schema = at(self._contract.document, pointer)
        while isinstance(schema, dict) and isinstance(reference := schema.get("$ref"), str):
            schema = at(self._contract.document, reference.removeprefix("#"))
        return schema.get("type") if isinstance(schema, dict) else None


async def _read(receive: Receive) -> bytes | None:
    """The whole body, None when it is longer than `MAX_BODY`."""
    chunks: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        chunk = message.get("body", b"")
        length += len(chunk)
        if length > MAX_BODY:
            return None
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)
