"""Finished runs that several tests look at; each is made once and never changed."""

from __future__ import annotations

import shutil

import pytest

from tests.app.tools import conformance


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """A whole certification of the reference, seed 7, one job."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    assert conformance("certify", "reference", "--seed", 7, "--out", folder) == 0
    return folder


@pytest.fixture
def forged(whole, tmp_path):
    """A copy that a forger may work on."""
    folder = tmp_path / "forged"
    shutil.copytree(whole, folder)
    return folder
