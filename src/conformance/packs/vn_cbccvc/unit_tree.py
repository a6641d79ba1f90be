"""
Synthetic unit trees below the root of every test environment.

Departments (SO) and commune committees (UBNDX) stand directly below the root, as they do in a
province since 1 July 2025 (NĐ 150/2025/NĐ-CP); each brings its divisions, sub-departments,
schools and stations. Not here: people.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Final

from conformance import resources
from conformance.contract.codelists import CodeLists
from conformance.errors import UsageError
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.names import commune_name, school_name
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT
from conformance.population.draw import Draw, permuted

#: The day on which the two-level local government began: no unit of ours is older.
REFORM: Final = date(2025, 7, 1)
#: A server's calendar may be behind ours: nothing begins on the last two days.
MARGIN: Final = timedelta(days=2)
#: Codes of three digits, below one parent.
_CODES: Final = 900

_DEPARTMENTS: Final = (
    "Sở Nội vụ",
    "Sở Tài chính",
    "Sở Tư pháp",
    "Sở Công Thương",
    "Sở Nông nghiệp và Môi trường",
    "Sở Xây dựng",
    "Sở Khoa học và Công nghệ",
    "Sở Giáo dục và Đào tạo",
    "Sở Y tế",
    "Sở Văn hóa, Thể thao và Du lịch",
    "Sở Dân tộc và Tôn giáo",
    "Sở Ngoại vụ",
)
_DIVISIONS: Final = (
    "Văn phòng sở",
    "Phòng Tổ chức cán bộ",
    "Phòng Kế hoạch - Tài chính",
    "Phòng Pháp chế",
    "Phòng Quản lý hồ sơ",
    "Phòng Cải cách hành chính",
    "Phòng Công nghệ thông tin",
    "Phòng Thi đua - Khen thưởng",
    "Phòng Thanh tra, kiểm tra",
    "Phòng Hợp tác quốc tế",
)
_SUB_DEPARTMENTS: Final = (
    "Chi cục Văn thư - Lưu trữ",
    "Chi cục Tiêu chuẩn Đo lường Chất lượng",
    "Chi cục Kiểm lâm",
    "Chi cục Dân số",
)
_SERVICE_UNITS: Final = (
    "Trung tâm Dịch vụ việc làm",
    "Trung tâm Kỹ thuật và Công nghệ số",
    "Trung tâm Đào tạo, bồi dưỡng",
)


def units(*, seed: int, count: int, as_of: date) -> tuple[JsonObject, ...]:
    """
    `count` units, parents before children; a longer call begins with the shorter one's units.

    The first one and its like are children of the environment's root unit, which is not
    among them. All are alive on `as_of`.

    Raises:
        UsageError: more units than one seed can number.
    """
    found = tuple(islice(_trees(seed, as_of), count))
    if len(found) < count:
        raise UsageError(
            "one seed does not number so many units",
            where="--count",
            value=str(count),
            remedy=f"Ask for at most {len(found)}, or use several seeds.",
        )
    return found


def _trees(seed: int, as_of: date) -> Iterator[JsonObject]:
    draw = Draw(seed).fork("units")
    province = draw.pick(_code_lists().alive("provinces", as_of))
    start = _start(as_of)
    for index in range(_CODES):
        own = draw.fork("tree", index)
        code = f"{ROOT_UNIT}.{100 + permuted(index, _CODES, seed)}"
        # Six units are what the people of one call work in: the first tree is a department.
        grow = _commune if index and own.chance(60) else _department
        yield from grow(own, code, _Frame(province=province, start=start, as_of=as_of))


class _Frame:
    """What all units of one tree share, and how one unit is written."""

    def __init__(self, *, province: str, start: date, as_of: date) -> None:
        self._province = province
        self._start = start
        self._last = max(start, as_of - MARGIN)

    def unit(
        self, draw: Draw, code: str, kind: str, name: str, *, root: bool = False
    ) -> JsonObject:
        """One unit below the code that its own code begins with."""
        # Some were founded later; a parent is never younger than its child.
        late = not root and draw.chance(15)
        start = draw.day(self._start, self._last) if late else self._start
        return {
            "unitCode": code,
            "parentCode": code.rpartition(".")[0],
            "name": name,
            "unitType": kind,
            "provinceCode": self._province,
            "effectiveFrom": start.isoformat(),
            "effectiveTo": None,
        }


def _department(draw: Draw, code: str, frame: _Frame) -> Iterator[JsonObject]:
    yield frame.unit(draw, code, "SO", draw.pick(_DEPARTMENTS), root=True)
    numbers = _numbers(draw)
    for name in _some(draw, _DIVISIONS, 4, len(_DIVISIONS)):
        yield frame.unit(draw, f"{code}.{next(numbers)}", "PCM", name)
    for name in _some(draw, _SERVICE_UNITS, 1, len(_SERVICE_UNITS)):
        yield frame.unit(draw, f"{code}.{next(numbers)}", "DVSN", name)
    for name in _some(draw, _SUB_DEPARTMENTS, 1, 2):
        below = f"{code}.{next(numbers)}"
        # Its divisions may be founded on any day of its life, so it is as old as the tree.
        yield frame.unit(draw, below, "CHICUC", name, root=True)
        inner = _numbers(draw.fork(below))
        for division in _some(draw, _DIVISIONS[1:], 2, 4):
            yield frame.unit(draw, f"{below}.{next(inner)}", "PCM", division)


def _commune(draw: Draw, code: str, frame: _Frame) -> Iterator[JsonObject]:
    ward = draw.chance(35)
    place = f"{'phường' if ward else 'xã'} {commune_name(draw)}"
    economic = "Phòng Kinh tế, Hạ tầng và Đô thị" if ward else "Phòng Kinh tế"
    yield frame.unit(draw, code, "UBNDX", f"Ủy ban nhân dân {place}", root=True)
    numbers = _numbers(draw)
    for kind, name in (
        ("VPHDUB", f"Văn phòng Hội đồng nhân dân và Ủy ban nhân dân {place}"),
        ("PKT", f"{economic} {place}"),
        ("PVHXH", f"Phòng Văn hóa - Xã hội {place}"),
        ("TTPVHCC", f"Trung tâm Phục vụ hành chính công {place}"),
        ("TYT", f"Trạm Y tế {place}"),
    ):
        yield frame.unit(draw, f"{code}.{next(numbers)}", kind, name)
    for _ in range(draw.between(3, 12)):
        yield frame.unit(draw, f"{code}.{next(numbers)}", "TRUONG", school_name(draw))


def _numbers(draw: Draw) -> Iterator[int]:
    """Distinct numbers of three digits: trees of different seeds seldom share a code."""
    own = draw.bits()
    return (100 + permuted(index, _CODES, own) for index in range(_CODES))


def _some(draw: Draw, names: tuple[str, ...], low: int, high: int) -> list[str]:
    first = draw.below(len(names))
    turned = names[first:] + names[:first]
    return list(turned[: draw.between(low, high)])


def _start(as_of: date) -> date:
    return REFORM if as_of - MARGIN > REFORM else date(as_of.year - 5, 7, 1)


def _code_lists() -> CodeLists:
    return CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0")
