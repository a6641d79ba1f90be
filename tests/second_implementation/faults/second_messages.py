"""Faults of messages, receipts and the judging of records: the second set."""

# ruff: noqa: ARG002 -- a part keeps the signature of the one that it stands for.

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract
from tests.second_implementation.answers import Refusal
from tests.second_implementation.codelists import CodeLists, all_lists
from tests.second_implementation.faults import fault
from tests.second_implementation.judging import Records
from tests.second_implementation.messages import BATCH, TRIAL, Kind, Message, Messages
from tests.second_implementation.saying import PERSONAL, Teller, Wrong
from tests.second_implementation.web import Web

ROW = re.compile(r"(/profile/[A-Za-z]+/)(\d+)")


@fault("answers-of-last-twenty", "VN-SYNC-014", "VN-SYNC-016")
class AnswersOfLastTwenty(Messages):
    """Remembers the last twenty messages, in a cache of that size."""

    def remembered(self, base: sqlite3.Connection, key: str) -> Any:
        base.execute(
            "delete from message where rowid <= (select max(rowid) from message) - 20",
        )
        return super().remembered(base, key)


@fault("refused-id-is-spent", "none")
class RefusedIdIsSpent(Messages):
    """Keeps the id of a message that it refuses: mended, the message is told to reuse it."""

    def counted(self, kind: Kind, message: Any) -> None:
        try:
            super().counted(kind, message)
        except Refusal:
            self.spend(message)
            raise

    def shaped(self, kind: Kind, message: Any) -> None:
        try:
            super().shaped(kind, message)
        except Refusal:
            self.spend(message)
            raise

    def spend(self, message: Any) -> None:
        try:
            key = self.key(message)
        except (KeyError, TypeError):
            return
        with self.store.open() as base:
            base.execute("insert or ignore into message values (?, '', '', '')", [key])


@fault("rejected-not-remembered", "VN-SYNC-014", "VN-SYNC-016")
class RejectedNotRemembered(Messages):
    """Remembers no message all of whose records it rejects: that is rolled back with them."""

    def once(
        self,
        kind: Kind,
        message: Message,
        apply: Callable[[sqlite3.Connection, Message], Message],
    ) -> Message:
        answer = super().once(kind, message, apply)
        if answer.get("accepted") == 0:
            with self.store.open() as base:
                base.execute("delete from message where id = ?", [self.key(message)])
        return answer


@fault("content-is-the-people", "VN-SYNC-016")
class ContentIsThePeople(Messages):
    """Compares a repeated message with the first by whom it is about, and not what it says."""

    def content(self, kind: Kind, message: Message) -> str:
        if kind not in {TRIAL, BATCH}:
            return super().content(kind, message)
        return json.dumps([each["profile"].get("profileId") for each in message["records"]])


@fault("old-messages-refused", "VN-SYNC-001")
class OldMessagesRefused(Messages):
    """Refuses a message that was made more than an hour ago, such as one kept over an outage."""

    def early(self, sent: datetime) -> bool:
        return super().early(sent) or sent < contract.now() - timedelta(hours=1)


@fault("receipt-second-rounded", "VN-SYNC-005")
class ReceiptSecondRounded(Web):
    """Reads a receipt again with the time in whole seconds, as a database column keeps it."""

    def receipt(self, _request: Request, asked: dict[str, Any]) -> Response:
        told = json.loads(super().receipt(_request, asked).data)
        told["receivedAt"] = re.sub(r"\.\d+", "", told["receivedAt"])
        return self.parts.answers.json(told)


@fault("true-is-one", "VN-SYNC-009", "VN-VEC-001")
class TrueIsOne(Records):
    """Takes true and false for whole numbers, as languages do in which they are some."""

    def malformed(self, profile: dict[str, Any]) -> list[Wrong]:
        numbers = {wrong.pointer for wrong in super().malformed(_numbered(profile))}
        return [
            wrong
            for wrong in super().malformed(profile)
            if not isinstance(wrong.value, bool) or wrong.pointer in numbers
        ]


@fault("null-is-absent", "VN-SYNC-009", "VN-VEC-001")
class NullIsAbsent(Records):
    """Takes null for a member that is not there, as a binding to objects does."""

    sent: dict[str, Any]

    def wrongs(
        self, base: sqlite3.Connection, record: dict[str, Any], seen: set[str]
    ) -> list[Wrong]:
        self.sent = record
        return super().wrongs(base, _without_null(record), seen)

    def unsound(self, record: dict[str, Any]) -> list[Wrong]:
        return super().unsound(self.sent)

    def accepted(
        self,
        base: sqlite3.Connection,
        number: int,
        record: dict[str, Any],
        message: str,
        seen: set[str],
    ) -> dict[str, Any]:
        return super().accepted(base, number, _without_null(record), message, seen)


@fault("rows-from-one", "VN-SYNC-009", "VN-VEC-001")
class RowsFromOne(Teller):
    """Counts the rows of a table from 1 in a pointer; the records it counts right."""

    def pointer(self, wrong: Wrong) -> str:
        return ROW.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", super().pointer(wrong))


@fault("id-within-text", "VN-SYNC-008")
class IdWithinText(Teller):
    """Masks a value that is a personal id, and none that holds one among other letters."""

    def mask(self, text: str) -> str:
        return super().mask(text) if PERSONAL.fullmatch(text) else text


@fault("duplicate-first", "VN-SYNC-031")
class DuplicateFirst(Records):
    """Asks first whether the person stood before, and tells nothing else that is wrong."""

    def wrongs(
        self, base: sqlite3.Connection, record: dict[str, Any], seen: set[str]
    ) -> list[Wrong]:
        if record["profile"].get("profileId") in seen:
            return [each.below("/profile") for each in self.repeated(record["profile"], seen)]
        return super().wrongs(base, record, seen)


@fault("codes-hold-on-their-end", "VN-SYNC-010", "VN-SYNC-026")
class CodesHoldOnTheirEnd(CodeLists):
    """Lets a code hold on the day on which it no longer does: between counts both ends."""

    def holds(self, name: str, code: str, day: str) -> bool:
        rows = all_lists()[name].index.get(code, ())
        return any(row.begins <= day <= row.ends for row in rows)


def _numbered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbered(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_numbered(each) for each in value]
    return int(value) if isinstance(value, bool) else value


def _without_null(record: dict[str, Any]) -> dict[str, Any]:
    profile = {key: value for key, value in record["profile"].items() if value is not None}
    return {**record, "profile": profile}
