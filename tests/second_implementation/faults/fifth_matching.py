"""Fifth blind set: the match with the population register."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation.population import Population
from tests.second_implementation.profiles import Profiles
from tests.second_implementation.web import Web

from . import fault


# `utf8mb4_0900_ai_ci`, or `unaccent`: the usual collation for names knows neither tones nor đ.
@fault("v5-names-by-collation", "VN-MATCH-004")
class NamesByCollation(Population):
    """Takes names that differ in their tones, their marks or in đ for the same."""

    def same_name(self, one: str, other: str) -> bool:
        return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(each for each in letters if each.isalnum())


# The client of the register throws when it gets no answer, and the handler of exceptions makes that
# a 503 for the request.
@fault("v5-one-outage-fails-all", "VN-MATCH-011", "VN-CON-001")
class OneOutageFailsAll(Web):
    """Answers 503 to a whole message when the register is silent about one of its people."""

    def match(self, request: Request, asked: dict[str, Any]) -> Response:
        answer = super().match(request, asked)
        told: Any = answer.get_json()
        if all(each["result"] != "SOURCE_UNAVAILABLE" for each in told["results"]):
            return answer
        problem = {
            "type": "urn:vn-cbccvc:problem:unavailable",
            "title": "The population register does not answer",
            "status": 503,
        }
        return Response(
            json.dumps(problem),
            503,
            {"Retry-After": "1"},
            content_type="application/problem+json",
        )


class _Indexed(Profiles):
    def read(self, base: sqlite3.Connection, key: str) -> dict[str, Any] | None:
        row = base.execute(
            "select content from version where profile = ? order by version desc limit 1", [key]
        ).fetchone()
        return {"profile": json.loads(row["content"])} if row else None


# Names are matched in a search index of its own, to which a withdrawal never comes.
@fault("v5-withdrawn-still-matched", "VN-MATCH-008")
class WithdrawnStillMatched(Population):
    """Knows people whose profiles were withdrawn."""

    def __init__(self, profiles: Profiles) -> None:
        super().__init__(_Indexed(profiles.feed))
