"""A pack is found by its id, near names are offered, and plug-ins are not imported to be listed."""

from __future__ import annotations

import sys
from importlib import metadata

import pytest

from conformance.catalogue import packs
from conformance.errors import PackDefect, UsageError
from tests.catalogue.little import LittlePlugin, opened, write


@pytest.fixture
def installed(monkeypatch):
    """Entry points as if distributions had brought them."""

    def install(**names):
        points = [
            metadata.EntryPoint(name=name, value=value, group=packs.GROUP)
            for name, value in names.items()
        ]
        monkeypatch.setattr(packs.metadata, "entry_points", lambda **_: points)

    return install


def test_the_newest_revision_is_opened_unless_one_is_named(tmp_path):
    for revision in ("1.0", "1.9", "1.10"):
        write(tmp_path, revision)
    assert opened(tmp_path).revision == "1.10"
    assert opened(tmp_path, "little@1.9").revision == "1.9"
    with packs.register(LittlePlugin(tmp_path)):
        assert packs.revisions("little") == ("1.0", "1.9", "1.10")


@pytest.mark.parametrize("reference", ["little@2.0", "little@"])
def test_an_unknown_revision_is_the_operators_mistake(tmp_path, reference):
    write(tmp_path)
    with pytest.raises(UsageError, match=r"1\.0"):
        opened(tmp_path, reference)


def test_an_unknown_pack_is_answered_with_near_names(tmp_path, installed):
    installed()
    with packs.register(LittlePlugin(tmp_path)), pytest.raises(UsageError, match="mean little"):
        packs.load("litle")


def test_packs_are_listed_without_importing_them(installed):
    installed(far="a_module_that_is_not_there:plugin", **{"near-by": "another:plugin"})
    assert packs.available() == ("far", "near-by")
    assert "a_module_that_is_not_there" not in sys.modules


def test_a_plug_in_that_cannot_be_imported_is_the_packs_defect(installed):
    installed(far="a_module_that_is_not_there:plugin")
    with pytest.raises(PackDefect, match="imported"):
        packs.load("far")


def test_the_only_pack_or_the_marked_one_is_the_default(installed):
    installed(far="far:plugin")
    assert packs.default() == "far"
    installed(far="far:plugin", near="near:plugin", default="near:plugin")
    assert packs.default() == "near"
    assert packs.available() == ("far", "near")
    installed(far="far:plugin", near="near:plugin")
    with pytest.raises(UsageError, match="none is the default"):
        packs.default()


def test_a_registered_plug_in_is_forgotten_afterwards(tmp_path, installed):
    installed()
    with packs.register(LittlePlugin(tmp_path)):
        assert packs.available() == ("little",)
    assert packs.available() == ()
