"""Probes of tokens, refusals and parameters."""

from __future__ import annotations

import json
from typing import Any

from . import probe
from .client import CREDENTIALS, Client, header, person, unit


def token(client: Client, **form: str) -> Any:
    asked = {"grant_type": "client_credentials", **CREDENTIALS, **form}
    return client.wire.post(
        "/oauth2/token", data={key: each for key, each in asked.items() if each}
    )


@probe
def secret_cut(client: Client) -> Any:
    return token(client, client_secret=CREDENTIALS["client_secret"][:-1]).status_code


@probe
def token_any_case(client: Client) -> Any:
    client.token = client.token.swapcase()
    return client.get("/v1/metadata").status_code


@probe
def password_grant(client: Client) -> Any:
    return token(client, grant_type="password").status_code


@probe
def lacking_secret_is_wrong(client: Client) -> Any:
    return token(client, client_secret="").get_json()["error"]


@probe
def token_cached(client: Client) -> Any:
    return token(client).headers["Cache-Control"]


@probe
def reused_says_400(client: Client) -> Any:
    once = header("M50")
    client.units(unit("H98.1"), **once)
    return client.units(unit("H98.2"), **once).get_json()["status"]


@probe
def allow_lacks_delete(client: Client) -> Any:
    return client.ask("PUT", "/v1/profiles/098090123456").headers["Allow"]


@probe
def any_json_suffix(client: Client) -> Any:
    message = {"header": header("M50"), "units": [unit("H98.1")]}
    return client.post("/v1/unit-batches", message, "application/ld+json").status_code


@probe
def garbage_behind(client: Client) -> Any:
    message = json.dumps({"header": header("M50"), "units": [unit("H98.1")]})
    return client.post("/v1/unit-batches", message + " }}}").status_code


@probe
def version_before(client: Client) -> Any:
    return client.get("/v1/code-lists/provinces", version="2026-01-01").status_code


@probe
def old_list_of_last_day(client: Client) -> Any:
    page = client.get("/v1/code-lists/provinces", version="2025-07-01").get_json()
    return len(page["rows"])


@probe
def limit_clamped(client: Client) -> Any:
    return client.get("/v1/profiles", limit="101").status_code


@probe
def extra_members_pass(client: Client) -> Any:
    return client.units(unit("H98.1"), colour="red").status_code


@probe
def batch_200(client: Client) -> Any:
    return client.batch(person())[0].status_code


@probe
def naive_times(client: Client) -> Any:
    client.trial(person())
    return len(client.profile().get_json()["updatedAt"])


@probe
def astral_500(client: Client) -> Any:
    try:
        return client.units(unit("H98.1", name="𝄞")).status_code
    except RuntimeError:
        return 500
