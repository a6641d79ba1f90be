"""
What the mock remembers: named collections of JSON values, in order of first arrival.

Two implementations under the same laws. A value that is read is never the value that was
written but an equal one, so that nobody changes the store by changing what he holds.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from conformance.model.json import Json


class Store(Protocol):
    """Collections of JSON values by key."""

    def get(self, collection: str, key: str) -> Json:
        """An equal of the stored value, None when there is none."""

    def put(self, collection: str, key: str, value: Json) -> None:
        """Store or replace; a replaced key keeps its place in the order."""

    def keys(self, collection: str) -> tuple[str, ...]:
        """All keys in order of their first arrival."""

    def transaction(self) -> AbstractContextManager[None]:
        """All that is put inside is kept, or nothing of it when an exception leaves the block."""

    def close(self) -> None:
        """Let go of files; a closed store is not used again."""


class MemoryStore:
    """A store that ends with its process."""

    def __init__(self) -> None:
        self._collections: dict[str, dict[str, str]] = {}
        self._undo: list[tuple[str, str, str | None]] | None = None
        self._lock = threading.RLock()

    def get(self, collection: str, key: str) -> Json:
        with self._lock:
            text = self._collections.get(collection, {}).get(key)
        return None if text is None else _load(text)

    def put(self, collection: str, key: str, value: Json) -> None:
        text = json.dumps(value)
        with self._lock:
            rows = self._collections.setdefault(collection, {})
            if self._undo is not None:
                self._undo.append((collection, key, rows.get(key)))
            rows[key] = text

    def keys(self, collection: str) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._collections.get(collection, {}))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            if self._undo is not None:
                raise RuntimeError("transactions do not nest")
            self._undo = []
            try:
                yield
            except BaseException:
                for collection, key, before in reversed(self._undo):
                    if before is None:
                        del self._collections[collection][key]
                    else:
                        self._collections[collection][key] = before
                raise
            finally:
                self._undo = None

    def close(self) -> None:
        pass


class SqliteStore:
    """A store in one SQLite file (write-ahead log), for a mock that survives its process."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        # Autocommit: transactions are opened by hand, where they belong.
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=NORMAL")
        self._base.execute("PRAGMA busy_timeout=5000")
        self._base.execute(
            "CREATE TABLE IF NOT EXISTS entries (place INTEGER PRIMARY KEY AUTOINCREMENT,"
            " collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
            " UNIQUE (collection, key))"
        )

    def get(self, collection: str, key: str) -> Json:
        with self._lock:
            row = self._base.execute(
                "SELECT value FROM entries WHERE collection = ? AND key = ?", (collection, key)
            ).fetchone()
        return None if row is None else _load(row[0])

    def put(self, collection: str, key: str, value: Json) -> None:
        with self._lock:
            self._base.execute(
                "INSERT INTO entries (collection, key, value) VALUES (?, ?, ?)"
                " ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value",
                (collection, key, json.dumps(value)),
            )

    def keys(self, collection: str) -> tuple[str, ...]:
        with self._lock:
            rows = self._base.execute(
                "SELECT key FROM entries WHERE collection = ? ORDER BY place", (collection,)
            ).fetchall()
        return tuple(row[0] for row in rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            if self._base.in_transaction:
                raise RuntimeError("transactions do not nest")
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._base.close()


def open_store(path: Path | None) -> Store:
    """A SQLite store in `path`, or one in memory for None."""
    return MemoryStore() if path is None else SqliteStore(path)


def _load(text: str) -> Json:
    value: Json = json.loads(text)
    return value
