"""
What the test bed does wrong on purpose: a closed set, written as JSON by a mission.

A disturbance is keyed on an operation and on which of its arrivals within the mission it
meets, never on the wall clock, so that a mission is disturbed alike on every machine.
Carrying one out is `observer`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conformance.errors import SuiteDefect
from conformance.model.json import Json, JsonObject, compact
from conformance.testbed.alterations import ALTERATIONS, Alter, Call, Meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseAcknowledgement:
    """
    The request is carried out in full; then the connection is cut without an answer.

    What a poor line does between a commit and its acknowledgement.
    """

    operation: str
    nth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """
    Nothing is carried out; the answer is 503 with `Retry-After` (RFC 9110, 10.2.3).

    Attributes:
        retry_after: whole seconds.
    """

    operation: str
    nth: int = 1
    retry_after: int = 1


Disturbance = LoseAcknowledgement | Unavailable | Alter | Meanwhile

_MEMBERS: Mapping[str, frozenset[str]] = {
    "alter": frozenset({"do", "operation", "nth", "set", "remove", "repeat", "headers"}),
    "meanwhile": frozenset({"do", "operation", "nth", "calls"}),
    "lose-acknowledgement": frozenset({"do", "operation", "nth"}),
    "unavailable": frozenset({"do", "operation", "nth", "retry_after"}),
}


def parse(value: Json) -> Disturbance:
    """
    One disturbance from its JSON form.

    Raises:
        SuiteDefect: a mission asked for what does not exist; `nth` counts from 1.
    """
    if not isinstance(value, dict):
        raise SuiteDefect(f"a disturbance is an object, not {compact(value)}")
    do = value.get("do")
    if not isinstance(do, str) or do not in _MEMBERS:
        raise SuiteDefect(f"no disturbance {do!r}; there are {', '.join(sorted(_MEMBERS))}")
    if unknown := sorted(set(value) - _MEMBERS[do]):
        raise SuiteDefect(f"a disturbance {do!r} has no member {unknown[0]!r}")
    operation = value.get("operation")
    if do == "meanwhile" and operation is None:
        return Meanwhile(nth=_count(value, "nth", least=1), calls=value.get("calls"))
    if not isinstance(operation, str) or not operation:
        raise SuiteDefect(f"a disturbance {do!r} names the operation that it meets")
    nth = _count(value, "nth", least=1)
    if do == "unavailable":
        retry_after = _count(value, "retry_after", least=0)
        return Unavailable(operation=operation, nth=nth, retry_after=retry_after)
    if do in ALTERATIONS:
        return ALTERATIONS[do](**{name: held for name, held in value.items() if name != "do"})
    return LoseAcknowledgement(operation=operation, nth=nth)


def _count(value: JsonObject, member: str, *, least: int) -> int:
    number = value.get(member, 1)
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise SuiteDefect(f"a disturbance's {member} is an integer from {least}, not {number!r}")
    return number


def parse_all(values: Sequence[Json]) -> tuple[Disturbance, ...]:
    """
    All disturbances of one mission.

    Raises:
        SuiteDefect: as `parse`, or two of them meet the same arrival.
    """
    parsed = tuple(parse(value) for value in values)
    met = Counter((each.operation, each.nth) for each in parsed if not isinstance(each, Meanwhile))
    for (operation, nth), times in met.items():
        if times > 1:
            raise SuiteDefect(f"{times} disturbances meet arrival {nth} of {operation}")
    return parsed


@dataclass(slots=True, kw_only=True)
class Mischief:
    """One mission's disturbances, and how often each operation has arrived so far."""

    disturbances: tuple[Disturbance, ...] = ()
    _arrived: Counter[str] = field(default_factory=Counter)
    _requests: int = 0

    def meet(self, operation: str) -> Disturbance | None:
        """Count one arrival of `operation` and say what befalls it."""
        self._requests += 1
        self._arrived[operation] += 1
        nth = self._arrived[operation]
        return next(
            (
                each
                for each in self.disturbances
                if (each.operation, each.nth) == (operation, nth)
                and not isinstance(each, Meanwhile)
            ),
            None,
        )

    def errands(self, operation: str) -> tuple[Call, ...]:
        """What others do before the arrival that was counted last is carried out."""
        now = {("", self._requests), (operation, self._arrived[operation])}
        return tuple(
            call
            for each in self.disturbances
            if isinstance(each, Meanwhile) and (each.operation, each.nth) in now
            for call in each.parsed()
        )
