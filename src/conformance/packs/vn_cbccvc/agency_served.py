"""
The store behind the API that the bundled agency serves itself, seen from the agency's side.

The API is the reference over the same store (`conformance mock --store FILE`): both read and
write it, each in transactions of its own. What to show and what to hold is `agency_counter`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conformance.model.json import Json, JsonObject
from conformance.model.pack import AgencySurroundings, LoadedPack, Surroundings
from conformance.packs.vn_cbccvc.feed import CHANGES, PROFILE, WITHDRAWN
from conformance.packs.vn_cbccvc.intake import Knowledge
from conformance.packs.vn_cbccvc.keeping import version_of
from conformance.packs.vn_cbccvc.reference import Reference
from conformance.reference.freedoms import Freedoms
from conformance.reference.store import SqliteStore


class ServedStore:
    """
    What the agency's own API answers from; fulfils `agency_counter.Served`.

    Args:
        path: the store's file.
    """

    def __init__(self, pack: LoadedPack, surroundings: AgencySurroundings, path: Path) -> None:
        self._store = SqliteStore(path)
        # Nothing signed is received on this side of the counter: nobody needs to be trusted.
        trusting = Surroundings(
            clock=surroundings.clock, seed=surroundings.seed, trust_anchors=(), store=path
        )
        knowledge, freedoms = Knowledge.of(pack), Freedoms(surroundings.seed)
        self._face = Reference(knowledge, trusting, self._store, freedoms)

    def close(self) -> None:
        self._store.close()

    # -- showing -----------------------------------------------------------------------

    def show_unit(self, unit: JsonObject) -> int:
        with self._store.transaction():
            known = self._face.standing(unit["unitCode"])
            if known is not None and known.unit == unit:
                return known.version
            return self._face.keep_unit(unit)

    def show_person(self, profile: JsonObject, changed_at: str) -> int:
        with self._store.transaction():
            return self._face.keep_profile(profile, changed_at=changed_at)

    def take_away(self, key: str) -> None:
        with self._store.transaction():
            row = self._face.stored_profile(key)
            if row is not None:
                version = version_of(row)
                self._face.take_out(key, version)
                unit = self._face.employer(row)
                self._face.note_change(PROFILE, key, WITHDRAWN, version, unit)

    # -- looking -----------------------------------------------------------------------

    def last(self) -> int:
        return self._face.last_sequence()

    def changes(self, after: int) -> Iterator[JsonObject]:
        for number in range(after + 1, self.last() + 1):
            change = self._store.get(CHANGES, str(number))
            if isinstance(change, dict):
                yield change

    def unit(self, code: str) -> JsonObject | None:
        return self._face.unit(code)

    def person(self, key: str) -> JsonObject | None:
        row = self._face.stored_profile(key)
        profile: Json = row["profile"] if row is not None else None
        return profile if isinstance(profile, dict) else None

    def heir(self, code: str) -> str:
        standing = self._face.standing(code)
        return "" if standing is None else self._face.heir_of(standing) or ""
