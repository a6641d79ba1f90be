"""The toy pack, found by its id, and a laboratory in which it is played."""

from __future__ import annotations

import pytest

from conformance.app.selftest import Laboratory
from conformance.catalogue import packs
from conformance.model.requirement import Role
from tests.toy_pack.plugin import ToyPlugin


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def plugin():
    plugin = ToyPlugin()
    with packs.register(plugin):
        yield plugin


@pytest.fixture(scope="module")
def pack(plugin):
    return packs.load(plugin.id)


@pytest.fixture(scope="module")
def laboratory(pack, home):
    return Laboratory(home=home, roles=(Role.PROVIDER,), pack=pack.id, budget=4)


@pytest.fixture(scope="module")
def played(laboratory):
    return laboratory.play()
