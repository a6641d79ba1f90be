"""
What the reference does with a message: its own checks, replays, receipts, and what is kept.

One decision stands in one method; see `reference`. Judging a single record is `intake`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Surroundings
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.access import Access
from conformance.packs.vn_cbccvc.headers import Headers
from conformance.packs.vn_cbccvc.intake import Case, Complaint, Intake, Knowledge, problems
from conformance.packs.vn_cbccvc.keeping import Keeping, content_digest, moment_of
from conformance.packs.vn_cbccvc.tree import HANOI
from conformance.reference.exchange import Outgoing
from conformance.reference.freedoms import Freedoms
from conformance.reference.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """
    One kind of message: where its records stand and how many there may be.

    Attributes:
        code: the message code in its header.
        component: the message's schema.
        key: the member that holds the records.
        subject: the member of a record that holds its subject, "" when it is the record itself.
    """

    operation: str
    code: str
    component: str
    key: str
    subject: str
    most: int


TRIAL: Final = Batch(
    operation="submitTrialSync",
    code="M51",
    component="TrialSyncMessage",
    key="records",
    subject="profile",
    most=10,
)
UNIT_BATCH: Final = Batch(
    operation="submitUnits",
    code="M50",
    component="UnitBatchMessage",
    key="units",
    subject="",
    most=100,
)
#: Message id -> the operation by which it came: an id stands for one message of any kind.
RECEIVED: Final = "messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one record: complaints, or none for an accepted one."""

    case: Case
    complaints: Sequence[Complaint]


