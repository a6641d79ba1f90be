"""Faults of the match with the population register: the second set."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation.faults import fault
from tests.second_implementation.population import TEST_PERSONS, Population
from tests.second_implementation.profiles import Profiles
from tests.second_implementation.web import Web


@fault("d-bar-ignored", "VN-MATCH-004")
class DBarIgnored(Population):
    """Takes đ for d, as a folding to ASCII does, and keeps every other mark."""

    def words(self, name: str) -> list[str]:
        return super().words(name.casefold().replace("đ", "d"))


@fault("middle-names-unread", "VN-MATCH-004")
class MiddleNamesUnread(Population):
    """Compares the family name and the given name, and nothing between them."""

    def same_name(self, one: str, other: str) -> bool:
        left, right = self.words(one), self.words(other)
        ends = [left[0], left[-1]], [right[0], right[-1]]
        return super().same_name(one, other) or super().same_name(*map(" ".join, ends))


@fault("words-in-any-order", "VN-MATCH-004")
class WordsInAnyOrder(Population):
    """Compares the words of a name as a bag: the given name may come first."""

    def same_name(self, one: str, other: str) -> bool:
        bags = (" ".join(sorted(self.words(each))) for each in (one, other))
        return super().same_name(one, other) or super().same_name(*bags)


@fault("known-as-first-sent", "VN-MATCH-001")
class KnownAsFirstSent(Population):
    """Knows people as they were first accepted: a correction does not reach the register."""

    def __init__(self, profiles: Profiles) -> None:
        super().__init__(FirstVersions(profiles.feed))


class FirstVersions(Profiles):
    def read(self, base: sqlite3.Connection, key: str) -> dict[str, Any] | None:
        return next(iter(self.history(base, key)), None)


@fault("name-before-death", "VN-MATCH-009")
class NameBeforeDeath(Population):
    """Compares the name first, and says that somebody died only of whom it calls so."""

    def match(self, base: sqlite3.Connection, person: dict[str, Any]) -> str:
        result = super().match(base, person)
        for each in TEST_PERSONS:
            if each["profileId"] == person["profileId"] and each["result"] == "DECEASED":
                same = self.same_name(each["birthFullName"], person["birthFullName"])
                return result if same else "MISMATCH_NAME"
        return result


@fault("outage-spreads", "VN-MATCH-011")
class OutageSpreads(Web):
    """Says of everybody in a message what it says of one: the register did not answer."""

    def match(self, request: Request, _: dict[str, Any]) -> Response:
        told = json.loads(super().match(request, _).data)
        if any(each["result"] == "SOURCE_UNAVAILABLE" for each in told["results"]):
            for each in told["results"]:
                each["result"] = "SOURCE_UNAVAILABLE"
        return self.parts.answers.json(told)
