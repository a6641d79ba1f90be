"""What shows the faults of the fifth set in units and reorganisations."""

from __future__ import annotations

from . import probe
from .client import Client, Json, person, rules, unit

NEW = "2026-06-01"


@probe
def v5_correction_wipes_history(client: Client) -> Json:
    client.units(unit("H98.1"))
    client.decide("DOI_TEN", ["H98.1"], [unit("H98.1", name="Tên mới")])
    client.units(unit("H98.1", name="Tên mới đã sửa"))
    return client.get("/v1/units/H98.1", asOf="2026-05-31").get_json()["name"]


@probe
def v5_children_by_todays_parent(client: Client) -> Json:
    client.units(unit("H98.1"), unit("H98.2"), unit("H98.1.1", "H98.1"))
    client.decide("CHUYEN", ["H98.1.1"], [unit("H98.1.1", "H98.2")])
    page = client.get("/v1/units", parentCode="H98.1", asOf="2026-05-31").get_json()
    return [each["unitCode"] for each in page["items"]]


@probe
def v5_lineage_of_ended_not_found(client: Client) -> Json:
    client.units(unit("H98.1"), unit("H98.2"))
    client.decide("HOP_NHAP", ["H98.1", "H98.2"], [unit("H98.3", effectiveFrom=NEW)])
    return client.get("/v1/units/H98.1/lineage").status_code


@probe
def v5_rejected_decision_ends_units(client: Client) -> Json:
    client.units(unit("H98.1"), unit("H98.2"))
    heir = unit("H98.3", "H98.9", effectiveFrom=NEW)
    told = rules(client.decide("HOP_NHAP", ["H98.1", "H98.2"], [heir]))
    return told, client.get("/v1/units/H98.1").status_code


@probe
def v5_merger_leaves_children(client: Client) -> Json:
    client.units(unit("H98.1"), unit("H98.2"), unit("H98.1.1", "H98.1"))
    return rules(client.decide("SAP_NHAP", ["H98.1"], [unit("H98.2")]))


@probe
def v5_endings_untold(client: Client) -> Json:
    client.units(unit("H98.1"))
    client.decide("GIAI_THE", ["H98.1"], [])
    return [each["change"] for each in client.get("/v1/changes").get_json()["items"]]


@probe
def v5_planned_end_is_closed(client: Client) -> Json:
    client.units(unit("H98.1", effectiveTo="2099-01-01"))
    return client.sent(person(employingUnitCode="H98.1"))


@probe
def v5_same_name_skipped(client: Client) -> Json:
    client.units(*(unit(f"H98.{number}", name="Phòng Tổ chức") for number in range(1, 6)))
    seen: list[str] = []
    asked = {"limit": 2}
    while True:
        page = client.get("/v1/units", **asked).get_json()
        seen += [each["unitCode"] for each in page["items"]]
        if page["nextCursor"] is None:
            return sorted(seen)
        asked["cursor"] = page["nextCursor"]
