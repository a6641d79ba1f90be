"""
Faulty twins of the server: each replaces one part by one that decides a single thing wrongly.

They are of the kind that real servers have. They were written from the documents, before anybody
looked at how the suite asks.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """
    What is wrong, and by which part.

    ``violates`` names requirements, or ``none`` where no requirement says what the documents do;
    it is empty for what is no fault but a freedom.
    """

    name: str
    says: str
    violates: tuple[str, ...]
    instead: dict[type, type]


KNOWN: dict[str, Fault] = {}


def fault(name: str, *violates: str) -> Callable[[type], type]:
    """Name a faulty part; it stands for the class that it extends."""

    def note(part: type) -> type:
        says = (part.__doc__ or "").strip()
        KNOWN[name] = Fault(name, says, violates, {part.__bases__[0]: part})
        return part

    return note


def known() -> dict[str, Fault]:
    """All faults by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return KNOWN


def parts(name: str) -> dict[Any, Any]:
    """What stands instead of which part; nothing for no name."""
    return known()[name].instead if name else {}
