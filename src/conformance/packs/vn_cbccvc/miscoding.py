"""
Profiles with one code each that its list does not hold, and that its schema lets through.

Made from the faultless twins of `specimens`: one for each coded place of the form, and a second one
where a list knows the code in other letters (`cc` for `CC`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from conformance.contract.constraints import Constraint, put
from conformance.contract.contract import COMPONENTS
from conformance.contract.keyword_vectors import KeywordVector, KeywordVectors
from conformance.model.json import Json
from conformance.packs.vn_cbccvc import population
from conformance.packs.vn_cbccvc.vocabulary import day_of_list

#: What is broken in place of a keyword.
CODE_LIST: Final = "x-code-list"
_INDEX: Final = re.compile(r"/[0-9]+(?=/|$)")


def miscoded_profiles(twins: Sequence[Json], *, as_of: date) -> KeywordVectors:
    """
    For every coded place that one of the twins has, somebody with a code that nobody listed.

    Where the schema names the codes itself, no code can be wrong alone.
    """
    contract = population.contract()
    vectors: list[KeywordVector] = []
    seen: set[str] = set()
    for number, twin in enumerate(twins):
        for pointer, name, code in contract.codes_in("Profile", twin):
            place = _INDEX.sub("/*", pointer)
            if place in seen:
                continue
            seen.add(place)
            breaks = Constraint(
                schema=f"{COMPONENTS}/Profile", keyword=CODE_LIST, name="", pointer=place
            )
            vectors += (
                KeywordVector(breaks=breaks, pointer=pointer, value=value, twin=number)
                for value in _unlisted(twin, pointer, name, code, as_of)
            )
    return KeywordVectors(twins=tuple(twins), vectors=tuple(vectors), gaps={})


def _unlisted(twin: Json, pointer: str, name: str, code: str, as_of: date) -> Iterator[Json]:
    """The code in other letters, where that is another one; and the first that nobody knows."""
    assert isinstance(twin, dict)
    contract, lists = population.contract(), population.code_lists()
    day = day_of_list(twin, pointer, as_of)

    def proposed(codes: Sequence[str]) -> Json:
        for other in codes:
            value = put(twin, pointer, other)
            unknown = other != code and lists.row(name, other, day) is None
            if unknown and not contract.faults_at(f"{COMPONENTS}/Profile", value):
                return value
        return None

    length = len(code)
    unheard_of = ("9" * length, "9" * (length - 1) + "8", f"{code}X", "Z" * length, "0" * length)
    for value in (proposed([code.swapcase()]), proposed(unheard_of)):
        if value is not None:
            yield value
