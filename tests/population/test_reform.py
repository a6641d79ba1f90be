"""The generated reform of July 2025: true to the maps, whole, and naming every old unit once."""

from __future__ import annotations

from collections import Counter

import pytest

from conformance import resources
from conformance.contract.codelists import CodeLists
from conformance.packs.vn_cbccvc.reform import DAY, mergers, reform

LISTS = CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0")
SEEDS = range(40)


def test_thirty_four_provinces_are_made_of_sixty_three():
    found = mergers(LISTS)
    assert len(found) == 34 - 11
    assert sum(1 + len(merger.others) for merger in found) == 63 - 11
    assert {merger.name.removeprefix("Tỉnh ") for merger in found if merger.crossed} == {
        "Lào Cai",
        "Bắc Ninh",
        "Quảng Trị",
        "Gia Lai",
        "Tây Ninh",
        "Đồng Tháp",
        "An Giang",
    }


@pytest.mark.parametrize("crossed", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_survivor_takes_the_province_code_of_the_seat(seed, crossed):
    made = reform(seed=seed, root="H98", lists=LISTS, crossed=crossed, whole=False)
    before, after = made.old["province"], made.province
    assert (before["provinceCode"] != after["provinceCode"]) is crossed
    assert before["unitCode"] == after["unitCode"]
    assert after["effectiveTo"] is None


@pytest.mark.parametrize("seed", SEEDS)
def test_every_old_unit_is_named_by_a_decision(seed):
    made = reform(seed=seed, root="H98.5", lists=LISTS, crossed=False, whole=True)
    named = Counter(
        unit["unitCode"]
        for name, step in made.steps.items()
        if name != "renamed"
        for unit in step.before
    )
    assert named == Counter(unit["unitCode"] for unit in made.old.values())
    codes = [unit["unitCode"] for unit in (*made.above, *made.old.values())]
    assert len(codes) == len(set(codes)) <= 100
    for unit in made.old.values():
        assert unit["effectiveTo"] == DAY
        assert unit["parentCode"] in {"H98.5", *codes[: codes.index(unit["unitCode"])]}
