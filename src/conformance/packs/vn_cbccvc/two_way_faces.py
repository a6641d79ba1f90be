"""
What the faulty agencies of `agency_mutants_two_way` serve, where the sin stands there.

Whoever was pushed and not told bears no message id in the store: only such people are treated
wrongly, so that nothing else breaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from conformance.packs.vn_cbccvc.agency_mutants_two_way import TWO_WAY_MUTANTS
from conformance.packs.vn_cbccvc.batches import Verdict
from conformance.packs.vn_cbccvc.paging import Rows
from conformance.packs.vn_cbccvc.reference import Reference


class _WithItsOwnPeople(Reference):
    def pushed_itself(self, key: str) -> bool:
        """Whether the agency shows somebody whom it pushed, unchanged by anybody else."""
        row = self.stored_profile(key)
        return row is not None and row["messageId"] == ""


class ListsItsOwnPeopleTwice(_WithItsOwnPeople):
    """Lists them twice."""

    def rows_after(self, cursor: str, unit: str | None, since: datetime | None) -> Rows:
        found = super().rows_after(cursor, unit, since)
        return [
            row for row in found for _ in range(1 + self.pushed_itself(str(row[1]["profileId"])))
        ]


class KeepsWhatItRefused(_WithItsOwnPeople):
    """Keeps a rejected record of theirs."""

    def rejected(self, verdict: Verdict) -> None:
        if self.pushed_itself(str(verdict.case.subject.get("profileId"))):
            self.keep_profile(verdict.case.subject)


_FAULTY: Final = {face.__name__: face for face in (ListsItsOwnPeopleTwice, KeepsWhatItRefused)}
#: What each of them serves: the reference, unless the sin stands there.
FACES: Final[Mapping[str, type[Reference]]] = {
    mutant.__name__: _FAULTY.get(mutant.__name__, Reference) for mutant in TWO_WAY_MUTANTS
}
