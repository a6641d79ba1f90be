"""A digest is of what matters, and a released revision grows and never changes."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest

from conformance.catalogue import freeze
from conformance.errors import PackDefect, UsageError
from tests.catalogue.little import FILES, REQUIREMENT, opened, spoil, write

DAY = datetime(2026, 11, 22, tzinfo=UTC)
LATER = REQUIREMENT.replace("XX-READ-0", "XX-LATER-0")


@pytest.mark.parametrize("name", [*FILES, "pack.toml"])
def test_one_changed_byte_changes_the_digest(tmp_path, name):
    root = write(tmp_path)
    before = freeze.digest(root)
    path = root / name
    path.write_bytes(path.read_bytes() + b"#")
    assert freeze.digest(root) != before


def test_a_renamed_a_vanished_and_an_added_file_change_the_digest(tmp_path):
    root = write(tmp_path)
    seen = {freeze.digest(root)}
    (root / "rules.toml").rename(root / "ruled.toml")
    seen.add(freeze.digest(root))
    (root / "ruled.toml").unlink()
    seen.add(freeze.digest(root))
    (root / "more.toml").touch()
    seen.add(freeze.digest(root))
    assert len(seen) == 4


def test_line_ends_place_and_litter_do_not_change_the_digest(tmp_path):
    root = write(tmp_path)
    before = freeze.digest(root)
    moved = tmp_path / "elsewhere"
    shutil.copytree(root, moved)
    for path in [path for path in moved.rglob("*") if path.is_file()]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    for litter in (".DS_Store", "pack.toml~", ".git/config", "rules.toml.swp", "Thumbs.db"):
        (moved / litter).parent.mkdir(exist_ok=True)
        (moved / litter).write_text("litter", encoding="utf-8")
    assert freeze.digest(moved) == before


def test_a_released_revision_opens_and_may_grow(tmp_path):
    root = write(tmp_path)
    freeze.freeze(opened(tmp_path), DAY)
    assert len(opened(tmp_path).catalogue.requirements) == 2
    (root / "requirements" / "later.toml").write_text(LATER, encoding="utf-8")
    freeze.check(opened(tmp_path))
    assert len(opened(tmp_path).catalogue.requirements) == 4


def test_freezing_changes_nothing_that_is_frozen(tmp_path):
    write(tmp_path)
    freeze.freeze(opened(tmp_path), DAY)
    pack = opened(tmp_path)
    assert pack.digest in (pack.root / freeze.FROZEN).read_text(encoding="utf-8")


def test_a_revision_is_frozen_once(tmp_path):
    write(tmp_path)
    freeze.freeze(opened(tmp_path), DAY)
    with pytest.raises(UsageError, match="frozen already"):
        freeze.freeze(opened(tmp_path), DAY)


@pytest.mark.parametrize("name", [*FILES, "pack.toml"])
def test_a_changed_file_of_a_released_revision_is_named(tmp_path, name):
    root = write(tmp_path)
    pack = opened(tmp_path)
    freeze.freeze(pack, DAY)
    path = root / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(PackDefect, match="never changes") as caught:
        freeze.check(pack)
    assert (caught.value.where, caught.value.value) == (f"little/1.0/{name}:1", "changed")
    with pytest.raises(PackDefect, match="never changes"):
        opened(tmp_path)


def test_a_vanished_file_of_a_released_revision_is_named(tmp_path):
    root = write(tmp_path)
    pack = opened(tmp_path)
    freeze.freeze(pack, DAY)
    (root / "rules.toml").unlink()
    with pytest.raises(PackDefect, match="never changes") as caught:
        freeze.check(pack)
    assert caught.value.value == "vanished"


def test_a_line_taken_out_of_the_freeze_record_shows(tmp_path):
    root = write(tmp_path)
    pack = opened(tmp_path)
    lines = freeze.freeze(pack, DAY).read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith('"rules.toml"')]
    (root / freeze.FROZEN).write_text("".join(kept), encoding="utf-8")
    with pytest.raises(PackDefect, match="contradicts itself"):
        freeze.check(pack)


def test_a_release_without_its_record_and_a_record_without_release_are_refused(tmp_path):
    root = write(tmp_path)
    freeze.freeze(opened(tmp_path), DAY)
    record = (root / freeze.FROZEN).read_bytes()
    (root / freeze.FROZEN).unlink()
    with pytest.raises(PackDefect, match="a released revision is frozen"):
        opened(tmp_path)
    (root / freeze.FROZEN).write_bytes(record)
    spoil(root, "pack.toml", "released   = true", "released   = false")
    with pytest.raises(PackDefect, match="a frozen revision is released"):
        opened(tmp_path)
