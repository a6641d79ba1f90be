"""How scenarios are called: ids for machines, titles for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import resources
from conformance.errors import SuiteDefect
from conformance.model.pack import LoadedPack


def suite_roots(pack: LoadedPack) -> dict[str, Path]:
    """The folders that hold the scenarios of a pack, by the name that ids begin with."""
    return {pack.id: pack.suites, "contract": resources.suites() / "contract"}


def scenario_id(item: pytest.Item, pack: LoadedPack) -> str:
    """`<folder>/<path>::<test name>`, equal in a checkout and in an installed wheel."""
    for name, root in suite_roots(pack).items():
        if item.path.is_relative_to(root):
            return f"{name}/{item.path.relative_to(root).as_posix()}::{item.name}"
    raise SuiteDefect(f"{item.path} lies in no suite of {pack.id}")


def title(item: pytest.Item) -> str:
    """The test's name as a sentence: `test_a_batch_is_kept` -> "A batch is kept"."""
    name, bracket, case = item.name.partition("[")
    sentence = name.removeprefix("test_").replace("_", " ").strip()
    return sentence[:1].upper() + sentence[1:] + (f" [{case}" if bracket else "")
