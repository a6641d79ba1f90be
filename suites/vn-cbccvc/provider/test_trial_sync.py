"""The trial synchronisation of one to ten records: what is taken, kept out, and answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from conformance.oracles.body import equal_json, json_body, member, member_is, same_answer
from conformance.oracles.privacy import masks
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.preparing import CONTRADICTIONS, UNSENT
from conformance.packs.vn_cbccvc.privacy_oracles import keeps_from_errors
from conformance.packs.vn_cbccvc.receipts import (
    accepted,
    counts,
    not_stored,
    rejected,
    rejected_by_rule,
    speaks_of_a_fault,
    stored,
)
from conformance.packs.vn_cbccvc.records import but, reordered, text, without
from conformance.packs.vn_cbccvc.sync_oracles import has_version
from conformance.pytest_plugin import verifies

#: Of one message, all on the way at the same time.
COPIES = 5


@verifies("VN-SYNC-001", "VN-SYNC-005")
def test_one_record_is_accepted_counted_and_its_receipt_kept(agency, registry, judge):
    """
    An agency sends its first record, and the next day asks again what became of it.

    The receipt is the proof that the duty to report was met; an agency without one is
    reminded by the ministry.
    """
    batch = agency.trial(agency.people(1))

    receipt = registry.submit(batch)
    next_day = registry.receipt(batch)

    with judge("VN-SYNC-001", receipt):
        accepted(receipt, 1)
        counts(receipt, accepted=1, rejected=0)
        member_is(receipt, "/messageId", batch.id)

    with judge("VN-SYNC-005", receipt, next_day):
        kept_whole(next_day, receipt)


@verifies("VN-SYNC-002", "VN-SYNC-003", "VN-SYNC-004")
def test_a_trial_message_holds_one_to_ten_records(agency, registry, refused, judge):
    """
    Eleven people in one message, then none, then ten, then the eleventh alone.

    A trial is small so that somebody can look at each record. A registry that takes part
    of a batch that it refuses leaves the agency guessing who was taken.
    """
    people = agency.people(11)
    # The eleven go out under another address, to be told apart from the ten that follow.
    eleven = [but(person, "/currentResidence/detail", "Lô mười một") for person in people]

    refused_whole = agency.trial(eleven)

    too_many = registry.submit(refused_whole)
    looked_up = [(person, registry.profile(person)) for person in (eleven[0], eleven[10])]
    none = registry.submit(agency.trial([]))
    ten = registry.submit(agency.trial(people[:10]))
    one = registry.submit(agency.trial(people[10:]))
    # Of a message that was refused whole nothing is kept, its id neither.
    fewer = registry.submit(agency.trial(people[10:], again=refused_whole.id))

    with judge("VN-SYNC-002", ten):
        accepted(ten, *range(1, 11))

    with judge("VN-SYNC-003", too_many, *(answer for _, answer in looked_up), one, fewer):
        refused(too_many, status=422, name="batch-size")
        for person, answer in looked_up:
            not_stored(answer, person, mark="/currentResidence/detail")
        accepted(one, 1)
        accepted(fewer, 1)

    with judge("VN-SYNC-004", none, one):
        refused(none, status=422, name="batch-size")
        accepted(one, 1)


@verifies("VN-SYNC-006", "VN-SYNC-007", "VN-SYNC-008", "VN-SYNC-012")
def test_a_record_that_breaks_a_rule_is_named_kept_out_and_harms_nobody(agency, registry, judge):
    """
    An agency sends people whose files contradict themselves, between people whose files do not.

    Rejecting the neighbours stops a whole office's payroll for one typing error; rejecting
    without a place and a rule leaves the clerk to guess among a hundred and fifty fields.
    """
    first, one, other, last, insured, lender, noted = agency.people(7)
    # Two rules each: a registry that does not know one of them still finds the other, and that
    # is what is judged here; whether it knows every rule is judged rule by rule (test_rules).
    faulty = [agency.contradicting(person) for person in (one, other)]
    # An id where it is another's insurance number, and somebody who stands there twice.
    insured = but(insured, "/socialInsuranceNumber", text(lender, "profileId"))
    # One among other letters: whose rank it is, behind the rank.
    remark = f"{noted['rankCode']} ({noted['profileId']})"

    receipt = registry.submit(
        agency.trial([first, *faulty, last, insured, first, but(noted, "/rankCode", remark)])
    )
    looked_up = [(person, registry.profile(person)) for person in faulty]
    twins = registry.submit(agency.trial([one, other]))
    known = registry.profile(one)

    with judge("VN-SYNC-006", receipt):
        accepted(receipt, 1, 4)

    with judge("VN-SYNC-007", receipt, twins):
        for number in (2, 3):
            broken = {
                rule: f"/records/{number - 1}/profile{pointer}"
                for rule, pointer in CONTRADICTIONS.items()
            }
            rejected_by_rule(receipt, number, broken)
            accepted(twins, number - 1)

    with judge("VN-SYNC-008", receipt, *(answer for _, answer in looked_up)):
        speaks_of_a_fault(receipt)
        masks(receipt, [text(person, "profileId") for person in (*faulty, insured, lender, noted)])
        # What is said of the first of two records about her is no error, and may name her.
        keeps_from_errors(receipt, 6, [text(first, "profileId")])
        for person, answer in looked_up:
            if answer.response.status == 404:
                masks(answer, [text(person, "profileId")])

    with judge("VN-SYNC-012", *(answer for _, answer in looked_up), known):
        for person, answer in looked_up:
            not_stored(answer, person, mark="/salaryPercent")
        stored(known, one)


@verifies("VN-SYNC-009")
def test_a_record_of_another_shape_is_rejected_where_it_differs(agency, registry, judge):
    """
    A name is empty, a member is missing, a member was invented, an id is a digit too short.

    The next system to read such a record is the one that breaks, and it did nothing wrong.
    """
    unnamed, lacking, inventive, numbered = agency.people(4)
    faulty = [
        but(unnamed, "/birthFullName", ""),
        without(lacking, "nativePlace"),
        but(inventive, "/nickname", "Tí"),
        but(numbered, "/profileId", text(numbered, "profileId")[:-1]),
    ]

    receipt = registry.submit(agency.trial(faulty))
    twins = registry.submit(agency.trial([unnamed, lacking, inventive, numbered]))

    with judge("VN-SYNC-009", receipt, twins):
        for number, names in enumerate(
            (("birthFullName",), ("nativePlace", ""), ("nickname", ""), ("profileId",)), start=1
        ):
            at = f"/records/{number - 1}/profile"
            places = [f"{at}/{name}" if name else at for name in names]
            rejected(receipt, number, rule="schema", pointer=places)
        accepted(twins, 1, 2, 3, 4)


@verifies("VN-SYNC-005", "VN-SYNC-010", "VN-SYNC-011", "VN-SYNC-016")
def test_closed_provinces_and_unknown_units_are_rejected(agency, registry, refused, judge):
    """
    A person lives in a province that was merged away, another works in a unit that nobody sent;
    the receipt that says so is read once more, then both are mended, and the message is sent under
    its old id.

    After 1 July 2025 every agency's software held both. A registry that takes them sends the
    next letter to an office that no longer exists.
    """
    resident, employed = agency.people(2)
    nowhere = f"{employed['employingUnitCode']}{UNSENT}"
    faulty = [
        but(resident, "/currentResidence/provinceCode", agency.closed_province()),
        but(employed, "/employingUnitCode", nowhere),
    ]

    batch = agency.trial(faulty)

    receipt = registry.submit(batch)
    twins = registry.submit(agency.trial([resident, employed]))
    next_day = registry.receipt(batch)
    # Nothing of it was taken, and its id stands for its receipt all the same.
    mended = registry.submit(agency.trial([resident, employed], again=batch.id))

    with judge("VN-SYNC-005", receipt, next_day):
        kept_whole(next_day, receipt)

    with judge("VN-SYNC-016", receipt, mended):
        status_is(receipt, 200)
        refused(mended, status=409, name="message-id-reused")

    with judge("VN-SYNC-010", receipt, twins):
        pointer = "/records/0/profile/currentResidence/provinceCode"
        rejected(receipt, 1, rule="code-list", pointer=pointer)
        accepted(twins, 1)

    with judge("VN-SYNC-011", receipt, twins):
        rejected(receipt, 2, rule="unit-unknown", pointer="/records/1/profile/employingUnitCode")
        accepted(twins, 2)


@verifies("VN-SYNC-014", "VN-SYNC-015", "VN-SYNC-016")
def test_a_replayed_batch_is_answered_alike_and_applied_once(
    agency, registry, refused, world, judge
):
    """
    An agency that lost our acknowledgement sends the same batch again, byte for byte and made anew;
    another, whose clerk presses the button over and over, sends it several times at once.

    Provinces on poor lines do this daily. A civil servant counted twice draws two salaries;
    a message id that stands for two batches makes one of them disappear.
    """
    *people, impatient = agency.people(3)
    batch = agency.trial(people)
    several_times = [agency.trial([impatient])] * COPIES
    # Made anew by software that kept the people and not the bytes: later, signed again, its
    # members in another order.
    remade = agency.trial([reordered(person) for person in people], again=batch.id)
    remade = remade.under("sentAt", (world.now() + timedelta(minutes=1)).isoformat())
    remade = replace(
        remade,
        header=reordered(remade.header),
        records=tuple(reordered(record) for record in remade.records),
    )
    # The same people, and something else is said of one of them.
    moved = but(people[0], "/currentResidence/detail", "Số 5, phường thử nghiệm")
    reused = agency.trial([moved, *people[1:]], again=batch.id)

    first = registry.submit(batch)
    before = [registry.profile(person) for person in people]
    replay, replay_remade = registry.submit(batch), registry.submit(remade)
    after = [registry.profile(person) for person in people]
    conflict = registry.submit(reused)
    untouched = registry.profile(moved)
    renewed = registry.submit(agency.trial([moved]))
    together = registry.submit_together(several_times)
    applied = registry.profile(impatient)

    with judge("VN-SYNC-014", first, replay, replay_remade):
        accepted(first, 1, 2)
        same_answer(first, replay)
        same_answer(first, replay_remade)

    with judge("VN-SYNC-015", *before, *after, *together, applied):
        for person, one, two in zip(people, before, after, strict=True):
            stored(one, person)
            stored(two, person)
            equal_json(member(two, "/version"), member(one, "/version"), pointer="/version")
        # A server may put copies off at such a moment; those that it answers are one message.
        answered = [answer for answer in together if answer.response.status == 200]
        for copy in answered[1:]:
            same_answer(answered[0], copy)
        stored(applied, impatient)
        has_version((answered or together)[0], 1, member(applied, "/version"))

    with judge("VN-SYNC-016", conflict, untouched, renewed):
        refused(conflict, status=409, name="message-id-reused")
        not_stored(untouched, moved, mark="/currentResidence/detail")
        accepted(renewed, 1)


def kept_whole(next_day, receipt):
    """The receipt that is read again is the one that was given."""
    status_is(receipt, 200)
    status_is(next_day, 200)
    member(next_day, "/results/0")
    equal_json(json_body(next_day), json_body(receipt), code="different-answer")
