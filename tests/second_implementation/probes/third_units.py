"""Probes of the third set: the tree of units and decisions about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.second_implementation import contract

from . import probe
from .client import Client, person, rules, unit
from .units import DAY, children, fresh, read


@probe
def ended_still_read(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo="2026-01-01"))
    return read(client, "H98.1", "2026-01-01") is None


@probe
def whole_branch_listed(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.1.1", "H98.1"))
    return children(client, "H98", DAY)


@probe
def lineage_of_the_living(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.2"))
    client.decide("HOP_NHAP", ["H98.1", "H98.2"], [fresh("H98.3")])
    return client.get("/v1/units/H98.1/lineage").status_code


@probe
def rejection_is_422(client: Client) -> Any:
    return client.decide("GIAI_THE", ["H98.404"], []).status_code


@probe
def from_alive_that_day(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo=DAY), unit("H98.2"))
    return rules(client.decide("SAP_NHAP", ["H98.1"], [unit("H98.2")], DAY))


@probe
def effective_at_once(client: Client) -> Any:
    day = (contract.now() + timedelta(days=30)).date().isoformat()
    client.units(unit("H98.1"))
    client.decide("DOI_TEN", ["H98.1"], [unit("H98.1", name="Tên mới")], day)
    return read(client, "H98.1")["name"]


@probe
def optional_members_lost(client: Client) -> Any:
    client.units(unit("H98.1", shortName="SNV"))
    return read(client, "H98.1").get("shortName")


@probe
def managed_people_uncounted(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.2"), unit("H98.1.1", "H98.1"))
    managed = person(employingUnitCode="H98.1.1", managingAgencyCode="H98.1")
    assert client.trial(managed).get_json()["accepted"] == 1
    client.decide("CHUYEN", ["H98.1.1"], [unit("H98.1.1", "H98.2")])
    return rules(client.decide("GIAI_THE", ["H98.1"], [], "2026-07-01"))
