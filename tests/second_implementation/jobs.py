"""Batches of profiles (M52): taken at once, carried out by one worker, record by record."""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
import uuid
from typing import Any

from . import contract
from .judging import Records
from .messages import BATCH, Message, Messages
from .store import Store


class Jobs:
    """Keeps jobs and carries them out, one after the other, in the order in which they came."""

    def __init__(self, store: Store, messages: Messages, records: Records) -> None:
        self.store = store
        self.messages = messages
        self.records = records
        self._waiting: queue.Queue[str | None] = queue.Queue()
        self._worker = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier process left undone."""
        with self.store.open() as base:
            undone = base.execute("select id from job where status <> 'DONE' order by submitted")
            for row in undone.fetchall():
                self._waiting.put(row["id"])
        self._worker.start()

    def stop(self) -> None:
        self._waiting.put(None)
        self._worker.join()

    def submit(self, message: Message) -> Message:
        """The job of the message, as it stands now."""
        fresh: list[str] = []

        def register(base: sqlite3.Connection, given: Message) -> Message:
            job = uuid.uuid4().hex
            fresh.append(job)
            base.execute(
                "insert into job values (?, ?, 'QUEUED', ?, ?, null)",
                [
                    job,
                    given["header"]["messageId"],
                    contract.utc_micros(contract.now()),
                    json.dumps(given),
                ],
            )
            return {"jobId": job}

        job = self.messages.once(BATCH, message, register)["jobId"]
        for each in fresh:
            self._waiting.put(each)
        with self.store.open() as base:
            found = self.read(base, job)
        assert found is not None
        return found

    def read(self, base: sqlite3.Connection, job: str) -> Message | None:
        row = base.execute("select * from job where id = ?", [job]).fetchone()
        if row is None:
            return None
        told: dict[str, Any] = {
            "submittedAt": contract.said(row["submitted"]),
            "status": row["status"],
            "messageId": row["message"],
            "jobId": row["id"],
        }
        if row["status"] == "DONE":
            told["receipt"] = json.loads(row["receipt"])
        return told

    def _work(self) -> None:
        while (job := self._waiting.get()) is not None:
            self.carry_out(job)

    def carry_out(self, job: str) -> None:
        with self.store.open() as base:
            base.execute("update job set status = 'RUNNING' where id = ?", [job])
            row = base.execute("select body from job where id = ?", [job]).fetchone()
        message = json.loads(row["body"])
        results: list[Message] = []
        seen: set[str] = set()
        for number, record in enumerate(message["records"]):
            with self.store.open() as base:
                results.append(self.one(base, number, record, message, seen))
        self.finish(job, self.messages.receipt(BATCH, message, results))

    def one(
        self,
        base: sqlite3.Connection,
        number: int,
        record: Message,
        message: Message,
        seen: set[str],
    ) -> Message:
        return self.records.take(base, number, record, message["header"]["messageId"], seen)

    def finish(self, job: str, receipt: Message) -> None:
        with self.store.open() as base:
            base.execute(
                "update job set status = 'DONE', receipt = ? where id = ?",
                [json.dumps(receipt), job],
            )
