"""Probes of the fourth set: tokens, methods, media types, JSON and the code lists."""

from __future__ import annotations

import json
from typing import Any

from . import probe
from .client import CREDENTIALS, Client, header, unit

GRANT = {"grant_type": "client_credentials"}


@probe
def v4_secret_trimmed(client: Client) -> Any:
    told = {**GRANT, **CREDENTIALS, "client_secret": CREDENTIALS["client_secret"] + " "}
    return client.wire.post("/oauth2/token", data=told).status_code


@probe
def v4_token_in_any_case(client: Client) -> Any:
    client.token = client.token.swapcase()
    return client.get("/v1/metadata").status_code


@probe
def v4_credentials_from_query(client: Client) -> Any:
    secret = {"client_secret": CREDENTIALS["client_secret"]}
    told = {**GRANT, "client_id": CREDENTIALS["client_id"]}
    return client.wire.post("/oauth2/token", query_string=secret, data=told).status_code


@probe
def v4_other_method_not_found(client: Client) -> Any:
    answer = client.ask("PUT", "/v1/metadata")
    return answer.status_code, answer.headers.get("Allow")


@probe
def v4_json_goes_on(client: Client) -> Any:
    message = json.dumps({"header": header("M50"), "units": [unit("H98.1")]})
    return client.post("/v1/unit-batches", message + "}").status_code


@probe
def v4_any_kind_of_json(client: Client) -> Any:
    message = {"header": header("M50"), "units": [unit("H98.1")]}
    return client.post("/v1/unit-batches", message, "application/problem+json").status_code


@probe
def v4_code_list_of_any_day(client: Client) -> Any:
    return client.get("/v1/code-lists/provinces", version="2025-07-02").status_code
