"""Faults of stored profiles: reading, listing, history."""

# ruff: noqa: ARG002 -- a part keeps the signature of the one that it stands for.

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import time
import unicodedata
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract
from tests.second_implementation.faults import fault
from tests.second_implementation.faults.records import rewritten
from tests.second_implementation.profiles import Profiles
from tests.second_implementation.shapes import moment
from tests.second_implementation.web import Web

Profile = dict[str, Any]


@fault("stored-composed", "VN-PRO-001")
class StoredComposed(Profiles):
    """Composes letters (NFC) when it stores: what was signed decomposed comes back changed."""

    def written(self, profile: Profile) -> str:
        return super().written(rewritten(profile, lambda text: unicodedata.normalize("NFC", text)))


@fault("told-decomposed", "VN-PRO-009")
class ToldDecomposed(Profiles):
    """Decomposes names (NFD) when it stores, as one file system does."""

    def written(self, profile: Profile) -> str:
        name = unicodedata.normalize("NFD", profile["birthFullName"])
        return super().written({**profile, "birthFullName": name})


@fault("coefficients-as-numbers", "VN-PRO-001")
class CoefficientsAsNumbers(Profiles):
    """Keeps coefficients as binary numbers: "3.30" comes back as "3.3"."""

    def written(self, profile: Profile) -> str:
        return super().written(
            rewritten(
                profile,
                lambda text: str(float(text)) if re.fullmatch(r"\d{1,2}\.\d\d", text) else text,
            )
        )


@fault("texts-trimmed", "VN-PRO-001")
class TextsTrimmed(Profiles):
    """Trims texts when it stores."""

    def written(self, profile: Profile) -> str:
        return super().written(rewritten(profile, str.strip))


@fault("text-column", "VN-PRO-001")
class TextColumn(Profiles):
    """Cuts texts at 255 letters, where the contract allows 2000."""

    def written(self, profile: Profile) -> str:
        return super().written(rewritten(profile, lambda text: text[:255]))


@fault("family-sorted", "VN-PRO-008")
class RowsBySort(Profiles):
    """Gives family back sorted by year of birth."""

    def written(self, profile: Profile) -> str:
        if "family" in profile:
            family = sorted(profile["family"], key=lambda each: each["birthYear"])
            profile = {**profile, "family": family}
        return super().written(profile)


@fault("false-dropped", "VN-PRO-001")
class FalseDropped(Profiles):
    """Drops members that are 0, false or empty when it stores."""

    def written(self, profile: Profile) -> str:
        return super().written({key: value for key, value in profile.items() if value})


@fault("tag-of-the-second", "VN-PRO-003")
class TagOfTheSecond(Profiles):
    """Makes the tag of the time of change in whole seconds: two changes in one share it."""

    def tag(self, stored: Profile) -> str:
        return '"' + hashlib.sha256(stored["updatedAt"][:19].encode()).hexdigest()[:16] + '"'


@fault("tag-of-the-head", "VN-PRO-003")
class TagOfTheHead(Profiles):
    """Makes the tag of the fields outside the tables."""

    def tag(self, stored: Profile) -> str:
        plain = {
            key: value for key, value in stored["profile"].items() if not isinstance(value, list)
        }
        return super().tag({**stored, "profile": plain})


@fault("read-from-cache", "VN-PRO-001", "VN-PRO-003")
class ReadFromCache(Web):
    """Answers a profile from a cache for three seconds after it was read."""

    def profile(self, request: Request, asked: dict[str, Any]) -> Response:
        cache = self.__dict__.setdefault("cache", {})
        kept = cache.get(asked["profileId"])
        if kept and kept[0] > time.monotonic() and "If-None-Match" not in request.headers:
            stored = kept[1]
            return self.parts.answers.json(
                stored, headers={"ETag": self.parts.profiles.tag(stored)}
            )
        answer = super().profile(request, asked)
        if answer.status_code == 200:
            cache[asked["profileId"]] = (time.monotonic() + 3, json.loads(answer.get_data()))
        return answer


