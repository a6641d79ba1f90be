"""Whether what an agency sends is in time: judged by the times in its messages alone."""

from __future__ import annotations

from datetime import timedelta

from conformance.packs.vn_cbccvc.changing import dated, written
from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.packs.vn_cbccvc.sync_oracles import told_of_time
from conformance.pytest_plugin import verifies

SYSTEM, OTHER = "SYSTEM", "OTHER"


@verifies("VN-CONT-001", "VN-CONT-002", "VN-CONT-003", "VN-CONT-004", "VN-CONT-005")
def test_the_receipt_tells_what_was_sent_in_time(agency, registry, judge):
    """
    An agency sends what happened last week, around a weekend, over Tết and on a worked Saturday.

    The ministry's daily report counts who is late. Every case lies on a limit and one step
    beyond; all but the last two tell the same story in UTC as in Vietnam.
    """
    # Friday 13 March 2026: no holiday is near.
    friday = ask(
        agency,
        registry,
        "2026-03-13T23:00:00+07:00",
        ("2026-03-12T10:00:00+07:00", SYSTEM),
        ("2026-03-13T08:00:00+07:00", SYSTEM),
        ("2026-03-11T16:00:00+07:00", SYSTEM),
        ("2026-03-10T10:00:00+07:00", OTHER),
        ("2026-03-10T10:00:00+07:00", ""),
        ("2026-03-09T16:00:00+07:00", OTHER),
    )
    tuesday = ask(
        agency,
        registry,
        "2026-03-17T23:00:00+07:00",
        ("2026-03-12T10:00:00+07:00", OTHER),
        ("2026-03-11T16:00:00+07:00", OTHER),
    )
    # Tết: Monday 16 to Friday 20 February 2026.
    after_tet = ask(
        agency,
        registry,
        "2026-02-25T23:00:00+07:00",
        ("2026-02-13T10:00:00+07:00", OTHER),
        ("2026-02-18T10:00:00+07:00", OTHER),
        ("2026-02-12T16:00:00+07:00", OTHER),
    )
    # Saturday 22 August 2026 was worked in place of Monday 31.
    august = ask(
        agency, registry, "2026-08-24T23:00:00+07:00", ("2026-08-19T10:00:00+07:00", OTHER)
    )
    # The last second of Thursday 12 March, and the midnight after it.
    before_midnight = ask(
        agency,
        registry,
        "2026-03-12T16:59:59Z",
        ("2026-03-11T05:00:00Z", SYSTEM),
        ("2026-03-10T17:30:00Z", SYSTEM),
    )
    at_midnight = ask(agency, registry, "2026-03-12T17:00:00Z", ("2026-03-11T05:00:00Z", SYSTEM))

    with judge("VN-CONT-001", friday):
        tell(friday, "IN_TIME", 1, 2)
        tell(friday, "LATE", 3)

    with judge("VN-CONT-002", friday):
        tell(friday, "IN_TIME", 4, 5)
        tell(friday, "LATE", 6)

    with judge("VN-CONT-003", tuesday):
        tell(tuesday, "IN_TIME", 1)
        tell(tuesday, "LATE", 2)

    with judge("VN-CONT-004", after_tet, august):
        tell(after_tet, "IN_TIME", 1, 2)
        tell(after_tet, "LATE", 3)
        tell(august, "LATE", 1)

    with judge("VN-CONT-005", before_midnight, at_midnight):
        tell(before_midnight, "IN_TIME", 1, 2)
        tell(at_midnight, "LATE", 1)


@verifies("VN-CONT-006")
def test_a_change_is_not_dated_after_the_message_that_tells_it(agency, registry, judge):
    """
    A clerk types next year for this one.

    Taken as it is, the change stands in the way of every true one until that day comes.
    """
    person, other = agency.people(2)
    sent = agency.world.now() - timedelta(hours=1)
    records = [
        dated(agency.signed(person), written(sent + timedelta(seconds=1))),
        dated(agency.signed(other), written(sent)),
    ]

    receipt = registry.submit(agency.trial_of(records).under("sentAt", written(sent)))

    with judge("VN-CONT-006", receipt):
        rejected(receipt, 1, rule="change-ahead", pointer="/records/0/changedAt")
        accepted(receipt, 2)


def ask(agency, registry, sent_at, *changes):
    """Send one new person for each change, in a message of that time."""
    people = agency.people(len(changes))
    records = [
        dated(agency.signed(person), changed_at, origin)
        for person, (changed_at, origin) in zip(people, changes, strict=True)
    ]
    return registry.submit(agency.trial_of(records).under("sentAt", sent_at))


def tell(receipt, word, *numbers):
    """The receipt says so of these records."""
    for number in numbers:
        told_of_time(receipt, number, word)
