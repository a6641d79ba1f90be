"""The Party's database: what it states arrives once and in order, and conflicts are listed."""

from __future__ import annotations

from conformance.errors import Deviation
from conformance.oracles.body import equal_json, member, same_answer
from conformance.packs.vn_cbccvc.line import answer_object
from conformance.packs.vn_cbccvc.owner_oracles import (
    became,
    lists_conflict,
    lists_no_conflict,
    lists_some_conflict,
)
from conformance.packs.vn_cbccvc.profile_oracles import Change, tells_of_changes
from conformance.packs.vn_cbccvc.receipts import accepted, stored
from conformance.packs.vn_cbccvc.records import composed
from conformance.pytest_plugin import verifies

PARTY = "PARTY"
DEPUTY, SECRETARY = "Phó Bí thư chi bộ", "Bí thư chi bộ"
COMMITTEE = "Ủy viên Ban Kiểm tra"
LARGE = (100, 100)


@verifies("VN-PARTY-001", "VN-PARTY-006")
def test_what_the_party_states_reaches_the_profile_and_the_agency_is_told(
    agency, owners, registry, judge
):
    """
    Somebody whose file is stored is admitted and elected; the Party's database tells of it.

    The plan connects both databases so that this is written down once. What does not arrive is
    typed again, and what nobody is told of stays wrong in the agency's own system.
    """
    branch, (person,) = newcomers(agency, owners, 1)
    fields = {"partyAdmissionDate": agency.day(400), "partyPosition": DEPUTY}

    registry.submit_units(agency.unit_message(branch))
    arrived = registry.submit(agency.trial([person]))
    start = registry.end_of_changes()
    told = registry.state(owners.message(PARTY, owners.event(person, fields)))
    read = registry.profile(person)
    pages = registry.changes(start, *LARGE)

    with judge("VN-PARTY-001", arrived, told, read):
        accepted(arrived, 1)
        became(told, "APPLIED")
        stored(read, person)
        for name, value in fields.items():
            says(read, name, value)

    with judge("VN-PARTY-006", told, read, *pages):
        became(told, "APPLIED")
        version = member(read, "/version")
        key = person["profileId"]
        change = Change(kind="PROFILE", key=key, version=version, called=("UPDATED",))
        tells_of_changes(pages, [change])


@verifies("VN-PARTY-002", "VN-PARTY-005")
def test_a_conflict_is_listed_until_the_agency_settles_it(agency, owners, registry, judge):
    """
    An agency signed that somebody is deputy secretary; the Party's database says: secretary.

    Who replaces the signed word breaks the signature, who drops the other one loses the truth;
    and a list that keeps what was settled is soon read by nobody.
    """
    branch, people = newcomers(agency, owners, 2)
    admission = agency.day(400)
    settled, agreed = (
        {**person, "partyAdmissionDate": admission, "partyPosition": DEPUTY} for person in people
    )

    registry.submit_units(agency.unit_message(branch))
    arrived = registry.submit(agency.trial([settled, agreed]))
    told = registry.state(
        owners.message(
            PARTY,
            *(
                owners.event(person, {"partyAdmissionDate": admission, "partyPosition": position})
                for person, position in ((settled, SECRETARY), (agreed, DEPUTY))
            ),
        )
    )
    listed = registry.conflicts(branch[-1], owner=PARTY)
    read = registry.profile(settled)
    settling = registry.submit(agency.trial([owners.unsaid(settled, PARTY)]))
    left = registry.conflicts(branch[-1], owner=PARTY)

    with judge("VN-PARTY-002", arrived, told, *listed, read):
        accepted(arrived, 1, 2)
        became(told, "APPLIED", "APPLIED")
        lists_conflict(listed, settled, "/partyPosition", agency=DEPUTY, owner=SECRETARY)
        lists_no_conflict(listed, settled, "/partyAdmissionDate")
        lists_no_conflict(listed, agreed, "/partyPosition")
        stored(read, settled)
        says(read, "partyPosition", DEPUTY)

    with judge("VN-PARTY-005", *listed, settling, *left):
        lists_some_conflict(listed, settled, "/partyPosition")
        accepted(settling, 1)
        lists_no_conflict(left, settled, "/partyPosition")


@verifies("VN-PARTY-003")
def test_an_event_counts_once_in_whichever_message_it_comes(agency, owners, registry, judge):
    """
    The acknowledgement of an event is lost, so it is sent again: as it was, and in a new message.

    An event that counts twice makes versions of a file that nobody decided.
    """
    branch, (person,) = newcomers(agency, owners, 1)
    event = owners.event(person, {"partyPosition": DEPUTY})
    message = owners.message(PARTY, event)

    registry.submit_units(agency.unit_message(branch))
    registry.submit(agency.trial([person]))
    first = registry.state(message)
    before = registry.profile(person)
    repeated = registry.state(message)
    elsewhere = registry.state(owners.message(PARTY, event))
    after = registry.profile(person)

    with judge("VN-PARTY-003", first, before, repeated, elsewhere, after):
        became(first, "APPLIED")
        same_answer(first, repeated)
        became(elsewhere, "DUPLICATE")
        stored(after, person)
        versions = tuple(answer_object(read).get("version") for read in (before, after))
        if versions[0] != versions[1]:
            raise Deviation(
                "wrong-value",
                observed=f"version {versions[1]}",
                required=f"version {versions[0]}, as before",
                pointer="/version",
            )


@verifies("VN-PARTY-004")
def test_a_late_event_replaces_nothing_that_happened_after_it(agency, owners, registry, judge):
    """
    News of an election in May arrive before those of April, and of a committee between them.

    Who was elected secretary must not become deputy again because a message was slow; and what
    else happened in April happened all the same.
    """
    branch, (person,) = newcomers(agency, owners, 1)

    registry.submit_units(agency.unit_message(branch))
    registry.submit(agency.trial([person]))
    told = registry.state(
        owners.message(
            PARTY,
            owners.event(person, {"partyPosition": SECRETARY}, minutes_ago=10),
            owners.event(person, {"partyPosition": DEPUTY}, minutes_ago=30),
            owners.event(person, {"partyConcurrentPosition": COMMITTEE}, minutes_ago=20),
        )
    )
    read = registry.profile(person)

    with judge("VN-PARTY-004", told, read):
        became(told, "APPLIED", "LATE", "APPLIED")
        stored(read, person)
        says(read, "partyConcurrentPosition", COMMITTEE)
        says(read, "partyPosition", SECRETARY)


def newcomers(agency, owners, count):
    """A branch, and people in it of whose life in the Party their agency says nothing."""
    branch = agency.branch(children=1)
    people = agency.employed(agency.newcomers(count), branch[-1])
    return branch, [owners.unsaid(person, PARTY) for person in people]


def says(read, name, value):
    """A profile that was read holds a value."""
    pointer = f"/profile/{name}"
    equal_json(composed(member(read, pointer)), composed(value), pointer=pointer)
