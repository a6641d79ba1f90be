"""Batches of up to a thousand profiles, which are answered by a job."""

from __future__ import annotations

from conformance.errors import Deviation
from conformance.oracles.body import text_at
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.profile_oracles import of_receipt, taken_as_a_job, waits_politely
from conformance.packs.vn_cbccvc.receipts import accepted, counts
from conformance.pytest_plugin import verifies

#: One more than a trial message may hold.
PEOPLE = 11
MOST = 1000


@verifies("VN-PRO-010", "VN-PRO-012")
def test_a_batch_is_taken_at_once_and_answered_by_one_job(agency, registry, judge):
    """
    An agency sends more people than a trial holds, loses the acknowledgement, and sends again.

    Nobody can wait on the line while a province is judged; and whoever finds two jobs for one
    batch does not know which receipt to file.
    """
    people = agency.people(PEOPLE)
    batch = agency.batch_of([agency.signed(person) for person in people])

    submitted = registry.submit_batch(batch)
    at_once = registry.job(submitted)
    replayed = registry.submit_batch(batch)
    done = registry.job_done(submitted)

    with judge("VN-PRO-010", submitted, at_once, done):
        taken_as_a_job(submitted)
        waits_politely(at_once)
        of_receipt(done, lambda receipt: accepted(receipt, *range(1, PEOPLE + 1)))
        of_receipt(done, lambda receipt: counts(receipt, accepted=PEOPLE, rejected=0))

    with judge("VN-PRO-012", submitted, replayed):
        status_is(replayed, 202)
        first, second = text_at(submitted, "/jobId"), text_at(replayed, "/jobId")
        if first != second:
            raise Deviation("different-answer", observed=second, required=first, pointer="/jobId")


@verifies("VN-PRO-011")
def test_a_batch_holds_a_thousand_records_and_no_more(agency, registry, refused, judge):
    """
    An agency sends a thousand records and then one more.

    The number is looked at before the records are; so they may be empty, and each is judged
    by itself where the number is right.
    """
    (nobody,) = agency.unheard_of(1)
    record = {"profile": {"profileId": nobody["profileId"]}}

    too_many = registry.submit_batch(agency.batch_of([record] * (MOST + 1)))
    just_enough = registry.submit_batch(agency.batch_of([record] * MOST))

    with judge("VN-PRO-011", too_many, just_enough):
        refused(too_many, status=422, name="batch-size")
        taken_as_a_job(just_enough)
