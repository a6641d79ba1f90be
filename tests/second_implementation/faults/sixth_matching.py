"""Sixth set: the match with the population register."""

from __future__ import annotations

import sqlite3
import unicodedata
from typing import Any

from tests.second_implementation.faults import fault
from tests.second_implementation.population import Population


# Names are searched without marks everywhere, and the same column is compared here.
@fault("v6-names-without-marks", "VN-MATCH-004")
class NamesWithoutMarks(Population):
    """Compares names without tones and marks, and takes LÊ THI MA for LÊ THỊ MÃ."""

    def heard(self, word: str) -> tuple[str, tuple[tuple[int, str], ...]]:
        bare = "".join(each for each in word if not unicodedata.combining(each))
        return bare.replace("đ", "d"), ()


# Unicode is normalised, which leaves the tone on the letter that it was typed on.
@fault("v6-tone-place-counts", "VN-MATCH-003")
class TonePlaceCounts(Population):
    """Takes hòa and hoà for two names."""

    def heard(self, word: str) -> tuple[str, tuple[tuple[int, str], ...]]:
        return word, ()


# Whatever the call to the register throws becomes an empty result.
@fault("v6-silent-register-knows-nobody", "VN-MATCH-011")
class SilentRegisterKnowsNobody(Population):
    """Says that a person is not found when the register did not answer."""

    def match(self, base: sqlite3.Connection, person: dict[str, Any]) -> str:
        found = super().match(base, person)
        return "NOT_FOUND" if found == "SOURCE_UNAVAILABLE" else found
