"""Units over time in the reference: every day has one description, and no decision is half done."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.packs.vn_cbccvc.standing import Slice, Standing

OLD, EVE, DAY, LATER = "2026-01-01", "2026-02-28", "2026-03-01", "2026-06-01"


def unit(code: str, **more) -> dict:
    return {
        "unitCode": code,
        "parentCode": code.rpartition(".")[0],
        "name": f"Đơn vị {code}",
        "unitType": "PCM",
        "provinceCode": "01",
        "effectiveFrom": "2025-07-01",
        "effectiveTo": None,
        **more,
    }


@pytest.fixture
def tree(server):
    """A department with three divisions, of which the last has one of its own."""
    for one in ("H98.1", "H98.1.1", "H98.1.2", "H98.1.3", "H98.1.3.1"):
        assert send(server, unit(one)) == "ok"
    return server


def send(server, *units) -> str:
    message = {"header": server.header("M50"), "units": list(units)}
    answer = server.call("POST", "/v1/unit-batches", json=message)
    return ",".join(
        "+".join(f"{e['rule']} {e['pointer']}" for e in result.get("errors", [])) or "ok"
        for result in answer.json()["results"]
    )


def decide(server, operation: str, day: str, before=(), after=(), header=None) -> str:
    message = {
        "header": header or server.header("M54"),
        "operation": operation,
        "effectiveOn": day,
        "decisionNo": "1/QĐ",
        "decisionDate": day,
        "from": list(before),
        "to": list(after),
    }
    answer = server.call("POST", "/v1/reorganisations", json=message)
    assert answer.status_code == 200, answer.text
    errors = answer.json().get("errors", [])
    assert (answer.json()["status"] == "ACCEPTED") is (not errors)
    return "+".join(f"{error['rule']} {error['pointer']}" for error in errors) or "ok"


def on(server, code: str, day: str = "") -> dict:
    answer = server.call("GET", f"/v1/units/{code}" + (f"?asOf={day}" if day else ""))
    return answer.json() if answer.status_code == 200 else {}


def below(server, code: str, day: str) -> set[str]:
    answer = server.call("GET", f"/v1/units?parentCode={code}&limit=100&asOf={day}").json()
    return {item["unitCode"] for item in answer["items"]}


# -- days ------------------------------------------------------------------------


def test_a_unit_lives_from_its_first_day_to_before_its_end(tree):
    assert send(tree, unit("H98.1.4", effectiveFrom=OLD, effectiveTo=DAY)) == "ok"
    assert [bool(on(tree, "H98.1.4", day)) for day in ("2025-12-31", OLD, EVE, DAY)] == [
        False,
        True,
        True,
        False,
    ]
    assert "H98.1.4" in below(tree, "H98.1", EVE)
    assert "H98.1.4" not in below(tree, "H98.1", DAY)


def test_a_correction_keeps_what_was_before_the_last_change(tree):
    renamed = unit("H98.1.1", name="Tên mới")
    assert decide(tree, "DOI_TEN", DAY, ["H98.1.1"], [renamed]) == "ok"
    assert send(tree, unit("H98.1.1", name="Tên mới, viết đúng")) == "ok"
    assert on(tree, "H98.1.1", EVE)["name"] == "Đơn vị H98.1.1"
    assert on(tree, "H98.1.1", DAY)["name"] == on(tree, "H98.1.1")["name"] == "Tên mới, viết đúng"


days = st.dates(date(2025, 7, 1), date(2026, 12, 31)).map(date.isoformat)
steps = st.lists(st.tuples(st.sampled_from(["corrected", "changed", "ended"]), days, days))


@given(first=days, steps=steps)
def test_whatever_happens_to_a_unit_its_slices_cover_its_life_once(first, steps):
    born = unit("H98.1", effectiveFrom=first)
    standing = Standing(version=1, slices=(Slice(start=first, unit=born),))
    for number, (step, one, two) in enumerate(steps):
        sent = {**born, "name": str(number), "effectiveFrom": min(one, two)}
        match step:
            case "corrected" if one != two:
                standing = standing.corrected({**sent, "effectiveTo": max(one, two)})
            case "changed" if standing.lives_on(one) and one > standing.slices[-1].start:
                standing = standing.changed(sent, one)
            case "ended" if standing.lives_on(one) and one > standing.start:
                standing = standing.ended(one)
        starts = [part.start for part in standing.slices]
        assert starts == sorted(set(starts))
        assert starts[0] == standing.start
        assert standing.end is None or starts[-1] < standing.end
        assert Standing.read(standing.as_json()) == standing


# -- decisions -------------------------------------------------------------------

NEW = unit("H98.1.9", effectiveFrom=DAY)


@pytest.mark.parametrize(
    ("operation", "before", "after", "complaint"),
    [
        ("THANH_LAP", ["H98.1.1"], [NEW], "bad-reorganisation /from"),
        ("SAP_NHAP", [], [unit("H98.1.2")], "bad-reorganisation /from"),
        ("HOP_NHAP", ["H98.1.1"], [NEW], "bad-reorganisation /from"),
        ("CHIA", ["H98.1.1"], [NEW], "bad-reorganisation /to"),
        ("TACH", ["H98.1.1"], [], "bad-reorganisation /to"),
        ("GIAI_THE", ["H98.1.1"], [NEW], "bad-reorganisation /to"),
        ("DOI_TEN", ["H98.1.1"], [unit("H98.1.2")], "bad-reorganisation /to/0/unitCode"),
        ("DOI_TEN", ["H98.7"], [unit("H98.7")], "unit-unknown /from/0"),
        ("SAP_NHAP", ["H98.1.1"], [unit("H98.7")], "unit-unknown /to/0/unitCode"),
        ("TACH", ["H98.1.1"], [unit("H98.1.2", effectiveFrom=DAY)], "code-reused /to/0/unitCode"),
        ("THANH_LAP", [], [unit("H98.1.9")], "bad-reorganisation /to/0/effectiveFrom"),
        ("THANH_LAP", [], [{**NEW, "parentCode": "H98.7"}], "parent-unknown /to/0/parentCode"),
        ("THANH_LAP", [], [{**NEW, "unitType": "HUYEN"}], "code-list /to/0/unitType"),
        (
            "CHUYEN",
            ["H98.1.3"],
            [unit("H98.1.3", parentCode="H98.1.3.1")],
            "cycle /to/0/parentCode",
        ),
        # The heir would stand below what ends.
        (
            "HOP_NHAP",
            ["H98.1.1", "H98.1.2"],
            [{**NEW, "parentCode": "H98.1.1"}],
            "bad-reorganisation /to/0/parentCode",
        ),
        # Its own division would be left without a parent.
        ("GIAI_THE", ["H98.1.3"], [], "bad-reorganisation /from/0"),
    ],
)
def test_a_decision_that_does_not_fit_is_named_and_changes_nothing(
    tree, operation, before, after, complaint
):
    assert decide(tree, operation, DAY, before, after) == complaint
    assert below(tree, "H98.1", LATER) == {"H98.1.1", "H98.1.2", "H98.1.3"}
    assert all(on(tree, code, LATER) for code in ("H98.1.1", "H98.1.2", "H98.1.3", "H98.1.3.1"))


def test_a_unit_ends_when_its_division_has_moved_away_by_then(tree):
    moved = [unit("H98.1.3.1", parentCode="H98.1.2")]
    assert decide(tree, "CHUYEN", LATER, ["H98.1.3.1"], moved) == "ok"
    assert decide(tree, "GIAI_THE", DAY, ["H98.1.3"]) == "bad-reorganisation /from/0"
    assert decide(tree, "GIAI_THE", LATER, ["H98.1.3"]) == "ok"
    assert below(tree, "H98.1.2", LATER) == {"H98.1.3.1"}


def test_what_ended_is_not_reorganised_again(tree):
    assert decide(tree, "GIAI_THE", DAY, ["H98.1.1"]) == "ok"
    assert decide(tree, "GIAI_THE", LATER, ["H98.1.1"]) == "unit-closed /from/0"


def test_a_decision_does_not_overtake_a_later_one(tree):
    assert decide(tree, "DOI_TEN", DAY, ["H98.1.1"], [unit("H98.1.1", name="B")]) == "ok"
    early = decide(tree, "DOI_TEN", OLD, ["H98.1.1"], [unit("H98.1.1", name="C")])
    assert early == "bad-reorganisation /effectiveOn"


def test_a_circle_that_closes_only_later_is_seen(tree):
    assert decide(tree, "CHUYEN", DAY, ["H98.1.1"], [unit("H98.1.1", parentCode="H98.1.2")]) == "ok"
    earlier = [unit("H98.1.2", parentCode="H98.1.1")]
    assert decide(tree, "CHUYEN", OLD, ["H98.1.2"], earlier) == "cycle /to/0/parentCode"
    assert send(tree, *earlier) == "cycle /units/0/parentCode"


def test_a_unit_does_not_outlive_the_one_above_it(tree):
    assert decide(tree, "GIAI_THE", DAY, ["H98.1.1"]) == "ok"
    under = unit("H98.1.1.1", effectiveFrom=OLD)
    assert send(tree, under) == "unit-closed /units/0/parentCode"
    assert send(tree, {**under, "effectiveTo": DAY}) == "ok"


def test_a_merger_links_all_its_units_and_its_replay_links_nothing(tree):
    header, heir = tree.header("M54"), unit("H98.1.9", effectiveFrom=DAY)
    for _ in range(2):
        merger = decide(tree, "HOP_NHAP", DAY, ["H98.1.1", "H98.1.2"], [heir], header=header)
        assert merger == "ok"
    lineage = tree.call("GET", "/v1/units/H98.1.9/lineage").json()
    assert [link["unitCode"] for link in lineage["predecessors"]] == ["H98.1.1", "H98.1.2"]
    assert lineage["successors"] == []
    other = {"header": header, "operation": "GIAI_THE", "effectiveOn": DAY, "decisionNo": "1"}
    message = {**other, "decisionDate": DAY, "from": ["H98.1.3.1"], "to": []}
    assert tree.call("POST", "/v1/reorganisations", json=message).status_code == 409


def test_a_dissolved_unit_may_be_sent_again_as_it_ended_and_not_as_if_it_lived(tree):
    assert decide(tree, "GIAI_THE", DAY, ["H98.1.1"]) == "ok"
    assert send(tree, unit("H98.1.1", effectiveTo=DAY)) == "ok"
    assert send(tree, unit("H98.1.1")) == "code-reused /units/0/unitCode"


# -- code lists --------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_a_walk_through_a_version_gives_every_code_once(server, limit):
    for version, rows in (("2004-11-26", 63), ("2025-07-01", 34)):
        target, cursor, codes = f"/v1/code-lists/provinces?version={version}&limit={limit}", "", []
        while cursor is not None:
            page = server.call("GET", target + (f"&cursor={cursor}" if cursor else "")).json()
            codes += [row["code"] for row in page["rows"]]
            cursor = page["nextCursor"]
        assert len(codes) == len(set(codes)) == rows
