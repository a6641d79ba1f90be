"""Faulty references as real servers are: no requirement was written for them alone."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.profile_reads import ProfileRows
from conformance.packs.vn_cbccvc.tree import Rows

_CACHE: Final = "cache"


class TagsWithoutTheTables(ProviderMutant):
    """Makes the tag of a profile without looking at its sub-tables."""

    breaks = ("VN-PRO-003",)

    def tag(self, profile_id: str, profile: Json) -> str:
        if not isinstance(profile, dict):
            return super().tag(profile_id, profile)
        head: JsonObject = {
            name: value for name, value in profile.items() if not isinstance(value, list)
        }
        return super().tag(profile_id, head)


class ReadsFromACache(ProviderMutant):
    """Gives a profile back as it was when it was first read."""

    breaks = ("VN-PRO-003",)

    def row_to_read(self, profile_id: str) -> JsonObject | None:
        now = super().row_to_read(profile_id)
        held = self.store.get(_CACHE, profile_id)
        if now is None or isinstance(held, dict):
            return held if now is not None and isinstance(held, dict) else None
        self.store.put(_CACHE, profile_id, now)
        return now


class RepeatsAProfileBetweenPages(ProviderMutant):
    """Begins a page of the list with the last profile of the page before."""

    breaks = ("VN-PRO-004", "VN-CONT-020")

    def next_profile_cursor(self, page: ProfileRows, rest: ProfileRows) -> str | None:
        # A page of one row would never end.
        return page[-2 if len(page) > 1 else -1][0] if rest else None


class ForgetsTheOffsetOfAMoment(ProviderMutant):
    """Reads `changedSince` without its offset."""

    breaks = ("VN-PRO-005",)

    def changed_since(self, row: JsonObject, since: datetime) -> bool:
        last = datetime.fromisoformat(str(row["updatedAt"]))
        return last.replace(tzinfo=None) >= since.replace(tzinfo=None)


class RepeatsAUnitBetweenPages(ProviderMutant):
    """Begins a page of units with the last unit of the page before."""

    breaks = ("VN-UNIT-002",)

    def next_cursor(self, page: Rows, rest: Rows) -> str | None:
        return page[-2 if len(page) > 1 else -1][0] if rest else None


UNPLANNED_PROFILE: Final = (TagsWithoutTheTables, ReadsFromACache)
UNPLANNED_READING: Final = (RepeatsAProfileBetweenPages, ForgetsTheOffsetOfAMoment)
UNPLANNED_UNITS: Final = (RepeatsAUnitBetweenPages,)
