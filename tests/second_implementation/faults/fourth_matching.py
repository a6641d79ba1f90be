"""Faults of the match with the population register: the fourth set."""

from __future__ import annotations

import sqlite3
import unicodedata
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation.faults import fault
from tests.second_implementation.messages import MATCH
from tests.second_implementation.population import TEST_PERSONS, TONES, Population
from tests.second_implementation.web import Web


# Names are compared as the keyboard gave them; macOS and old Vietnamese ones give other forms.
@fault("v4-names-not-composed", "VN-MATCH-002")
class NamesNotComposed(Population):
    """Takes a name in decomposed letters for another than the same in composed ones."""

    def same_name(self, one: str, other: str) -> bool:
        forms = [unicodedata.is_normalized("NFC", each) for each in (one, other)]
        return forms[0] == forms[1] and super().same_name(one, other)


# The database compares without accents (utf8mb4_0900_ai_ci, `unaccent`).
@fault("v4-names-without-marks", "VN-MATCH-004")
class NamesWithoutMarks(Population):
    """Overlooks every mark and tone of a name."""

    def words(self, name: str) -> list[str]:
        kept = (each for word in super().words(name) for each in (*word, " "))
        return "".join(each for each in kept if not unicodedata.combining(each)).split()


# Names are normalised to NFC and put into capitals, and that was thought to be all.
@fault("v4-tone-place-counts", "VN-MATCH-003")
class TonePlaceCounts(Population):
    """Takes HÒA and HOÀ for two names."""

    def heard(self, word: str) -> tuple[str, tuple[tuple[int, str], ...]]:
        return word, tuple((at, each) for at, each in enumerate(word) if each in TONES)


# What the register says of a person's state is read when the person was found to be the same.
@fault("v4-state-after-name", "VN-MATCH-009", "VN-MATCH-010")
class StateAfterName(Population):
    """Says of the dead and of ids that several bear what differs, where something does."""

    def match(self, base: sqlite3.Connection, person: dict[str, Any]) -> str:
        for known in TEST_PERSONS:
            if known["profileId"] != person["profileId"]:
                continue
            if known["result"] == "SOURCE_UNAVAILABLE":
                break
            if not self.same_name(known["birthFullName"], person["birthFullName"]):
                return "MISMATCH_NAME"
            if known["birthDate"] != person["birthDate"]:
                return "MISMATCH_BIRTH_DATE"
            if known["gender"] != person["gender"]:
                return "MISMATCH_SEX"
        return super().match(base, person)


# A row of the register is made when a profile is created; an update is not passed on.
@fault("v4-register-of-first-versions", "VN-MATCH-001")
class RegisterOfFirstVersions(Population):
    """Compares with what was accepted first, and not with its correction."""

    def match(self, base: sqlite3.Connection, person: dict[str, Any]) -> str:
        versions = self.profiles.history(base, person["profileId"])
        if not versions:
            return super().match(base, person)
        known = versions[0]["profile"]
        if not self.same_name(known["birthFullName"], person["birthFullName"]):
            return "MISMATCH_NAME"
        if known["birthDate"] != person["birthDate"]:
            return "MISMATCH_BIRTH_DATE"
        if known["gender"] != person["gender"]:
            return "MISMATCH_SEX"
        return "MATCHED"


# One `try` stands around the questions for all people of the message.
@fault("v4-one-outage-for-all", "VN-MATCH-011")
class OneOutageForAll(Web):
    """Says that the register did not answer about anybody when it did not about one."""

    def match(self, request: Request, _: dict[str, Any]) -> Response:
        message = self.parts.messages.open(request, MATCH)
        with self.parts.store.open() as base:
            told = [self.parts.population.match(base, each) for each in message["persons"]]
        if "SOURCE_UNAVAILABLE" in told:
            told = ["SOURCE_UNAVAILABLE"] * len(told)
        results = [{"result": each, "recordNo": number} for number, each in enumerate(told, 1)]
        answer = {"results": results, "messageId": message["header"]["messageId"]}
        return self.parts.answers.json(answer)
