"""
The bundled agency's outbox: what waits, what is on its way, what was acknowledged, in SQLite.

A message is stored with its bytes before it is sent, so that a restart in the middle of a
lost acknowledgement still sends the same message again. What is stored survives `kill -9` at
any moment: each step is one transaction, and a write-ahead log holds it before it is believed.
When to send is `agency`'s.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from conformance.model.json import Json, JsonObject, compact


class Kind(StrEnum):
    """What a message carries."""

    UNITS = "units"
    PEOPLE = "people"
    BATCH = "batch"
    """People, as many as there are; answered by a job."""

    @property
    def member(self) -> str:
        """The member of a message that holds the records."""
        return "units" if self is Kind.UNITS else "records"


class State(StrEnum):
    """Where an item or a message stands."""

    PENDING = "pending"
    """It waits for its turn."""
    SENT = "sent"
    """It is on its way; whether it arrived is not known."""
    ACKNOWLEDGED = "acknowledged"
    """The national side accepted it, or (a message) answered it."""
    REJECTED = "rejected"
    """The national side refused it, and sending it again would not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    One unit or person in the outbox.

    Attributes:
        repairs: how often it was rejected and queued again.
    """

    key: str
    kind: Kind
    body: JsonObject
    repairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message as it goes on the wire, with the keys of the items in it, in order."""

    id: str
    kind: Kind
    body: bytes
    items: tuple[str, ...]

    def content(self) -> Json:
        """The message as it was composed."""
        content: Json = json.loads(self.body)
        return content


_TABLES = """
CREATE TABLE IF NOT EXISTS item (
    position INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    body TEXT NOT NULL, state TEXT NOT NULL, repairs INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS message (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    body BLOB NOT NULL, items TEXT NOT NULL, state TEXT NOT NULL);
"""


