"""What shows the faults of units and reorganisations of the sixth set."""

from __future__ import annotations

from typing import Any

from tests.second_implementation.probes import probe
from tests.second_implementation.probes.client import Client, rules, unit


@probe
def v6_parent_of_same_message_unknown(client: Client) -> Any:
    return client.units(unit("H98.1"), unit("H98.1.1", "H98.1")).get_json()["accepted"]


@probe
def v6_ended_code_revived(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo="2026-01-01"))
    return rules(client.units(unit("H98.1")))


@probe
def v6_unit_lives_on_last_day(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo="2026-01-01"))
    return client.get("/v1/units/H98.1", asOf="2026-01-01").status_code


@probe
def v6_rename_overwrites(client: Client) -> Any:
    client.units(unit("H98.1"))
    client.decide("DOI_TEN", ["H98.1"], [unit("H98.1", name="Sở khác")])
    days = ("2026-05-31", "2026-06-01")
    return [client.get("/v1/units/H98.1", asOf=each).get_json()["name"] for each in days]


@probe
def v6_old_order_judged_today(client: Client) -> Any:
    old = [unit(code, effectiveFrom="2020-01-01", effectiveTo="2025-07-01") for code in _PAIR]
    client.units(*old)
    return rules(client.decide("HOP_NHAP", list(_PAIR), [unit("H98.3")], "2025-07-01"))


@probe
def v6_ended_unit_has_no_lineage(client: Client) -> Any:
    client.units(*map(unit, _PAIR))
    client.decide("HOP_NHAP", list(_PAIR), [unit("H98.3", effectiveFrom="2026-06-01")])
    return client.get("/v1/units/H98.1/lineage").status_code


@probe
def v6_children_outlive_merger(client: Client) -> Any:
    client.units(*map(unit, _PAIR), unit("H98.1.1", "H98.1"))
    return rules(client.decide("SAP_NHAP", ["H98.1"], [unit("H98.2")]))


_PAIR = ("H98.1", "H98.2")
