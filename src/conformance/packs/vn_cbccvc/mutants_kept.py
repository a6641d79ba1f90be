"""Faulty references: what is lost where people and units are kept, and forgotten between pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, JsonObject, compact
from conformance.packs.vn_cbccvc.batches import UNIT_BATCH, Batch, Verdict
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.keeping import HISTORY, PROFILES, version_of
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.paging import Rows
from conformance.packs.vn_cbccvc.standing import Standing
from conformance.reference.exchange import Incoming, Outgoing

_MOST: Final = 2**31 - 1
_SEEN: Final = "seen-in-batches"


class CollapsesEqualRows(ProviderMutant):
    """Keeps the rows of a table as a set: of equal ones, one."""

    breaks = ("VN-PRO-008",)

    def shown_profile(self, profile: Json) -> Json:
        if not isinstance(profile, dict):
            return profile
        return {
            name: [row for place, row in enumerate(value) if row not in value[:place]]
            if isinstance(value, list)
            else value
            for name, value in profile.items()
        }


class EndsLinesAnotherWay(ProviderMutant):
    """Ends lines with a line feed alone."""

    breaks = ("VN-PRO-009",)

    def shown_profile(self, profile: Json) -> Json:
        if not isinstance(profile, dict):
            return profile
        return {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in profile.items()
        }


class KeepsIncomesInFourBytes(ProviderMutant):
    """Keeps the greatest number of four bytes in the place of every greater one."""

    breaks = ("VN-PRO-031",)

    def shown_profile(self, profile: Json) -> Json:
        if not isinstance(profile, dict):
            return profile
        return {
            name: min(value, _MOST) if isinstance(value, int) and value > _MOST else value
            for name, value in profile.items()
        }


class TellsTheLastTenVersions(ProviderMutant):
    """Tells the last ten versions of a profile as its history."""

    breaks = ("VN-PRO-006",)

    def shown_versions(self, versions: Sequence[JsonObject]) -> Sequence[JsonObject]:
        return versions[-10:]


class AsksTheTagBeforeThePerson(ProviderMutant):
    """Tells who holds a withdrawn profile that it is the same."""

    breaks = ("VN-PRO-016",)

    def read_profile(self, profile_id: str, incoming: Incoming) -> Outgoing:
        last = self.store.get(
            f"{HISTORY}/{profile_id}", str(version_of(self.store.get(PROFILES, profile_id)))
        )
        if isinstance(last, dict) and self.stored_profile(profile_id) is None:
            tag = self.tag(profile_id, last["profile"])
            if self.holds_already(incoming.headers.get("if-none-match", ""), tag):
                return Outgoing(status=304, media_type="", headers={"ETag": tag})
        return super().read_profile(profile_id, incoming)


class ForgetsTheQuestionBehindACursor(ProviderMutant):
    """Goes on through all profiles, whatever the first page was asked for."""

    breaks = ("VN-PRO-005", "VN-PRO-017")

    def rows_after(self, cursor: str, unit: str | None, since: datetime | None) -> Rows:
        return super().rows_after(cursor, *((None, None) if cursor else (unit, since)))


class ListsPeopleWhereTheyCame(ProviderMutant):
    """Lists people under the unit with which they were created, wherever they work since."""

    breaks = ("VN-PRO-017", "VN-QUAL-004", "VN-TIER-021", "VN-TIER-024")

    def units_of(self, profile_id: str, named: str) -> Sequence[str]:
        row = self.stored_profile(profile_id)
        first = self.employer(self.versions(profile_id, row)[0]) if row else named
        return super().units_of(profile_id, str(first))


class RemembersWhoCameInBatches(ProviderMutant):
    """Takes whoever stood in an earlier batch for a second record about that person."""

    breaks = ("VN-PRO-032",)

    def without_duplicates(self, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        kept = []
        for verdict in super().without_duplicates(verdicts):
            case, person = verdict.case, str(verdict.case.subject.get("profileId"))
            if case.operation != "submitProfileBatch" or verdict.complaints:
                kept.append(verdict)
                continue
            known = self.store.get(_SEEN, person) is not None
            self.store.put(_SEEN, person, True)
            kept.append(Verdict(case=case, complaints=self.duplicate(case) if known else ()))
        return kept


class TakesBatchesUnverified(ProviderMutant):
    """Asks of the records of a batch whether they are signed, and not whether it holds."""

    breaks = ("VN-PRO-032",)

    def signature_sound(self, case: Case) -> Sequence[Complaint]:
        return () if case.operation == "submitProfileBatch" else super().signature_sound(case)


class SaysMoreOfEveryFullPage(ProviderMutant):
    """Says that there are more changes wherever a page holds as many as were asked for."""

    breaks = ("VN-PRO-035",)

    def has_more(self, items: Sequence[JsonObject], limit: int, until: int, last: int) -> bool:
        return len(items) == limit or super().has_more(items, limit, until, last)


class ForgetsTheDayBehindACursor(ProviderMutant):
    """Goes on in the tree of today, whatever day the first page told of."""

    breaks = ("VN-UNIT-006",)

    def day_of_listing(self, query: Mapping[str, Json]) -> str:
        return super().day_of_listing({} if query.get("cursor") else query)


class ListsNoRoots(ProviderMutant):
    """Lists units with the one above them: what stands below none is left out."""

    breaks = ("VN-UNIT-002",)

    def tree_on(self, day: str, parent: Json) -> Rows:
        return [row for row in super().tree_on(day, parent) if row[1]["parentCode"] is not None]


class FindsParentsBehind(ProviderMutant):
    """Takes a unit whose parent comes later in the message."""

    breaks = ("VN-UNIT-004",)

    def apply(
        self,
        batch: Batch,
        message: JsonObject,
        found: Sequence[SchemaProblem],
        moment: datetime,
    ) -> JsonObject:
        told = super().apply(batch, message, found, moment)
        late = batch is UNIT_BATCH and '"parent-unknown"' in compact(told)
        # A second go finds the parents that the first one stored.
        return super().apply(batch, message, found, moment) if late else told


class TellsTheStatusOfToday(ProviderMutant):
    """Tells the status that a unit has today, whatever day is asked for."""

    breaks = ("VN-UNIT-029",)

    def told(self, standing: Standing, day: str) -> JsonObject:
        lives = standing.lives_on(self.today().isoformat())
        return {**super().told(standing, day), "status": "ACTIVE" if lives else "CLOSED"}


UNITS_KEPT: Final = (
    ListsNoRoots,
    FindsParentsBehind,
    ForgetsTheDayBehindACursor,
    TellsTheStatusOfToday,
)
KEPT: Final = (
    EndsLinesAnotherWay,
    CollapsesEqualRows,
    ForgetsTheQuestionBehindACursor,
    TellsTheLastTenVersions,
    AsksTheTagBeforeThePerson,
    ListsPeopleWhereTheyCame,
    KeepsIncomesInFourBytes,
    RemembersWhoCameInBatches,
    TakesBatchesUnverified,
    SaysMoreOfEveryFullPage,
)
