"""
A civil servant's family: parents, brothers and sisters, spouse, children, and the spouse's people.

Years of birth lie far enough apart for the rules on generations. A marriage that ended says so
in its row, as the form asks. Not here: names, and whose family it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc import days
from conformance.packs.vn_cbccvc.careers import Career
from conformance.packs.vn_cbccvc.names import full_name
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.population.draw import Draw

#: Codes of codelists/family-relations.csv.
FATHER, MOTHER, WIFE, HUSBAND, CHILD = "01", "02", "03", "04", "05"
SPOUSES: Final = (WIFE, HUSBAND)
_ELDER_BROTHER, _ELDER_SISTER, _YOUNGER = "06", "07", "08"
_FATHER_IN_LAW, _MOTHER_IN_LAW, _IN_LAW = "11", "12", "13"

#: How a row says that a marriage has ended; rule VN-R-072 reads it.
ENDED: Final = ("Đã mất", "Đã ly hôn")

_JOBS: Final = (
    "Nông dân",
    "Công nhân",
    "Giáo viên",
    "Bác sĩ",
    "Kinh doanh tự do",
    "Kế toán",
    "Kỹ sư",
    "Lái xe",
    "Nội trợ",
    "Công chức",
    "Viên chức",
    "Bộ đội",
    "Thợ xây",
    "Điều dưỡng",
)


def family(
    draw: Draw, life: Career, surname: str, home: str, wishes: Wishes
) -> tuple[list[JsonObject], list[JsonObject]]:
    """The tables 36.1 and 36.2 of the form; `home` is where they live, as text."""
    born = days.year(life.born)
    now = days.year(life.last)
    mother = full_name(draw, "2")
    rows = [
        _elder(draw, FATHER, full_name(draw, "1", surname), born - draw.between(22, 38), now, home),
        _elder(draw, MOTHER, mother, born - draw.between(20, 36), now, home),
    ]
    for _ in range(draw.below(4)):
        sex = "1" if draw.below(2) else "2"
        gap = draw.between(-9, 9) or 2
        elder = _ELDER_BROTHER if sex == "1" else _ELDER_SISTER
        relation = _YOUNGER if gap > 0 else elder
        rows.append(_row(draw, relation, full_name(draw, sex, surname), min(born + gap, now), home))
    married = wishes.married or wishes.everything or (now - born >= 25 and draw.chance(78))
    if not married:
        return rows, []
    own = _own_family(draw, life, surname, home, wishes)
    rows += own.rows
    if not (wishes.everything or draw.chance(70)):
        return rows, []
    return rows, _in_laws(draw, own, now, home)


@dataclass(frozen=True, slots=True)
class _Own:
    """Spouse and children, with what the spouse's family needs of the spouse."""

    rows: list[JsonObject]
    spouse: str
    born: int


def _own_family(draw: Draw, life: Career, surname: str, home: str, wishes: Wishes) -> _Own:
    born, now = days.year(life.born), days.year(life.last)
    other, relation = ("2", WIFE) if life.sex == "1" else ("1", HUSBAND)
    spouse = full_name(draw, other)
    rows: list[JsonObject] = []
    if now - born > 40 and draw.chance(6):
        earlier = _row(draw, relation, full_name(draw, other), born + draw.between(-6, 6), home)
        rows.append({**earlier, "detail": f"{draw.pick(ENDED)} năm {now - draw.between(9, 14)}"})
    spouse_born = min(born + draw.between(-6, 6), now - 19)
    rows.append(_row(draw, relation, spouse, spouse_born, home))
    family_name = surname if life.sex == "1" else spouse.partition(" ")[0]
    first = max(born, spouse_born) + draw.between(23, 30)
    for number in range(draw.below(4) or int(wishes.everything)):
        year = first + 3 * number
        if year < now:
            sex = "1" if draw.below(2) else "2"
            child = _row(draw, CHILD, full_name(draw, sex, family_name), year, home)
            rows.append({**child, "detail": _occupation(draw, now - year)})
    return _Own(rows, spouse, spouse_born)


def _in_laws(draw: Draw, own: _Own, now: int, home: str) -> list[JsonObject]:
    name = own.spouse.partition(" ")[0]
    father, mother = own.born - draw.between(22, 38), own.born - draw.between(20, 36)
    rows = [
        _elder(draw, _FATHER_IN_LAW, full_name(draw, "1", name), father, now, home),
        _elder(draw, _MOTHER_IN_LAW, full_name(draw, "2"), mother, now, home),
    ]
    if draw.chance(60):
        sex = "1" if draw.below(2) else "2"
        born = own.born - draw.between(2, 9)
        rows.append(_row(draw, _IN_LAW, full_name(draw, sex, name), born, home))
    return rows


def _row(draw: Draw, relation: str, name: str, born: int, home: str) -> JsonObject:
    return {
        "relation": relation,
        "fullName": name,
        "birthYear": born,
        "detail": f"{draw.pick(_JOBS)}; nơi ở: {home}",
    }


def _elder(draw: Draw, relation: str, name: str, born: int, now: int, home: str) -> JsonObject:
    row = _row(draw, relation, name, born, home)
    if now - born > 72 and draw.chance(50):
        row["detail"] = f"Đã mất năm {born + draw.between(66, now - born)}"
    return row


def _occupation(draw: Draw, age: int) -> str:
    if age < 6:
        return "Còn nhỏ"
    if age < 18:
        return f"Học sinh lớp {min(age - 5, 12)}"
    return "Sinh viên" if age < 23 else draw.pick(_JOBS)
