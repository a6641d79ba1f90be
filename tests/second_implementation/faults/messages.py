"""Faults of messages: limits, repetition, receipts."""

# ruff: noqa: ARG002 -- a part keeps the signature of the one that it stands for.

from __future__ import annotations

import json
import sqlite3
import time
from datetime import datetime, timedelta
from typing import Any

from werkzeug import Request, Response

from tests.second_implementation import contract, jsontext
from tests.second_implementation.answers import Answers
from tests.second_implementation.faults import fault
from tests.second_implementation.judging import Records
from tests.second_implementation.messages import BATCH, TRIAL, Kind, Message, Messages
from tests.second_implementation.saying import Teller, Wrong
from tests.second_implementation.web import Web


@fault("batch-999", "VN-PRO-011")
class Batch999(Messages):
    """Takes 999 records at most: the limit is off by one."""

    def most(self, kind: Kind) -> int:
        return kind.most - 1 if kind is BATCH else kind.most


@fault("eleventh-cut", "VN-SYNC-003")
class EleventhCut(Messages):
    """Takes the first ten of more records and says nothing of the others."""

    def counted(self, kind: Kind, message: Any) -> None:
        if kind is TRIAL and isinstance(message, dict) and isinstance(message.get("records"), list):
            del message["records"][kind.most :]
        super().counted(kind, message)


@fault("resigned-is-other", "VN-SYNC-014")
class ResignedIsOther(Messages):
    """Counts the signatures as content: a message signed anew is refused as reused."""

    def content(self, kind: Kind, message: Message) -> str:
        header = {**message["header"], "sentAt": ""}
        return jsontext.same({**message, "header": header})


@fault("sent-later-is-other", "VN-SYNC-014")
class SentLaterIsOther(Messages):
    """Counts the time of sending as content: who repeats a message and says when is refused."""

    def content(self, kind: Kind, message: Message) -> str:
        return f"{super().content(kind, message)} {message['header']['sentAt']}"


@fault("member-order-is-content", "VN-SYNC-014")
class MemberOrderIsContent(Messages):
    """Compares texts and not values: another order of the same members is other content."""

    def content(self, kind: Kind, message: Message) -> str:
        kept = json.loads(json.dumps(message))
        kept["header"]["sentAt"] = ""
        for record in kept.get("records", []):
            record.pop("signature", None)
        return json.dumps(kept)


@fault("ids-by-kind", "VN-SYNC-016")
class IdsByKind(Messages):
    """Remembers ids for each kind of message apart: one of a unit message serves a trial again."""

    def key(self, message: Message) -> str:
        kind = message["header"]["messageCode"]
        return super().key(message) + ("" if kind == TRIAL.code else f"/{kind}")


@fault("replay-race", "VN-SYNC-015")
class ReplayRace(Messages):
    """Looks whether a message is known, and only later, in another transaction, applies it."""

    def once(self, kind: Kind, message: Message, apply: Any) -> Message:
        with self.store.open() as base:
            before = self.remembered(base, self.key(message))
        if before is None:
            time.sleep(0.05)
            with self.store.open() as base:
                if self.remembered(base, self.key(message)):
                    # It came a second time meanwhile: applied again, and answered for itself.
                    return dict(apply(base, message))
        return super().once(kind, message, apply)


@fault("replay-told-anew", "VN-SYNC-014")
class ReplayToldAnew(Messages):
    """Gives a repeated message its receipt with the time of the repetition."""

    def once(self, kind: Kind, message: Message, apply: Any) -> Message:
        with self.store.open() as base:
            before = self.remembered(base, self.key(message))
        answer = super().once(kind, message, apply)
        if before and "receivedAt" in answer:
            answer["receivedAt"] = contract.said(contract.utc_micros(contract.now()))
        return answer


@fault("clock-without-offset", "VN-SYNC-022")
class ClockWithoutOffset(Messages):
    """Reads the clock of `sentAt` as its own, whatever the offset says."""

    def early(self, sent: datetime) -> bool:
        return sent.replace(tzinfo=contract.HANOI) > contract.now() + timedelta(minutes=5)


@fault("an-hour-early", "VN-SYNC-022")
class AnHourEarly(Messages):
    """Lets messages come from an hour ahead."""

    def early(self, sent: datetime) -> bool:
        return sent > contract.now() + timedelta(hours=1)


@fault("rejected-last", "VN-SYNC-024")
class RejectedLast(Messages):
    """Tells the accepted records first and the rejected ones behind."""

    def receipt(self, kind: Kind, message: Message, results: list[Message]) -> Message:
        return super().receipt(kind, message, sorted(results, key=lambda each: each["status"]))


@fault("unit-receipts-leak", "VN-SYNC-025")
class UnitReceiptsLeak(Web):
    """Gives the receipt of a unit message under the address of trial receipts."""

    def receipt(self, request: Request, asked: dict[str, Any]) -> Response:
        with self.parts.store.open() as base:
            row = self.parts.messages.remembered(base, asked["messageId"].lower())
        if row and row["code"] == "M50":
            return self.parts.answers.json(json.loads(row["answer"]))
        return super().receipt(request, asked)


@fault("one-condemns-all", "VN-SYNC-006")
class OneCondemnsAll(Records):
    """Rejects the records behind a faulty one: the transaction is spoilt."""

    def wrongs(self, base: sqlite3.Connection, record: Message, seen: set[str]) -> list[Wrong]:
        found = super().wrongs(base, record, seen)
        if "spoilt" in seen:
            return found or [Wrong("/profile", "schema")]
        if found:
            seen.add("spoilt")
        return found


@fault("number-from-zero", "VN-SYNC-007")
class NumberFromZero(Teller):
    """Counts the records of errors from 0, beside a pointer that is right."""

    def error(self, wrong: Wrong, number: int | None) -> dict[str, Any]:
        told = super().error(wrong, number)
        if number is not None and number > 1:
            told["recordNo"] = number - 1
        return told


@fault("whole-id-beside", "VN-SYNC-008")
class WholeIdBeside(Records):
    """Names the person in the sentence of a duplicate, and there the id is whole."""

    def repeated(self, profile: dict[str, Any], seen: set[str]) -> list[Wrong]:
        person = profile["profileId"]
        return [
            Wrong(each.pointer, each.rule, each.value, f"Trùng {person}.", f"{person} again.")
            for each in super().repeated(profile, seen)
        ]


@fault("whole-insurance-number", "VN-SYNC-008")
class WholeInsuranceNumber(Teller):
    """Masks the ids of persons by the name of the member, and leaves insurance numbers whole."""

    def value(self, wrong: Wrong) -> str | None:
        if wrong.pointer.endswith("/socialInsuranceNumber"):
            return str(wrong.value)
        return super().value(wrong)


@fault("id-in-not-found", "VN-SYNC-008")
class IdInNotFound(Answers):
    """Tells in a 404 the address that was asked for, personal id and all."""

    def problem(self, request: Request, refusal: Any) -> Response:
        answer = super().problem(request, refusal)
        if refusal.name == "not-found":
            told = {**json.loads(answer.get_data()), "instance": request.path}
            answer.set_data(jsontext.write(told))
        return answer
