"""Probes of the fourth set: signatures and certificates."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import rfc8785

from . import probe
from .client import Client, now, person, sign, signer, unit


@probe
def v4_revoked_later_than_signed(client: Client) -> Any:
    by = signer()
    client.revoke(by[1])
    return client.sent(person(), sign(person(), by, (now() - timedelta(hours=2)).isoformat()))


@probe
def v4_not_valid_yet(client: Client) -> Any:
    return client.sent(person(), sign(person(), signer(days=(2, 30))))


@probe
def v4_anybody_issues(client: Client) -> Any:
    between = signer()
    return client.sent(person(), sign(person(), signer(by=between), above=(between[1],)))


@probe
def v4_agency_by_its_first_letters(client: Client) -> Any:
    client.units(unit("H98.10"))
    there = person(managingAgencyCode="H98.10", employingUnitCode="H98.10")
    return client.sent(there, sign(there, signer("H98.1")))


@probe
def v4_signed_where_one_works(client: Client) -> Any:
    client.units(unit("H98.1"))
    there = person(employingUnitCode="H98.1")
    return client.sent(there, sign(there, signer("H98.1")))


@probe
def v4_critical_overlooked(client: Client) -> Any:
    return client.sent(person(), sign(person(), crit=["exp"], exp=1))


@probe
def v4_payload_brought_along(client: Client) -> Any:
    head, _, value = sign(person()).split(".")
    payload = base64.urlsafe_b64encode(rfc8785.dumps(person())).rstrip(b"=").decode()
    return client.sent(person(mainDuty="Khác"), f"{head}.{payload}.{value}")
