"""One id stands for one message, whatever the message brings."""

from __future__ import annotations

from dataclasses import replace

from conformance.oracles.status import status_is
from conformance.packs.vn_cbccvc.receipts import accepted
from conformance.packs.vn_cbccvc.records import but
from conformance.packs.vn_cbccvc.tree_oracles import lives
from conformance.pytest_plugin import verifies


@verifies("VN-SYNC-016")
def test_no_message_takes_the_id_of_another_whatever_it_brings(agency, registry, refused, judge):
    """
    An agency's software numbers its messages anew after a restart, and an old id comes again.

    Of two unit trees, two batches or two decisions under one id, one is lost, and nobody is told.
    """
    department, unit, first, second = agency.branch(children=2)
    (person, other) = agency.people(2)
    day = agency.day(1)
    founded = [
        agency.decision("THANH_LAP", day=day, after=[{**division, "effectiveFrom": day}])
        for division in (first, second)
    ]

    tree = agency.unit_message([department, unit])
    units = registry.submit_units(tree)
    renamed = but(unit, "/name", "Chi cục mang tên khác")
    units_again = registry.submit_units(agency.unit_message([renamed]).under("messageId", tree.id))
    untouched = registry.unit(unit)
    as_people = registry.submit(agency.trial([person], again=tree.id))
    batch = agency.batch_of([agency.signed(person)])
    people = registry.submit_batch(batch)
    people_again = registry.submit_batch(agency.batch_of([agency.signed(other)], again=batch.id))
    decided = registry.reorganise(founded[0])
    decided_again = registry.reorganise(
        replace(founded[1], header={**founded[1].header, "messageId": founded[0].id})
    )

    with judge(
        "VN-SYNC-016",
        units,
        units_again,
        untouched,
        as_people,
        people,
        people_again,
        decided,
        decided_again,
    ):
        accepted(units, 1, 2)
        status_is(people, 202)
        status_is(decided, 200)
        for again in (units_again, as_people, people_again, decided_again):
            refused(again, status=409, name="message-id-reused")
        lives(untouched, unit, "name")