class Batches(Headers, Keeping):
    """Receives messages."""

    def __init__(
        self,
        knowledge: Knowledge,
        surroundings: Surroundings,
        store: Store,
        freedoms: Freedoms,
    ) -> None:
        Access.__init__(self, surroundings.clock, freedoms)
        Intake.__init__(self, knowledge, surroundings)
        self.store = store

    # -- messages ----------------------------------------------------------------------

    def submit(self, batch: Batch, message: Json) -> Outgoing:
        """The checks of a message in the contract's order, then every record by itself."""
        records = message.get(batch.key) if isinstance(message, dict) else None
        if isinstance(records, list) and not self.fits(batch, records):
            return self.problem(messages.BATCH_SIZE, f"The message holds {len(records)} records.")
        found = problems(self.knowledge.contract, batch.component, message)
        wrong = self.header_faults(batch.code, message, self.message_faults(batch, message, found))
        if wrong or not isinstance(message, dict) or not isinstance(records, list):
            return self.refuse_message(wrong)
        header = message["header"]
        assert isinstance(header, dict)
        content = self.identity(batch, message)
        known = self.known_message(batch, str(header["messageId"]))
        if known is not None and known["content"] == content:
            return self.answer_again(batch, message, found, known["receipt"])
        if known is not None or self.came_otherwise(batch.operation, str(header["messageId"])):
            return self.answer_to_reuse(batch, message, found)
        return self.process(batch, message, found)

    def came_otherwise(self, operation: str, message_id: str) -> bool:
        """Whether a message of this id was received by another operation."""
        return self.store.get(RECEIVED, self.message_key(message_id)) not in (None, operation)

    def note_message(self, operation: str, message_id: str, told: JsonObject) -> None:
        """Remember a message under its id, with its `content` and what it was told."""
        key = self.message_key(message_id)
        self.store.put(operation, key, told)
        self.store.put(RECEIVED, key, operation)

    def known_message(self, batch: Batch, message_id: str) -> JsonObject | None:
        """The message of this id that was received before: its `content` and `receipt`."""
        known = self.store.get(batch.operation, self.message_key(message_id))
        return known if isinstance(known, dict) else None

    def opened(self, code: str, component: str, message: Json) -> JsonObject | Outgoing:
        """A message that may be judged, or the refusal of the whole of it."""
        found = problems(self.knowledge.contract, component, message)
        wrong = self.header_faults(code, message, found)
        if wrong or not isinstance(message, dict):
            return self.refuse_message(wrong)
        return message

    def fits(self, batch: Batch, records: Sequence[Json]) -> bool:
        """Whether a message may hold that many records."""
        return 1 <= len(records) <= batch.most

    def message_faults(
        self, batch: Batch, message: Json, found: Sequence[SchemaProblem]
    ) -> Sequence[SchemaProblem]:
        """What refuses the whole message: all that is not about one record alone."""
        return [
            problem
            for problem in found
            if _record_of(batch, message, problem) is None
            # The number of records has been judged already, under its own name.
            and (problem.pointer, problem.keyword) not in _number_faults(batch)
        ]

    def identity(self, batch: Batch, message: JsonObject) -> str:
        """What makes two messages the same: all but the time of sending and the signatures."""
        header, records = message["header"], message[batch.key]
        assert isinstance(header, dict)
        assert isinstance(records, list)
        kept: JsonObject = {
            **message,
            "header": {name: value for name, value in header.items() if name != "sentAt"},
            batch.key: [
                {name: value for name, value in record.items() if name != "signature"}
                if isinstance(record, dict) and batch.subject
                else record
                for record in records
            ],
        }
        return content_digest(kept)

    def answer_again(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem], receipt: Json
    ) -> Outgoing:
        """What a message is answered that was received before."""
        return self.answer_to_replay(batch, message, found, receipt)

    def answer_to_replay(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem], receipt: Json
    ) -> Outgoing:
        """The first answer again, and nothing is applied."""
        del batch, message, found
        return Outgoing(status=200, json=receipt)

    def answer_to_reuse(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem]
    ) -> Outgoing:
        """One id cannot stand for two messages."""
        del batch, message, found
        return self.problem(messages.MESSAGE_ID_REUSED, "Send other content under a new id.")

    def process(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem]
    ) -> Outgoing:
        """Judge and keep the records, write the receipt and remember it under the message id."""
        header = message["header"]
        assert isinstance(header, dict)
        message_id, moment = str(header["messageId"]), self.clock.now()
        with self.store.transaction():
            receipt: JsonObject = {
                "messageId": message_id,
                "messageCode": header["messageCode"],
                "receivedAt": moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                **self.apply(batch, message, found, moment),
            }
            told: JsonObject = {"content": self.identity(batch, message), "receipt": receipt}
            self.note_message(batch.operation, message_id, told)
        return Outgoing(status=200, json=receipt)

    def apply(
        self,
        batch: Batch,
        message: JsonObject,
        found: Sequence[SchemaProblem],
        moment: datetime,
    ) -> JsonObject:
        """Judge and keep the records; the part of the receipt that tells what became of them."""
        header, records = message["header"], message[batch.key]
        assert isinstance(header, dict)
        assert isinstance(records, list)
        message_id = str(header["messageId"])
        shapes: dict[int, list[SchemaProblem]] = {}
        for problem in found:
            if (index := _record_of(batch, message, problem)) is not None:
                shapes.setdefault(index, []).append(problem)
        cases = [
            _case(batch, header, index, record, shapes.get(index, []), moment)
            for index, record in enumerate(records)
        ]
        if batch is UNIT_BATCH:
            # A parent may stand earlier in the same message: judged and kept one by one.
            results = [
                self.settle(
                    batch, n, Verdict(case=case, complaints=self.judge_unit(case)), message_id
                )
                for n, case in enumerate(cases, start=1)
            ]
        else:
            judged = [Verdict(case=case, complaints=self.judge_profile(case)) for case in cases]
            verdicts = self.without_duplicates(self.decide(judged))
            results = [
                self.settle(batch, n, verdict, message_id)
                for n, verdict in enumerate(verdicts, start=1)
            ]
        accepted = self.accepted_among(results)
        return {
            "received": self.count(batch, len(results)),
            "accepted": accepted,
            "rejected": len(results) - accepted,
            "results": list(self.in_order_of_records(results)),
        }

    def count(self, batch: Batch, records: int) -> int:
        """How many records the receipt says were received."""
        del batch
        return records

    def accepted_among(self, results: Sequence[JsonObject]) -> int:
        """How many records the receipt says were accepted."""
        return sum(result["status"] == "ACCEPTED" for result in results)

    def in_order_of_records(self, results: Sequence[JsonObject]) -> Sequence[JsonObject]:
        """The results as the receipt lists them."""
        return results

    def without_duplicates(self, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        """A person stands once in a message: after an acceptable record, others are rejected."""
        seen: set[str] = set()
        kept = []
        for verdict in verdicts:
            person = str(verdict.case.subject.get("profileId"))
            if verdict.complaints:
                kept.append(verdict)
            elif person in seen:
                kept.append(replace(verdict, complaints=self.duplicate(verdict.case)))
            else:
                seen.add(person)
                kept.append(verdict)
        return kept

    def duplicate(self, case: Case) -> Sequence[Complaint]:
        """What is said of the second record about one person."""
        word = "duplicate-record"
        return (
            Complaint(
                stage=word,
                rule=word,
                pointer="/profileId",
                sentence=messages.FAULTS[word],
                value=str(case.subject.get("profileId")),
            ),
        )

    def decide(self, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        """Each record of a trial message stands or falls by itself."""
        return verdicts

    def settle(self, batch: Batch, number: int, verdict: Verdict, message_id: str) -> JsonObject:
        """Keep an accepted record; the contract's `RecordResult`."""
        subject = verdict.case.subject
        if not verdict.complaints:
            if batch is UNIT_BATCH:
                version, told = self.keep_unit(subject), {}
            else:
                version = self.keep_profile(subject, message_id, verdict.case.changed_at)
                told = self.told_of_time(verdict.case)
            return {"recordNo": number, "status": "ACCEPTED", "version": version, **told}
        if batch is TRIAL:
            self.rejected(verdict)
        place = f"/{batch.key}/{number - 1}" + (f"/{batch.subject}" if batch.subject else "")
        about = subject.get("profileId")
        return {
            "recordNo": number,
            "status": "REJECTED",
            "errors": [self.error(c, number, place, about) for c in verdict.complaints],
        }

    def rejected(self, verdict: Verdict) -> None:
        """What is left of a rejected profile: nothing."""

    def told_of_time(self, case: Case) -> JsonObject:
        """What the receipt adds to an accepted record that says when its change happened."""
        changed_at = moment_of(case.changed_at)
        if changed_at is None or case.sent_at is None:
            return {}
        return {"timeliness": self.timeliness(case.origin, changed_at, case.sent_at)}


def _case(
    batch: Batch,
    header: JsonObject,
    index: int,
    record: Json,
    shape: Sequence[SchemaProblem],
    moment: datetime,
) -> Case:
    assert isinstance(record, dict)
    subject = record[batch.subject] if batch.subject else record
    assert isinstance(subject, dict)
    place = f"/{batch.key}/{index}" + (f"/{batch.subject}" if batch.subject else "")
    return Case(
        subject=subject,
        signature=record.get("signature") if batch.subject else None,
        changed_at=str(record.get("changedAt", "")) if batch.subject else "",
        origin=str(record.get("origin", "")) if batch.subject else "",
        sent_at=moment_of(str(header["sentAt"])),
        shape=tuple(
            replace(problem, pointer=problem.pointer.removeprefix(place))
            for problem in shape
            if problem.pointer.startswith(place)
        ),
        moment=moment,
        as_of=moment.astimezone(HANOI).date(),
        operation=batch.operation,
    )


def _number_faults(batch: Batch) -> tuple[tuple[str, str], ...]:
    return ((f"/{batch.key}", "minItems"), (f"/{batch.key}", "maxItems"))


def _record_of(batch: Batch, message: Json, problem: SchemaProblem) -> int | None:
    """The index of the record that a problem is about alone, None when it is the message's."""
    tokens = problem.pointer.split("/")[1:]
    if len(tokens) < 2 or tokens[0] != batch.key or not isinstance(message, dict):
        return None
    records = message[batch.key]
    record = records[int(tokens[1])] if isinstance(records, list) else None
    if not isinstance(record, dict):
        return None
    if not batch.subject:
        return int(tokens[1])
    if len(tokens) < 3 or tokens[2] not in (batch.subject, "signature"):
        return None
    return int(tokens[1]) if isinstance(record.get(batch.subject), dict) else None
