"""
One synthetic civil servant: a career told in the fields of the form (TT 06/2023/TT-BNV).

Three kinds are drawn: bare ones, who hold what the form demands; those with everything that fits
a life; and ordinary ones, who differ as real files do. Not here: how many there are, and where
they work.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from conformance.errors import SuiteDefect
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc import addresses, days, family, particulars, service, training
from conformance.packs.vn_cbccvc.careers import Career, career
from conformance.packs.vn_cbccvc.names import full_name
from conformance.packs.vn_cbccvc.service import Post
from conformance.packs.vn_cbccvc.vocabulary import OUR_PLACES
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.packs.vn_cbccvc.workplaces import Workplace
from conformance.population.draw import Draw, Weighted, permuted

#: The numbers below one place, century, sex and year: 000001-999999.
NUMBERS: Final = 999_999
#: In percent: who holds what the form demands, and who holds everything.
_BARE: Final = 12
_FULL: Final = 8

#: The day on which the districts ended and their people came to the communes.
_REFORM: Final = days.of(date(2025, 7, 1))

_ETHNIC: Final = Weighted(
    {"01": 853, "02": 19, "03": 19, "04": 15, "05": 14, "06": 8, "07": 11, "08": 14, "09": 9,
     "10": 5, "11": 4, "14": 2, "15": 2}
)  # fmt: skip
_RELIGION: Final = Weighted({"00": 80, "01": 8, "02": 8, "03": 1, "04": 2, "05": 1})


def person(
    draw: Draw, seed: int, number: int, places: tuple[Workplace, ...], as_of: date, wishes: Wishes
) -> JsonObject:
    """The person of that number; `number` gives the id, and everything else is drawn."""
    lot = draw.below(100)
    wished = wishes != Wishes()
    bare = wishes.bare or (not wished and lot < _BARE)
    every = wishes.everything or (not wished and lot >= 100 - _FULL)
    if every and not wishes.everything:
        wishes = Wishes(everything=True)
    place = draw.pick(places)
    joined = _REFORM if place.kind == "commune" and draw.chance(60) else None
    life = career(draw, as_of, wishes, kind=place.kind, joined=joined)
    identity = _personal_id(seed, number, life.sex, days.year(life.born))
    held = None if bare else service.post(draw, life, place, as_of, wishes)
    found = _required(draw, life, place, identity, as_of)
    if not bare:
        _optional(draw, found, life, place, held, every, wishes)
    return found


def personal_id(seed: int, number: int, record: JsonObject) -> str:
    """
    The id of the person of that number with this record's sex and year of birth.

    `PPP G YY NNNNNN` (NĐ 137/2015/NĐ-CP, article 13), with a place that was never issued.

    Raises:
        SuiteDefect: more people than the range of ids holds.
    """
    return _personal_id(seed, number, str(record["gender"]), int(str(record["birthDate"])[:4]))


def _personal_id(seed: int, number: int, sex: str, year: int) -> str:
    turn, index = divmod(number, NUMBERS)
    if turn >= len(OUR_PLACES):
        raise SuiteDefect(f"the id range holds no person number {number}")
    place = OUR_PLACES[(turn + seed) % len(OUR_PLACES)]
    century = 2 * (year // 100 - 19) + (0 if sex == "1" else 1)
    return f"{place}{century}{year % 100:02d}{permuted(index, NUMBERS, seed) + 1:06d}"


def _required(draw: Draw, life: Career, place: Workplace, identity: str, as_of: date) -> JsonObject:
    home = addresses.commune(draw, as_of, place.province if draw.chance(85) else "")
    native = home if draw.chance(50) else addresses.commune(draw, as_of)
    pay = life.pay[-1]
    return {
        "profileId": identity,
        "managingAgencyCode": place.managing,
        "employingUnitCode": place.code,
        "birthFullName": full_name(draw, life.sex),
        "gender": life.sex,
        "birthDate": days.iso(life.born),
        "birthPlace": addresses.origin(draw, native, older=draw.chance(20)),
        "nativePlace": addresses.origin(draw, native, older=draw.chance(15)),
        "ethnicCode": draw.weighted(_ETHNIC),
        "religionCode": draw.weighted(_RELIGION),
        "currentResidence": addresses.residence(draw, home),
        "staffType": life.staff_type,
        "firstRecruitmentDate": days.iso(life.recruited),
        "currentAgencyStartDate": days.iso(life.in_agency_since),
        "rankCode": pay.rank.code,
        "rankAppointmentDate": days.iso(life.rank_since),
        "salaryStep": pay.step,
        "salaryCoefficient": pay.coefficient,
        "salaryFromDate": days.iso(pay.since),
        "salaryPercent": life.percent,
        "professionalLevel": life.level,
    }


def _optional(
    draw: Draw,
    found: JsonObject,
    life: Career,
    place: Workplace,
    held: Post | None,
    every: bool,
    wishes: Wishes,
) -> None:
    particulars.identity(draw, found, life, place, every)
    particulars.party_and_army(draw, found, life, every)
    if held is not None:
        found["currentPositionCode"] = held.position.code
        found["appointmentDate"] = days.iso(held.appointed)
        found["positionAllowanceCoefficient"] = held.position.allowance
        if held.reappointed is not None:
            found["reappointmentDate"] = days.iso(held.reappointed)
        if held.concurrent:
            found["concurrentPositions"] = [*held.concurrent]
            found["concurrentAllowance"] = "0.20"
    if life.over_scale is not None:
        percent, since = life.over_scale
        found["overScalePercent"] = percent
        found["overScaleFromDate"] = days.iso(since)
    found["rankName"] = life.pay[-1].rank.name
    found.update(training.courses(draw, life, wishes))
    _tables(
        found,
        salaryHistory=service.pay_history(life),
        qualification=training.degrees(draw, life),
        workHistory=service.jobs(life, place, held),
        movement=service.movements(draw, life, place),
        allowanceHistory=service.allowances(life, held),
        discipline=(faults := service.disciplined(draw, life, place, wishes)),
        evaluation=service.ratings(draw, life, faults, wishes),
    )
    if every or wishes.married or draw.chance(75):
        name = str(found["birthFullName"]).partition(" ")[0]
        residence = found["currentResidence"]
        home = str(residence["detail"]) if isinstance(residence, dict) else ""
        own, in_laws = family.family(draw, life, name, home, wishes)
        _tables(found, family=own, spouseFamily=in_laws)
    particulars.work(draw, found, life, held, every)
    if every or draw.chance(40):
        particulars.means(draw, found, life, every)


def _tables(found: JsonObject, **tables: list[JsonObject]) -> None:
    """Tables without rows are left out."""
    for name, rows in tables.items():
        if rows:
            found[name] = list(rows)
