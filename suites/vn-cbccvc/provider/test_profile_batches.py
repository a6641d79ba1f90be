"""Batches of up to a thousand profiles, which are answered by a job."""

from __future__ import annotations

from functools import partial

from conformance.errors import Deviation
from conformance.model.json import compact
from conformance.oracles.body import member_is, objects_at, text_at
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.line import answer_object
from conformance.packs.vn_cbccvc.profile_oracles import (
    Change,
    of_receipt,
    results_in_order,
    taken_as_a_job,
    tells_of_changes,
    waits_politely,
)
from conformance.packs.vn_cbccvc.receipts import (
    accepted,
    counts,
    not_stored,
    rejected,
    result_of,
    stored,
)
from conformance.packs.vn_cbccvc.records import but, without
from conformance.pytest_plugin import verifies

#: One more than a trial message may hold, and how many of them stand before the faulty one.
PEOPLE, FAULTY = 11, 4
MOST = 1000
#: Bytes of whole profiles in a batch: web servers take a mebibyte by default, frameworks 2.5 MiB.
HEAVY = 3 * 2**20
#: As long as a remark may be: some files are so short that a thousand are not heavy.
REMARK = 2000


@verifies("VN-PRO-010", "VN-PRO-012", "VN-PRO-013", "VN-PRO-032")
def test_a_batch_is_taken_at_once_and_answered_by_one_job(agency, registry, judge):
    """
    An agency sends more people than a trial holds, loses the acknowledgement, and sends again:
    at once, and the next day. One of the people lacks a member, one is signed for as another, and
    one stands in the list twice.

    Nobody can wait on the line while a province is judged; whoever finds two jobs for one batch
    does not know which receipt to file; and what nobody looks at among a thousand records is
    taken for right.
    """
    *people, lacking, mistaken = agency.people(PEOPLE + 2)
    moved = but(people[0], "/currentResidence/detail", "Số 9, phường thử nghiệm")
    listed = [*people[:FAULTY], without(lacking, "gender"), *people[FAULTY:], mistaken, moved]
    sound = [n for n in range(1, PEOPLE + 2) if n != FAULTY + 1]
    records = [agency.signed(person) for person in listed]
    records[-2] = {**records[0], "profile": mistaken}
    batch = agency.batch_of(records)

    start = registry.end_of_changes()
    submitted = registry.submit_batch(batch)
    at_once = registry.job(submitted)
    replayed = registry.submit_batch(batch)
    done = registry.job_done(submitted)
    later = registry.submit_batch(batch)
    read = registry.profile(people[0])
    pages = registry.changes(start, 100, 100, 100)

    with judge("VN-PRO-010", submitted, at_once, done):
        taken_as_a_job(submitted)
        waits_politely(at_once)
        of_receipt(done, lambda receipt: member_is(receipt, "/messageId", batch.id))
        of_receipt(done, lambda receipt: result_of(receipt, 1))

    with judge("VN-PRO-012", submitted, replayed, later):
        first = text_at(submitted, "/jobId")
        for again in (replayed, later):
            status_is(again, 202)
            if (second := text_at(again, "/jobId")) != first:
                raise Deviation(
                    "different-answer", observed=second, required=first, pointer="/jobId"
                )

    with judge("VN-PRO-032", done, read):
        of_receipt(done, lambda receipt: accepted(receipt, *sound))
        for number, rule, place in (
            (FAULTY + 1, "schema", ("/profile", "/profile/gender")),
            (len(listed) - 1, "signature-invalid", ("", "/signature")),
            (len(listed), "duplicate-record", ("/profile/profileId",)),
        ):
            at = [f"/records/{number - 1}{name}" for name in place]
            of_receipt(done, partial(rejected, number=number, rule=rule, pointer=at))
        of_receipt(done, lambda receipt: results_in_order(receipt, len(listed)))
        of_receipt(done, lambda receipt: counts(receipt, accepted=PEOPLE, rejected=3))
        stored(read, people[0])
        not_stored(read, moved, mark="/currentResidence/detail")

    with judge("VN-PRO-013", done, *pages):
        tells_of_changes(pages, arrived(done, [(n, listed[n - 1]) for n in sound]))


@verifies("VN-PRO-011")
def test_a_batch_holds_a_thousand_records_and_no_more(agency, registry, refused, judge):
    """
    An agency sends a thousand records and then one more.

    The number is looked at before the records are; so most may be empty, and each is judged
    by itself where the number is right. With the others it is more than servers take in one body
    unless somebody tells them to.
    """
    (nobody,) = agency.unheard_of(1)
    record = {"profile": {"profileId": nobody["profileId"]}}
    # Unsigned and no profile: whatever the server does, nobody is kept.
    heavy = {"profile": {**without(nobody, "gender"), "employerRemark": "a" * REMARK}}
    whole = min(MOST, HEAVY // len(compact(heavy)))

    too_many = registry.submit_batch(agency.batch_of([record] * (MOST + 1)))
    just_enough = registry.submit_batch(
        agency.batch_of([heavy] * whole + [record] * (MOST - whole))
    )

    with judge("VN-PRO-011", too_many, just_enough):
        refused(too_many, status=422, name="batch-size")
        taken_as_a_job(just_enough)


def arrived(job, records):
    """What the feed should tell of the records that a job tells of as accepted."""
    if "receipt" not in answer_object(job):
        # That a job ends with a receipt is a requirement of its own.
        return
    versions = {
        result.get("recordNo"): result.get("version")
        for result in objects_at(job, "/receipt/results")
        if result.get("status") == "ACCEPTED"
    }
    for number, person in records:
        if number in versions:
            yield Change(
                kind="PROFILE",
                key=person["profileId"],
                version=versions[number],
                called=("CREATED", "UPDATED"),
            )
