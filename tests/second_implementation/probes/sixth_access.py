"""What shows the faults of tokens, media types, parameters and code lists of the sixth set."""

from __future__ import annotations

from typing import Any

from tests.second_implementation.probes import probe
from tests.second_implementation.probes.client import (
    CREDENTIALS,
    Client,
    header,
    person,
    rules,
    sign,
    unit,
)


@probe
def v6_problems_as_plain_json(client: Client) -> Any:
    return client.profile().mimetype


@probe
def v6_credentials_in_query(client: Client) -> Any:
    asked = {"grant_type": "client_credentials", **CREDENTIALS}
    return client.wire.post("/oauth2/token", query_string=asked).status_code


@probe
def v6_charset_refused(client: Client) -> Any:
    record = {"profile": person(), "signature": sign(person())}
    message = {"header": header("M51"), "records": [record]}
    return client.post("/v1/trial-sync", message, "application/json; charset=utf-8").status_code


@probe
def v6_limit_clamped(client: Client) -> Any:
    return client.get("/v1/profiles", limit=101).status_code


@probe
def v6_codes_of_any_day(client: Client) -> Any:
    return rules(client.units(unit("H98.1", provinceCode="02")))


@probe
def v6_old_address_read_today(client: Client) -> Any:
    place = {"provinceCode": "02", "codeListVersion": "2004-11-26"}
    return client.sent(person(birthPlace=place))
