"""The synthetic civil servants of the modelled Vietnamese contract."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import resources
from conformance.contract.bundle import bundle
from conformance.contract.codelists import CodeLists
from conformance.contract.contract import Contract
from conformance.contract.rules import RuleBook
from conformance.errors import SuiteDefect, UsageError
from conformance.packs.vn_cbccvc.population import (
    people,
    person_breaking,
    units,
    vector,
    vectors,
)
from conformance.packs.vn_cbccvc.rules_context import rule_context
from conformance.population import strategies

ROOT = resources.specs() / "vn-cbccvc" / "1.0"
DOCUMENTS = tuple(f"openapi/{name}.yaml" for name in ("common", "profile", "unit-tree"))
TODAY = date(2026, 11, 21)
DAYS = st.dates(date(2025, 7, 1), date(2035, 12, 31))


@pytest.fixture(scope="module")
def pack():
    return SimpleNamespace(
        contract=Contract(bundle(ROOT, DOCUMENTS)),
        code_lists=CodeLists.read(ROOT),
        rules=RuleBook.read(ROOT),
    )


def broken(pack, person, day) -> list[str]:
    context = rule_context(person, pack.code_lists, day)
    return [rule.id for rule in pack.rules.broken(person, context, day)]


def dead_codes(pack, component, record, day) -> list[str]:
    return [
        code
        for _, name, code in pack.contract.codes_in(component, record)
        if pack.code_lists.row(name, code, day) is None
    ]


@given(seed=strategies.seeds(), day=DAYS)
def test_everybody_satisfies_schema_code_lists_and_rules(pack, seed, day):
    for person in people(seed=seed, count=3, as_of=day):
        assert pack.contract.problems("Profile", person) == ()
        assert dead_codes(pack, "Profile", person, day) == []
        assert broken(pack, person, day) == []
        assert unicodedata.is_normalized("NFC", person["birthFullName"])
        assert person["profileId"][:3] in ("097", "098", "099")


@given(seed=strategies.seeds(), day=DAYS)
@settings(max_examples=30)
def test_every_rule_has_a_person_who_breaks_just_that_one(pack, seed, day):
    found = vectors(seed=seed, as_of=day)

    assert [one.breaks for one in found] == [rule.id for rule in pack.rules.rules]
    assert len({one.record["profileId"] for one in found}) == len(found)
    for one in found:
        assert broken(pack, one.record, day) == [one.breaks]
        assert broken(pack, one.twin, day) == []
        assert pack.contract.problems("Profile", one.record) == ()
        assert dead_codes(pack, "Profile", one.record, day) == []
        differing = {k for k in one.twin | one.record if one.twin.get(k) != one.record.get(k)}
        assert differing == set(one.changed)


def test_a_person_breaking_a_rule_works_in_the_units_given():
    (only, *_) = units(seed=4, count=1, as_of=TODAY)
    person = person_breaking("VN-R-003", seed=4, as_of=TODAY, units=[only])

    assert person == vector("VN-R-003", seed=4, as_of=TODAY, units=[only]).record
    assert person["employingUnitCode"] == person["managingAgencyCode"] == only["unitCode"]
    with pytest.raises(SuiteDefect, match="VN-R-999"):
        person_breaking("VN-R-999", seed=4, as_of=TODAY)


@given(seed=strategies.seeds(), day=DAYS, count=st.integers(1, 60))
@settings(max_examples=30)
def test_a_unit_tree_is_one_whatever_its_size(pack, seed, day, count):
    tree = units(seed=seed, count=count, as_of=day)
    seen = {"H98": None}

    assert len(tree) == count
    for unit in tree:
        assert pack.contract.problems("Unit", unit) == ()
        assert dead_codes(pack, "Unit", unit, day) == []
        assert unit["unitCode"] not in seen
        parent = seen[unit["parentCode"]]
        assert parent is None or parent["effectiveFrom"] <= unit["effectiveFrom"]
        assert unit["effectiveFrom"] <= day.isoformat()
        seen[unit["unitCode"]] = unit


def test_unit_types_stand_below_types_that_they_belong_to():
    kinds = {unit["unitCode"]: unit["unitType"] for unit in units(seed=9, count=400, as_of=TODAY)}
    pairs = {(kinds.get(code.rpartition(".")[0], "H98"), kind) for code, kind in kinds.items()}

    assert pairs == {
        ("H98", "SO"),
        ("H98", "UBNDX"),
        ("SO", "PCM"),
        ("SO", "DVSN"),
        ("SO", "CHICUC"),
        ("CHICUC", "PCM"),
        *(("UBNDX", kind) for kind in ("VPHDUB", "PKT", "PVHXH", "TTPVHCC", "TYT", "TRUONG")),
    }


def test_a_longer_call_begins_with_the_shorter_one():
    assert people(seed=1, count=9, as_of=TODAY)[:4] == people(seed=1, count=4, as_of=TODAY)
    assert units(seed=1, count=90, as_of=TODAY)[:7] == units(seed=1, count=7, as_of=TODAY)


def test_nobody_is_there_twice():
    crowd = people(seed=2, count=5000, as_of=TODAY)
    assert len({person["profileId"] for person in crowd}) == len(crowd)


def test_people_work_in_the_first_six_units_of_their_seed():
    known = {unit["unitCode"] for unit in units(seed=3, count=6, as_of=TODAY)}
    named = {
        person[name]
        for person in people(seed=3, count=200, as_of=TODAY)
        for name in ("managingAgencyCode", "employingUnitCode")
    }
    assert named == known


def test_one_seed_numbers_ten_thousand_units_and_says_when_it_ends():
    crowd = units(seed=6, count=10_000, as_of=TODAY)
    assert len({unit["unitCode"] for unit in crowd}) == 10_000
    with pytest.raises(UsageError, match="several seeds"):
        units(seed=6, count=100_000, as_of=TODAY)


def test_the_names_are_as_frequent_as_in_the_country():
    crowd = people(seed=5, count=2000, as_of=TODAY)
    nguyen = sum(person["birthFullName"].startswith("NGUYỄN ") for person in crowd)
    women = [person["birthFullName"] for person in crowd if person["gender"] == "2"]

    assert 0.33 < nguyen / len(crowd) < 0.43
    assert sum(" THỊ " in name for name in women) / len(women) > 0.45
    assert all(re.fullmatch(r"[^\W\d_]+( [^\W\d_]+)+", name) for name in women)


def test_another_process_draws_the_same_people():
    code = (
        "import json, sys; from datetime import date;"
        "from conformance.packs.vn_cbccvc.population import people, units;"
        "day = date(2026, 11, 21);"
        "json.dump([people(seed=8, count=5, as_of=day), units(seed=8, count=9, as_of=day)],"
        " sys.stdout)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
