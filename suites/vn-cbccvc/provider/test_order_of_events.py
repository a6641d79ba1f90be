"""The order of events: late, repeated and lost messages, and who wins."""

from __future__ import annotations

from datetime import timedelta

from conformance.oracles.body import equal_json, json_body, member
from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.changing import ADDRESS, VIETNAM, dated, moved, written
from conformance.packs.vn_cbccvc.profile_oracles import Accepted
from conformance.packs.vn_cbccvc.receipts import accepted, rejected
from conformance.packs.vn_cbccvc.records import reordered
from conformance.packs.vn_cbccvc.sync_oracles import (
    has_version,
    history_counts,
    history_lacks,
    holds,
    told_times,
)
from conformance.pytest_plugin import verifies

CHANGED_AT = "/records/0/changedAt"


@verifies("VN-CONT-011", "VN-CONT-012")
def test_the_last_to_happen_wins_and_not_the_last_to_arrive(agency, registry, judge):
    """
    A queue is worked off in the wrong order: noon's change arrives, then the morning's.

    Somebody who moved twice would live at the first address, and nobody would be told.
    """
    person, other = agency.people(2)
    now = agency.world.now()
    three, two, one = (now - timedelta(hours=hours) for hours in (3, 2, 1))

    def send(profile, changed_at):
        record = dated(agency.signed(profile), changed_at)
        return registry.submit(agency.trial_of([record]))

    first = send(moved(person, 1), written(three))
    newer = send(moved(person, 3), written(one))
    older = send(moved(person, 2), written(two))
    read, history = registry.profile(person), registry.history(person)
    # Written with their offsets, the earlier of two times is the greater text.
    in_vietnam = send(moved(other, 1), written(three, VIETNAM))
    in_utc = send(moved(other, 3), written(one))
    late = send(moved(other, 2), written(two, VIETNAM))
    other_read = registry.profile(other)

    with judge("VN-CONT-011", first, newer, older, read, history):
        accepted(first, 1)
        accepted(newer, 1)
        rejected(older, 1, rule="change-outdated", pointer=CHANGED_AT)
        holds(read, moved(person, 3), ADDRESS)
        history_lacks(history, moved(person, 2), mark=ADDRESS)

    with judge("VN-CONT-012", in_vietnam, in_utc, late, other_read):
        accepted(in_vietnam, 1)
        accepted(in_utc, 1)
        rejected(late, 1, rule="change-outdated", pointer=CHANGED_AT)
        holds(other_read, moved(other, 3), ADDRESS)


@verifies("VN-CONT-013")
def test_what_is_delivered_again_changes_nothing(agency, registry, judge):
    """
    An agency's nightly export sends everybody again, whether anything changed or not.

    A version a night buries the one that says something, and the feed repeats a million lines.
    """
    (person,) = agency.people(1)

    start = registry.end_of_changes()
    first = registry.submit(agency.trial([person]))
    again = registry.submit(agency.trial([reordered(person)]))
    history = registry.history(person)
    changed = registry.submit(agency.trial([moved(person, 1)]))
    pages = registry.changes(start, 100, 100, 100)

    with judge("VN-CONT-013", first, again, history, changed, *pages):
        version = Accepted(receipt=first).version()
        has_version(again, 1, version)
        history_counts(history, 1)
        has_version(changed, 1, version + 1)
        told_times(pages, person["profileId"], 2)


@verifies("VN-CONT-014", "VN-CONT-015")
def test_yesterdays_message_does_not_bring_yesterday_back(agency, registry, judge):
    """
    After a power cut an agency asks for yesterday's receipt and repeats yesterday's message.

    Both are about somebody who moved today. The receipt is the proof of yesterday, and the
    message must not become today's truth.
    """
    (person,) = agency.people(1)
    yesterday = agency.trial([moved(person, 1)])
    today = agency.trial([moved(person, 2)])

    given = registry.submit(yesterday)
    changed = registry.submit(today)
    asked_again = registry.receipt(yesterday)
    registry.submit(yesterday)
    read = registry.profile(person)

    with judge("VN-CONT-014", given, changed, asked_again):
        accepted(given, 1)
        accepted(changed, 1)
        status_is(asked_again, 200)
        # A server without receipts is named by the requirement on receipts.
        member(asked_again, "/results/0")
        equal_json(json_body(asked_again), json_body(given), code="different-answer")

    with judge("VN-CONT-015", given, changed, read):
        accepted(changed, 1)
        holds(read, moved(person, 2), ADDRESS)
