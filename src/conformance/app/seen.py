"""
What a check has to remember about every record of a file: its id, and the units that it names.

SQLite's temporary database spills to disk by itself and is gone with the process, however that
ends; the ids in it are keyed digests, so that not even the spilled pages say who they are.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One field that names a unit, as it may be told."""

    line: int
    pointer: str
    column: str
    value: str
    agency: str
    faulty: bool
    known: bool = False


class Seen:
    """Ids, units and references of one file."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._units = False
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE seen (kind TEXT, id BLOB, line INTEGER, PRIMARY KEY (kind, id))"
            " WITHOUT ROWID"
        )
        self._database.execute("CREATE TABLE units (id BLOB PRIMARY KEY) WITHOUT ROWID")
        self._database.execute(
            "CREATE TABLE named (line INTEGER, pointer TEXT, place TEXT, value TEXT, agency TEXT,"
            " faulty INTEGER, id BLOB)"
        )
        self._database.execute("BEGIN")

    def line_of(self, kind: str, key: str, line: int) -> int:
        """The first line with this id: `line` itself when it is new."""
        row = (kind, self._digest(key), line)
        done = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", row)
        if done.rowcount:
            return line
        query = "SELECT line FROM seen WHERE kind = ? AND id = ?"
        return int(self._database.execute(query, row[:2]).fetchone()[0])

    def unit(self, code: str) -> None:
        """A unit of this code exists."""
        self._units = True
        self._database.execute("INSERT OR IGNORE INTO units VALUES (?)", (self._digest(code),))

    def name(self, code: str, told: Reference) -> None:
        """A record names a unit by its code."""
        row = (told.line, told.pointer, told.column, told.value, told.agency, told.faulty)
        self._database.execute(
            "INSERT INTO named VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, self._digest(code))
        )

    def references(self) -> Iterator[Reference]:
        """Every reference, in the order of the lines; none when no unit is known at all."""
        if not self._units:
            return
        query = (
            "SELECT line, pointer, place, value, agency, faulty,"
            " EXISTS (SELECT 1 FROM units WHERE units.id = named.id) FROM named ORDER BY rowid"
        )
        for line, pointer, place, value, agency, faulty, known in self._database.execute(query):
            yield Reference(
                line=line,
                pointer=pointer,
                column=place,
                value=value,
                agency=agency,
                faulty=bool(faulty),
                known=bool(known),
            )

    def close(self) -> None:
        """Forget all."""
        self._database.close()

    def _digest(self, text: str) -> bytes:
        # Half a surrogate pair is valid JSON and no text for others.
        raw = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(raw, key=self._key, digest_size=16).digest()
