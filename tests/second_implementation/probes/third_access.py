"""Probes of the third set: access, refusals and code lists."""

from __future__ import annotations

from typing import Any

from . import probe
from .client import CREDENTIALS, Client


def granted(client: Client, **changes: str) -> Any:
    asked = {"grant_type": "client_credentials", **CREDENTIALS, **changes}
    return client.wire.post("/oauth2/token", data=asked)


@probe
def lifetime_in_milliseconds(client: Client) -> Any:
    return granted(client).get_json()["expires_in"]


@probe
def wrong_secret_400(client: Client) -> Any:
    return granted(client, client_secret="another").status_code


@probe
def metadata_open(client: Client) -> Any:
    return client.wire.get("/v1/metadata").status_code


@probe
def body_before_token(client: Client) -> Any:
    return client.wire.post(
        "/v1/trial-sync", data="{", headers={"Content-Type": "application/json"}
    ).status_code


@probe
def problems_as_json(client: Client) -> Any:
    return client.get("/v1/units/H98.404").mimetype


@probe
def index_of_newest(client: Client) -> Any:
    items = client.get("/v1/code-lists").get_json()["items"]
    return next(each["versions"] for each in items if each["name"] == "provinces")


@probe
def open_end_is_far(client: Client) -> Any:
    return client.get("/v1/code-lists/provinces").get_json()["rows"][0]["validTo"]
