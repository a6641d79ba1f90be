"""Every fault is one that can be seen on the wire, and every freedom keeps the server whole."""

import contextlib

import pytest

from tests.second_implementation import faults, probes
from tests.second_implementation.probes.client import Client, person, unit

ALL = faults.known().values()
FAULTS = [each.name for each in ALL if each.violates]
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


@pytest.mark.parametrize("name", FREEDOMS)
def test_a_freedom_still_serves(name, tmp_path):
    with contextlib.closing(Client(name, tmp_path)) as client:
        assert client.units(unit("H98.1")).get_json()["accepted"] == 1
        assert client.trial(person()).get_json()["accepted"] == 1
        assert client.profile().status_code == 200
