"""What a judgement found: requirement, verdict, whose fault, and on which exchanges it rests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from conformance.model.verdict import Fault, Verdict

NO_DETAILS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """
    Why the verdict is not PASS: a code and parameters, rendered later in the reader's language.

    Attributes:
        code: `unexpected-status`, `not-json`, `timeout` ...; the key of the sentence.
        details: `observed`, `required`, `remedy` and whatever else the sentence names.
        pointer: JSON pointer into the answer, "" for the whole.
    """

    code: str
    pointer: str = ""
    details: Mapping[str, str] = field(default_factory=lambda: NO_DETAILS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One judgement's result.

    Attributes:
        exchanges: numbers of the exchanges it rests on; local to the scenario's
            journal until the report numbers them in plan order.
        elsewhere: (scenario, number) of exchanges that other journals hold, for invariants;
            a report has numbered them too, and leaves this empty.
        fault: None exactly when the verdict is PASS.
    """

    requirement: str
    scenario: str
    verdict: Verdict
    fault: Fault | None = None
    explanation: Explanation | None = None
    exchanges: tuple[int, ...] = ()
    elsewhere: tuple[tuple[str, int], ...] = ()
