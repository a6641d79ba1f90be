"""
Synthetic unit trees below the root of every test environment.

Departments (SO) and commune committees (UBNDX) stand directly below the root, as they do in a
province since 1 July 2025 (NĐ 150/2025/NĐ-CP: two tiers, no district); each brings its divisions,
sub-departments, schools and stations. Beside them stand ministries, with their offices, advisory
and executing departments. Not here: people.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
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
_MINISTRY: Final = (
    "Bộ Nội vụ",
    "Bộ Tài chính",
    "Bộ Tư pháp",
    "Bộ Xây dựng",
    "Bộ Y tế",
    "Bộ Khoa học và Công nghệ",
)
_ADVISORY: Final = (
    "Vụ Tổ chức cán bộ",
    "Vụ Pháp chế",
    "Vụ Kế hoạch - Tài chính",
    "Vụ Hợp tác quốc tế",
)
_EXECUTING: Final = (
    "Cục Chuyển đổi số",
    "Cục Việc làm",
    "Cục Quản lý chuyên ngành",
)
#: In a hundred trees.
_MINISTRIES: Final = 8
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
        frame = _Frame(province=province, start=start, as_of=as_of)
        lot = own.below(100)
        # Six units are what the people of one call work in: those of the first tree.
        if lot < _MINISTRIES * (5 if index == 0 else 1):
            yield from _ministry(own, code, frame)
        elif index and lot < 60:
            yield from _commune(own, code, frame)
        else:
            yield from _department(own, code, frame)


class _Frame:
    """What all units of one tree share, and how one unit is written."""

    def __init__(self, *, province: str, start: date, as_of: date) -> None:
        self._province = province
        self._start = start
        self._last = max(start, as_of - MARGIN)

    def unit(
        self, draw: Draw, code: str, kind: str, name: str, *, root: bool = False, quota: int = 0
    ) -> JsonObject:
        """
        One unit below the code that its own code begins with.

        Args:
            root: it has units below it, which may begin on any day of its life.
            quota: its posts; 0 for a number that any parent of ours has room for.
        """
        # Some were founded later; a parent is never younger than its child.
        late = not root and draw.chance(15)
        start = draw.day(self._start, self._last) if late else self._start
        unit: JsonObject = {
            "unitCode": code,
            "parentCode": code.rpartition(".")[0],
            "name": name,
            "unitType": kind,
            "provinceCode": self._province,
            "effectiveFrom": start.isoformat(),
            "effectiveTo": None,
        }
        tier = _tier(kind)
        if tier:
            unit["tier"] = tier
        if draw.chance(40):
            unit["decisionNo"] = f"{draw.between(101, 3900)}/QĐ-UBND"
            unit["decisionDate"] = (start - timedelta(days=draw.between(1, 20))).isoformat()
        if quota or draw.chance(30):
            unit["staffQuota"] = quota or draw.between(4, 14)
        if root and draw.chance(50):
            unit["shortName"] = "".join(word[0] for word in name.split() if word[0].isalpha())
        return unit


@cache
def _tier(kind: str) -> str:
    row = _code_lists().row("unit-types", kind, REFORM)
    tier = row["tier"] if row else ""
    return tier if tier in ("central", "province", "commune") else ""


def _department(draw: Draw, code: str, frame: _Frame) -> Iterator[JsonObject]:
    yield frame.unit(draw, code, "SO", draw.pick(_DEPARTMENTS), root=True, quota=600)
    numbers = _numbers(draw)
    for name in _some(draw, _DIVISIONS, 4, len(_DIVISIONS)):
        yield frame.unit(draw, f"{code}.{next(numbers)}", "PCM", name)
    for name in _some(draw, _SERVICE_UNITS, 1, len(_SERVICE_UNITS)):
        yield frame.unit(draw, f"{code}.{next(numbers)}", "DVSN", name)
    for name in _some(draw, _SUB_DEPARTMENTS, 1, 2):
        below = f"{code}.{next(numbers)}"
        # Its divisions may be founded on any day of its life, so it is as old as the tree.
        yield frame.unit(draw, below, "CHICUC", name, root=True, quota=60)
        inner = _numbers(draw.fork(below))
        for division in _some(draw, _DIVISIONS[1:], 2, 4):
            yield frame.unit(draw, f"{below}.{next(inner)}", "PCM", division)


def _ministry(draw: Draw, code: str, frame: _Frame) -> Iterator[JsonObject]:
    # Not one that exists: the code lies below the root of a test environment.
    name = f"{draw.pick(_MINISTRY)} (thử nghiệm)"
    yield frame.unit(draw, code, "BO", name, root=True, quota=900)
    numbers = _numbers(draw)
    yield frame.unit(draw, f"{code}.{next(numbers)}", "VPB", "Văn phòng bộ")
    for division in _some(draw, _ADVISORY, 2, len(_ADVISORY)):
        yield frame.unit(draw, f"{code}.{next(numbers)}", "VU", division)
    for department in _some(draw, _EXECUTING, 2, len(_EXECUTING)):
        below = f"{code}.{next(numbers)}"
        yield frame.unit(draw, below, "CUC", department, root=True, quota=90)
        inner = _numbers(draw.fork(below))
        for name in _some(draw, _SERVICE_UNITS, 1, 2):
            yield frame.unit(draw, f"{below}.{next(inner)}", "DVSN", name)


def _commune(draw: Draw, code: str, frame: _Frame) -> Iterator[JsonObject]:
    ward = draw.chance(35)
    place = f"{'phường' if ward else 'xã'} {commune_name(draw)}"
    economic = "Phòng Kinh tế, Hạ tầng và Đô thị" if ward else "Phòng Kinh tế"
    yield frame.unit(draw, code, "UBNDX", f"Ủy ban nhân dân {place}", root=True, quota=300)
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
