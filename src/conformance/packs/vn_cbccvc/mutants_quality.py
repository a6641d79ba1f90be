"""Faulty references: versions that are mixed, and places that say different things of somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.paging import Rows


class MixesRowsOfTwoVersions(ProviderMutant):
    """Keeps the rows of a table whose year or month the next version does not name."""

    breaks = ("VN-QUAL-001", "VN-PRO-001")

    def profile_to_keep(self, before: JsonObject | None, profile: JsonObject) -> JsonObject:
        held = before["profile"] if before else None
        if not isinstance(held, dict):
            return profile
        return {name: _mixed(held.get(name), value) for name, value in profile.items()}


class KeepsWhatWasLeftOut(ProviderMutant):
    """Takes a new version for a list of changes: what it does not name, stays."""

    breaks = ("VN-QUAL-002", "VN-PRO-001")

    def profile_to_keep(self, before: JsonObject | None, profile: JsonObject) -> JsonObject:
        held = before["profile"] if before else None
        return {**held, **profile} if isinstance(held, dict) else profile


class ListsTheFirstVersion(ProviderMutant):
    """Tells in the list the version under which somebody was first accepted."""

    breaks = ("VN-QUAL-003",)

    def rows_after(self, cursor: str, unit: str | None, since: datetime | None) -> Rows:
        return [
            (
                rank,
                {**item, "version": (self.stored_profile(str(item["profileId"])) or {})["first"]},
            )
            for rank, item in super().rows_after(cursor, unit, since)
        ]


class ListsMoversTwice(ProviderMutant):
    """Lists somebody in every unit of the file's history that still lives."""

    breaks = ("VN-QUAL-004",)

    def units_of(self, profile_id: str, named: str) -> Sequence[str]:
        row = self.stored_profile(profile_id)
        told = self.versions(profile_id, row) if row else ()
        former = [str(self.employer(version)) for version in told]
        today = self.today()
        alive = [unit for unit in former if not self.unit_has_closed(unit, today)]
        return tuple(dict.fromkeys((*super().units_of(profile_id, named), *alive)))


def _mixed(former: Json, rows: Json) -> Json:
    if not isinstance(former, list) or not isinstance(rows, list):
        return rows
    known = [_key(row) for row in rows]
    return [*(row for row in former if _key(row) not in known), *rows]


def _key(row: Json) -> Json:
    """What tells the rows of a table apart: the year or month with which they begin."""
    return row.get("year", row.get("from", row)) if isinstance(row, dict) else row


DATA_QUALITY: Final = (
    MixesRowsOfTwoVersions,
    KeepsWhatWasLeftOut,
    ListsTheFirstVersion,
    ListsMoversTwice,
)