class Outbox:
    """
    Args:
        path: SQLite file, or its URI; ":memory:" for one that ends with the process.
    """

    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, uri=path.startswith("file:"))
        # In memory there is no log, and SQLite says so by keeping its own way.
        self._db.execute("PRAGMA journal_mode = WAL")
        # On disk before the first byte is sent, even if the machine loses its power.
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_TABLES)

    @property
    def database(self) -> sqlite3.Connection:
        """The connection, for whoever keeps more in the same file."""
        return self._db

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def add(self, kind: Kind, bodies: Iterable[JsonObject]) -> None:
        """Queue records; one that is already there, byte for byte, is not queued twice."""
        with self.transaction():
            for body in bodies:
                text = compact(body)
                key = f"{kind}/{hashlib.sha256(text.encode()).hexdigest()}"
                self._db.execute(
                    "INSERT OR IGNORE INTO item (key, kind, body, state) VALUES (?, ?, ?, ?)",
                    (key, kind, text, State.PENDING),
                )

    def add_told(self, kind: Kind, body: JsonObject) -> None:
        """Book a record as known to the national side, which told it: it is not to be sent."""
        self.add(kind, [body])
        with self.transaction():
            self._db.execute(
                "UPDATE item SET state = ? WHERE kind = ? AND body = ? AND state = ?",
                (State.ACKNOWLEDGED, kind, compact(body), State.PENDING),
            )

    def add_again(self, kind: Kind, bodies: Iterable[JsonObject]) -> None:
        """Queue records that the national side no longer holds, though it took them once."""
        bodies = tuple(bodies)
        self.add(kind, bodies)
        with self.transaction():
            self._db.executemany(
                "UPDATE item SET state = ? WHERE kind = ? AND body = ? AND state = ?",
                [(State.PENDING, kind, compact(body), State.ACKNOWLEDGED) for body in bodies],
            )

    def pending(self, kind: Kind, most: int) -> tuple[Item, ...]:
        """The first items of `kind` that wait, `most` at most."""
        rows = self._db.execute(
            "SELECT key, body, repairs FROM item WHERE kind = ? AND state = ? "
            "ORDER BY position LIMIT ?",
            (kind, State.PENDING, most),
        )
        return tuple(
            Item(key=key, kind=kind, body=json.loads(body), repairs=repairs)
            for key, body, repairs in rows
        )

    def repairs(self, keys: Sequence[str]) -> Mapping[str, int]:
        """How often each of these items was queued again."""
        return {
            key: int(
                self._db.execute("SELECT repairs FROM item WHERE key = ?", (key,)).fetchone()[0]
            )
            for key in keys
        }

    def count(self, state: State) -> int:
        """How many items are in `state`."""
        (number,) = self._db.execute(
            "SELECT COUNT(*) FROM item WHERE state = ?", (state,)
        ).fetchone()
        return int(number)

    def messages(self) -> int:
        """How many messages were ever composed: what the next id is drawn from."""
        (number,) = self._db.execute("SELECT COUNT(*) FROM message").fetchone()
        return int(number)

    def post(self, message: OutgoingMessage) -> None:
        """Store a message and mark its items as on their way; before the first byte is sent."""
        with self.transaction():
            self._db.execute(
                "INSERT INTO message (id, kind, body, items, state) VALUES (?, ?, ?, ?, ?)",
                (message.id, message.kind, message.body, " ".join(message.items), State.SENT),
            )
            self._mark(message.items, State.SENT)

    def unanswered(self) -> OutgoingMessage | None:
        """The oldest message whose fate is not known."""
        row = self._db.execute(
            "SELECT id, kind, body, items FROM message WHERE state = ? ORDER BY position LIMIT 1",
            (State.SENT,),
        ).fetchone()
        if row is None:
            return None
        identifier, kind, body, items = row
        return OutgoingMessage(
            id=identifier, kind=Kind(kind), body=bytes(body), items=tuple(items.split())
        )

    def settle(
        self,
        message: OutgoingMessage,
        state: State,
        *,
        acknowledged: Sequence[str] = (),
        rejected: Sequence[str] = (),
        again: Sequence[str] = (),
    ) -> None:
        """
        Close a message and give each of its items its state.

        Args:
            again: items that wait once more, one repair older.
        """
        with self.transaction():
            self._db.execute("UPDATE message SET state = ? WHERE id = ?", (state, message.id))
            self._mark(acknowledged, State.ACKNOWLEDGED)
            self._mark(rejected, State.REJECTED)
            self._mark(again, State.PENDING)
            self._db.executemany(
                "UPDATE item SET repairs = repairs + 1 WHERE key = ?", [(key,) for key in again]
            )

    def replace(self, message: OutgoingMessage, successor: OutgoingMessage) -> None:
        """Forget a message whose fate is not known and send another in its place."""
        with self.transaction():
            self._db.execute(
                "UPDATE message SET state = ? WHERE id = ?", (State.REJECTED, message.id)
            )
        self.post(successor)

    def drop_pending(self, *, but: int = 0) -> None:
        """Throw away what waits, but for the last ones; it is not queued again."""
        with self.transaction():
            self._db.execute(
                "UPDATE item SET state = ? WHERE state = ? AND position NOT IN "
                "(SELECT position FROM item WHERE state = ? ORDER BY position DESC LIMIT ?)",
                (State.REJECTED, State.PENDING, State.PENDING, but),
            )

    def forget_sent(self) -> None:
        """Let everything on its way wait again, as if it had never been sent."""
        with self.transaction():
            self._db.execute(
                "UPDATE message SET state = ? WHERE state = ?", (State.REJECTED, State.SENT)
            )
            self._db.execute(
                "UPDATE item SET state = ? WHERE state = ?", (State.PENDING, State.SENT)
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing, with whatever it is a part of."""
        if self._db.in_transaction:
            yield
            return
        # `with connection` begins none in autocommit mode.
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _mark(self, keys: Sequence[str], state: State) -> None:
        self._db.executemany(
            "UPDATE item SET state = ? WHERE key = ?", [(state, key) for key in keys]
        )
