"""Everything that is kept: one SQLite database, one writer at a time."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import contract

TABLES = """
create table if not exists message (
    id text primary key, code text not null, content text not null, answer text not null);
create table if not exists profile (
    id text primary key, version integer not null, updated integer not null,
    content text, unit text, agency text, since integer not null);
create table if not exists version (
    profile text not null, version integer not null, updated integer not null,
    message text not null, content text not null, primary key (profile, version));
create table if not exists unit (code text primary key, version integer not null);
create table if not exists period (
    code text not null, starts text not null, description text not null,
    primary key (code, starts));
create table if not exists kinship (
    predecessor text not null, successor text not null, operation text not null,
    effective text not null, decision text not null);
create table if not exists change (
    sequence integer primary key autoincrement, kind text not null, key text not null,
    change text not null, version integer not null, at integer not null);
create table if not exists job (
    id text primary key, message text not null unique, status text not null,
    submitted integer not null, body text not null, receipt text);
create index if not exists profile_unit on profile (unit);
create index if not exists kinship_to on kinship (successor);
"""

# Every test environment has it. The documents say no more of it than its code; it begins before
# any unit that somebody may send below it.
ROOT = {
    "unitCode": "H98",
    "parentCode": None,
    "name": "Ủy ban nhân dân tỉnh thử nghiệm",
    "unitType": "UBNDT",
    "provinceCode": "01",
    "effectiveFrom": "1945-09-02",
    "effectiveTo": None,
}


class Store:
    """A database file, or ``:memory:``. Nothing is read or written but inside ``open``."""

    def __init__(self, path: str = ":memory:") -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.row_factory = sqlite3.Row
        self._base.executescript(TABLES)
        with self.open() as base:
            if not base.execute("select 1 from unit where code = 'H98'").fetchone():
                base.execute("insert into unit values ('H98', 1)")
                base.execute("insert into period values ('H98', '', ?)", [json.dumps(ROOT)])

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing; inside another one it is part of that."""
        with self._lock:
            outermost = self._depth == 0
            self._depth += 1
            if outermost:
                self._base.execute("begin")
            try:
                yield self._base
            except BaseException:
                if outermost:
                    self._base.execute("rollback")
                raise
            else:
                if outermost:
                    self._base.execute("commit")
            finally:
                self._depth -= 1

    def close(self) -> None:
        with self._lock:
            self._base.close()


class Feed:
    """The change feed: what happened, in its order."""

    def tell(
        self, base: sqlite3.Connection, kind: str, key: str, change: str, version: int
    ) -> None:
        base.execute(
            "insert into change (kind, key, change, version, at) values (?, ?, ?, ?, ?)",
            [kind, key, change, version, contract.utc_micros(contract.now())],
        )

    def end(self, base: sqlite3.Connection) -> int:
        found = base.execute("select coalesce(max(sequence), 0) from change").fetchone()[0]
        return int(found)

    def after(self, base: sqlite3.Connection, last: int, most: int) -> list[dict[str, Any]]:
        rows = base.execute(
            "select * from change where sequence > ? order by sequence limit ?", [last, most]
        )
        return [
            {
                "at": contract.said(row["at"]),
                "version": row["version"],
                "change": row["change"],
                "key": row["key"],
                "kind": row["kind"],
                "sequence": row["sequence"],
            }
            for row in rows
        ]
