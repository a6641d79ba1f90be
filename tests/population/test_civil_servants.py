"""The synthetic civil servants of the modelled Vietnamese contract."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
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
from conformance.packs.vn_cbccvc import mutants_rules
from conformance.packs.vn_cbccvc.population import (
    people,
    person,
    person_breaking,
    units,
    vector,
    vectors,
)
from conformance.packs.vn_cbccvc.rules_context import rule_context
from conformance.packs.vn_cbccvc.vocabulary import day_of_list
from conformance.population import strategies

ROOT = resources.specs() / "vn-cbccvc" / "1.0"
MANIFEST = tomllib.loads((ROOT / "pack.toml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 21)
#: From the day on which decree 27/2026 is in force: this revision is about no day before it.
DAYS = st.dates(date(2026, 7, 1), date(2035, 12, 31))
#: What nobody of working age can fill, and what a state keeps out of test data.
NEVER_FILLED = {
    "oldRegime",
    "detentionHistory",
    # The form of 2023 has no item for it.
    "contract",
    "stateSecret",
    "declarantSignature",
    "agencySignature",
}


@pytest.fixture(scope="module")
def pack():
    return SimpleNamespace(
        contract=Contract(bundle(ROOT, MANIFEST["documents"])),
        code_lists=CodeLists.read(ROOT),
        rules=RuleBook.read(ROOT),
    )


def broken(pack, person, day) -> list[str]:
    context = rule_context(person, pack.code_lists, day)
    return [rule.id for rule in pack.rules.broken(person, context, day)]


def dead_codes(pack, component, record, day) -> list[str]:
    return [
        code
        for pointer, name, code in pack.contract.codes_in(component, record)
        if pack.code_lists.row(name, code, day_of_list(record, pointer, day)) is None
    ]


def faults(pack, person, day) -> list[object]:
    return [
        *pack.contract.problems("Profile", person),
        *dead_codes(pack, "Profile", person, day),
        *broken(pack, person, day),
    ]


def texts(value) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


@given(seed=strategies.seeds(), day=DAYS)
def test_everybody_satisfies_schema_code_lists_and_rules(pack, seed, day):
    for one in people(seed=seed, count=3, as_of=day):
        assert faults(pack, one, day) == []
        assert all(unicodedata.is_normalized("NFC", text) for text in texts(one))
        assert one["profileId"][:3] in ("097", "098", "099")


@pytest.mark.parametrize("seed", range(300))
def test_the_people_of_three_hundred_seeds_are_right(pack, seed):
    assert [faults(pack, one, TODAY) for one in people(seed=seed, count=4, as_of=TODAY)] == [[]] * 4


@given(seed=strategies.seeds(), day=DAYS)
@settings(max_examples=40)
def test_the_barest_and_the_fullest_file_are_right(pack, seed, day):
    bare = person(seed=seed, as_of=day, minimal=True)
    full = person(seed=seed, as_of=day, full=True)
    schema = pack.contract.document["components"]["schemas"]["Profile"]

    assert set(bare) == set(schema["required"])
    assert set(schema["properties"]) - set(full) == NEVER_FILLED
    assert faults(pack, bare, day) == faults(pack, full, day) == []


@given(seed=strategies.seeds(), day=DAYS)
@settings(max_examples=15, deadline=None)
def test_every_rule_has_a_person_who_breaks_just_that_one(pack, seed, day):
    found = vectors(seed=seed, as_of=day)

    assert [one.breaks for one in found] == [rule.id for rule in pack.rules.rules]
    assert len({one.record["profileId"] for one in found} | {one.twin["profileId"] for one in found}
               ) == 2 * len(found)  # fmt: skip
    for one in found:
        assert faults(pack, one.record, day) == [one.breaks]
        assert faults(pack, one.twin, day) == []
        differing = {k for k in one.twin | one.record if one.twin.get(k) != one.record.get(k)}
        assert differing == set(one.changed)


def test_there_is_a_mutant_for_every_rule(pack):
    assert len(pack.rules.rules) == mutants_rules.COUNT
    assert [mutant.__name__ for mutant in mutants_rules.RULES] == [
        f"IgnoresRule{rule.id.removeprefix('VN-R-')}" for rule in pack.rules.rules
    ]


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
        ("H98", "BO"),
        ("SO", "PCM"),
        ("SO", "DVSN"),
        ("SO", "CHICUC"),
        ("CHICUC", "PCM"),
        ("BO", "VPB"),
        ("BO", "VU"),
        ("BO", "CUC"),
        ("CUC", "DVSN"),
        *(("UBNDX", kind) for kind in ("VPHDUB", "PKT", "PVHXH", "TTPVHCC", "TYT", "TRUONG")),
    }


def test_no_unit_has_more_posts_below_it_than_it_has_itself():
    tree = units(seed=9, count=400, as_of=TODAY)
    quotas = {unit["unitCode"]: unit.get("staffQuota") or 0 for unit in tree}
    for code, quota in quotas.items():
        below = [q for other, q in quotas.items() if other.rpartition(".")[0] == code]
        assert not below or sum(below) <= quota


def test_a_longer_call_begins_with_the_shorter_one():
    assert people(seed=1, count=9, as_of=TODAY)[:4] == people(seed=1, count=4, as_of=TODAY)
    assert units(seed=1, count=90, as_of=TODAY)[:7] == units(seed=1, count=7, as_of=TODAY)


def test_nobody_is_there_twice():
    crowd = people(seed=2, count=3000, as_of=TODAY)
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
