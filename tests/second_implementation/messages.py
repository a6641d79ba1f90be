"""Messages: media type, JSON, number of records, shape, message id; then what is in them."""

from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from werkzeug import Request

from . import contract, jsontext, shapes
from .answers import Refusal
from .saying import Teller, Wrong
from .store import Store

MOST_BYTES = 48 * 2**20
Message = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of message: its code, its schema, its list of records and how many that holds."""

    code: str
    document: str
    schema: str
    records: str = ""
    most: int = 0


UNITS = Kind("M50", "unit-tree.yaml", "UnitBatchMessage", "units", 100)
TRIAL = Kind("M51", "profile.yaml", "TrialSyncMessage", "records", 10)
BATCH = Kind("M52", "profile.yaml", "ProfileBatchMessage", "records", 1000)
MATCH = Kind("M53", "profile.yaml", "PopulationMatchMessage", "persons", 10)
DECISION = Kind("M54", "unit-tree.yaml", "ReorganisationMessage")


class Messages:
    """Opens messages, and remembers what those that may be repeated were answered."""

    def __init__(self, store: Store, teller: Teller) -> None:
        self.store = store
        self.teller = teller

    def open(self, request: Request, kind: Kind) -> Message:
        """
        The message of a request.

        Raises
        ------
        Refusal
            For its media type, its length, its JSON, its number of records or its shape.

        """
        body = self.body(request)
        self.typed(request)
        if len(body) > MOST_BYTES:
            raise Refusal("body-too-large")
        try:
            message = jsontext.read(body)
        except jsontext.NoJson:
            raise Refusal("malformed-json") from None
        self.counted(kind, message)
        self.shaped(kind, message)
        return dict(message)

    def body(self, request: Request) -> bytes:
        """The whole body, so that the connection can be used again; what is too much is lost."""
        found = request.stream.read(MOST_BYTES + 1)
        while len(found) > MOST_BYTES and request.stream.read(2**20):
            pass
        return found

    def typed(self, request: Request) -> None:
        if request.mimetype != "application/json":
            raise Refusal("unsupported-media-type")

    def counted(self, kind: Kind, message: Any) -> None:
        records = message.get(kind.records) if isinstance(message, dict) else None
        if isinstance(records, list) and not 1 <= len(records) <= self.most(kind):
            raise Refusal("batch-size")

    def most(self, kind: Kind) -> int:
        return kind.most

    def shaped(self, kind: Kind, message: Any) -> None:
        wrongs = shapes.message(kind.document, kind.schema, message)
        sent = message["header"].get("sentAt") if not wrongs else None
        if sent and self.early(shapes.moment(sent)):
            wrongs = [Wrong("/header/sentAt", "schema", sent)]
        if wrongs:
            errors = [self.teller.error(each, None) for each in wrongs]
            raise Refusal("message-invalid", errors=errors)

    def early(self, sent: datetime) -> bool:
        return sent > contract.now() + timedelta(minutes=5)

    def once(
        self,
        kind: Kind,
        message: Message,
        apply: Callable[[sqlite3.Connection, Message], Message],
    ) -> Message:
        """
        What the message was answered, or is answered now that it is applied.

        Raises
        ------
        Refusal
            The id was used with other content.

        """
        content = self.content(kind, message)
        with self.store.open() as base:
            before = self.remembered(base, self.key(message))
            if before is not None:
                if before["content"] != content:
                    raise Refusal("message-id-reused")
                return dict(json.loads(before["answer"]))
            answer = apply(base, message)
            base.execute(
                "insert into message values (?, ?, ?, ?)",
                [self.key(message), kind.code, content, json.dumps(answer)],
            )
            return answer

    def key(self, message: Message) -> str:
        return str(message["header"]["messageId"]).lower()

    def remembered(self, base: sqlite3.Connection, key: str) -> Any:
        return base.execute("select * from message where id = ?", [key]).fetchone()

    def content(self, kind: Kind, message: Message) -> str:
        """What a repeated message must share: all but the time of sending and the signatures."""
        kept = copy.deepcopy(message)
        del kept["header"]["sentAt"], kept["header"]["messageId"]
        if kind in {TRIAL, BATCH}:
            for record in kept["records"]:
                record.pop("signature", None)
        return jsontext.same(kept)

    def receipt(self, kind: Kind, message: Message, results: list[Message]) -> Message:
        accepted = sum(each["status"] == "ACCEPTED" for each in results)
        return {
            "results": results,
            "rejected": len(results) - accepted,
            "accepted": accepted,
            "received": len(results),
            "receivedAt": contract.said(contract.utc_micros(contract.now())),
            "messageCode": kind.code,
            "messageId": message["header"]["messageId"],
        }
