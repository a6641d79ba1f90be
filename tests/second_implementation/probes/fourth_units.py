"""Probes of the fourth set: the tree of units."""

from __future__ import annotations

import uuid
from typing import Any

from . import probe
from .client import Client, unit


@probe
def v4_last_day_included(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo="2026-01-01"))
    return client.get("/v1/units/H98.1", asOf="2026-01-01").status_code


@probe
def v4_no_quota_of_zero(client: Client) -> Any:
    client.units(unit("H98.1", staffQuota=0))
    return client.get("/v1/units/H98.1").get_json()["staffQuota"]


@probe
def v4_decision_overwrites_past(client: Client) -> Any:
    client.units(unit("H98.1"))
    client.decide("DOI_TEN", ["H98.1"], [unit("H98.1", name="Tên mới")])
    return client.get("/v1/units/H98.1", asOf="2026-05-31").get_json()["name"]


@probe
def v4_only_its_own_parent(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.1.1", "H98.1"))
    return client.units(unit("H98.1", "H98.1.1")).get_json()["accepted"]


@probe
def v4_no_lineage_of_the_ended(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.2"))
    client.decide("SAP_NHAP", ["H98.1"], [unit("H98.2")])
    return client.get("/v1/units/H98.1/lineage").status_code


@probe
def v4_units_applied_again(client: Client) -> Any:
    name = str(uuid.uuid4())
    answers = [client.units(unit("H98.1"), messageId=name).get_json() for _ in range(2)]
    return [each["results"][0]["version"] for each in answers]
