"""Faulty references: what the population register says of people."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.matching import (
    DECEASED,
    DUPLICATE,
    MATCHED,
    MISMATCHES,
    NOT_FOUND,
    SOURCE_UNAVAILABLE,
    TEST_PERSONS,
    tone_last,
)
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.reference.exchange import Outgoing


class NeverMatches(ProviderMutant):
    """Finds nobody where nothing differs."""

    breaks = ("VN-MATCH-001",)

    def answer_without_difference(self) -> str:
        return NOT_FOUND


class ComparesCapitals(ProviderMutant):
    """Finds another name in small letters."""

    breaks = ("VN-MATCH-002",)

    def spoken(self, name: str) -> str:
        return " ".join(tone_last(s) for s in unicodedata.normalize("NFD", name).split())


class ComparesSpaces(ProviderMutant):
    """Finds another name where there is a space more."""

    breaks = ("VN-MATCH-002",)

    def spoken(self, name: str) -> str:
        return " ".join(tone_last(s) for s in _decomposed(name).split(" "))


class ComparesCharacters(ProviderMutant):
    """Finds another name in decomposed letters, and so in those with a moved mark."""

    breaks = ("VN-MATCH-002", "VN-MATCH-003")

    def spoken(self, name: str) -> str:
        return " ".join(name.casefold().split())


class MindsThePlaceOfTheMark(ProviderMutant):
    """Finds another name where the tone mark stands on the other vowel."""

    breaks = ("VN-MATCH-003",)

    def spoken(self, name: str) -> str:
        return " ".join(_decomposed(name).split())


class ComparesWithoutMarks(ProviderMutant):
    """Compares names as they are typed without marks."""

    breaks = ("VN-MATCH-004",)

    def spoken(self, name: str) -> str:
        plain = (c for c in _decomposed(name).replace("đ", "d") if not unicodedata.combining(c))
        return " ".join("".join(plain).split())


class TakesOneIForTheOther(ProviderMutant):
    """Takes i for y."""

    breaks = ("VN-MATCH-004",)

    def spoken(self, name: str) -> str:
        return super().spoken(name).replace("y", "i")


class TakesDForBarredD(ProviderMutant):
    """Takes d for đ."""

    breaks = ("VN-MATCH-004",)

    def spoken(self, name: str) -> str:
        return super().spoken(name).replace("đ", "d")


class ComparesNamesAsBags(ProviderMutant):
    """Finds a name whatever the order of its words."""

    breaks = ("VN-MATCH-004",)

    def spoken(self, name: str) -> str:
        return " ".join(sorted(super().spoken(name).split()))


class KnowsPeopleAsTheyCame(ProviderMutant):
    """Knows people as they were first accepted: no correction reaches the register."""

    breaks = ("VN-MATCH-001",)

    def known(self, profile_id: str) -> JsonObject | None:
        known, row = super().known(profile_id), self.stored_profile(profile_id)
        first = self.versions(profile_id, row)[0]["profile"] if row else None
        return {**known, **first} if known and isinstance(first, dict) else known


class ComparesTheYearAlone(ProviderMutant):
    """Compares the years of birth, without months and days."""

    breaks = ("VN-MATCH-005",)

    def differs(self, name: str, person: JsonObject, known: JsonObject) -> bool:
        if name == "birthDate":
            return str(person[name])[:4] != str(known[name])[:4]
        return super().differs(name, person, known)


class ForgetsTheSex(ProviderMutant):
    """Does not compare the sex."""

    breaks = ("VN-MATCH-006",)

    def questions(self) -> Mapping[str, str]:
        return {name: word for name, word in super().questions().items() if name != "gender"}


class LooksAtTheIdAlone(ProviderMutant):
    """Finds a match wherever it knows the personal id."""

    # Every difference is a requirement of its own.
    breaks = ("VN-MATCH-004", "VN-MATCH-005", "VN-MATCH-006", "VN-MATCH-007")

    def differs(self, name: str, person: JsonObject, known: JsonObject) -> bool:
        return False


class NamesTheLastDifference(ProviderMutant):
    """Names the last of several differences."""

    breaks = ("VN-MATCH-007",)

    def questions(self) -> Mapping[str, str]:
        return dict(reversed(tuple(super().questions().items())))


class KnowsEverybody(ProviderMutant):
    """Matches people whose id it does not know."""

    breaks = ("VN-MATCH-008", "VN-PRIV-008")

    def answer_about_nobody(self) -> str:
        return MATCHED


class RaisesTheDead(ProviderMutant):
    """Matches people who died."""

    breaks = ("VN-MATCH-009",)

    def special(self, profile_id: str) -> str:
        found = super().special(profile_id)
        return MATCHED if found == DECEASED else found


class ComparesNamesBeforeDeaths(ProviderMutant):
    """Says that somebody died only of whom it calls so."""

    breaks = ("VN-MATCH-009",)

    def match(self, person: JsonObject) -> str:
        found = super().match(person)
        dead = [one for one in TEST_PERSONS if one["profileId"] == person["profileId"]]
        if found == DECEASED and self.differs("birthFullName", person, dead[0]):
            return MISMATCHES["birthFullName"]
        return found


class TakesTheFirstOfTwo(ProviderMutant):
    """Matches an id with the first of those who bear it."""

    breaks = ("VN-MATCH-010",)

    def special(self, profile_id: str) -> str:
        found = super().special(profile_id)
        return MATCHED if found == DUPLICATE else found


class TakesSilenceForAbsence(ProviderMutant):
    """Finds nobody when the register does not answer."""

    breaks = ("VN-MATCH-011",)

    def special(self, profile_id: str) -> str:
        found = super().special(profile_id)
        return NOT_FOUND if found == SOURCE_UNAVAILABLE else found


class SpreadsTheSilence(ProviderMutant):
    """Says of everybody in a message what it says of one: that the register did not answer."""

    breaks = ("VN-MATCH-011",)

    def match_population(self, message: Json) -> Outgoing:
        answer = super().match_population(message)
        told = answer.json.get("results") if isinstance(answer.json, dict) else None
        results = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        if all(one["result"] != SOURCE_UNAVAILABLE for one in results):
            return answer
        silent: list[Json] = [{**one, "result": SOURCE_UNAVAILABLE} for one in results]
        assert isinstance(answer.json, dict)
        return replace(answer, json={**answer.json, "results": silent})


def _decomposed(name: str) -> str:
    return unicodedata.normalize("NFD", name.casefold())


POPULATION_MATCH: Final = (
    NeverMatches,
    ComparesCapitals,
    ComparesSpaces,
    ComparesCharacters,
    MindsThePlaceOfTheMark,
    ComparesWithoutMarks,
    TakesOneIForTheOther,
    TakesDForBarredD,
    ComparesNamesAsBags,
    KnowsPeopleAsTheyCame,
    LooksAtTheIdAlone,
    ComparesTheYearAlone,
    ForgetsTheSex,
    NamesTheLastDifference,
    KnowsEverybody,
    RaisesTheDead,
    ComparesNamesBeforeDeaths,
    TakesTheFirstOfTwo,
    TakesSilenceForAbsence,
    SpreadsTheSilence,
)
