"""Probes of the tree of units."""

from __future__ import annotations

from typing import Any

from . import probe
from .client import FULL, Client, person, rules, unit

DAY = "2026-06-01"


def read(client: Client, code: str, day: str = "") -> Any:
    """The unit, or None where it is not found."""
    answer = client.get(f"/v1/units/{code}", **({"asOf": day} if day else {}))
    return answer.get_json() if answer.status_code == 200 else None


def heirs(client: Client, code: str) -> list[str]:
    lineage = client.get(f"/v1/units/{code}/lineage").get_json()
    return [each["unitCode"] for each in lineage["successors"]]


def children(client: Client, parent: str, day: str) -> int:
    return len(client.get("/v1/units", parentCode=parent, asOf=day).get_json()["items"])


def fresh(code: str) -> dict[str, Any]:
    return unit(code, effectiveFrom=DAY)


@probe
def zero_quota_lost(client: Client) -> Any:
    client.units(unit("H98.1", staffQuota=0))
    return read(client, "H98.1")["staffQuota"]


@probe
def null_members_lost(client: Client) -> Any:
    client.units(unit("H98.1", staffQuota=None))
    return "staffQuota" in read(client, "H98.1")


@probe
def list_keeps_last_day(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo="2026-01-01"))
    return children(client, "H98", "2026-01-01")


@probe
def begins_a_day_late(client: Client) -> Any:
    client.units(unit("H98.1"))
    return read(client, "H98.1", "2025-07-01") is None


@probe
def children_of_today(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.2"), unit("H98.1.1", "H98.1"))
    client.decide("CHUYEN", ["H98.1.1"], [unit("H98.1.1", "H98.2")])
    return children(client, "H98.1", "2026-01-01")


@probe
def cycle_of_two(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.2", "H98.1"), unit("H98.3", "H98.2"))
    client.units(unit("H98.4", "H98.3"))
    return rules(client.units(unit("H98.1", "H98.4")))


@probe
def older_than_parent(client: Client) -> Any:
    client.units(unit("H98.1"))
    return rules(client.units(unit("H98.1.1", "H98.1", effectiveFrom="2024-01-01")))


@probe
def tiers_unread(client: Client) -> Any:
    client.units(unit("H98.1", unitType="UBNDX", tier="commune"))
    return rules(client.units(unit("H98.1.1", "H98.1", tier="province")))


@probe
def outlives_parent(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo="2026-01-01"))
    return rules(client.units(unit("H98.1.1", "H98.1")))


@probe
def rejected_parent_counts(client: Client) -> Any:
    return rules(client.units(unit("H98.1", unitType="ZZ"), unit("H98.1.1", "H98.1")))


@probe
def types_of_their_time(client: Client) -> Any:
    return rules(client.units(unit("H98.1", unitType="HUYEN", effectiveFrom="2020-01-01")))


@probe
def correction_forgets(client: Client) -> Any:
    client.units(unit("H98.1"))
    client.decide("DOI_TEN", ["H98.1"], [unit("H98.1", name="Tên mới")])
    client.units(unit("H98.1", name="Tên đã sửa"))
    return read(client, "H98.1", "2026-01-01")["name"]


@probe
def unit_version_stands(client: Client) -> Any:
    client.units(unit("H98.1"))
    return client.units(unit("H98.1")).get_json()["results"][0]["version"]


@probe
def ended_reopens(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo="2026-01-01"))
    return rules(client.units(unit("H98.1")))


@probe
def ends_a_day_late(client: Client) -> Any:
    client.units(unit("H98.1"))
    client.decide("GIAI_THE", ["H98.1"], [])
    return read(client, "H98.1", DAY) is None


@probe
def changes_a_day_late(client: Client) -> Any:
    client.units(unit("H98.1"))
    client.decide("DOI_TEN", ["H98.1"], [unit("H98.1", name="Tên mới")])
    return read(client, "H98.1", DAY)["name"]


@probe
def division_loses_second(client: Client) -> Any:
    client.units(unit("H98.1"))
    client.decide("CHIA", ["H98.1"], [fresh("H98.2"), fresh("H98.3")])
    return heirs(client, "H98.1")


@probe
def split_has_no_lineage(client: Client) -> Any:
    client.units(unit("H98.1"))
    client.decide("TACH", ["H98.1"], [fresh("H98.2")])
    return heirs(client, "H98.1")


@probe
def lineage_of_the_decision_day(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.2"))
    client.decide("HOP_NHAP", ["H98.1", "H98.2"], [fresh("H98.3")])
    lineage = client.get("/v1/units/H98.3/lineage").get_json()
    return lineage["predecessors"][0]["effectiveOn"]


@probe
def half_applied(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.2"))
    assert rules(client.decide("CHIA", ["H98.1"], [fresh("H98.3"), fresh("H98.2")]))
    return read(client, "H98.1") is None


@probe
def founded_under_old_code(client: Client) -> Any:
    client.units(unit("H98.1", effectiveTo="2026-01-01"))
    return rules(client.decide("THANH_LAP", [], [fresh("H98.1")]))


@probe
def orphans_pass(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.1.1", "H98.1"))
    return rules(client.decide("GIAI_THE", ["H98.1"], []))


@probe
def withdrawn_still_attached(client: Client) -> Any:
    client.units(unit("H98.1"))
    client.trial(person(employingUnitCode="H98.1"))
    client.ask("DELETE", f"/v1/profiles/{FULL['profileId']}")
    return rules(client.decide("GIAI_THE", ["H98.1"], []))


@probe
def any_form_passes(client: Client) -> Any:
    client.units(unit("H98.1"))
    return rules(client.decide("HOP_NHAP", ["H98.1"], [fresh("H98.2")]))


@probe
def moved_below_itself(client: Client) -> Any:
    client.units(unit("H98.1"), unit("H98.1.1", "H98.1"))
    return rules(client.decide("CHUYEN", ["H98.1"], [unit("H98.1", "H98.1.1")]))
