"""Every keyword of a profile and of a unit has somebody who breaks it, and a faultless twin."""

from __future__ import annotations

from datetime import date

import pytest

from conformance.contract.constraints import constraints
from conformance.model.json import compact
from conformance.packs.vn_cbccvc import population, specimens
from conformance.packs.vn_cbccvc.rules_context import rule_context

DAY = date(2026, 11, 22)
#: What is no object is no profile and no unit: that is the message's fault.
NO_RECORD = 1


def faulty(seed):
    units = population.units(seed=seed, count=population.UNITS, as_of=DAY)
    return specimens.faulty_profiles(seed=seed, as_of=DAY, units=units)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_keyword_of_a_profile_is_broken_and_every_twin_is_faultless(seed):
    found, contract = faulty(seed), population.contract()
    stated = constraints(contract.document, "/components/schemas/Profile")
    assert found.gaps == {}
    assert len(found.vectors) == len(stated) - NO_RECORD
    rules, lists = population.rule_book(), population.code_lists()
    for twin in found.twins:
        assert population.well_formed(twin, DAY)
        assert not rules.broken(twin, rule_context(twin, lists, DAY), DAY)
    for vector in found.vectors:
        assert not contract.is_valid("Profile", vector.value)


def test_a_vector_differs_from_its_twin_in_one_member():
    found = faulty(1)
    for vector in found.vectors:
        twin = found.twins[vector.twin]
        names = {*twin, *vector.value}
        # As they are written: to Python, true is 1.
        assert sum(compact(twin.get(n)) != compact(vector.value.get(n)) for n in names) == 1


def test_twins_are_different_people():
    ids = [twin["profileId"] for twin in faulty(1).twins]
    assert len(set(ids)) == len(ids)


def test_all_of_them_fit_into_one_batch_of_a_few_megabytes():
    found = faulty(1)
    assert len(found.vectors) <= 1000
    assert sum(len(str(vector.value).encode()) for vector in found.vectors) < 4 * 2**20


def test_every_keyword_of_a_unit_is_broken():
    parent = "H98.101"
    units = [
        {
            "unitCode": f"{parent}.{number}",
            "parentCode": parent,
            "name": "Phòng thử nghiệm",
            "unitType": "PCM",
            "provinceCode": "01",
            "effectiveFrom": "2025-07-01",
            "effectiveTo": None,
        }
        for number in (1, 2)
    ]
    found = specimens.faulty_units(units, as_of=DAY, turn=0)
    stated = constraints(population.contract().document, "/components/schemas/Unit")
    assert found.gaps == {}
    assert len(found.vectors) == len(stated) - NO_RECORD
    assert [twin["unitCode"] for twin in found.twins] == [unit["unitCode"] for unit in units]
