"""
Batches of up to a thousand profiles: taken at once, answered later by a job.

One decision stands in one method; see `reference`. The records are judged and kept when the
message arrives; the job tells of it after a while that follows from the freedoms.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.batches import Batch, Batches
from conformance.reference.exchange import Outgoing

JOBS: Final = "jobs"

PROFILE_BATCH: Final = Batch(
    operation="submitProfileBatch",
    code="M52",
    component="ProfileBatchMessage",
    key="records",
    subject="profile",
    most=1000,
)

QUEUED: Final = "QUEUED"
RUNNING: Final = "RUNNING"
DONE: Final = "DONE"

#: Jobs are numbered by the message that they carry out.
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:vn-cbccvc:job")
#: Seconds after which asking again is worth while (RFC 9110, section 10.2.3: whole ones).
_ASK_AGAIN: Final = "1"


class Jobs(Batches):
    """Takes profile batches and tells what became of them."""

    def process(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem]
    ) -> Outgoing:
        """As every message; but the receipt of a profile batch waits in a job."""
        answer = super().process(batch, message, found)
        return self.start_job(message, answer.json) if batch is PROFILE_BATCH else answer

    def answer_again(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem], receipt: Json
    ) -> Outgoing:
        """What was answered first; for a profile batch, its job as it stands now."""
        if batch is PROFILE_BATCH:
            return self.answer_to_replayed_job(message, receipt)
        return super().answer_again(batch, message, found, receipt)

    def answer_to_replayed_job(self, message: JsonObject, receipt: Json) -> Outgoing:
        """The job of the first time, and nothing is applied."""
        del receipt
        job_id = self.job_id(_message_id(message))
        job = self.store.get(JOBS, job_id)
        assert isinstance(job, dict)
        return self._taken(job_id, job)

    def start_job(self, message: JsonObject, receipt: Json) -> Outgoing:
        """Remember a job, and say where it can be read."""
        message_id = _message_id(message)
        job_id = self.job_id(message_id)
        begun = self.clock.now()
        done = begun + timedelta(seconds=self.freedoms.seconds_of_work(message_id))
        job: JsonObject = {
            "messageId": message_id,
            "submittedAt": _written(begun),
            "runningAt": _written(begun + (done - begun) / 3),
            "doneAt": _written(done),
            "receipt": receipt,
            "client": self.caller,
        }
        self.store.put(JOBS, job_id, job)
        return self._taken(job_id, job)

    def job_id(self, message_id: str) -> str:
        """The id of a message's job: one message, one job."""
        return str(uuid.uuid5(_NAMESPACE, self.message_key(message_id)))

    def read_job(self, job_id: str) -> Outgoing:
        """A job as it stands now."""
        job = self.store.get(JOBS, job_id.lower())
        if not isinstance(job, dict) or not self.may_read_job(job):
            return self.problem(messages.NOT_FOUND, "There is no such job.")
        told = self._told(job_id.lower(), job)
        if told["status"] != DONE:
            return Outgoing(status=200, json=told, headers={"Retry-After": _ASK_AGAIN})
        return Outgoing(status=200, json={**told, **self.outcome_of_job(job)})

    def status_of_job(self, job: JsonObject) -> str:
        """How far a job has come."""
        now = self.clock.now()
        if now < datetime.fromisoformat(str(job["runningAt"])):
            return QUEUED
        return RUNNING if now < datetime.fromisoformat(str(job["doneAt"])) else DONE

    def outcome_of_job(self, job: JsonObject) -> JsonObject:
        """What a finished job adds: the receipt of its message."""
        return {"receipt": job["receipt"]}

    def _taken(self, job_id: str, job: JsonObject) -> Outgoing:
        return Outgoing(
            status=202, json=self._told(job_id, job), headers={"Location": f"/v1/jobs/{job_id}"}
        )

    def _told(self, job_id: str, job: JsonObject) -> JsonObject:
        return {
            "jobId": job_id,
            "messageId": job["messageId"],
            "status": self.status_of_job(job),
            "submittedAt": job["submittedAt"],
        }


def _message_id(message: JsonObject) -> str:
    header = message["header"]
    assert isinstance(header, dict)
    return str(header["messageId"])


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
