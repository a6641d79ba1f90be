"""
How each rule is broken: changes to a sound record, the most natural first.

A proposal may be wrong for a person; `population.vector` takes one that breaks the rule and
nothing else, and proves it. Here: the rules on somebody's own person, and the list of all; those
on pay, positions and tables stand in `breaking_service` and `breaking_tables`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import addresses
from conformance.packs.vn_cbccvc.breaking_service import SERVICE
from conformance.packs.vn_cbccvc.breaking_tables import TABLES
from conformance.packs.vn_cbccvc.breaking_tools import Break, Places, moved, text, within
from conformance.packs.vn_cbccvc.days import of_month as month_of
from conformance.packs.vn_cbccvc.retirement import last_working_month
from conformance.packs.vn_cbccvc.vocabulary import NOWHERE
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.population.draw import Draw
from conformance.population.vectors import Mutation

_BARE: Final = Wishes(bare=True)
_SOLDIER: Final = Wishes(sex="1", soldier=True)


def renamed(record: JsonObject, identity: str) -> JsonObject:
    """The same record under another personal id, wherever it stands."""
    old = record["profileId"]
    return {name: identity if value == old else value for name, value in record.items()}


def _other_sex(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield {"gender": "2" if record["gender"] == "1" else "1"}


def _other_birth_year(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield {"birthDate": moved(record, "birthDate", months=-12)}
    yield {"birthDate": moved(record, "birthDate", months=12)}


def _recruited_as_minor(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    for days in (-1, -2):
        yield {"firstRecruitmentDate": moved(record, "birthDate", months=216, days=days)}


def _party_too_soon(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "partyOfficialDate" in record:
        for days in (-1, -2):
            yield {"partyOfficialDate": moved(record, "partyAdmissionDate", months=12, days=days)}


def _level_too_low(_: JsonObject, __: date, ___: Places) -> Iterator[Mutation]:
    for level in ("CD", "TC", "SC"):
        yield {"professionalLevel": level}


def _from_nowhere(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    made_up = renamed(record, f"{NOWHERE}{text(record, 'profileId')[3:]}")
    yield {name: value for name, value in made_up.items() if value != record[name]}


def _another_card(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "personalId" in record:
        yield {"personalId": _neighbour(text(record, "profileId"))}


def _anothers_insurance(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield {"socialInsuranceNumber": _neighbour(text(record, "profileId"))}


def _insured_too_late(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    number = f"99{text(record, 'profileId')[-8:]}"
    change: dict[str, Json] = {"socialInsuranceNumber": number}
    if "healthInsuranceNumber" in record:
        change["healthInsuranceNumber"] = f"HC499{number}"
    yield change


def _anothers_health_card(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "healthInsuranceNumber" in record:
        yield {"healthInsuranceNumber": _neighbour(text(record, "healthInsuranceNumber"))}


def _born_on_a_leap_day(record: JsonObject) -> Iterator[tuple[JsonObject, Mutation]]:
    """The same person, born on the 29 February before or after, and what changes with it."""
    year, identity = int(text(record, "birthDate")[:4]), text(record, "profileId")
    for leap in (year - year % 4, year - year % 4 + 4):
        born: JsonObject = {
            **renamed(record, f"{identity[:4]}{leap % 100:02d}{identity[6:]}"),
            "birthDate": f"{leap}-02-29",
        }
        yield born, {name: value for name, value in born.items() if value != record[name]}


def _eve_of_the_birthday(record: JsonObject, name: str, age: int) -> Iterator[Mutation]:
    """
    The last day on which somebody is not yet as old, for those whose birthday is seldom.

    In a common year theirs is 1 March: on 28 February they are a day too young.
    """
    for born, change in _born_on_a_leap_day(record):
        yield {**change, name: f"{int(text(born, 'birthDate')[:4]) + age}-02-28"}


def _card_of_a_child(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield from _eve_of_the_birthday(record, "idIssueDate", 14)


def _too_old(record: JsonObject, as_of: date, _: Places) -> Iterator[Mutation]:
    today, born_in = (
        month_of(as_of.year, as_of.month),
        date.fromisoformat(text(record, "birthDate")),
    )
    own, sex = month_of(born_in.year, born_in.month), text(record, "gender")
    # Whoever left last month first; the day is not what counts.
    months = (m for m in range(1, 96) if last_working_month(sex, own - m) < today)
    for earlier in months:
        born = moved(record, "birthDate", months=-earlier)
        old = text(record, "profileId")
        # An id of the nineteenth century is not reached.
        older = renamed(record, f"{old[:4]}{born[2:4]}{old[6:]}")
        change = {name: value for name, value in older.items() if value != record[name]}
        yield {**change, "birthDate": born}


def _digit_in_a_name(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield {"birthFullName": f"{text(record, 'birthFullName')} 2"}


def _stopgap_agency(_: JsonObject, __: date, ___: Places) -> Iterator[Mutation]:
    yield {"recruitingAgency": "N/A"}


def _stopgap_duty(_: JsonObject, __: date, ___: Places) -> Iterator[Mutation]:
    yield {"mainDuty": "không rõ"}


def _older_list(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield {"currentResidence": addresses.older_residence(Draw(int(text(record, "profileId"))))}


def _no_commune(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    home = within(record, "currentResidence", {})
    yield {"currentResidence": {k: v for k, v in home.items() if k != "communeCode"}}


def _elsewhere(name: str) -> Break:
    def proposals(record: JsonObject, as_of: date, _: Places) -> Iterator[Mutation]:
        place = within(record, name, {})
        if "communeCode" in place:
            yield {name: {**place, "provinceCode": addresses.other_province(place, as_of)}}

    return Break(proposals)


def _district(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    detail = str(within(record, "currentResidence", {}).get("detail", "Thôn 1"))
    yield {
        "currentResidence": within(
            record, "currentResidence", {"detail": f"{detail}, huyện Thử Nghiệm"}
        )
    }


def _child_soldier(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield from _eve_of_the_birthday(record, "enlistmentDate", 17)


def _home_before_leaving(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield {"dischargeDate": moved(record, "enlistmentDate", days=-30)}


def _rank_without_army(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "enlistmentDate" not in record:
        yield {"highestMilitaryRank": MILITARY_RANK}


def _party_to_come(record: JsonObject, as_of: date, _: Places) -> Iterator[Mutation]:
    if "partyAdmissionDate" in record:
        yield {"partyOfficialDate": f"{as_of.year + 2}-05-19"}


def _party_post_without_party(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if "partyAdmissionDate" not in record:
        yield {"partyPosition": "Chi ủy viên"}


def _child_member(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    yield from _eve_of_the_birthday(record, "firstOrganisationDate", 15)


def _other_level(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    order = ("SC", "TC", "CD", "DH", "THS", "TS")
    higher = order.index(text(record, "professionalLevel")) + 1
    if "qualification" in record and higher < len(order):
        yield {"professionalLevel": order[higher]}


def _lower_school(_: JsonObject, __: date, ___: Places) -> Iterator[Mutation]:
    yield {"generalEducation": "9/12"}


def _professor_without_doctorate(record: JsonObject, _: date, __: Places) -> Iterator[Mutation]:
    if record["professionalLevel"] != "TS":
        yield {"academicTitle": "PGS"}


def _too_tall(_: JsonObject, __: date, ___: Places) -> Iterator[Mutation]:
    yield {"heightCm": 16}
    yield {"heightCm": 250}


def _too_light(_: JsonObject, __: date, ___: Places) -> Iterator[Mutation]:
    yield {"weightKg": 17}
    yield {"weightKg": 250}


def _stranger_manages(record: JsonObject, _: date, places: Places) -> Iterator[Mutation]:
    own = text(record, "employingUnitCode")
    for place in places:
        if own != place.code and not own.startswith(f"{place.code}."):
            yield {"managingAgencyCode": place.code}


def _neighbour(number: str) -> str:
    """A number that differs in its last digit."""
    return f"{number[:-1]}{(int(number[-1]) + 1) % 10}"


#: A code of codelists/military-ranks.csv.
MILITARY_RANK: Final = "TSI"

_PERSON: Final[Mapping[str, Break]] = {
    "VN-R-001": Break(_other_sex),
    "VN-R-002": Break(_other_birth_year),
    "VN-R-005": Break(_recruited_as_minor, _BARE),
    "VN-R-008": Break(_party_too_soon, Wishes(party=True)),
    "VN-R-009": Break(_level_too_low, _BARE),
    "VN-R-012": Break(_from_nowhere),
    "VN-R-013": Break(_another_card),
    "VN-R-014": Break(_anothers_insurance),
    "VN-R-015": Break(_insured_too_late, Wishes(new=True)),
    "VN-R-016": Break(_anothers_health_card),
    "VN-R-017": Break(_card_of_a_child),
    "VN-R-018": Break(_too_old, Wishes(old=True)),
    "VN-R-019": Break(_digit_in_a_name),
    "VN-R-020": Break(_stopgap_agency),
    "VN-R-021": Break(_stopgap_duty),
    "VN-R-022": Break(_older_list),
    "VN-R-023": Break(_no_commune),
    "VN-R-024": _elsewhere("currentResidence"),
    "VN-R-025": _elsewhere("birthPlace"),
    "VN-R-026": _elsewhere("nativePlace"),
    "VN-R-027": Break(_district),
    "VN-R-028": Break(_child_soldier, _SOLDIER),
    "VN-R-029": Break(_home_before_leaving, _SOLDIER),
    "VN-R-030": Break(_rank_without_army),
    "VN-R-031": Break(_party_to_come, Wishes(party=True)),
    "VN-R-032": Break(_party_post_without_party),
    "VN-R-033": Break(_child_member),
    "VN-R-060": Break(_other_level),
    "VN-R-063": Break(_lower_school),
    "VN-R-064": Break(_professor_without_doctorate),
    "VN-R-075": Break(_too_tall),
    "VN-R-076": Break(_too_light),
    "VN-R-077": Break(_stranger_manages),
}

#: Who breaks which rule, and how, by the rule's id.
PROPOSALS: Final[Mapping[str, Break]] = {**_PERSON, **SERVICE, **TABLES}
