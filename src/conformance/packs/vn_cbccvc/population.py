"""
Synthetic civil servants who keep every rule of this contract, and ones who break exactly one.

Everything follows from the seed and the day. Ids lie in a range that was never issued, phones
and units do not exist. The rows of code lists come from the pack's own data. Not here: one
person (`persons`), how each rule is broken (`breaking`), unit trees (`unit_tree`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Final

from conformance import resources
from conformance.contract.bundle import bundle
from conformance.contract.codelists import CodeLists
from conformance.contract.contract import Contract
from conformance.contract.rules import RuleBook
from conformance.errors import SuiteDefect
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc import breaking, persons, unit_tree
from conformance.packs.vn_cbccvc.rules_context import rule_context
from conformance.packs.vn_cbccvc.unit_tree import units
from conformance.packs.vn_cbccvc.vocabulary import day_of_list
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.packs.vn_cbccvc.workplaces import Workplace, workplaces
from conformance.population.draw import Draw
from conformance.population.vectors import Vector, break_rules

__all__ = [
    "UNITS",
    "code_lists",
    "people",
    "person",
    "person_breaking",
    "rule_book",
    "stream",
    "units",
    "vector",
    "vectors",
    "well_formed",
]

#: How many units of `units(seed=...)` the people of that seed work in, unless told otherwise.
UNITS: Final = 6
#: Where the numbers of twins and of those who break a rule begin: beside those of `people`.
_TWINS: Final = 500_000
_BREAKERS: Final = 700_000
#: How many people are asked whether they can break a rule.
_CANDIDATES: Final = 60


def people(
    *, seed: int, count: int, as_of: date, units: Sequence[JsonObject] | None = None
) -> tuple[JsonObject, ...]:
    """
    `count` profiles that satisfy schema, code lists and rules on `as_of`.

    A longer call begins with the shorter one's people; no `profileId` comes twice in one call.

    Args:
        units: where they work; by default the first `UNITS` of `units(seed=seed, ...)`.

    Raises:
        SuiteDefect: no units, or more people than the id range holds.
    """
    return tuple(stream(seed=seed, count=count, as_of=as_of, units=units))


def stream(
    *, seed: int, count: int, as_of: date, units: Sequence[JsonObject] | None = None
) -> Iterator[JsonObject]:
    """The people of `people`, one after the other: a million of them need no memory."""
    places = _places(seed, as_of, units)
    root = Draw(seed)
    for number in range(count):
        own = root.fork("person", number)
        yield persons.person(own, seed, number, places, as_of, _NO_WISHES)


def person(
    *,
    seed: int,
    as_of: date,
    number: int = 0,
    units: Sequence[JsonObject] | None = None,
    minimal: bool = False,
    full: bool = False,
    wishes: Wishes | None = None,
) -> JsonObject:
    """
    One person: with what the form demands, with all that fits a life, or as wished.

    Args:
        number: another number is another person, with another id.
        minimal: nothing but the required members.
        full: every member that a life of today can fill, every table with a row.

    Raises:
        SuiteDefect: as `people`.
    """
    wanted = wishes or Wishes(bare=minimal, everything=full, veteran=full, doctor=full)
    if full and wishes is None:
        wanted = replace(
            wanted, sex="1", soldier=True, moved=True, leader=True, married=True, disciplined=True
        )
    own = Draw(seed).fork("one", number, int(minimal), int(full))
    return persons.person(own, seed, number, _places(seed, as_of, units), as_of, wanted)


def person_breaking(
    rule_id: str, *, seed: int, as_of: date, units: Sequence[JsonObject] | None = None
) -> JsonObject:
    """The faulty record of `vector(rule_id, ...)`."""
    return vector(rule_id, seed=seed, as_of=as_of, units=units).record


def vectors(
    *, seed: int, as_of: date, units: Sequence[JsonObject] | None = None
) -> tuple[Vector, ...]:
    """One vector for every rule of the pack, in the order of the rules."""
    return tuple(vector(rule.id, seed=seed, as_of=as_of, units=units) for rule in rule_book().rules)


def vector(
    rule_id: str, *, seed: int, as_of: date, units: Sequence[JsonObject] | None = None
) -> Vector:
    """
    A person who breaks one rule and only that one, beside the twin who breaks none.

    The two have different ids, so that both can stand in one message; in everything else they
    differ only where the rule is broken. The proof (schema and code lists kept, that rule
    broken, every other kept) is made here, by the pack's own data.

    Raises:
        SuiteDefect: nobody proposes how to break that rule, or no proposal breaks it alone.
    """
    how = breaking.PROPOSALS.get(rule_id)
    if how is None:
        raise SuiteDefect(f"nobody proposes how to break {rule_id}")
    places = _places(seed, as_of, units)
    own = Draw(seed)
    last: SuiteDefect | None = None
    # Not everybody can break every rule (a step of 13 would break the schema): look for one.
    for n in range(_CANDIDATES):
        # The rule is part of the path: two vectors of one seed are two people.
        number = int(rule_id.rpartition("-")[2]) * _CANDIDATES + n
        twin = persons.person(
            own.fork("vector", rule_id, n), seed, _TWINS + number, places, as_of, how.wishes
        )
        other = breaking.renamed(twin, persons.personal_id(seed, _BREAKERS + number, twin))
        try:
            found = break_rules(
                other,
                rule_book(),
                lambda record: rule_context(record, code_lists(), as_of),
                as_of,
                how.proposals(other, as_of, places),
                rule=rule_id,
                well_formed=lambda record: well_formed(record, as_of),
            )
        except SuiteDefect as error:
            last = error
            continue
        names = {*twin, *found.record}
        differing = (name for name in names if twin.get(name) != found.record.get(name))
        return replace(found, twin=twin, changed=tuple(sorted(differing)))
    raise last or SuiteDefect(f"nobody was drawn who could break {rule_id}")


def well_formed(record: JsonObject, as_of: date) -> bool:
    """Whether a profile satisfies its schema and the code lists of its day."""
    own, lists = contract(), code_lists()
    return own.is_valid("Profile", record) and all(
        lists.row(name, code, day_of_list(record, pointer, as_of)) is not None
        for pointer, name, code in own.codes_in("Profile", record)
    )


_NO_WISHES: Final = Wishes()


def _places(seed: int, as_of: date, units: Sequence[JsonObject] | None) -> tuple[Workplace, ...]:
    chosen = unit_tree.units(seed=seed, count=UNITS, as_of=as_of) if units is None else units
    if not chosen:
        raise SuiteDefect("people work in units, and none was given")
    return workplaces(chosen)


@cache
def contract() -> Contract:
    """The pack's own contract."""
    root = resources.specs() / "vn-cbccvc" / "1.0"
    manifest = tomllib.loads((root / "pack.toml").read_text(encoding="utf-8"))
    return Contract(bundle(root, manifest["documents"]))


def code_lists() -> CodeLists:
    """The pack's own code lists."""
    return CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0")


def rule_book() -> RuleBook:
    """The pack's own rules."""
    return RuleBook.read(resources.specs() / "vn-cbccvc" / "1.0")
