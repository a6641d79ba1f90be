"""Sixth set: messages, what they may be repeated for, the judging of records, and batches."""

from __future__ import annotations

import json
import sqlite3
import uuid
from typing import Any

from werkzeug import Request

from tests.second_implementation import contract
from tests.second_implementation.answers import Refusal
from tests.second_implementation.faults import fault
from tests.second_implementation.jobs import Jobs
from tests.second_implementation.judging import Records
from tests.second_implementation.messages import BATCH, TRIAL, Kind, Message, Messages
from tests.second_implementation.rules import Rules
from tests.second_implementation.saying import Teller, Wrong


# The id is a unique key of the table of messages, and what the database refuses is told as 409.
@fault("v6-repeat-refused", "VN-SYNC-014", "VN-UNIT-018", "VN-UNIT-025")
class RepeatRefused(Messages):
    """Refuses a message that is sent again as it was, as if its id bore other content."""

    def content(self, _kind: Kind, _message: Message) -> str:
        return uuid.uuid4().hex


# The id alone is the key of idempotency, as with most payment interfaces; nothing is compared.
@fault("v6-reuse-gets-first-answer", "VN-SYNC-016", "VN-TIER-026", "VN-UNIT-025")
class ReuseGetsFirstAnswer(Messages):
    """Answers other content under a used id with the receipt of the first message."""

    def content(self, _kind: Kind, _message: Message) -> str:
        return ""


# A digest of the header and the records is stored; who repeats later writes another `sentAt`.
@fault("v6-sent-at-is-content", "VN-SYNC-014")
class SentAtIsContent(Messages):
    """Takes the time of sending for content, and refuses a repeat that was sent later."""

    def content(self, kind: Kind, message: Message) -> str:
        return str(message["header"]["sentAt"]) + super().content(kind, message)


# The inbox writes the id down as soon as the body is parsed, and nothing takes it out again.
@fault("v6-refused-message-keeps-its-id", "VN-SYNC-003")
class RefusedMessageKeepsItsId(Messages):
    """Keeps the id of a refused message, so that the mended one is refused as reused."""

    def counted(self, kind: Kind, message: Any) -> None:
        try:
            super().counted(kind, message)
        except Refusal:
            self.note(message)
            raise

    def shaped(self, kind: Kind, message: Any) -> None:
        try:
            super().shaped(kind, message)
        except Refusal:
            self.note(message)
            raise

    def note(self, message: Any) -> None:
        header = message.get("header") if isinstance(message, dict) else None
        if isinstance(header, dict) and isinstance(header.get("messageId"), str):
            with self.store.open() as base:
                base.execute(
                    "insert or ignore into message values (?, '', '', '')", [self.key(message)]
                )


# The class of a record bears `@NotNull` at the signature, and is validated with the message.
@fault("v6-missing-signature-refuses-message", "VN-SIG-001", "VN-PRO-032")
class MissingSignatureRefusesMessage(Messages):
    """Refuses a whole message for one record without a signature."""

    def shaped(self, kind: Kind, message: Any) -> None:
        super().shaped(kind, message)
        for number, record in enumerate(message["records"] if kind in {TRIAL, BATCH} else []):
            if "signature" not in record:
                wrong = Wrong(f"/records/{number}/signature", "schema")
                raise Refusal("message-invalid", errors=[self.teller.error(wrong, None)])


# The framework or the proxy in front of it came with a limit that nobody thought of.
@fault("v6-body-limit-one-megabyte", "VN-PRO-011")
class BodyLimitOneMegabyte(Messages):
    """Takes no body of more than one megabyte, though batches may be longer."""

    def typed(self, request: Request) -> None:
        super().typed(request)
        if (request.content_length or 0) > 2**20:
            raise Refusal("body-too-large")


# The message id is asked for where receipts are written, and a batch has none yet.
@fault("v6-batch-repeat-gets-new-job", "VN-PRO-012")
class BatchRepeatGetsNewJob(Jobs):
    """Gives a batch that is sent again another job, and carries it out once more."""

    def submit(self, message: Message) -> Message:
        with self.store.open() as base:
            before = self.messages.remembered(base, self.messages.key(message))
            same = before and before["content"] == self.messages.content(BATCH, message)
        if not same:
            return super().submit(message)
        job = uuid.uuid4().hex
        known = f"{message['header']['messageId']}#{job}"
        with self.store.open() as base:
            base.execute(
                "insert into job values (?, ?, 'QUEUED', ?, ?, null)",
                [job, known, contract.utc_micros(contract.now()), json.dumps(message)],
            )
            found = self.read(base, job)
        self._waiting.put(job)
        assert found is not None
        return found

    def read(self, base: sqlite3.Connection, job: str) -> Message | None:
        found = super().read(base, job)
        return found and {**found, "messageId": found["messageId"].partition("#")[0]}


# The validator throws at the first thing that it finds.
@fault("v6-first-error-only", "VN-SYNC-031")
class FirstErrorOnly(Records):
    """Lists only the first error of the stage that fails."""

    def wrongs(
        self, base: sqlite3.Connection, record: dict[str, Any], seen: set[str]
    ) -> list[Wrong]:
        return super().wrongs(base, record, seen)[:1]


# The mapper from JSON to objects passes over members that the class does not have.
@fault("v6-unknown-members-dropped", "VN-SYNC-009", "VN-VEC-001", "VN-PRO-001")
class UnknownMembersDropped(Records):
    """Accepts a profile with members that the contract does not name, and drops them."""

    def malformed(self, profile: dict[str, Any]) -> list[Wrong]:
        return super().malformed(_known(profile))

    def unlisted(self, profile: dict[str, Any], day: str) -> list[Wrong]:
        return super().unlisted(_known(profile), day)

    def accepted(
        self,
        base: sqlite3.Connection,
        number: int,
        record: dict[str, Any],
        message: str,
        seen: set[str],
    ) -> dict[str, Any]:
        kept = {**record, "profile": _known(record["profile"])}
        return super().accepted(base, number, kept, message, seen)


# The rejected value is put into the error as it stands, to be helpful.
@fault("v6-personal-id-quoted", "VN-SYNC-008", "VN-PRIV-006")
class PersonalIdQuoted(Teller):
    """Quotes a personal id in full as the value that is complained of."""

    def value(self, wrong: Wrong) -> str | None:
        if isinstance(wrong.value, str | int | float) and not isinstance(wrong.value, bool):
            return str(wrong.value)[:80]
        return None


# A foreign key finds the row of the unit; nobody asks for its last day.
@fault("v6-closed-unit-employs", "VN-SYNC-028", "VN-TIER-019")
class ClosedUnitEmploys(Records):
    """Accepts people into a unit that is known but lives no longer."""

    def unhoused(self, base: sqlite3.Connection, profile: dict[str, Any], day: str) -> list[Wrong]:
        found = super().unhoused(base, profile, day)
        return [each for each in found if each.rule != "unit-closed"]


# The ages that everybody knows, 62 and 60, are written into the code; the years between are not.
@fault("v6-retirement-at-final-age", "VN-RULE-018", "VN-SYNC-007")
class RetirementAtFinalAge(Rules):
    """Takes 62 and 60 for the ages of retirement of every year, not those of the list."""

    def last_month(self, born: str, sex: str) -> str:
        return f"{int(born[:4]) + (62 if sex == '1' else 60):04}{born[4:7]}"


def _known(profile: dict[str, Any]) -> dict[str, Any]:
    schemas = contract.documents()["profile-fields.yaml"]["components"]["schemas"]
    return {key: each for key, each in profile.items() if key in schemas["Profile"]["properties"]}
