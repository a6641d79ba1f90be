"""What shows the faults of the fifth set in tokens, methods, media types, sizes and code lists."""

from __future__ import annotations

from . import probe
from .client import CREDENTIALS, Client, Json, header, person, sign, unit


@probe
def v5_one_token_for_a_client(client: Client) -> Json:
    client.wire.post("/oauth2/token", data={"grant_type": "client_credentials", **CREDENTIALS})
    return client.get("/v1/metadata").status_code


@probe
def v5_wrong_method_not_found(client: Client) -> Json:
    return client.ask("PUT", "/v1/metadata").status_code


@probe
def v5_charset_refused(client: Client) -> Json:
    body = {"header": header("M50"), "units": [unit("H98.1")]}
    return client.post("/v1/unit-batches", body, "application/json; charset=utf-8").status_code


@probe
def v5_body_of_a_mebibyte(client: Client) -> Json:
    record = {"profile": person(), "signature": sign(person(1))}
    body = {"header": header("M52"), "records": [record] * 120}
    return client.post("/v1/profile-batches", body).status_code


@probe
def v5_last_day_of_code_included(client: Client) -> Json:
    page = client.get("/v1/code-lists/provinces", version="2025-07-01", limit=1000).get_json()
    place = {"provinceCode": "02", "codeListVersion": "2025-07-01"}
    return len(page["rows"]), client.sent(person(birthPlace=place))
