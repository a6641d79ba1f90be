"""
Synthetic civil servants who keep every rule of this contract, and ones who break exactly one.

Everything follows from the seed and the day. Ids lie in a range that was never issued, phones
and units do not exist. The rows of code lists come from the pack's own data. Not here: careers,
names and unit trees, which have modules of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Final

from conformance import resources
from conformance.contract.codelists import CodeLists
from conformance.contract.rules import RuleBook
from conformance.errors import SuiteDefect
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc import unit_tree
from conformance.packs.vn_cbccvc.careers import Career, career
from conformance.packs.vn_cbccvc.names import full_name, other_name, street_address
from conformance.packs.vn_cbccvc.rules_context import rule_context
from conformance.packs.vn_cbccvc.unit_tree import units
from conformance.packs.vn_cbccvc.vocabulary import OUR_PLACES
from conformance.population.draw import Draw, Weighted, months_later, permuted
from conformance.population.vectors import Mutation, Vector, break_rules

__all__ = ["UNITS", "people", "person_breaking", "units", "vector", "vectors"]

#: How many units of `units(seed=...)` the people of that seed work in, unless told otherwise.
UNITS: Final = 6
#: The numbers below one place, century, sex and year: 000001-999999.
_NUMBERS: Final = 999_999

_ETHNIC: Final = Weighted(
    {"01": 853, "02": 19, "03": 19, "04": 15, "05": 14, "06": 8, "07": 11, "08": 14, "09": 9,
     "10": 5, "11": 4, "14": 2, "15": 2}
)  # fmt: skip
_RELIGION: Final = Weighted({"00": 80, "01": 8, "02": 8, "03": 1, "04": 2, "05": 1})


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
    places = unit_tree.units(seed=seed, count=UNITS, as_of=as_of) if units is None else units
    if not places:
        raise SuiteDefect("people work in units, and none was given")
    root = Draw(seed)
    return tuple(_person(root.fork("person", n), seed, n, places, as_of) for n in range(count))


def person_breaking(
    rule_id: str, *, seed: int, as_of: date, units: Sequence[JsonObject] | None = None
) -> JsonObject:
    """The faulty record of `vector(rule_id, ...)`."""
    return vector(rule_id, seed=seed, as_of=as_of, units=units).record


def vectors(
    *, seed: int, as_of: date, units: Sequence[JsonObject] | None = None
) -> tuple[Vector, ...]:
    """One vector for every rule of the pack, in the order of the rules."""
    return tuple(
        vector(rule.id, seed=seed, as_of=as_of, units=units) for rule in _rule_book().rules
    )


def vector(
    rule_id: str, *, seed: int, as_of: date, units: Sequence[JsonObject] | None = None
) -> Vector:
    """
    A person who breaks one rule and only that one, beside the twin who breaks none.

    The proof, by the pack's own rule book, is made here.

    Raises:
        SuiteDefect: nobody proposes how to break that rule, or no proposal breaks it alone.
    """
    proposals = _MUTATIONS.get(rule_id)
    if proposals is None:
        raise SuiteDefect(f"nobody proposes how to break {rule_id}")
    last: SuiteDefect | None = None
    # Not everybody can break every rule (a step of 13 would break the schema): look for one.
    for candidate in _candidates(rule_id, seed, as_of, units):
        try:
            return break_rules(
                candidate,
                _rule_book(),
                lambda record: rule_context(record, _code_lists(), as_of),
                as_of,
                proposals(candidate, as_of),
                rule=rule_id,
            )
        except SuiteDefect as error:
            last = error
    raise last or SuiteDefect(f"nobody was drawn who could break {rule_id}")


def _candidates(
    rule_id: str, seed: int, as_of: date, places: Sequence[JsonObject] | None
) -> Iterator[JsonObject]:
    chosen = unit_tree.units(seed=seed, count=UNITS, as_of=as_of) if places is None else places
    own = Draw(seed)
    for n in range(40):
        # The rule is part of the path: two vectors of one seed are two people.
        number = _RULE_NUMBERS[rule_id] * 40 + n
        yield _person(own.fork("vector", rule_id, n), seed, number + 500_000, chosen, as_of)


def _person(
    draw: Draw, seed: int, number: int, places: Sequence[JsonObject], as_of: date
) -> JsonObject:
    sex = draw.pick(("1", "2"))
    life = career(draw, sex, as_of)
    unit = draw.pick(places)
    person: JsonObject = {
        "profileId": _personal_id(seed, number, sex, life.born),
        "managingAgencyCode": _managing(unit, places),
        "employingUnitCode": unit["unitCode"],
        "birthFullName": full_name(draw, sex),
        "gender": sex,
        "birthDate": life.born.isoformat(),
        "birthPlace": _address(draw, as_of),
        "nativePlace": _address(draw, as_of),
        "ethnicCode": draw.weighted(_ETHNIC),
        "religionCode": draw.weighted(_RELIGION),
        "currentResidence": _address(draw, as_of),
        "staffType": life.staff_type,
        "firstRecruitmentDate": life.recruited.isoformat(),
        "currentAgencyStartDate": life.in_agency_since.isoformat(),
        "rankCode": life.rank,
        "rankAppointmentDate": life.in_rank_since.isoformat(),
        "salaryStep": life.step,
        "salaryCoefficient": life.coefficient,
        "salaryFromDate": life.step_since.isoformat(),
        "salaryPercent": life.percent,
        "professionalLevel": life.level,
    }
    return {**person, **_optional(draw, sex, life)}


def _optional(draw: Draw, sex: str, life: Career) -> JsonObject:
    held: JsonObject = {}
    if draw.chance(70):
        held["staffNumber"] = f"{life.staff_type}-{draw.digits(6)}"
    if draw.chance(12):
        held["otherNames"] = other_name(draw, sex)
    if draw.chance(85):
        held["phone"] = f"0990{draw.digits(6)}"
    if life.admitted is not None:
        held["partyAdmissionDate"] = life.admitted.isoformat()
    if life.official is not None:
        held["partyOfficialDate"] = life.official.isoformat()
    return held


def _personal_id(seed: int, number: int, sex: str, born: date) -> str:
    """`PPP G YY NNNNNN` (NĐ 137/2015/NĐ-CP, article 13), with a place that was never issued."""
    turn, index = divmod(number, _NUMBERS)
    if turn >= len(OUR_PLACES):
        raise SuiteDefect(f"the id range holds no person number {number}")
    place = OUR_PLACES[(turn + seed) % len(OUR_PLACES)]
    century = 2 * (born.year // 100 - 19) + (0 if sex == "1" else 1)
    return f"{place}{century}{born.year % 100:02d}{permuted(index, _NUMBERS, seed) + 1:06d}"


def _managing(unit: JsonObject, places: Sequence[JsonObject]) -> str:
    """The unit above, where it is one of theirs: the agency that keeps the files."""
    known = {str(place["unitCode"]) for place in places}
    above = str(unit["parentCode"])
    return above if above in known else str(unit["unitCode"])


def _address(draw: Draw, as_of: date) -> JsonObject:
    address: JsonObject = {"provinceCode": draw.pick(_provinces(as_of))}
    if draw.chance(75):
        address["detail"] = street_address(draw)
    return address


# -- how to break each rule ------------------------------------------------------


def _moved(record: Mapping[str, object], name: str, days: int) -> str:
    return (date.fromisoformat(str(record[name])) + timedelta(days=days)).isoformat()


def _other_sex(record: JsonObject, _: date) -> Iterator[Mutation]:
    yield {"gender": "2" if record["gender"] == "1" else "1"}


def _other_birth_year(record: JsonObject, _: date) -> Iterator[Mutation]:
    born = date.fromisoformat(str(record["birthDate"]))
    yield {"birthDate": months_later(born, -12).isoformat()}
    yield {"birthDate": months_later(born, 12).isoformat()}


def _step_too_high(record: JsonObject, as_of: date) -> Iterator[Mutation]:
    rank = _code_lists().row("ranks", str(record["rankCode"]), as_of)
    most = int(rank["max_step"]) if rank else 12
    if most < 12:
        yield {"salaryStep": most + 1}


def _other_coefficient(record: JsonObject, _: date) -> Iterator[Mutation]:
    whole, _dot, part = str(record["salaryCoefficient"]).partition(".")
    yield {"salaryCoefficient": f"{whole}.{(int(part) + 1) % 100:02d}"}


def _recruited_as_minor(record: JsonObject, _: date) -> Iterator[Mutation]:
    born = date.fromisoformat(str(record["birthDate"]))
    yield {"firstRecruitmentDate": (months_later(born, 216) - timedelta(days=2)).isoformat()}


def _agency_before_recruitment(record: JsonObject, _: date) -> Iterator[Mutation]:
    yield {"currentAgencyStartDate": _moved(record, "firstRecruitmentDate", -1)}


def _step_before_rank(record: JsonObject, _: date) -> Iterator[Mutation]:
    yield {"salaryFromDate": _moved(record, "rankAppointmentDate", -1)}


def _party_too_soon(record: JsonObject, _: date) -> Iterator[Mutation]:
    if "partyAdmissionDate" in record and "partyOfficialDate" in record:
        admitted = date.fromisoformat(str(record["partyAdmissionDate"]))
        soon = months_later(admitted, 12) - timedelta(days=2)
        yield {"partyOfficialDate": soon.isoformat()}


def _level_too_low(_: JsonObject, __: date) -> Iterator[Mutation]:
    for level in ("CD", "TC", "SC"):
        yield {"professionalLevel": level}


def _odd_percent(_: JsonObject, __: date) -> Iterator[Mutation]:
    yield {"salaryPercent": 90}


def _other_staff(record: JsonObject, _: date) -> Iterator[Mutation]:
    yield {"staffType": "CC" if record["staffType"] == "VC" else "VC"}


_MUTATIONS: Final[Mapping[str, Callable[[JsonObject, date], Iterator[Mutation]]]] = {
    "VN-R-001": _other_sex,
    "VN-R-002": _other_birth_year,
    "VN-R-003": _step_too_high,
    "VN-R-004": _other_coefficient,
    "VN-R-005": _recruited_as_minor,
    "VN-R-006": _agency_before_recruitment,
    "VN-R-007": _step_before_rank,
    "VN-R-008": _party_too_soon,
    "VN-R-009": _level_too_low,
    "VN-R-010": _odd_percent,
    "VN-R-011": _other_staff,
}
_RULE_NUMBERS: Final = {rule_id: number for number, rule_id in enumerate(_MUTATIONS)}


@cache
def _provinces(as_of: date) -> tuple[str, ...]:
    return _code_lists().alive("provinces", as_of)


def _code_lists() -> CodeLists:
    return CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0")


def _rule_book() -> RuleBook:
    return RuleBook.read(resources.specs() / "vn-cbccvc" / "1.0")
