"""
What the reference does with a message: its own checks, replays, receipts, and what is kept.

One decision stands in one method; see `reference`. Judging a single record is `intake`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.crypto.canonical import canonical
from conformance.model.clock import Clock
from conformance.model.json import Json, JsonObject, compact
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.access import Access
from conformance.packs.vn_cbccvc.intake import Case, Complaint, Intake, Knowledge, problems
from conformance.reference.exchange import Outgoing
from conformance.reference.freedoms import Freedoms
from conformance.reference.store import Store

#: The day of judgement is the registry's own; its country knows no daylight saving.
_HANOI: Final = timezone(timedelta(hours=7))

PROFILES: Final = "profiles"
UNITS: Final = "units"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """
    One kind of message: where its records stand and how many there may be.

    Attributes:
        component: the message's schema.
        key: the member that holds the records.
        subject: the member of a record that holds its subject, "" when it is the record itself.
    """

    operation: str
    component: str
    key: str
    subject: str
    most: int


TRIAL: Final = Batch(
    operation="submitTrialSync",
    component="TrialSyncMessage",
    key="records",
    subject="profile",
    most=10,
)
UNIT_BATCH: Final = Batch(
    operation="submitUnits", component="UnitBatchMessage", key="units", subject="", most=100
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one record: complaints, or none for an accepted one."""

    case: Case
    complaints: Sequence[Complaint]


class Batches(Access, Intake):
    """Receives messages."""

    def __init__(
        self,
        knowledge: Knowledge,
        trust_anchors: tuple[bytes, ...],
        clock: Clock,
        store: Store,
        freedoms: Freedoms,
    ) -> None:
        Access.__init__(self, clock, freedoms)
        Intake.__init__(self, knowledge, trust_anchors)
        self.store: Final = store

    # -- messages ----------------------------------------------------------------------

    def submit(self, batch: Batch, message: Json) -> Outgoing:
        """The checks of a message in the contract's order, then every record by itself."""
        records = message.get(batch.key) if isinstance(message, dict) else None
        if isinstance(records, list) and not self.fits(batch, records):
            return self.problem(messages.BATCH_SIZE, f"The message holds {len(records)} records.")
        found = problems(self.knowledge.contract, batch.component, message)
        wrong = self.message_faults(batch, message, found)
        if wrong or not isinstance(message, dict) or not isinstance(records, list):
            places = "; ".join(f"{p.pointer or '/'}: {p.keyword}" for p in wrong[:5])
            return self.problem(messages.MESSAGE_INVALID, places)
        header = message["header"]
        assert isinstance(header, dict)
        content = self.identity(batch, message)
        known = self.store.get(batch.operation, str(header["messageId"]).lower())
        if isinstance(known, dict):
            if known["content"] == content:
                return self.answer_to_replay(batch, message, found, known["receipt"])
            return self.answer_to_reuse(batch, message, found)
        return self.process(batch, message, found)

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
            self.store.put(
                batch.operation,
                message_id.lower(),
                {"content": self.identity(batch, message), "receipt": receipt},
            )
        return Outgoing(status=200, json=receipt)

    def apply(
        self,
        batch: Batch,
        message: JsonObject,
        found: Sequence[SchemaProblem],
        moment: datetime,
    ) -> JsonObject:
        """Judge and keep the records; the part of the receipt that tells what became of them."""
        records = message[batch.key]
        assert isinstance(records, list)
        shapes: dict[int, list[SchemaProblem]] = {}
        for problem in found:
            if (index := _record_of(batch, message, problem)) is not None:
                shapes.setdefault(index, []).append(problem)
        cases = [
            _case(batch, index, record, shapes.get(index, []), moment)
            for index, record in enumerate(records)
        ]
        if batch is UNIT_BATCH:
            # A parent may stand earlier in the same message: judged and kept one by one.
            results = [
                self.settle(batch, n, Verdict(case=case, complaints=self.judge_unit(case)))
                for n, case in enumerate(cases, start=1)
            ]
        else:
            verdicts = self.decide(
                [Verdict(case=case, complaints=self.judge_profile(case)) for case in cases]
            )
            results = [
                self.settle(batch, n, verdict) for n, verdict in enumerate(verdicts, start=1)
            ]
        accepted = sum(result["status"] == "ACCEPTED" for result in results)
        return {
            "received": self.count(batch, len(results)),
            "accepted": accepted,
            "rejected": len(results) - accepted,
            "results": list(results),
        }

    def count(self, batch: Batch, records: int) -> int:
        """How many records the receipt says were received."""
        del batch
        return records

    def decide(self, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        """Each record of a trial message stands or falls by itself."""
        return verdicts

    def settle(self, batch: Batch, number: int, verdict: Verdict) -> JsonObject:
        """Keep an accepted record; the contract's `RecordResult`."""
        subject = verdict.case.subject
        if not verdict.complaints:
            version = self.keep_unit(subject) if batch is UNIT_BATCH else self.keep_profile(subject)
            return {"recordNo": number, "status": "ACCEPTED", "version": version}
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

    # -- what is kept ------------------------------------------------------------------

    def keep_profile(self, profile: JsonObject) -> int:
        """Store a profile in the place of the one before; its new version."""
        key = str(profile.get("profileId"))
        version = _version(self.store.get(PROFILES, key)) + 1
        moment = self.clock.now().astimezone(UTC).isoformat().replace("+00:00", "Z")
        self.store.put(PROFILES, key, {"profile": profile, "version": version, "updatedAt": moment})
        return version

    def keep_unit(self, unit: JsonObject) -> int:
        """Store a unit in the place of the one before; its new version."""
        code, parent = str(unit["unitCode"]), unit["parentCode"]
        version = _version(self.store.get(UNITS, code)) + 1
        self.store.put(UNITS, code, {"unit": unit, "version": version})
        if isinstance(parent, str):
            self.store.put(f"{UNITS}/{parent}", code, True)
        return version

    def unit(self, code: Json) -> JsonObject | None:
        """A stored unit."""
        row = self.store.get(UNITS, code) if isinstance(code, str) else None
        unit = row.get("unit") if isinstance(row, dict) else None
        return unit if isinstance(unit, dict) else None


def _case(
    batch: Batch,
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
        shape=tuple(
            replace(problem, pointer=problem.pointer.removeprefix(place))
            for problem in shape
            if problem.pointer.startswith(place)
        ),
        moment=moment,
        as_of=moment.astimezone(_HANOI).date(),
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


def content_digest(value: Json) -> str:
    """SHA-256 over the canonical form, hexadecimal: equal for equal values only."""
    try:
        content = canonical(value)
    except ValueError:
        # A number beyond RFC 8785 is rejected elsewhere, by name; comparing it needs no signature.
        content = compact(value).encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()


def _version(row: Json) -> int:
    version = row.get("version") if isinstance(row, dict) else None
    return version if isinstance(version, int) else 0
