"""Every fault is one that can be seen on the wire, and every freedom keeps the server whole."""

import contextlib

import pytest

from conformance.catalogue import packs
from tests.second_implementation import faults, probes
from tests.second_implementation.probes.client import Client, person, unit

ALL = faults.every().values()
FAULTS = [each.name for each in ALL if each.violates]
LATER = [name for number in (2, 3, 4, 5, 6) for name in faults.known(number)]
FREEDOMS = [each.name for each in ALL if not each.violates]


def test_every_fault_has_a_probe():
    assert sorted(FAULTS) == sorted(probes.known())


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_shows_on_the_wire(name, tmp_path):
    seen = []
    for fault in ("", name):
        with contextlib.closing(Client(fault, tmp_path)) as client:
            seen.append(probes.known()[name](client))
    assert seen[0] != seen[1]


def test_the_first_set_is_as_it_was_measured():
    assert len([each for each in faults.known().values() if each.violates]) == 117


def test_the_third_set_is_as_it_was_written():
    assert len(faults.known(3)) == 40


def test_the_fourth_set_is_as_it_was_written():
    assert len(faults.known(4)) == 40


def test_the_fifth_set_is_as_it_was_written():
    assert len(faults.known(5)) == 40


def test_the_sixth_set_is_as_it_was_written():
    assert len(faults.known(6)) == 40


def test_every_fault_of_the_later_sets_names_requirements_that_there_are():
    known = {each.id for each in packs.load("vn-cbccvc").catalogue.requirements}
    assert all(set(faults.every()[name].violates) <= known | {"none"} for name in LATER)


@pytest.mark.parametrize("name", FREEDOMS)
def test_a_freedom_still_serves(name, tmp_path):
    serves(name, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", LATER)
def test_a_fault_of_a_later_set_still_serves(name, tmp_path):
    serves(name, tmp_path)


def serves(name, folder):
    with contextlib.closing(Client(name, folder)) as client:
        assert client.units(unit("H98.1")).get_json()["accepted"] == 1
        assert client.trial(person()).get_json()["accepted"] == 1
        assert client.profile().status_code == 200
