"""
What shows each fault on the wire: a probe asks a server one thing and gives what it saw.

A probe bears the name of its fault; the clean server and the faulty one must give different things.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from .client import Client

Probe = Callable[[Client], Any]
KNOWN: dict[str, Probe] = {}


def probe(function: Probe) -> Probe:
    """Note a probe under the name of its fault."""
    KNOWN[function.__name__.replace("_", "-")] = function
    return function


def known() -> dict[str, Probe]:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return KNOWN
