"""Where the reference lists people after their unit was reorganised, and history that goes on."""

from __future__ import annotations

import pytest

from tests.reference.test_units_over_time import DAY, EVE, LATER, decide, on, send, unit

JULY, JUNE = "2025-07-01", "2025-06-30"


@pytest.fixture
def office(server, people):
    """Three divisions and somebody in each; `places()` says where everybody is listed."""
    codes = ("H98.1.1", "H98.1.2", "H98.1.3")
    assert send(server, unit("H98.1"), *map(unit, codes)) == "ok,ok,ok,ok"
    staff = dict(zip(codes, people(3), strict=True))
    for code, person in staff.items():
        assert move(server, person, code) == "ACCEPTED"
    server.staff = staff
    return server


def move(server, person, code) -> str:
    kept = {name: value for name, value in person.items() if name != "movement"}
    record = server.signed({**kept, "employingUnitCode": code, "managingAgencyCode": "H98"})
    return server.submit(server.trial(record)).json()["results"][0]["status"]


def listed(server, code) -> dict:
    """Profile id -> where a listing of the unit places the person."""
    answer = server.call("GET", f"/v1/profiles?unitCode={code}&limit=100").json()
    return {
        item["profileId"]: item.get("placedIn", item["employingUnitCode"])
        for item in answer["items"]
    }


def ids(server, *codes) -> list[str]:
    return [server.staff[code]["profileId"] for code in codes]


def test_people_follow_two_mergers_and_stay_in_a_unit_that_absorbs(office):
    heir = unit("H98.1.9", effectiveFrom=DAY)
    assert decide(office, "HOP_NHAP", DAY, ["H98.1.1", "H98.1.2"], [heir]) == "ok"
    both = ids(office, "H98.1.1", "H98.1.2")
    assert listed(office, "H98.1.9") == dict.fromkeys(both, "H98.1.9")
    assert listed(office, "H98.1.1") == {}
    assert decide(office, "GIAI_THE", LATER, ["H98.1.9"]) == "people-attached /from/0"
    assert decide(office, "SAP_NHAP", LATER, ["H98.1.9"], [unit("H98.1.3")]) == "ok"
    assert set(listed(office, "H98.1.3").values()) == {"H98.1.3"}
    assert len(listed(office, "H98.1.3")) == 3
    stored = office.call("GET", f"/v1/profiles/{both[0]}").json()
    assert stored["profile"]["employingUnitCode"] == "H98.1.1"


def test_who_stood_in_a_divided_unit_is_listed_there_as_nobodys(office):
    parts = [unit(code, effectiveFrom=DAY) for code in ("H98.1.8", "H98.1.9")]
    assert decide(office, "CHIA", DAY, ["H98.1.1"], parts) == "ok"
    assert listed(office, "H98.1.1") == dict.fromkeys(ids(office, "H98.1.1"), None)
    assert listed(office, "H98.1.8") == listed(office, "H98.1.9") == {}
    assert move(office, office.staff["H98.1.1"], "H98.1.1") == "REJECTED"
    assert move(office, office.staff["H98.1.1"], "H98.1.9") == "ACCEPTED"
    assert listed(office, "H98.1.1") == {}
    assert list(listed(office, "H98.1.9")) == ids(office, "H98.1.1")


def test_nobody_moves_before_the_day(office):
    tomorrow = "2026-11-23"
    heir = unit("H98.1.9", effectiveFrom=tomorrow)
    assert decide(office, "HOP_NHAP", tomorrow, ["H98.1.1", "H98.1.2"], [heir]) == "ok"
    assert list(listed(office, "H98.1.1")) == ids(office, "H98.1.1")
    assert listed(office, "H98.1.9") == {}


def test_a_unit_that_was_sent_with_an_end_keeps_its_people_in_sight(office):
    assert send(office, unit("H98.1.1", effectiveTo=DAY)) == "ok"
    assert listed(office, "H98.1.1") == dict.fromkeys(ids(office, "H98.1.1"), None)


# -- the old order -----------------------------------------------------------------


def old(code, kind="UBNDX", **more):
    return unit(code, unitType=kind, effectiveFrom="2016-01-01", effectiveTo=JULY, **more)


@pytest.fixture
def province(server):
    """A province with a district and two communes, as it was sent after it had ended."""
    whole = [
        old("H98.1", "UBNDT", provinceCode="10"),
        old("H98.1.1", "HUYEN", provinceCode="10"),
        old("H98.1.1.1", provinceCode="10"),
        old("H98.1.1.2", provinceCode="10"),
    ]
    assert send(server, *whole) == "ok,ok,ok,ok"
    return server


def test_codes_of_a_unit_are_read_on_its_last_day(province):
    late = {**old("H98.2", "HUYEN"), "effectiveTo": "2025-07-02"}
    assert send(province, late) == "code-list /units/0/unitType"
    assert send(province, {**late, "effectiveTo": None}) == "code-list /units/0/unitType"
    assert send(province, old("H98.3", provinceCode="77")) == "ok"


def test_what_ended_with_the_old_order_goes_on_by_one_decision_of_that_day(province):
    today = old("H98.1", "UBNDT", provinceCode="15") | {"effectiveTo": None}
    assert decide(province, "TO_CHUC_LAI", DAY, ["H98.1"], [today]) == "unit-closed /from/0"
    assert decide(province, "TO_CHUC_LAI", JULY, ["H98.1"], [today]) == "ok"
    moved = old("H98.1.1.1", parentCode="H98.1") | {"effectiveTo": None}
    assert decide(province, "CHUYEN", JULY, ["H98.1.1.1"], [moved]) == "ok"
    assert decide(province, "GIAI_THE", JULY, ["H98.1.1"]) == "ok"
    assert on(province, "H98.1", JUNE)["provinceCode"] == "10"
    assert on(province, "H98.1")["provinceCode"] == "15"
    assert on(province, "H98.1.1.1", JUNE)["parentCode"] == "H98.1.1"
    assert on(province, "H98.1.1.1", EVE)["parentCode"] == "H98.1"
    assert on(province, "H98.1.1", JUNE)
    assert not on(province, "H98.1.1", JULY)


def test_what_a_decision_ended_is_not_raised_again_on_the_same_day(province):
    today = old("H98.1", "UBNDT") | {"effectiveTo": None}
    assert decide(province, "TO_CHUC_LAI", JULY, ["H98.1"], [today]) == "ok"
    heir = unit("H98.1.9", unitType="UBNDX", effectiveFrom=JULY)
    assert decide(province, "HOP_NHAP", JULY, ["H98.1.1.1", "H98.1.1.2"], [heir]) == "ok"
    raised = old("H98.1.1.1", parentCode="H98.1") | {"effectiveTo": None}
    assert decide(province, "CHUYEN", JULY, ["H98.1.1.1"], [raised]) == "unit-closed /from/0"


def test_nothing_is_split_off_what_has_ended(province):
    part = unit("H98.9", effectiveFrom=JULY)
    assert decide(province, "TACH", JULY, ["H98.1"], [part]) == "unit-closed /from/0"
