"""Faulty references that do every single thing right, and go wrong in certain orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.batches import Batch
from conformance.packs.vn_cbccvc.keeping import PROFILES
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.reorganisation import Reorganisation
from conformance.packs.vn_cbccvc.standing import Standing
from conformance.reference.exchange import Outgoing


class ReplaysWakeTheWithdrawn(ProviderMutant):
    """Applies a message again when somebody in it has been withdrawn since."""

    breaks = ("VN-PRO-018",)

    def answer_to_replay(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem], receipt: Json
    ) -> Outgoing:
        records = message.get("records")
        profiles = (
            [r.get("profile") for r in records if isinstance(r, dict)]
            if isinstance(records, list)
            else []
        )
        for profile in profiles:
            key = str(profile.get("profileId")) if isinstance(profile, dict) else ""
            row = self.store.get(PROFILES, key)
            if isinstance(row, dict) and "profile" not in row:
                self.process(batch, message, found)
        return super().answer_to_replay(batch, message, found, receipt)


class RemembersTheWithdrawn(ProviderMutant):
    """Tells in a history what was known of a person before the withdrawal."""

    breaks = ("VN-PRO-018", "VN-PRO-034")

    def versions(self, profile_id: str, row: JsonObject) -> Sequence[JsonObject]:
        return super().versions(profile_id, {**row, "first": 1})


class TakesTheOldForKnown(ProviderMutant):
    """Takes a profile that it held before, and corrected since, for one that it holds."""

    breaks = ("VN-PRO-018",)

    def keep_profile(self, profile: JsonObject, message_id: str = "", changed_at: str = "") -> int:
        key = str(profile.get("profileId"))
        row = self.stored_profile(key)
        if row is not None and any(old["profile"] == profile for old in self.versions(key, row)):
            version = row["version"]
            return version if isinstance(version, int) else 0
        return super().keep_profile(profile, message_id, changed_at)


class KeepsOneFormerName(ProviderMutant):
    """Remembers of a unit what it is and what it was before, and nothing older."""

    breaks = ("VN-UNIT-020",)

    def with_change(self, change: Reorganisation, known: Standing, unit: JsonObject) -> Standing:
        changed = super().with_change(change, known, unit)
        return replace(changed, slices=changed.slices[-2:])


class RenamedUnitsGoHome(ProviderMutant):
    """Puts a unit that is renamed back below its first parent."""

    breaks = ("VN-UNIT-020", "VN-TIER-002", "VN-TIER-003", "VN-TIER-004")

    def with_change(self, change: Reorganisation, known: Standing, unit: JsonObject) -> Standing:
        if change.operation == "DOI_TEN" and unit["parentCode"] == known.unit["parentCode"]:
            unit = {**unit, "parentCode": known.slices[0].unit["parentCode"]}
        return super().with_change(change, known, unit)


class TheDeadHaveNoOrigin(ProviderMutant):
    """Tells of a unit that has ended what became of it, and no longer where it came from."""

    breaks = ("VN-UNIT-020", "VN-TIER-018")

    def predecessors(self, standing: Standing) -> Sequence[JsonObject]:
        return () if standing.end else super().predecessors(standing)


STORIES_OF_PEOPLE: Final = (ReplaysWakeTheWithdrawn, RemembersTheWithdrawn, TakesTheOldForKnown)
STORIES_OF_UNITS: Final = (KeepsOneFormerName, RenamedUnitsGoHome, TheDeadHaveNoOrigin)
