"""Faults of messages, receipts and the judging of records: the third set."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract
from tests.second_implementation.answers import Refusal
from tests.second_implementation.faults import fault
from tests.second_implementation.judging import Records
from tests.second_implementation.messages import BATCH, Kind, Message, Messages
from tests.second_implementation.saying import Teller, Wrong
from tests.second_implementation.web import Web

MEBIBYTE = 2**20


# A validator generated from the documents runs first, and knows `maxItems`.
@fault("count-is-shape", "VN-SYNC-003", "VN-SYNC-004", "VN-PRO-011")
class CountIsShape(Messages):
    """Refuses a wrong number of records as `message-invalid`: the schema says so before anybody."""

    def counted(self, kind: Kind, message: Any) -> None:
        pass


# Each record is validated by itself, and its validator's pointers begin at the record.
@fault("pointer-into-record", "VN-SYNC-007", "VN-SYNC-009")
class PointerIntoRecord(Teller):
    """Says where in its record a fault is, and not where in the body."""

    def error(self, wrong: Wrong, number: int | None) -> dict[str, Any]:
        told = super().error(wrong, number)
        return {**told, "pointer": re.sub(r"^/(records|units)/\d+", "", told["pointer"])}


# The records are carried out, and then the unique index on message ids says that there was one.
@fault("reused-but-applied", "VN-SYNC-016")
class ReusedButApplied(Messages):
    """Refuses a message id that was used with other content, and carries that out all the same."""

    def once(
        self,
        kind: Kind,
        message: Message,
        apply: Callable[[sqlite3.Connection, Message], Message],
    ) -> Message:
        try:
            return super().once(kind, message, apply)
        except Refusal:
            # What a batch applies is the making of its job, which has the same index.
            if kind is not BATCH:
                with self.store.open() as base:
                    apply(base, message)
            raise


# Nothing that is not authentic is looked into: a habit from elsewhere.
@fault("signature-first", "VN-SYNC-031")
class SignatureFirst(Records):
    """Verifies the signature before it reads the profile: a wrong one hides what else is wrong."""

    def wrongs(
        self, base: sqlite3.Connection, record: dict[str, Any], seen: set[str]
    ) -> list[Wrong]:
        if "managingAgencyCode" in record["profile"]:
            found = self.unsigned(record) or self.unsound(record)
            if found:
                return found
        return super().wrongs(base, record, seen)


# Generators of code take the first schema of an `allOf` for the whole.
@fault("all-of-half-read", "VN-SYNC-021")
class AllOfHalfRead(Messages):
    """Takes every message code that there is, whichever the address."""

    def shaped(self, kind: Kind, message: Any) -> None:
        header = message.get("header") if isinstance(message, dict) else None
        if isinstance(header, dict) and header.get("messageCode") in _codes():
            message = {**message, "header": {**header, "messageCode": kind.code}}
        super().shaped(kind, message)


# What a proxy in front takes unless somebody tells it to take more.
@fault("body-of-a-mebibyte", "VN-VEC-003")
class BodyOfAMebibyte(Messages):
    """Takes bodies of a mebibyte at most, where a thousand records are some twelve."""

    def body(self, request: Request) -> bytes:
        found = super().body(request)
        if len(found) > MEBIBYTE:
            raise Refusal("body-too-large")
        return found


# The table of results has columns for the number, the status and the version.
@fault("receipt-without-errors", "VN-SYNC-005")
class ReceiptWithoutErrors(Web):
    """Keeps what became of each record and not why: a receipt that is read again has no errors."""

    def receipt(self, request: Request, asked: dict[str, Any]) -> Response:
        told = dict(super().receipt(request, asked).get_json())
        told["results"] = [
            {name: value for name, value in each.items() if name != "errors"}
            for each in told["results"]
        ]
        return self.parts.answers.json(told)


def _codes() -> list[str]:
    schemas = contract.documents()["common.yaml"]["components"]["schemas"]
    return list(schemas["MessageHeader"]["properties"]["messageCode"]["enum"])
