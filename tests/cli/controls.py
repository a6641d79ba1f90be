"""
The controls: servers that refuse everything, at the door or behind it, and one that accepts it.

All are well-mannered: right media types, right members, right challenges. What they lack is any
judgement of what they were sent, so whatever they pass needs a partner that they fail.
"""

from __future__ import annotations

import json
from typing import Any

PROBLEM = "application/problem+json"


async def refuses(scope: Any, receive: Any, send: Any) -> None:
    """Says `401 unauthorised`, with all its courtesies, to everybody about everything."""
    method, path, _ = await _request(scope, receive)
    if path == "/oauth2/token":
        await _answer(send, 401, {"error": "invalid_client"}, "application/json")
        return
    problem = {
        "type": "urn:vn-cbccvc:problem:unauthorised",
        "title": "Unauthorised",
        "status": 401,
        "detail": f"{method} {path}",
    }
    await _answer(send, 401, problem, PROBLEM, ("www-authenticate", "Bearer"))


async def turns_away(scope: Any, receive: Any, send: Any) -> None:
    """Gives everybody a token, and knows, takes and lists nothing: `404` or `422`."""
    method, path, _ = await _request(scope, receive)
    if path == "/oauth2/token":
        await _answer(send, 200, _welcome(path, b""), "application/json")
        return
    status, name = (404, "not-found") if method == "GET" else (422, "message-invalid")
    problem = {
        "type": f"urn:vn-cbccvc:problem:{name}",
        "title": "Refused",
        "status": status,
        "errors": [],
    }
    await _answer(send, status, problem, PROBLEM)


async def accepts(scope: Any, receive: Any, send: Any) -> None:
    """Says `200` to everything, with whatever body is wanted there, and remembers nothing."""
    _, path, body = await _request(scope, receive)
    await _answer(send, 200, _welcome(path, body), "application/json", ("etag", '"1"'))


def _welcome(path: str, body: bytes) -> Any:
    match path.strip("/").split("/"):
        case ["oauth2", "token"]:
            return {"access_token": "welcome-everybody", "token_type": "Bearer", "expires_in": 3600}
        case ["v1", "metadata"]:
            return {
                "environment": "test",
                "schemaVersion": "1.0",
                "codeListVersion": "2025-07-01",
                "receiverCode": "G09",
                "trialSync": {"minRecords": 1, "maxRecords": 10},
                "pageLimit": {"max": 100},
            }
        case ["v1", "profiles", _]:
            return {"profile": {}, "version": 1, "updatedAt": "2026-01-01T00:00:00Z"}
        case ["v1", "units"]:
            return {"items": [], "nextCursor": None}
        case ["v1", "units", code]:
            return {
                "unitCode": code,
                "parentCode": "H98",
                "name": "Welcome",
                "unitType": "PHONG",
                "provinceCode": "01",
                "effectiveFrom": "2025-07-01",
                "effectiveTo": None,
            }
    return _receipt(body)


def _receipt(body: bytes) -> Any:
    try:
        message = json.loads(body)
        records = message.get("records", message.get("units", []))
        header = message["header"]
        identity, code = header["messageId"], header["messageCode"]
        count = len(records)
    except (ValueError, KeyError, TypeError, AttributeError):
        identity, code, count = "00000000-0000-4000-8000-000000000000", "M51", 0
    return {
        "messageId": identity,
        "messageCode": code,
        "receivedAt": "2026-01-01T00:00:00Z",
        "received": count,
        "accepted": count,
        "rejected": 0,
        "results": [
            {"recordNo": number, "status": "ACCEPTED", "version": 1}
            for number in range(1, count + 1)
        ],
    }


async def _request(scope: Any, receive: Any) -> tuple[str, str, bytes]:
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    return scope["method"], scope["path"], body


async def _answer(
    send: Any, status: int, document: Any, media_type: str, *headers: tuple[str, str]
) -> None:
    pairs = (("content-type", media_type), *headers)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), value.encode()) for name, value in pairs],
        }
    )
    await send({"type": "http.response.body", "body": json.dumps(document).encode()})
