"""Exchanges to JSON and back, as journals hold them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime

from conformance.errors import (
    Deviation,
    GrantUnmet,
    SuiteDefect,
    TargetTimeout,
    TargetUnreachable,
    WorldTrouble,
)
from conformance.model.exchange import NO_FACTS, Exchange, Initiator, Request, Response
from conformance.model.json import Json, JsonObject

_TROUBLE: Mapping[str, type[WorldTrouble]] = {
    "unreachable": TargetUnreachable,
    "timeout": TargetTimeout,
    "grant": GrantUnmet,
}


def mapping(value: Json) -> JsonObject:
    """`value`, which the journal's form promises to be an object. Raises SuiteDefect."""
    if not isinstance(value, dict):
        raise SuiteDefect(f"a journal event holds {type(value).__name__}, not an object")
    return value


def sequence(value: Json) -> Sequence[Json]:
    """`value`, which the journal's form promises to be an array; null is an empty one."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise SuiteDefect(f"a journal event holds {type(value).__name__}, not an array")
    return value


def body_to_json(body: bytes | None) -> Json:
    """Text where the bytes are UTF-8, `{"base64": …}` where they are not."""
    if body is None:
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def body_from_json(value: Json) -> bytes | None:
    """The bytes that `body_to_json` was given."""
    match value:
        case None:
            return None
        case str():
            return value.encode("utf-8")
        case {"base64": str(encoded)}:
            return base64.b64decode(encoded)
    raise SuiteDefect("a journalled body is neither text nor base64")


def _headers_to_json(headers: Sequence[tuple[str, str]]) -> Json:
    return [[name, value] for name, value in headers]


def _headers_from_json(value: Json) -> tuple[tuple[str, str], ...]:
    pairs = (sequence(item) for item in sequence(value))
    return tuple((str(name), str(content)) for name, content in pairs)


def request_to_json(request: Request) -> JsonObject:
    """A request as its author stated it."""
    return {
        "method": request.method,
        "target": request.target,
        "headers": _headers_to_json(request.headers),
        "body": body_to_json(request.body),
        "operation": request.operation,
    }


def request_from_json(value: JsonObject) -> Request:
    """The inverse of `request_to_json`."""
    return Request(
        method=str(value["method"]),
        target=str(value["target"]),
        headers=_headers_from_json(value.get("headers")),
        body=body_from_json(value.get("body")),
        operation=str(value.get("operation", "")),
    )


def response_to_json(response: Response) -> JsonObject:
    """A response after redaction."""
    return {
        "status": response.status,
        "headers": _headers_to_json(response.headers),
        "body": body_to_json(response.body),
        "truncated": response.truncated,
    }


def response_from_json(value: JsonObject) -> Response:
    """The inverse of `response_to_json`."""
    status = value["status"]
    if not isinstance(status, int):
        raise SuiteDefect("a journalled status is not an integer")
    return Response(
        status=status,
        headers=_headers_from_json(value.get("headers")),
        body=body_from_json(value.get("body")) or b"",
        truncated=bool(value.get("truncated")),
    )


def failure_to_json(error: WorldTrouble | Deviation) -> JsonObject:
    """What kept an answer from coming, so that replay can raise it again."""
    if isinstance(error, Deviation):
        return {
            "failure": "deviation",
            "code": error.code,
            "observed": error.observed,
            "required": error.required,
            "pointer": error.pointer,
            "more": dict(error.more),
        }
    kind = next(name for name, kind in _TROUBLE.items() if isinstance(error, kind))
    return {
        "failure": kind,
        "code": error.code,
        "detail": error.detail,
        "remedy": error.remedy,
    }


def raise_failure(answer: JsonObject) -> None:
    """Raise what `failure_to_json` recorded, if it recorded anything."""
    match answer.get("failure"):
        case None:
            return
        case "deviation":
            raise Deviation(
                str(answer["code"]),
                observed=answer["observed"],
                required=answer["required"],
                pointer=str(answer.get("pointer", "")),
                **_facts(answer.get("more")),
            )
        case str(kind) if kind in _TROUBLE:
            raise _TROUBLE[kind](
                str(answer["code"]), str(answer["detail"]), remedy=str(answer.get("remedy", ""))
            )
        case unknown:
            raise SuiteDefect(f"a journal event failed in an unknown way: {unknown!r}")


def exchange_from_json(
    answer: JsonObject, request: Request, *, number: int, identity: str
) -> Exchange:
    """The exchange that answered our own `request`."""
    return Exchange(
        number=number,
        initiator=Initiator.TOOLKIT,
        request=request,
        response=response_from_json(mapping(answer["response"])),
        at=datetime.fromisoformat(str(answer["at"])),
        elapsed=_float(answer.get("elapsed")),
        identity=identity,
        facts=_facts(answer.get("facts")),
    )


def incoming_from_json(item: JsonObject, *, number: int, scenario: str = "") -> Exchange:
    """An exchange that the target opened."""
    return Exchange(
        number=number,
        initiator=Initiator.TARGET,
        request=request_from_json(mapping(item["request"])),
        response=response_from_json(mapping(item["response"])),
        at=datetime.fromisoformat(str(item["at"])),
        elapsed=_float(item.get("elapsed")),
        scenario=scenario,
        facts=_facts(item.get("facts")),
    )


def number_of(item: JsonObject, usual: int) -> int:
    """The number that an exchange says of itself, `usual` for one that says none."""
    number = item.get("number")
    return number if isinstance(number, int) else usual


def _float(value: Json) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _facts(value: Json) -> Mapping[str, str]:
    if not value:
        return NO_FACTS
    return {name: str(fact) for name, fact in mapping(value).items()}


def exchanges_of(kind: str, ask: Json, answer: Json) -> tuple[JsonObject, ...]:
    """
    The exchanges inside one journal event, each with its request, in numbering order.

    A failed attempt counts: somebody was asked, and the number must not shift.
    """
    match kind:
        case "exchange":
            asked = mapping(ask)
            return ({**mapping(answer), **{k: asked[k] for k in ("request", "identity")}},)
        case "together":
            asked = mapping(ask)
            requests = sequence(asked.get("requests"))
            return tuple(
                {**mapping(one), "request": request, "identity": asked.get("identity")}
                for request, one in zip(requests, sequence(answer), strict=True)
            )
        case "authorise":
            return tuple(mapping(one) for one in sequence(mapping(answer).get("exchanges")))
        case "mission":
            traffic = sequence(mapping(answer).get("traffic"))
            return tuple({**mapping(one), "initiator": "target"} for one in traffic)
    return ()
