"""Probes of the second set: the door, parameters and code lists."""

from __future__ import annotations

import json
from typing import Any

from . import probe
from .access import token
from .client import CREDENTIALS, Client, header, unit


def listed(client: Client, name: str, limit: int, **asked: str) -> list[str]:
    """The codes of a walk through a list."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(f"/v1/code-lists/{name}", limit=limit, **asked, **cursor).get_json()
        found += [row["code"] for row in page["rows"]]
        if page["nextCursor"] is None:
            return found
        cursor = {"cursor": page["nextCursor"]}


def message(**changes: Any) -> dict[str, Any]:
    return {"header": header("M50"), "units": [unit("H98.1", **changes)]}


@probe
def secret_trimmed(client: Client) -> Any:
    return token(client, client_secret=f" {CREDENTIALS['client_secret']}").status_code


@probe
def credentials_in_query(client: Client) -> Any:
    form = {"grant_type": "client_credentials", **CREDENTIALS}
    query = {"client_secret": form.pop("client_secret")}
    return client.wire.post("/oauth2/token", data=form, query_string=query).status_code


@probe
def token_tail_unread(client: Client) -> Any:
    client.token = client.token[:-1] + ("a" if client.token[-1] != "a" else "b")
    return client.get("/v1/metadata").status_code


@probe
def stale_token_403(client: Client) -> Any:
    client.token = "made-up"
    answer = client.get("/v1/metadata")
    return answer.status_code, answer.get_json()["status"]


@probe
def invalid_utf8_replaced(client: Client) -> Any:
    text = json.dumps(message(name="QQ")).encode().replace(b"QQ", b"\xff\xfe")
    return client.post("/v1/unit-batches", text).status_code


@probe
def nan_is_null(client: Client) -> Any:
    return client.post("/v1/unit-batches", message(staffQuota=float("nan"))).status_code


@probe
def charset_refused(client: Client) -> Any:
    kind = "application/json; charset=utf-8"
    return client.post("/v1/unit-batches", message(), kind).status_code


@probe
def list_cursor_forgets_version(client: Client) -> Any:
    return len(listed(client, "provinces", 20, version="2004-11-26"))


@probe
def list_ends_at_a_thousand(client: Client) -> Any:
    return len(listed(client, "communes", 1000, version="2025-07-01"))
