"""The code lists of vn-cbccvc: complete, versioned, and in agreement with one another."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from conformance import resources
from conformance.contract.codelists import CodeLists

LISTS = CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0")
BEFORE, SINCE = date(2025, 6, 30), date(2025, 7, 1)
OLD_AND_NEW = (date(2004, 11, 26), SINCE)

#: Seven provinces bear the code of a partner, and not that of the old province of their name.
PARTNERS = {
    "Lào Cai": ("10", "15"),
    "Bắc Ninh": ("27", "24"),
    "Quảng Trị": ("45", "44"),
    "Gia Lai": ("64", "52"),
    "Tây Ninh": ("72", "80"),
    "Đồng Tháp": ("87", "82"),
    "An Giang": ("89", "91"),
}


def names(name, day):
    return {row["code"]: row["name_vi"] for row in LISTS.rows(name, day)}


def short(name):
    """A province's name alone; Thừa Thiên Huế is called Huế since it became a city."""
    bare = name.removeprefix("Thành phố ").removeprefix("Tỉnh ")
    return bare.removeprefix("Thừa Thiên ")


def test_63_provinces_became_34():
    assert LISTS.versions("provinces") == OLD_AND_NEW
    assert (len(names("provinces", BEFORE)), len(names("provinces", SINCE))) == (63, 34)
    assert len(LISTS.closed("provinces", SINCE)) == 29


def test_the_map_leads_every_old_province_to_a_new_one():
    mapped = LISTS.rows("province-map", SINCE)
    old, new = names("provinces", BEFORE), names("provinces", SINCE)
    assert {row["code"]: row["name_vi"] for row in mapped} == old
    assert {row["new_code"]: row["new_name"] for row in mapped} == new
    assert [row["birth_registration"] for row in mapped] == [f"0{code}" for code in old]
    for row in mapped:
        province = LISTS.row("provinces", row["code"], BEFORE)
        # Of a province that stayed as it was there is one row.
        assert province["merged_into"] in (row["new_code"], "")
        assert province["merged_into"] or row["code"] == row["new_code"]


@pytest.mark.parametrize("province", PARTNERS)
def test_seven_provinces_bear_their_partners_code(province):
    own, partners = PARTNERS[province]
    assert names("provinces", BEFORE)[own].endswith(province)
    assert names("provinces", SINCE)[partners].endswith(province)
    assert not names("provinces", BEFORE)[partners].endswith(province)
    assert LISTS.row("provinces", own, SINCE) is None


def test_all_other_provinces_keep_the_code_of_their_name():
    old = {short(name): code for code, name in names("provinces", BEFORE).items()}
    for code, name in names("provinces", SINCE).items():
        kept = old[short(name)] == code
        assert kept is (short(name) not in PARTNERS), name


def test_3321_communes_lie_in_34_provinces():
    assert LISTS.versions("communes") == OLD_AND_NEW
    rows = LISTS.rows("communes", SINCE)
    kinds = [row["division_type"] for row in rows]
    assert len(rows) == 3321
    assert {kind: kinds.count(kind) for kind in kinds} == {"xã": 2621, "phường": 687, "đặc khu": 13}
    assert {row["province_code"] for row in rows} == set(names("provinces", SINCE))


def test_10035_communes_lay_in_63_provinces():
    rows = LISTS.rows("communes", BEFORE)
    assert len(rows) == 10_035
    assert {row["province_code"] for row in rows} == set(names("provinces", BEFORE))


def test_every_old_commune_is_mapped_into_the_new_province_of_its_own():
    """Nothing is lost on the way, and no commune moved to a province that its own did not join."""
    provinces = {row["code"]: row["new_code"] for row in LISTS.rows("province-map", SINCE)}
    mapped = LISTS.rows("commune-map", SINCE)
    assert {row["code"]: row["name_vi"] for row in mapped} == names("communes", BEFORE)
    reached = set()
    for row in mapped:
        heirs = [row["new_code"], *filter(None, row["also_in"].split("|"))]
        assert len(set(heirs)) == len(heirs)
        old = LISTS.row("communes", row["code"], BEFORE)
        for heir in heirs:
            new = LISTS.row("communes", heir, SINCE)
            assert new["province_code"] == provinces[old["province_code"]], row
        reached.update(heirs)
    # Five special zones arose from island districts, which had no communes.
    islands = {"11948", "19742", "20333", "21548", "26732"}
    assert set(names("communes", SINCE)) - reached == islands


def test_agency_codes_keep_the_name_where_province_codes_keep_the_seat():
    assert LISTS.versions("agency-codes") == (date(2016, 1, 1), SINCE)
    for letter in "HK":
        codes = {code for code in names("agency-codes", BEFORE) if code[0] == letter}
        assert codes == {f"{letter}{number:02d}" for number in range(1, 64)}
        assert len({code for code in names("agency-codes", SINCE) if code[0] == letter}) == 34
    open_now = {name.split(" ", 4)[-1] for name in names("agency-codes", SINCE).values()}
    for name in names("provinces", SINCE).values():
        assert any(one.endswith(short(name)) for one in open_now), name


def test_ethnic_groups_bear_two_numbers():
    rows = LISTS.rows("ethnic", SINCE)
    codes = [f"{number:02d}" for number in range(1, 55)]
    assert sorted(row["code"] for row in rows) == codes
    assert sorted(row["code_1979"] for row in rows) == codes
    numbers = {row["name_vi"]: (row["code"], row["code_1979"]) for row in rows}
    assert (numbers["Mường"], numbers["Hoa"]) == (("04", "06"), ("06", "04"))


def test_two_forms_of_discipline_were_abolished_in_july_2025():
    abolished = {row["code"]: row["abolished"] for row in LISTS.rows("discipline-forms", SINCE)}
    assert {code for code, day in abolished.items() if day} == {"HBL", "GC"}
    assert abolished["HBL"] == abolished["GC"] == SINCE.isoformat()


@pytest.mark.parametrize("name", LISTS.names)
def test_every_row_says_what_its_code_means(name):
    for day in LISTS.versions(name):
        for row in LISTS.rows(name, day):
            assert row["name_vi"].strip() == row["name_vi"] != ""
            assert unicodedata.is_normalized("NFC", "".join(row.values()))
            assert row["valid_from"]
