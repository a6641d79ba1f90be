"""Fifth blind set: messages, idempotency, the judging of records, and batches."""

from __future__ import annotations

import copy
import json
import sqlite3
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.second_implementation import contract, jsontext
from tests.second_implementation.answers import Refusal
from tests.second_implementation.jobs import Jobs
from tests.second_implementation.judging import PROFILE, Records
from tests.second_implementation.messages import BATCH, Kind, Message, Messages
from tests.second_implementation.rules import Row, Rules
from tests.second_implementation.saying import PERSONAL, Teller, Wrong
from tests.second_implementation.store import Store

from . import fault

FIELDS = "profile-fields.yaml"
MOST_32_BITS = 2**31 - 1


# A filter claims the id in the idempotency table as soon as the body is parsed, and validation
# comes behind it; nobody thought of giving the id back.
@fault("v5-refused-id-remembered", "VN-SYNC-003")
class RefusedIdRemembered(Messages):
    """Remembers the id of a message that it refuses, and so refuses the corrected one too."""

    def counted(self, kind: Kind, message: Any) -> None:
        try:
            super().counted(kind, message)
        except Refusal:
            self.claim(kind, message)
            raise

    def shaped(self, kind: Kind, message: Any) -> None:
        try:
            super().shaped(kind, message)
        except Refusal:
            self.claim(kind, message)
            raise

    def claim(self, kind: Kind, message: Any) -> None:
        header = message.get("header") if isinstance(message, dict) else None
        known = header.get("messageId") if isinstance(header, dict) else None
        if isinstance(known, str):
            with self.store.open() as base:
                base.execute(
                    "insert or ignore into message values (?, ?, '', '{}')",
                    [known.lower(), kind.code],
                )


# The fingerprint of a message is the hash of its whole body but for the obvious `sentAt`. ECDSA
# signs the same bytes differently each time, so whoever signs again has another hash.
@fault("v5-resigned-copy-refused", "VN-SYNC-014")
class ResignedCopyRefused(Messages):
    """Counts the signatures as content, so that a copy that was signed again is another message."""

    def content(self, kind: Kind, message: Message) -> str:
        kept = copy.deepcopy(message)
        del kept["header"]["sentAt"]
        return f"{kind.code} {jsontext.same(kept)}"


# "Look whether the id is known, else apply and note it" in two transactions. The pause is that of a
# database on another machine. (Jobs are spared by the unique index on their message.)
@fault("v5-copies-at-once-applied-twice", "VN-SYNC-014", "VN-UNIT-018", "VN-UNIT-025")
class CopiesAtOnceAppliedTwice(Messages):
    """Applies two copies of a message both when they come at the same time."""

    def once(
        self,
        kind: Kind,
        message: Message,
        apply: Callable[[sqlite3.Connection, Message], Message],
    ) -> Message:
        with self.store.open() as base:
            known = self.remembered(base, self.key(message)) is not None
        if known or kind == BATCH:
            return super().once(kind, message, apply)
        time.sleep(0.05)
        with self.store.open() as base:
            answer = apply(base, message)
            base.execute(
                "insert or replace into message values (?, ?, ?, ?)",
                [self.key(message), kind.code, self.content(kind, message), json.dumps(answer)],
            )
        return answer


# `LocalDateTime.parse(text.substring(0, 19))`, compared with the clock on the wall in Hà Nội.
@fault("v5-offset-of-sending-dropped", "VN-SYNC-022")
class OffsetOfSendingDropped(Messages):
    """Reads `sentAt` without its offset, so that hours from now pass as the past."""

    def early(self, sent: datetime) -> bool:
        return super().early(sent.replace(tzinfo=contract.HANOI))


# The profile itself is checked against the schema, its parts go through a JSON library that is told
# to ignore what the classes do not know (FAIL_ON_UNKNOWN_PROPERTIES = false).
@fault("v5-nested-extras-passed-over", "VN-SYNC-009", "VN-VEC-001")
class NestedExtrasPassedOver(Records):
    """Takes a row or an address with members that nobody named, and drops these."""

    def malformed(self, profile: dict[str, Any]) -> list[Wrong]:
        return super().malformed(_known(PROFILE, profile, outermost=True))

    def unlisted(self, profile: dict[str, Any], day: str) -> list[Wrong]:
        return super().unlisted(_known(PROFILE, profile, outermost=True), day)

    def accepted(
        self,
        base: sqlite3.Connection,
        number: int,
        record: dict[str, Any],
        message: str,
        seen: set[str],
    ) -> dict[str, Any]:
        kept = {**record, "profile": _known(PROFILE, record["profile"], outermost=True)}
        return super().accepted(base, number, kept, message, seen)


