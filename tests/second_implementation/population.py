"""The match with the population register (M53): here it knows whose profiles were accepted."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from typing import Any

from .profiles import Profiles

TONES = "\u0300\u0301\u0303\u0309\u0323"
VOWELS = re.compile("[aeiouy\u0302\u0306\u031b]+")
#: Of whom the register says something special, in a test environment; told in the metadata.
TEST_PERSONS = tuple(
    {
        "gender": "2",
        "birthDate": f"19{year}-03-08",
        "birthFullName": name,
        "profileId": f"0981{year}000000",
        "result": result,
    }
    for year, name, result in (
        (51, "LÊ THỊ QUÁ CỐ", "DECEASED"),
        (52, "LÊ THỊ TRÙNG SỐ", "DUPLICATE"),
        (53, "LÊ THỊ CHỜ ĐỢI", "SOURCE_UNAVAILABLE"),
    )
)


class Population:
    """Compares people with the register."""

    def __init__(self, profiles: Profiles) -> None:
        self.profiles = profiles

    def match(self, base: sqlite3.Connection, person: dict[str, Any]) -> str:
        for each in TEST_PERSONS:
            if each["profileId"] == person["profileId"]:
                return each["result"]
        stored = self.profiles.read(base, person["profileId"])
        if stored is None:
            return "NOT_FOUND"
        known = stored["profile"]
        if not self.same_name(known["birthFullName"], person["birthFullName"]):
            return "MISMATCH_NAME"
        if known["birthDate"] != person["birthDate"]:
            return "MISMATCH_BIRTH_DATE"
        if known["gender"] != person["gender"]:
            return "MISMATCH_SEX"
        return "MATCHED"

    def same_name(self, one: str, other: str) -> bool:
        """Word by word; where spaces differ, as if there were none."""
        left, right = self.words(one), self.words(other)
        if len(left) != len(right):
            left, right = ["".join(left)], ["".join(right)]
        return [self.heard(each) for each in left] == [self.heard(each) for each in right]

    def words(self, name: str) -> list[str]:
        return unicodedata.normalize("NFD", name.casefold()).split()

    def heard(self, word: str) -> tuple[str, tuple[tuple[int, str], ...]]:
        """
        Letters without tones, and the tones with the number of the group of vowels that bears each.

        A tone may stand on any vowel of its group (hòa, hoà), so only the group counts.
        """
        letters, tones = "", []
        for each in word:
            if each in TONES:
                tones.append((len(VOWELS.findall(letters)), each))
            else:
                letters += each
        return letters, tuple(tones)
