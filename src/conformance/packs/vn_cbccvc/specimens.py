"""
People and units that break one keyword of their schema each, beside the twins that break none.

The engine (`contract.keyword_vectors`) walks through the schema; here stand those from whom it
starts: together they fill every member of the form, and each for himself only a few of them, so
that hundreds of records stay a small message.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from conformance.contract.constraints import Constraint, constraints, put
from conformance.contract.contract import COMPONENTS
from conformance.contract.keyword_vectors import KeywordVector, KeywordVectors, keyword_vectors
from conformance.errors import SuiteDefect
from conformance.model.json import Json, JsonObject, at, compact
from conformance.packs.vn_cbccvc import persons, population
from conformance.packs.vn_cbccvc.breaking_tools import month
from conformance.packs.vn_cbccvc.rules_context import rule_context

#: Where the numbers of twins begin: beside those of `population`.
_TWINS: Final = 900_000
#: How many people are asked whether they can fill the whole form.
_CANDIDATES: Final = 20
#: Bytes of optional members that one person carries.
_LOAD: Final = 900
#: Members that rules bind together.
_TOGETHER: Final = (
    (
        "currentPositionCode",
        "appointmentDate",
        "reappointmentDate",
        "positionAllowanceCoefficient",
        "concurrentPositions",
        "concurrentAllowance",
    ),
    ("family", "spouseFamily"),
    ("overScalePercent", "overScaleFromDate"),
    ("partyAdmissionDate", "partyOfficialDate", "partyPosition", "partyConcurrentPosition"),
    ("enlistmentDate", "dischargeDate", "highestMilitaryRank"),
)
#: What the form can hold and our people otherwise leave empty.
_MORE: Final[dict[str, Json]] = {
    "/birthPlace/detail": "Thôn thử nghiệm",
    "/nativePlace/detail": "Thôn thử nghiệm",
    "/salaryHistory/0/jobPositionSalaryVnd": 7_000_000,
    "/allowanceHistory/0/valueVnd": 500_000,
    "/houseGranted/certificate": "GCN 1",
    "/houseOwned/certificate": "GCN 2",
    "/landBought/certificate": "GCN 3",
    "/detentionHistory": "Dữ liệu thử nghiệm",
    "/contract": {"type": "HDLV-KXDTH", "number": "15/HĐLV", "signedOn": "2020-03-02"},
    "/oldRegime": [{"from": "1970", "to": "1972-06", "detail": "Dữ liệu thử nghiệm"}],
    "/declarantSignature": "e30..c2ln",
    "/agencySignature": "e30..c2ln",
    "/stateSecret": False,
}


def faulty_profiles(*, seed: int, as_of: date, units: Sequence[JsonObject]) -> KeywordVectors:
    """
    A profile for each keyword of its schema that breaks it alone, and the twins.

    Twins keep schema, code lists and rules, work in `units`, and have an id each, which is also
    that of the vectors made from them.

    Raises:
        SuiteDefect: nobody of ours is faultless.
    """
    return _faulty_profiles(seed, as_of, compact(list(units)))


# Every mutant of a selftest is shown the same ones.
@lru_cache(maxsize=4)
def _faulty_profiles(seed: int, as_of: date, units: str) -> KeywordVectors:
    contract = population.contract()
    schema = f"{COMPONENTS}/Profile"
    found = keyword_vectors(
        contract,
        schema,
        _inside(contract.document, schema),
        list(_lean(_full(seed, as_of, json.loads(units)), as_of)),
        sound=lambda value: isinstance(value, dict) and _sound(value, as_of),
        turn=seed,
    )
    return _each_under_its_own_id(found, seed)


def faulty_units(units: Sequence[JsonObject], *, as_of: date, turn: int) -> KeywordVectors:
    """
    A unit for each keyword of its schema that breaks it alone, and the twins, made from `units`.

    Args:
        units: two with the same parent; the second bears the upper boundaries.
    """
    contract, lists = population.contract(), population.code_lists()
    schema = f"{COMPONENTS}/Unit"

    def sound(value: Json) -> bool:
        codes = contract.codes_in("Unit", value)
        return all(lists.row(name, code, as_of) is not None for _, name, code in codes)

    full: list[Json] = [
        {
            **unit,
            "shortName": "PTN",
            "tier": "province",
            "decisionNo": "1/QĐ-UBND",
            "decisionDate": "2025-07-01",
            "staffQuota": 7,
            "taxCode": "0100000000",
        }
        for unit in units
    ]
    found = keyword_vectors(
        contract,
        schema,
        _inside(contract.document, schema),
        full[:1],
        sound=sound,
        turn=turn,
    )
    codes = [str(unit["unitCode"]) for unit in units]
    if len(found.twins) != len(codes):
        raise SuiteDefect(f"{len(found.twins)} units are needed as twins, {len(codes)} were given")
    return _renamed(found, [(codes[0], code) for code in codes])


def _inside(document: JsonObject, schema: str) -> tuple[Constraint, ...]:
    """All but the demand to be an object: what is none is no record."""
    found = constraints(document, schema)
    return tuple(c for c in found if (c.pointer or c.keyword != "type") and not c.elsewhere)


def _full(seed: int, as_of: date, units: Sequence[JsonObject]) -> JsonObject:
    # Not every life can hold everything: somebody is looked for whose does.
    for number in range(_CANDIDATES):
        full: Json = population.person(
            seed=seed, number=number, as_of=as_of, units=units, full=True
        )
        for pointer, value in _MORE.items():
            full = put(full, pointer, value)
        began = at(full, "/allowanceHistory/0/from")
        full = put(full, "/allowanceHistory/0/to", month(str(began), 1))
        assert isinstance(full, dict)
        if all(name in full for names in _TOGETHER for name in names) and _sound(full, as_of):
            return full
    raise SuiteDefect("nobody of ours fills the whole form without a fault")


def _lean(full: JsonObject, as_of: date) -> Iterator[Json]:
    """People who share the optional members of one among them, and are faultless each."""
    listed = at(population.contract().document, f"{COMPONENTS}/Profile/required")
    needed = set(listed) if isinstance(listed, list) else set()
    bound = [name for names in _TOGETHER for name in names]
    alone = [(name,) for name in full if name not in needed and name not in bound]
    loads: list[list[str]] = [[]]
    weight = 0
    for names in (*_TOGETHER, *alone):
        size = sum(len(compact(full[name]).encode()) for name in names)
        if loads[-1] and weight + size > _LOAD:
            loads.append([])
            weight = 0
        loads[-1] += names
        weight += size
    for load in loads:
        person = {name: full[name] for name in full if name in needed or name in load}
        # Whom a rule binds to what others carry carries everything.
        yield person if _sound(person, as_of) else full


def _sound(record: JsonObject, as_of: date) -> bool:
    lists, rules = population.code_lists(), population.rule_book()
    return population.well_formed(record, as_of) and not rules.broken(
        record, rule_context(record, lists, as_of), as_of
    )


def _each_under_its_own_id(found: KeywordVectors, seed: int) -> KeywordVectors:
    changes: list[tuple[str, str]] = []
    for number, twin in enumerate(found.twins):
        assert isinstance(twin, dict)
        own = persons.personal_id(seed, _TWINS + number, twin)
        changes.append((str(twin["profileId"]), own))
    return _renamed(found, changes)


def _renamed(found: KeywordVectors, changes: Sequence[tuple[str, str]]) -> KeywordVectors:
    """The same vectors under other ids: for each twin the old one and the new one."""

    def under(value: Json, number: int) -> Json:
        old, new = changes[number]
        assert isinstance(value, dict)
        return {name: new if held == old else held for name, held in value.items()}

    return KeywordVectors(
        twins=tuple(under(twin, number) for number, twin in enumerate(found.twins)),
        vectors=tuple(
            KeywordVector(
                breaks=vector.breaks,
                pointer=vector.pointer,
                value=under(vector.value, vector.twin),
                twin=vector.twin,
            )
            for vector in found.vectors
        ),
        gaps=found.gaps,
    )
