"""
What a civil servant has studied: degrees, and the courses that service asks for.

Degrees follow the career (`careers` says when each study began). Courses follow recruitment.
Not here: which level a rank needs.
"""

from __future__ import annotations

from typing import Final

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc import days
from conformance.packs.vn_cbccvc.careers import STUDY, Career
from conformance.packs.vn_cbccvc.wishes import Wishes
from conformance.population.draw import Draw, Weighted

_SCHOOLS: Final = {
    "SC": ("Trung tâm Giáo dục nghề nghiệp tỉnh", "Trường Trung cấp nghề số 2"),
    "TC": ("Trường Trung cấp Kinh tế", "Trường Trung cấp Y tế", "Trường Trung cấp Văn thư Lưu trữ"),
    "CD": ("Trường Cao đẳng Sư phạm", "Trường Cao đẳng Y tế", "Trường Cao đẳng Kinh tế - Kỹ thuật"),
    "DH": (
        "Trường Đại học Luật",
        "Trường Đại học Kinh tế",
        "Trường Đại học Sư phạm",
        "Trường Đại học Y Dược",
        "Trường Đại học Nông Lâm",
        "Trường Đại học Bách khoa",
        "Học viện Hành chính và Quản trị công",
        "Học viện Tài chính",
    ),
}
_MAJORS: Final = (
    "Luật",
    "Quản lý nhà nước",
    "Kế toán",
    "Kinh tế phát triển",
    "Sư phạm Toán học",
    "Sư phạm Ngữ văn",
    "Giáo dục tiểu học",
    "Giáo dục mầm non",
    "Y đa khoa",
    "Điều dưỡng",
    "Công nghệ thông tin",
    "Lưu trữ học",
    "Quản lý đất đai",
    "Xây dựng dân dụng",
    "Lâm nghiệp",
)
_MODES: Final = Weighted({"CQ": 75, "VLVH": 15, "LT": 6, "TX": 4})
_THEORY_SCHOOL: Final = "Trường Chính trị tỉnh"
_ADMINISTRATION: Final = "Học viện Hành chính và Quản trị công"
_ARMY: Final = "Trường Quân sự tỉnh"
_CENTRE: Final = "Trung tâm Ngoại ngữ - Tin học"
#: By salary group: the certificate of state management that goes with it.
_MANAGEMENT: Final = {"A3": "CVCC", "CG": "CVCC", "A2": "CVC", "A1": "CV"}
_LANGUAGES: Final = Weighted({"EN": 80, "FR": 5, "ZH": 10, "RU": 5})
_LEVELS: Final = Weighted({"B2": 40, "B3": 45, "B4": 13, "B5": 2})


def degrees(draw: Draw, life: Career) -> list[JsonObject]:
    """Table 32.1: one row for each degree, in the order in which they were earned."""
    major = draw.pick(_MAJORS)
    rows = [_degree(draw, life.entry_level, major, life.study_from, STUDY[life.entry_level])]
    if life.master_from is not None:
        rows.append(_degree(draw, "THS", major, life.master_from, 24))
    if life.doctor_from is not None:
        rows.append(_degree(draw, "TS", major, life.doctor_from, 48))
    return rows


def courses(draw: Draw, life: Career, wishes: Wishes) -> JsonObject:
    """Tables 32.2 to 32.6, those of them that hold a row."""
    every = wishes.everything
    served = (life.last >> 5) - (life.recruited >> 5)
    found: JsonObject = {}
    if served < 14:
        return found
    if life.admitted is not None and (every or draw.chance(60)):
        start, end = _course(draw, life, 12)
        degree = "CC" if served > 180 and draw.chance(30) else "TC"
        found["politicalTheory"] = [
            {
                "from": start,
                "to": end,
                "institution": _THEORY_SCHOOL,
                "mode": "VLVH",
                "degree": degree,
            }
        ]
    certificate = _MANAGEMENT.get(life.pay[-1].rank.group[:2], "CS")
    if every or (life.staff_type != "VC" and draw.chance(70)):
        found["stateManagement"] = [_row(draw, life, 3, _ADMINISTRATION, certificate)]
    if every or draw.chance(35):
        found["defenceSecurity"] = [_row(draw, life, 1, _ARMY, "DT3" if draw.chance(15) else "DT4")]
    if every or draw.chance(55):
        found["informatics"] = [_row(draw, life, 3, _CENTRE, "NC" if draw.chance(10) else "CB")]
    if every or draw.chance(50):
        row = _row(draw, life, 6, _CENTRE, draw.weighted(_LEVELS))
        language: JsonObject = {**row, "language": draw.weighted(_LANGUAGES)}
        if every or draw.chance(30):
            language["score"] = f"{draw.between(50, 95) / 10:.1f}"
        found["language"] = [language]
    return found


def _degree(draw: Draw, level: str, major: str, start: int, months: int) -> JsonObject:
    return {
        "from": days.iso_month(start),
        "to": days.iso_month(start + months),
        "institution": draw.pick(_SCHOOLS.get(level) or _SCHOOLS["DH"]),
        "major": major,
        "mode": "CQ" if level in ("THS", "TS") else draw.weighted(_MODES),
        "degree": level,
    }


def _course(draw: Draw, life: Career, months: int) -> tuple[str, str]:
    first = life.recruited >> 5
    start = first + draw.below((life.last >> 5) - first - months)
    return days.iso_month(start), days.iso_month(start + months)


def _row(draw: Draw, life: Career, months: int, school: str, certificate: str) -> JsonObject:
    start, end = _course(draw, life, months)
    return {"from": start, "to": end, "institution": school, "certificate": certificate}
