"""
Vietnamese names: surnames as frequent as they are, middle and given names by sex.

Surname shares are rounded from the published study of Lê Trung Hoa (2005), as widely quoted;
middle and given names are a choice of common ones, joined with those of Faker's locale. All
text is NFC. Not here: ids, careers, units.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from conformance.population.draw import Draw, Weighted
from conformance.population.pools import pool

_LOCALE: Final = "vi_VN"


def _capital(names: Mapping[str, int]) -> Weighted[str]:
    """Names as the form writes them; made once, because capitals cost as much as the draw."""
    return Weighted({name.upper(): weight for name, weight in names.items()})


#: In a thousand people.
_SURNAMES: Final = _capital(
    {
        "Nguyễn": 384,
        "Trần": 121,
        "Lê": 95,
        "Phạm": 70,
        "Huỳnh": 26,
        "Hoàng": 25,
        "Phan": 45,
        "Vũ": 20,
        "Võ": 19,
        "Đặng": 21,
        "Bùi": 20,
        "Đỗ": 14,
        "Hồ": 13,
        "Ngô": 13,
        "Dương": 10,
        "Lý": 5,
        "Đào": 8,
        "Đinh": 8,
        "Mai": 7,
        "Trịnh": 7,
        "Trương": 12,
        "Lương": 6,
        "Cao": 6,
        "Tạ": 4,
        "Hà": 6,
        "Lâm": 5,
        "Châu": 3,
        "Quách": 2,
        "Tô": 3,
        "Vương": 3,
        "Thái": 3,
        "Đoàn": 6,
        "La": 2,
        "Kiều": 2,
        "Chu": 3,
        "Nông": 3,
        "Hứa": 1,
        "Thạch": 2,
        "Lò": 2,
        "Giàng": 1,
    }
)

#: Middle names by sex code (`1` male, `2` female).
_MIDDLE: Final = {
    "1": _capital(
        {
            "Văn": 30,
            "Hữu": 9,
            "Đức": 10,
            "Quốc": 7,
            "Minh": 8,
            "Công": 6,
            "Xuân": 6,
            "Đình": 7,
            "Ngọc": 5,
            "Thanh": 5,
            "Quang": 6,
            "Trọng": 3,
            "Bá": 3,
            "Tiến": 3,
            "Anh": 3,
            "Việt": 3,
            "Hoàng": 4,
            "Thế": 4,
            "Mạnh": 3,
            "Duy": 4,
        }
    ),
    "2": _capital(
        {
            "Thị": 45,
            "Thị Thu": 6,
            "Thị Thanh": 6,
            "Thị Ngọc": 5,
            "Thị Kim": 4,
            "Thị Bích": 3,
            "Thị Hồng": 4,
            "Ngọc": 6,
            "Thu": 4,
            "Thanh": 4,
            "Kim": 3,
            "Minh": 3,
            "Phương": 3,
            "Khánh": 2,
            "Bảo": 2,
            "Diệu": 2,
            "Mỹ": 2,
            "Thùy": 3,
        }
    ),
}

#: In one string: a list of a hundred literals is no easier to read.
_GIVEN: Final = {
    "1": (
        "An Bình Chiến Cường Cương Duy Dũng Dương Đạt Định Đông Đức Giang Hà Hải Hào Hậu Hiếu "
        "Hiệp Hòa Hoàng Hùng Hưng Huy Khánh Khiêm Khoa Khôi Kiên Lâm Lợi Long Lộc Luân Lực Mạnh "
        "Minh Nam Nghĩa Nguyên Nhân Nhật Phong Phú Phúc Phước Quân Quang Quốc Quý Quyền Sơn Tài "
        "Tâm Tân Thái Thắng Thành Thiện Thịnh Thông Tiến Toàn Toản Trí Trung Trường Tuấn Tùng "
        "Việt Vinh Vũ Vương Vỹ"
    ),
    "2": (
        "An Anh Ánh Bích Bình Cúc Châu Chi Diễm Diệp Dung Duyên Đào Giang Hà Hạnh Hân Hằng Hiền "
        "Hoa Hòa Hoài Hồng Huệ Huyền Hương Khánh Kiều Lan Lê Liên Liễu Linh Loan Ly Mai My Mỹ Nga "
        "Ngà Ngân Ngọc Nguyệt Nhàn Nhi Nhung Oanh Phượng Phương Quyên Quỳnh Sen Tâm Thảo Thanh Thơ "
        "Thoa Thu Thủy Thúy Thư Thương Tiên Trà Trang Trâm Trinh Trúc Tuyết Tú Uyên Vân Vy Xuân "
        "Yến"
    ),
}


@cache
def given_names(sex: str) -> tuple[str, ...]:
    """Given names of a sex code: ours and those of Faker's locale, sorted."""
    method = "first_name_male" if sex == "1" else "first_name_female"
    return tuple(sorted({*_GIVEN[sex].split(), *pool(_LOCALE, method)}))


@cache
def _capitals(sex: str) -> tuple[str, ...]:
    return tuple(name.upper() for name in given_names(sex))


def surname(draw: Draw) -> str:
    """A family name in capitals."""
    return draw.weighted(_SURNAMES)


def full_name(draw: Draw, sex: str, family: str = "") -> str:
    """
    A full name in capitals, as the form wants it (TT 06/2023: as in the birth certificate).

    Surname first: family name (`family`, when given), middle name, given name.
    """
    middle = draw.weighted(_MIDDLE[sex])
    return f"{family or draw.weighted(_SURNAMES)} {middle} {draw.pick(_capitals(sex))}"


def other_name(draw: Draw, sex: str) -> str:
    """A name by which somebody is also known: two given names."""
    names = given_names(sex)
    return f"{draw.pick(names)} {draw.pick(names)}"


def street_address(draw: Draw, commune: str) -> str:
    """House and street, or hamlet, in a commune; not a real address."""
    if draw.chance(50):
        street = draw.pick(pool(_LOCALE, "street_name"))
        return f"Số {draw.between(1, 480)}, đường {street}, {commune}"
    return f"Thôn {draw.between(1, 12)}, {commune}"


def commune_name(draw: Draw) -> str:
    """A commune's name, without the word for its kind."""
    return draw.pick(pool(_LOCALE, "commune_name"))


def school_name(draw: Draw) -> str:
    """A public school's name."""
    kind = draw.pick(("mầm non", "tiểu học", "trung học cơ sở", "trung học phổ thông"))
    return f"Trường {kind} {draw.pick(pool(_LOCALE, 'street_name'))}"
