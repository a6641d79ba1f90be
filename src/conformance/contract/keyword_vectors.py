"""
Values that break exactly one keyword of a schema, each beside the twin that breaks none, proven.

Proven means: of the whole value the judge (jsonschema-rs) finds that keyword broken at that place
and nothing else, and so does the second opinion (python-jsonschema) of the part that it stands in.
What no value can escape is no second fault: of another type than the values of an `enum` it is also
none of them, and where two schemas state the same keyword of one value, both are broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.contract.constraints import (
    UPPER,
    Constraint,
    boundary,
    breaking,
    located,
    put,
)
from conformance.contract.contract import Contract
from conformance.model.json import Json, JsonObject, at

#: Whether a value is right beyond its schema: code lists, rules.
Sound = Callable[[Json], bool]

_LISTS: Final = ("enum", "const")
#: Characters of a text that would make everything heavy that is sent beside it.
_LONG: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordVector:
    """
    A value that breaks one constraint.

    Attributes:
        pointer: where.
        value: the faulty value.
        twin: number of the faultless value that it was made from, from 0.
    """

    breaks: Constraint
    pointer: str
    value: Json
    twin: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordVectors:
    """
    Vectors of one schema, the twins that they share, and what could not be made.

    Attributes:
        gaps: constraint -> why nothing breaks it alone.
    """

    twins: tuple[Json, ...]
    vectors: tuple[KeywordVector, ...]
    gaps: dict[Constraint, str]


def keyword_vectors(
    contract: Contract,
    schema: str,
    wanted: Iterable[Constraint],
    bases: Sequence[Json],
    *,
    sound: Sound,
    turn: int,
) -> KeywordVectors:
    """
    One vector for each constraint, made from the first base in which its place is found.

    Each base gives up to three kinds of twins: one whose values stand on their lower boundaries,
    one on the upper ones, and one for each array that can be filled; where a boundary would break
    more than the schema knows (`sound`), the base's own value stays. Equal arguments give equal
    vectors.

    Args:
        schema: JSON pointer of the schema of the bases.
        bases: faultless values that together have every place.
        turn: where a constraint can be broken in several ways, which one is taken first.

    Raises:
        KeyError: no such schema.
    """
    maker = _Maker(contract, schema, sound)
    listed = tuple(wanted)
    homes: dict[Constraint, int] = {}
    for constraint in listed:
        for number, base in enumerate(bases):
            if located(base, constraint.pointer) is not None and _has(base, constraint):
                homes[constraint] = number
                break
    gaps = {c: "no value of ours has this place" for c in listed if c not in homes}
    twins: list[Json] = []
    vectors: list[KeywordVector] = []
    for number, base in enumerate(bases):
        own = [constraint for constraint in listed if homes.get(constraint) == number]
        for group in _by_boundary(contract.document, own):
            twin = maker.on_boundaries(base, group)
            known = twins.index(twin) if twin in twins else len(twins)
            made: list[KeywordVector] = []
            for constraint in group:
                vector = maker.vector(constraint, twin, known, turn + len(vectors) + len(made))
                if vector is None:
                    gaps[constraint] = "no value of ours breaks it alone"
                else:
                    made.append(vector)
            if made and known == len(twins):
                twins.append(twin)
            vectors += made
    return KeywordVectors(twins=tuple(twins), vectors=tuple(vectors), gaps=gaps)


def _has(value: Json, constraint: Constraint) -> bool:
    """Whether the place holds what the constraint is about."""
    pointer = located(value, constraint.pointer)
    held = at(value, pointer) if pointer is not None else None
    if constraint.keyword == "required":
        return isinstance(held, dict) and constraint.name in held
    return True


def _by_boundary(
    document: JsonObject, constraints: Sequence[Constraint]
) -> Iterator[Sequence[Constraint]]:
    """Those that can share a twin: lower boundaries with all else, upper ones, what is long."""
    long = [constraint for constraint in constraints if _is_long(document, constraint)]
    upper = [c for c in constraints if c.keyword in UPPER and c not in long]
    lower = [c for c in constraints if c.keyword not in UPPER]
    yield from (group for group in (lower, upper) if group)
    yield from ([constraint] for constraint in long)


def _is_long(document: JsonObject, constraint: Constraint) -> bool:
    if constraint.keyword != "maxLength":
        return constraint.keyword == "maxItems"
    limit = at(document, f"{constraint.schema}/maxLength")
    return isinstance(limit, int) and limit > _LONG


class _Maker:
    """Makes and proves, for one schema."""

    def __init__(self, contract: Contract, schema: str, sound: Sound) -> None:
        self._contract = contract
        self._schema = schema
        self._sound = sound

    def on_boundaries(self, base: Json, group: Sequence[Constraint]) -> Json:
        """The base with as many values on their boundaries as are sound there."""
        together = base
        for constraint in group:
            together = self._moved(together, constraint)
        if together is base or self._right(together):
            return together
        one_by_one = base
        for constraint in group:
            moved = self._moved(one_by_one, constraint)
            if moved is not one_by_one and self._right(moved):
                one_by_one = moved
        return one_by_one

    def vector(
        self, constraint: Constraint, twin: Json, number: int, turn: int
    ) -> KeywordVector | None:
        """A proven vector made from a twin, None when no proposal breaks the constraint alone."""
        pointer = located(twin, constraint.pointer)
        if pointer is None:
            return None
        held = at(twin, pointer)
        for proposal in breaking(self._contract.document, constraint, held, turn):
            value = put(twin, pointer, proposal)
            if self._breaks_alone(constraint, pointer, value, proposal):
                return KeywordVector(breaks=constraint, pointer=pointer, value=value, twin=number)
        return None

    def _moved(self, value: Json, constraint: Constraint) -> Json:
        pointer = located(value, constraint.pointer)
        if pointer is None:
            return value
        held = at(value, pointer)
        for edge in boundary(self._contract.document, constraint, held):
            if not self._contract.faults_at(constraint.schema, edge):
                return value if edge == held else put(value, pointer, edge)
        return value

    def _right(self, value: Json) -> bool:
        return not self._contract.faults_at(self._schema, value) and self._sound(value)

    def _breaks_alone(
        self, constraint: Constraint, pointer: str, value: Json, proposal: Json
    ) -> bool:
        first = self._contract.faults_at(self._schema, value)
        return _just(constraint, pointer, first) and breaks_alone(
            self._contract, constraint, proposal
        )


def breaks_alone(contract: Contract, constraint: Constraint, value: Json) -> bool:
    """Whether `value`, at the constraint's place, breaks it and nothing else, both judges agree."""
    return all(
        _just(constraint, "", contract.faults_at(constraint.schema, value, second=second))
        for second in (False, True)
    )


def _just(constraint: Constraint, pointer: str, faults: Sequence[tuple[str, str]]) -> bool:
    """Whether the faults are that constraint's, and no others that could be avoided."""
    keywords = [keyword for where, keyword in faults if where == pointer]
    others = [keyword for keyword in keywords if keyword != constraint.keyword]
    return (
        constraint.keyword in keywords
        and len(keywords) == len(faults)
        and all(keyword in _LISTS for keyword in others)
        and (not others or constraint.keyword == "type")
    )