@fault("one-tag-only", "VN-PRO-007")
class OneTagOnly(Web):
    """Compares `If-None-Match` with the tag as one text: a list never matches."""

    def held(self, said: str, tag: str) -> bool:
        return said == tag


@fault("not-modified-without-tag", "VN-PRO-007")
class NotModifiedWithoutTag(Web):
    """Sends 304 without the tag."""

    def profile(self, request: Request, asked: dict[str, Any]) -> Response:
        answer = super().profile(request, asked)
        if answer.status_code == 304:
            del answer.headers["ETag"]
        return answer


@fault("since-exclusive", "VN-PRO-005")
class SinceExclusive(Web):
    """Leaves out what was accepted at the very moment: greater than, where it is at least."""

    def since(self, asked: dict[str, Any]) -> int:
        return super().since(asked) + 1


@fault("since-without-offset", "VN-PRO-005")
class SinceWithoutOffset(Web):
    """Reads the clock of `changedSince` as its own, whatever the offset says."""

    def since(self, asked: dict[str, Any]) -> int:
        if not asked["changedSince"]:
            return super().since(asked)
        local = moment(asked["changedSince"]).replace(tzinfo=contract.HANOI)
        return contract.utc_micros(local)


@fault("since-first-acceptance", "VN-PRO-005")
class SinceFirstAcceptance(Profiles):
    """Asks `changedSince` of the first acceptance: changes of old profiles are left out."""

    def listed(
        self, base: sqlite3.Connection, *, below: str, unit: str | None, since: int, most: int
    ) -> list[Profile]:
        items = super().listed(base, below=below, unit=unit, since=since, most=most)
        first = "select updated from version where profile = ? order by version limit 1"
        return [
            each
            for each in items
            if base.execute(first, [each["profileId"]]).fetchone()[0] >= since
        ]


@fault("unit-and-below", "VN-PRO-017")
class UnitAndBelow(Profiles):
    """Lists the people of the units below with those of the unit."""

    def listed(
        self, base: sqlite3.Connection, *, below: str, unit: str | None, since: int, most: int
    ) -> list[Profile]:
        items = super().listed(base, below=below, unit=None, since=since, most=10**6)
        prefix = unit or ""
        return [each for each in items if each["employingUnitCode"].startswith(prefix)][:most]


@fault("page-overlaps", "VN-PRO-004")
class PageOverlaps(Profiles):
    """Begins a page with the last profile of the page before."""

    def listed(
        self, base: sqlite3.Connection, *, below: str, unit: str | None, since: int, most: int
    ) -> list[Profile]:
        return super().listed(base, below=below + " ", unit=unit, since=since, most=most)


@fault("short-page-ends", "VN-PRO-004")
class FilteredAfterCut(Web):
    """Ends the walk at the first page that is not full, counted against the limit asked for."""

    def profiles(self, request: Request, asked: dict[str, Any]) -> Response:
        answer = super().profiles(request, asked)
        told = json.loads(answer.get_data())
        if len(told["items"]) < asked["limit"]:
            told["nextCursor"] = None
        return self.parts.answers.json(told)


@fault("history-of-deliveries", "VN-PRO-006")
class HistoryOfDeliveries(Profiles):
    """Counts as a version what was delivered again without a change."""

    def repeats(self, before: Any, profile: Profile) -> bool:
        return False


@fault("history-since-ever", "none")
class HistorySinceEver(Profiles):
    """Goes on with the history of a profile that was withdrawn and created anew."""

    def history(self, base: sqlite3.Connection, key: str) -> list[Profile]:
        base.execute("update profile set since = 1 where id = ?", [key])
        return super().history(base, key)


@fault("versions-restart", "none")
class VersionsRestart(Profiles):
    """Counts the versions of a profile that is created anew from 1."""

    def withdraw(self, base: sqlite3.Connection, key: str) -> bool:
        done = super().withdraw(base, key)
        if done:
            base.execute("delete from profile where id = ?", [key])
            base.execute("delete from version where profile = ?", [key])
        return done
