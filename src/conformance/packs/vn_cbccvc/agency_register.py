"""
What the bundled agency holds of its people and units, and what it has read, in SQLite.

The outbox knows what waits to be sent; the register is the personnel office's own file: it is
what a reconciliation tells of, and what the change feed corrects.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from enum import StrEnum

from conformance.model.json import Json, JsonObject, compact


class Page(StrEnum):
    """What a page of the register is about; its key is a profile id, a unit code or a name."""

    PERSON = "person"
    UNIT = "unit"
    CORRECTION = "correction"
    """What the papers say where a record is refused."""
    STAMP = "stamp"
    """When and where a change was born that is still to be sent."""
    VERSION = "version"
    """The version of a profile that the national side told of last."""
    SHOWN = "shown"
    """The version under which our own API shows a unit or a person since we laid it out."""
    SET_ASIDE = "set-aside"
    """Who is not to be sent, and why."""
    NOTE = "note"
    """The cursor of the feed, the version of the lists ..."""


_TABLE = """
CREATE TABLE IF NOT EXISTS page (
    position INTEGER PRIMARY KEY, dossier TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
    body TEXT NOT NULL, UNIQUE (dossier, kind, key));
"""


class Register:
    """
    One dossier of the office.

    Args:
        database: the outbox's own: two connections to one that is in memory lock each other out.
        dossier: the assignment that it belongs to.
    """

    def __init__(self, database: sqlite3.Connection, dossier: str) -> None:
        self._db = database
        self._db.executescript(_TABLE)
        self._dossier = dossier

    def open_with(self, kind: Page, key: str, body: Json) -> None:
        """Write a page unless it is there: after a restart what was learnt since stands."""
        self._db.execute(
            "INSERT OR IGNORE INTO page (dossier, kind, key, body) VALUES (?, ?, ?, ?)",
            (self._dossier, kind, key, compact(body)),
        )

    def write(self, kind: Page, key: str, body: Json) -> None:
        """Write a page; the one before is replaced, and keeps its place."""
        self._db.execute(
            "INSERT INTO page (dossier, kind, key, body) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (dossier, kind, key) DO UPDATE SET body = excluded.body",
            (self._dossier, kind, key, compact(body)),
        )

    def remove(self, kind: Page, key: str) -> None:
        """Take a page out, if it is there."""
        self._db.execute(
            "DELETE FROM page WHERE dossier = ? AND kind = ? AND key = ?",
            (self._dossier, kind, key),
        )

    def read(self, kind: Page, key: str) -> Json:
        """A page, None when there is none."""
        row = self._db.execute(
            "SELECT body FROM page WHERE dossier = ? AND kind = ? AND key = ?",
            (self._dossier, kind, key),
        ).fetchone()
        return None if row is None else self._json(row[0])

    def record(self, kind: Page, key: str) -> JsonObject:
        """A page that is an object, an empty one when there is none."""
        body = self.read(kind, key)
        return body if isinstance(body, dict) else {}

    def records(self, kind: Page) -> list[JsonObject]:
        """All pages of a kind, in the order in which they were opened."""
        rows = self._db.execute(
            "SELECT body FROM page WHERE dossier = ? AND kind = ? ORDER BY position",
            (self._dossier, kind),
        )
        return [body for (text,) in rows if isinstance(body := self._json(text), dict)]

    def read_note(self, name: str) -> Json:
        """A note by its name, None when there is none."""
        return self.read(Page.NOTE, name)

    def count_one(self, name: str) -> int:
        """The next number of a sequence, from 1."""
        last = self.read(Page.NOTE, name)
        number = (last if isinstance(last, int) else 0) + 1
        self.write(Page.NOTE, name, number)
        return number

    def open_all(self, kind: Page, member: str, bodies: Iterable[JsonObject]) -> None:
        """Open a page for each record, under the member that identifies it."""
        for body in bodies:
            self.open_with(kind, str(body.get(member)), body)

    @staticmethod
    def _json(text: str) -> Json:
        body: Json = json.loads(text)
        return body
