"""Faulty references: what is given back about people and units."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.paging import Rows
from conformance.packs.vn_cbccvc.reference import ROOT
from conformance.reference.exchange import Outgoing

_BEFORE_THE_MERGER: Final = date(2025, 6, 30)
_CACHE: Final = "cache"


class LosesOtherNames(ProviderMutant):
    """Gives profiles back without their other names."""

    breaks = ("VN-PRO-001",)

    def shown_profile(self, profile: Json) -> Json:
        if not isinstance(profile, dict):
            return profile
        return {name: value for name, value in profile.items() if name != "otherNames"}


class InventsProfiles(ProviderMutant):
    """Finds somebody under every id."""

    breaks = ("VN-PRO-002",)

    def answer_to_unknown_profile(self, profile_id: str) -> Outgoing:
        # Somebody of the right shape: what is invented is the person, not the form.
        from conformance.packs.vn_cbccvc.population import people

        now = self.clock.now()
        (somebody,) = people(seed=0, count=1, as_of=now.date())
        invented: JsonObject = {
            **somebody,
            "profileId": profile_id,
            "birthFullName": "KHÔNG CÓ THẬT",
        }
        return Outgoing(
            status=200,
            json={"profile": invented, "version": 1, "updatedAt": now.isoformat()},
            headers={"ETag": self.tag(profile_id, invented)},
        )


class NeverChangesItsETag(ProviderMutant):
    """Gives a profile the same tag for ever."""

    breaks = ("VN-PRO-003",)

    def tag(self, profile_id: str, profile: Json) -> str:
        return super().tag(profile_id, profile_id)


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

    breaks = (
        "VN-PRO-003",
        "VN-PRO-001",
        "VN-CONT-008",
        "VN-CONT-009",
        "VN-CONT-010",
        "VN-QUAL-002",
        "VN-PRO-034",
    )

    def row_to_read(self, profile_id: str) -> JsonObject | None:
        now = super().row_to_read(profile_id)
        held = self.store.get(_CACHE, profile_id)
        if now is None or isinstance(held, dict):
            return held if now is not None and isinstance(held, dict) else None
        self.store.put(_CACHE, profile_id, now)
        return now


class LosesTheParent(ProviderMutant):
    """Gives a unit back as if it stood below none."""

    breaks = ("VN-UNIT-001", "VN-UNIT-021", "VN-UNIT-028", "VN-TIER-003")

    def shown_unit(self, unit: JsonObject) -> JsonObject:
        return {**unit, "parentCode": None}


class SkipsARowBetweenPages(ProviderMutant):
    """Leaves out one unit wherever a page ends."""

    breaks = ("VN-UNIT-002", "VN-UNIT-006", "VN-UNIT-023")

    def next_cursor(self, page: Rows, rest: Rows) -> str | None:
        # A cursor names the last row that was given: here, one that was not.
        return rest[0][0] if rest else None


class RepeatsAUnitBetweenPages(ProviderMutant):
    """Begins a page of units with the last unit of the page before."""

    breaks = ("VN-UNIT-002", "VN-UNIT-023")

    def next_cursor(self, page: Rows, rest: Rows) -> str | None:
        return page[-2 if len(page) > 1 else -1][0] if rest else None


class InventsUnits(ProviderMutant):
    """Finds a unit under every code."""

    breaks = ("VN-UNIT-003",)

    def answer_to_unknown_unit(self, code: str) -> Outgoing:
        parent = code.rpartition(".")[0] or None
        return Outgoing(
            status=200,
            json={**ROOT, "unitCode": code, "parentCode": parent, "name": "Đơn vị không có thật"},
        )


class AdoptsOrphans(ProviderMutant):
    """Takes units below a parent that nobody knows."""

    breaks = ("VN-UNIT-004",)

    def parent_known(self, case: Case) -> Sequence[Complaint]:
        return ()


class KeepsTheDistricts(ProviderMutant):
    """Takes the types of unit that ended with June 2025."""

    breaks = ("VN-UNIT-005", "VN-TIER-001")

    def code_is_in_force(self, code_list: str, code: str, as_of: date) -> bool:
        return super().code_is_in_force(code_list, code, as_of) or (
            code_list == "unit-types"
            and super().code_is_in_force(code_list, code, _BEFORE_THE_MERGER)
        )


PROFILE: Final = (
    LosesOtherNames,
    InventsProfiles,
    NeverChangesItsETag,
    TagsWithoutTheTables,
    ReadsFromACache,
)
UNIT_TREE: Final = (
    LosesTheParent,
    SkipsARowBetweenPages,
    RepeatsAUnitBetweenPages,
    InventsUnits,
    AdoptsOrphans,
    KeepsTheDistricts,
)
