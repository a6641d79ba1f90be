"""
Faulty twins of the server: each replaces one part by one that decides a single thing wrongly.

They are of the kind that real servers have. They were written from the documents, before anybody
looked at how the suite asks: a first set; a second one, in the modules `second_*`, when the suite
had learnt from the first; a third one, in `third_*`, when it had learnt from both. The fourth, the
fifth and the sixth are independent draws of the likeliest, each by somebody who knew no other.
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
    it is empty for what is no fault but a freedom. ``blind_set`` is 1 to 6.
    """

    name: str
    says: str
    violates: tuple[str, ...]
    instead: dict[type, type]
    blind_set: int


KNOWN: dict[str, Fault] = {}
#: By the first word of the module's name; the first set has none of its own.
SETS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6}


def fault(name: str, *violates: str) -> Callable[[type], type]:
    """Name a faulty part; it stands for the class that it extends."""

    def note(part: type) -> type:
        if name in KNOWN:
            raise ValueError(f"two faults are called {name}")
        says = (part.__doc__ or "").strip()
        module = part.__module__.rpartition(".")[2]
        blind_set = SETS.get(module.partition("_")[0], 1)
        KNOWN[name] = Fault(name, says, violates, {part.__bases__[0]: part}, blind_set)
        return part

    return note


def known(blind_set: int = 1) -> dict[str, Fault]:
    """
    The faults of a set by name.

    What was measured on the first set stays comparable: without a number it is that one.
    """
    return {name: each for name, each in every().items() if each.blind_set == blind_set}


def every() -> dict[str, Fault]:
    """The faults of all sets by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return KNOWN


def parts(name: str) -> dict[Any, Any]:
    """What stands instead of which part; nothing for no name."""
    return every()[name].instead if name else {}
