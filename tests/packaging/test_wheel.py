"""The wheel carries everything: it works far from a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import pytest

from tests.architecture.tree import ROOT, tracked

pytestmark = pytest.mark.long


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture
def installed(wheel, tmp_path):
    """An environment in which only the wheel's modules are found, not the checkout's."""
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}


def test_the_wheel_holds_what_is_demanded_and_how_it_is_asked(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("specs", "suites", "fixtures"):
        here = {
            f"conformance/_data/{path.relative_to(ROOT).as_posix()}"
            for path in tracked()
            if path.is_relative_to(ROOT / folder)
        }
        assert here
        assert here <= names
    assert not [name for name in names if "__pycache__" in name]
    assert not [name for name in names if name.startswith("tests/")]


def test_an_installed_wheel_finds_its_own_data(installed, tmp_path):
    where = run(
        *(sys.executable, "-c", "from conformance import resources; print(resources.data_root())"),
        cwd=tmp_path,
        env=installed,
    )
    assert where.strip().endswith("_data")
    assert where.startswith(str(tmp_path))


def test_an_installed_wheel_certifies_the_mock(installed, tmp_path):
    run(
        *(sys.executable, "-c", "from conformance.cli.main import main; main()"),
        *("certify", "reference", "--out", str(tmp_path / "out"), "--seed", "7"),
        cwd=tmp_path,
        env=installed,
    )
    assert (tmp_path / "out" / "certificate.vc.jwt").is_file()
