"""Probes of the second set: signatures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from . import probe
from .client import Client, approver, new_authority, now, person, sign, signer


@probe
def signer_as_authority(client: Client) -> Any:
    below = signer(by=approver())
    return client.sent(person(), sign(person(), below, above=(approver()[1],)))


@probe
def chain_not_linked(client: Client) -> Any:
    foreign = signer(by=new_authority("Foreign CA"))
    return client.sent(person(), sign(person(), foreign, above=(approver()[1],)))


@probe
def sent_root_trusted(client: Client) -> Any:
    root = new_authority("Foreign CA")
    return client.sent(person(), sign(person(), signer(by=root), above=(root[1],)))


@probe
def not_before_unread(client: Client) -> Any:
    return client.sent(person(), sign(person(), signer(days=(1, 30))))


@probe
def revoked_since_signing(client: Client) -> Any:
    revoked, before = signer(), now() - timedelta(hours=2)
    client.revoke(revoked[1])
    return client.sent(person(), sign(person(), revoked, at=before.isoformat()))


@probe
def crit_passed_over(client: Client) -> Any:
    return client.sent(person(), sign(person(), crit=["unheard"], unheard=True))


@probe
def authority_by_substring(client: Client) -> Any:
    return client.sent(person(), sign(person(), signer(unit="Not an Approver")))


@probe
def subject_searched(client: Client) -> Any:
    return client.sent(person(), sign(person(), signer("H97", name="Partner of H98")))


@probe
def verified_once(client: Client) -> Any:
    signature = sign(person())
    assert client.sent(person(), signature) == []
    return client.sent(person(heightCm=171), signature)
