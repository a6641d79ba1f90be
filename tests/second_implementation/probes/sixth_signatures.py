"""What shows the faults of signatures of the sixth set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.second_implementation.probes import probe
from tests.second_implementation.probes.client import (
    Client,
    new_authority,
    now,
    person,
    sign,
    signer,
    unit,
)


@probe
def v6_one_name_for_bad_signatures(client: Client) -> Any:
    stranger = signer(by=new_authority("Stranger"))
    return client.sent(person(), sign(person(), stranger))


@probe
def v6_revocation_unread(client: Client) -> Any:
    one = signer()
    client.revoke(one[1])
    return client.sent(person(), sign(person(), one))


@probe
def v6_validity_at_signing(client: Client) -> Any:
    then = (now() - timedelta(days=5)).isoformat()
    return client.sent(person(), sign(person(), signer(days=(-10, -1)), then))


@probe
def v6_signer_by_prefix(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.10"))
    one = person(managingAgencyCode="H98.10", employingUnitCode="H98.10")
    return client.sent(one, sign(one, signer("H98.1")))


@probe
def v6_approver_unasked(client: Client) -> Any:
    return client.sent(person(), sign(person(), signer(unit="Clerk")))
