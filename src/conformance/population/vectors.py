"""
Records that break exactly one thing, each with the proof and with its twin that breaks nothing.

A refusal is evidence only if the twin was accepted; so a vector never travels alone. Not here:
which changes make sense for a rule (a pack proposes them, the rule book decides).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from conformance.contract.rules import RuleBook
from conformance.errors import SuiteDefect
from conformance.model.json import Json, JsonObject

#: What the pack joins to a record for its rules.
ContextOf = Callable[[JsonObject], Mapping[str, Json]]

#: Members to set in the record; `ABSENT` takes a member away.
Mutation = Mapping[str, Json]

#: A value no record holds: stands for "without this member" in a mutation.
ABSENT: Final = "\x00absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """
    A record that breaks exactly one rule, beside the one it was made from.

    Attributes:
        breaks: the rule's id.
        pointer: where the rule says that the fault lies.
        record: the faulty record.
        twin: the record that keeps every rule.
        changed: the members in which the two differ, sorted.
    """

    breaks: str
    pointer: str
    record: JsonObject
    twin: JsonObject
    changed: tuple[str, ...]


def break_rules(
    record: JsonObject,
    rule_book: RuleBook,
    context_of: ContextOf,
    as_of: date,
    mutations: Iterable[Mutation],
    *,
    rule: str,
    well_formed: Callable[[JsonObject], bool] = lambda _: True,
) -> Vector:
    """
    Find among `mutations` one that breaks `rule` and nothing else.

    Args:
        context_of: joins what the rules need to a record.
        mutations: proposals, the most natural first.
        well_formed: whether a record satisfies its schema; a vector must.

    Raises:
        SuiteDefect: the record breaks a rule already, or no proposal breaks just `rule`.
    """
    before = _broken(record, rule_book, context_of, as_of)
    if before or not well_formed(record):
        raise SuiteDefect(f"a twin must be faultless, this one breaks {before or 'its schema'}")
    seen: list[str] = []
    for mutation in mutations:
        mutant = mutated(record, mutation)
        broken = _broken(mutant, rule_book, context_of, as_of)
        if broken == (rule,) and well_formed(mutant):
            return Vector(
                breaks=rule,
                pointer=rule_book.rule(rule).pointer,
                record=mutant,
                twin=record,
                changed=tuple(sorted(mutation)),
            )
        seen.append(f"{sorted(mutation)} breaks {', '.join(broken) or 'no rule'}")
    raise SuiteDefect(f"no proposal breaks {rule} alone: {'; '.join(seen) or 'none was made'}")


def mutated(record: JsonObject, mutation: Mutation) -> JsonObject:
    """A copy of `record` with the mutation's members set, or taken away where `ABSENT`."""
    changed = {**record, **mutation}
    return {name: value for name, value in changed.items() if value != ABSENT}


def _broken(
    record: JsonObject, rule_book: RuleBook, context_of: ContextOf, as_of: date
) -> tuple[str, ...]:
    return tuple(rule.id for rule in rule_book.broken(record, context_of(record), as_of))
