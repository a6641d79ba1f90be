"""
Lends Schemathesis what our own suite sends: requests that must be granted, by people who sign.

Of the bodies that it makes up from the schemas alone none is ever stored, since it cannot sign.
Every second one that is meant to be accepted is replaced, a new one each time; what it breaks on
purpose, and its own examples, stay as they are.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import schemathesis

from tests.benchmarks.peer_service import authority, example

SIGNER = authority(Path(os.environ["CONFORMANCE_HOME"]))
NUMBERS = itertools.count(1000)


@schemathesis.hook
def before_call(_context: Any, case: Any, _arguments: Any) -> None:
    """Another body where a valid one is drawn at random."""
    drawn = case.meta and case.meta.phase.name.value in {"fuzzing", "stateful"}
    if not drawn or case.meta.generation.mode.value != "positive":
        return
    number = next(NUMBERS)
    made = example(case.operation.definition.raw["operationId"], number, SIGNER)
    if number % 2 and "body" in made:
        case.body = made["body"]
