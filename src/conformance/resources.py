"""
Where specs, suites and fixtures are, in a checkout and in an installed wheel alike.

The wheel carries them under `conformance/_data`; an editable install ignores that
mapping, so a checkout is looked for second.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def data_root() -> Path:
    """The folder that holds `specs/`, `suites/` and `fixtures/`."""
    installed = _PACKAGE / "_data"
    if installed.is_dir():
        return installed
    return _PACKAGE.parent.parent


def specs() -> Path:
    """`specs/`: one folder per pack and revision, and `schemas/` of our own documents."""
    return data_root() / "specs"


def suites() -> Path:
    """`suites/`: one folder per pack, and `contract/` for any pack."""
    return data_root() / "suites"


def fixtures() -> Path:
    """`fixtures/`: specimens, golden documents, sample configurations."""
    return data_root() / "fixtures"


def schema(name: str) -> Path:
    """The JSON Schema of one of our own documents, such as `report`."""
    return specs() / "schemas" / f"{name}.schema.json"
