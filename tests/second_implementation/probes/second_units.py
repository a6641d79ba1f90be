"""Probes of the second set: the tree of units and decisions about it."""

from __future__ import annotations

from typing import Any

from . import probe
from .client import Client, rules, unit
from .profiles import walked
from .units import DAY, children, fresh, read


def forebears(client: Client, code: str) -> list[str]:
    lineage = client.get(f"/v1/units/{code}/lineage").get_json()
    return [each["unitCode"] for each in lineage["predecessors"]]


@probe
def cursor_forgets_day(client: Client) -> Any:
    client.units(*(unit(f"H98.{number}", effectiveTo="2026-01-01") for number in range(3)))
    return walked(client, "/v1/units", 1, parentCode="H98", asOf="2025-12-31")


@probe
def parent_of_today(client: Client) -> Any:
    later = {"effectiveFrom": "2030-01-01"}
    return rules(client.units(unit("H98.1", **later), unit("H98.1.1", "H98.1", **later)))


@probe
def names_unique(client: Client) -> Any:
    school = {"name": "Trường Tiểu học Kim Đồng", "unitType": "TRUONG"}
    client.units(unit("H98.1"), unit("H98.2"), unit("H98.1.1", "H98.1", **school))
    return rules(client.units(unit("H98.2.1", "H98.2", **school)))


@probe
def parent_from_code(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.2"), unit("H98.1.1", "H98.1"))
    client.decide("CHUYEN", ["H98.1.1"], [unit("H98.1.1", "H98.2")])
    return children(client, "H98.1", DAY), children(client, "H98.2", DAY)


@probe
def lineage_whole(client: Client) -> Any:
    client.units(*(unit(f"H98.{number}") for number in (1, 2, 4)))
    client.decide("HOP_NHAP", ["H98.1", "H98.2"], [fresh("H98.3")])
    later = unit("H98.5", effectiveFrom="2026-07-01")
    client.decide("HOP_NHAP", ["H98.3", "H98.4"], [later], "2026-07-01")
    return forebears(client, "H98.5")


@probe
def join_loses_root(client: Client) -> Any:
    client.units(unit("H98.1"))
    return [each["unitCode"] for each in client.get("/v1/units").get_json()["items"]]


@probe
def status_of_today(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo="2026-01-01"))
    return read(client, "H98.1", "2025-12-31")["status"]


@probe
def change_rewrites_past(client: Client) -> Any:
    client.units(unit("H98.1"))
    client.decide("DOI_TEN", ["H98.1"], [unit("H98.1", name="Tên mới")])
    return read(client, "H98.1", "2026-05-31")["name"], read(client, "H98.1", DAY)["name"]


@probe
def later_parent_counts(client: Client) -> Any:
    answer = client.units(unit("H98.1.1", "H98.1"), unit("H98.1"))
    return [each["status"] for each in answer.get_json()["results"]]
