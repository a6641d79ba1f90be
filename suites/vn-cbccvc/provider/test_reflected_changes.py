"""A new position, task, contract or rating: is it there, everywhere, after it was sent?"""

from __future__ import annotations

from conformance.packs.vn_cbccvc.changing import (
    rated_first,
    with_contract,
    with_position,
    with_rating,
    with_task,
)
from conformance.packs.vn_cbccvc.profile_oracles import Accepted, Change, tells_of_changes
from conformance.packs.vn_cbccvc.sync_oracles import holds, remembers_rightly
from conformance.pytest_plugin import verifies

#: Requirement -> how somebody changes, and where it shows.
CHANGES = {
    "VN-CONT-007": (with_position, ("/jobPositionName", "/jobPositionCode")),
    "VN-CONT-008": (with_task, ("/mainDuty",)),
    "VN-CONT-009": (with_contract, ("/contract",)),
    "VN-CONT-010": (with_rating, ("/evaluation",)),
}


@verifies(*CHANGES)
def test_what_changed_is_read_kept_and_told(agency, registry, judge):
    """
    Within a year somebody is given a new position, a new task, a contract, and a rating.

    The four are what the decree wants alive; each ends in a salary, a signature or a dismissal.
    """
    person = rated_first(agency.people(12))

    start = registry.end_of_changes()
    registry.submit(agency.trial([person]))
    steps = []
    for requirement, (change, members) in CHANGES.items():
        person = change(person)
        message = agency.trial([person])
        receipt = registry.submit(message)
        step = Accepted(receipt=receipt, message_id=message.id, person=person)
        steps.append((requirement, step, registry.profile(person), members))
    history = registry.history(person)
    pages = registry.changes(start, 100, 100, 100)

    for requirement, step, read, members in steps:
        with judge(requirement, step.receipt, read, history, *pages):
            holds(read, step.person, *members)
            remembers_rightly(history, step, *members)
            tells_of_changes(
                pages,
                [
                    Change(
                        kind="PROFILE",
                        key=step.person["profileId"],
                        version=step.version(),
                        called=("UPDATED",),
                    )
                ],
            )