def _known(schema: Any, value: Any, *, outermost: bool = False, document: str = FIELDS) -> Any:
    document, schema = contract.subschemas(document, schema)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [_known(items, each, document=document) for each in value]
    if not isinstance(value, dict):
        return value
    named = schema.get("properties", {})
    return {
        name: _known(named.get(name, {}), each, document=document)
        for name, each in value.items()
        if outermost or name in named
    }


# VARCHAR2(100) counts bytes in Oracle unless one says CHAR; a Vietnamese letter has up to three.
@fault("v5-length-in-bytes", "VN-SYNC-001", "VN-VEC-001")
class LengthInBytes(Records):
    """Counts the bytes of a text where the schema counts its characters."""

    def malformed(self, profile: dict[str, Any]) -> list[Wrong]:
        named = contract.subschemas(FIELDS, PROFILE)[1]["properties"]
        return super().malformed(profile) or [
            Wrong(f"/{name}", "schema", each)
            for name, each in profile.items()
            if isinstance(each, str)
            and len(each.encode()) > named[name].get("maxLength", len(each.encode()))
        ]


# `int` in Java or C#, INTEGER in PostgreSQL: no amount beyond 2,147,483,647 đồng.
@fault("v5-amounts-of-32-bits", "VN-SYNC-001", "VN-VEC-001")
class AmountsOf32Bits(Records):
    """Rejects amounts of money that do not fit into 32 bits."""

    def malformed(self, profile: dict[str, Any]) -> list[Wrong]:
        return super().malformed(profile) or [
            Wrong(f"/{name}", "schema", each)
            for name, each in profile.items()
            if isinstance(each, int) and each > MOST_32_BITS
        ]


# The set of people is filled while the records are read, before any of them is judged.
@fault("v5-duplicate-of-a-rejected", "VN-SYNC-006", "VN-PRO-032")
class DuplicateOfARejected(Records):
    """Takes a person whose record before was rejected for a duplicate."""

    def take(
        self,
        base: sqlite3.Connection,
        number: int,
        record: dict[str, Any],
        message: str,
        seen: set[str],
    ) -> dict[str, Any]:
        result = super().take(base, number, record, message, seen)
        seen.add(str(record["profile"].get("profileId")))
        return result


# Errors are gathered in a map from field to message, as forms have it.
@fault("v5-one-error-for-each-field", "VN-SYNC-031")
class OneErrorForEachField(Rules):
    """Tells of several broken rules about one field only the last."""

    def broken(self, record: Row, unit: Row, day: str) -> list[Wrong]:
        return list({each.pointer: each for each in super().broken(record, unit, day)}.values())


# The mask was written for the field of the personal id: `value.matches("\\d{12}")`.
@fault("v5-id-in-a-text-told", "VN-SYNC-008", "VN-PRIV-006")
class IdInATextTold(Teller):
    """Masks a personal id only where it is the whole text."""

    def mask(self, text: str) -> str:
        return self.masked(text) if PERSONAL.fullmatch(text) else text


class _Unverified(Records):
    def unsound(self, _record: dict[str, Any]) -> list[Wrong]:
        return []


# Verifying a thousand chains took too long; the importer got a shortcut "for the time being".
@fault("v5-batch-not-verified", "VN-PRO-032")
class BatchNotVerified(Jobs):
    """Takes the records of a batch whatever their signatures are worth."""

    def __init__(self, store: Store, messages: Messages, records: Records) -> None:
        trusting = _Unverified(
            codes=records.codes,
            signatures=records.signatures,
            units=records.units,
            rules=records.rules,
            profiles=records.profiles,
            teller=records.teller,
        )
        super().__init__(store, messages, trusting)


class _Rollback(Exception):
    """What a framework throws when a transaction was marked."""


# One transaction around the whole job; a rejected record marks it for rollback, and the receipt is
# written from the results in memory.
@fault("v5-batch-rolled-back", "VN-CONT-016")
class BatchRolledBack(Jobs):
    """Undoes a whole batch for one rejected record, and still tells that the others are stored."""

    def carry_out(self, job: str) -> None:
        results: list[Message] = []
        seen: set[str] = set()
        with self.store.open() as base:
            base.execute("update job set status = 'RUNNING' where id = ?", [job])
            row = base.execute("select body from job where id = ?", [job]).fetchone()
        message = json.loads(row["body"])
        try:
            with self.store.open() as base:
                for number, record in enumerate(message["records"]):
                    results.append(self.one(base, number, record, message, seen))
                if any(each["status"] == "REJECTED" for each in results):
                    raise _Rollback
        except _Rollback:
            pass
        self.finish(job, self.messages.receipt(BATCH, message, results))
