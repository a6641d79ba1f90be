"""What a message says of itself: for whom it is, under which versions, and when it was sent."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

from conformance.packs.vn_cbccvc.receipts import accepted, not_stored, refused_at, rejected
from conformance.packs.vn_cbccvc.records import but
from conformance.pytest_plugin import verifies

HANOI, FURTHEST_EAST = timezone(timedelta(hours=7)), timezone(timedelta(hours=14))


@verifies("VN-SYNC-017", "VN-SYNC-018", "VN-SYNC-019", "VN-SYNC-020", "VN-SYNC-021")
def test_a_message_that_is_not_meant_for_this_contract_is_refused_whole(
    agency, registry, refused, judge
):
    """
    Five messages that differ from a good one in one word of their headers.

    After a merger, agencies keep old connections: what was meant for production, for another
    body or for last year's code lists arrives here, and whoever reads it by this contract
    reads something else than was written.
    """
    people = agency.people(5)
    wrong = (
        ("VN-SYNC-017", "environment", "production"),
        ("VN-SYNC-018", "receiverCode", "G10"),
        ("VN-SYNC-019", "schemaVersion", "9.0"),
        ("VN-SYNC-020", "codeListVersion", "1999-12-31"),
        ("VN-SYNC-021", "messageCode", "M50"),
    )

    answers = [
        registry.submit(agency.trial([person]).under(name, value))
        for person, (_, name, value) in zip(people, wrong, strict=True)
    ]
    looked_up = registry.profile(people[0])
    twins = registry.submit(agency.trial(people))

    for number, ((requirement, name, _), answer) in enumerate(
        zip(wrong, answers, strict=True), start=1
    ):
        seen = (looked_up,) if name == "environment" else ()
        with judge(requirement, answer, *seen, twins):
            refused_at(refused(answer, status=422, name="message-invalid"), f"/header/{name}")
            for profile in seen:
                not_stored(profile, people[0], mark="/birthFullName")
            accepted(twins, number)


@verifies("VN-SYNC-022")
def test_a_message_from_the_future_is_refused(agency, registry, refused, world, judge):
    """
    A clock in a server room runs ahead: a day, or the minutes after which it begins to matter.

    Reports are due within a day and their punctuality is counted; a clock that nobody
    corrects makes one body the best in the country.
    """
    people = agency.people(1)
    now = world.now()

    answers = [
        registry.submit(agency.trial(people).under("sentAt", written))
        # A server whose own clock is minutes late or early still has to agree to both.
        for written in (_in_zulu(now + timedelta(days=1)), _in_zulu(now + timedelta(minutes=20)))
    ]
    # Kept over an outage, as the clocks of the place write it; and now, as some far to the east do.
    twins = [
        registry.submit(agency.trial(people).under("sentAt", sent.astimezone(zone).isoformat()))
        for sent, zone in ((now - timedelta(days=1), HANOI), (now, FURTHEST_EAST))
    ]

    with judge("VN-SYNC-022", *answers, *twins):
        for answer in answers:
            refused_at(refused(answer, status=422, name="message-invalid"), "/header/sentAt")
        for twin in twins:
            accepted(twin, 1)


@verifies("VN-SYNC-026")
def test_a_code_is_read_in_the_list_that_the_address_names(agency, registry, judge):
    """
    Two people were born in a province that was merged away, one where code 52 names another.

    A birth certificate is not rewritten when a province ends. A registry that knows today's
    list only loses where half of the older staff were born; one that does not ask which list
    is meant moves them to another province.
    """
    gone, misread, both = agency.people(3)
    closed = agency.closed_province()
    before, after = "2004-11-26", "2025-07-01"
    records = [
        _born(gone, closed, before),
        _born(misread, closed, after),
        # 52 is Bình Định in the older list and Gia Lai in the later one.
        _born(both, "52", before),
    ]

    receipt = registry.submit(agency.trial(records))
    twins = registry.submit(
        agency.trial([_born(misread, closed, before), _born(both, "52", after)])
    )

    with judge("VN-SYNC-026", receipt, twins):
        accepted(receipt, 1, 3)
        pointer = "/records/1/profile/birthPlace/provinceCode"
        rejected(receipt, 2, rule="code-list", pointer=pointer)
        accepted(twins, 1, 2)


def _born(person, province, version):
    """The same person, born elsewhere, as an older birth certificate names the place."""
    return but(person, "/birthPlace", {"provinceCode": province, "codeListVersion": version})


def _in_zulu(moment):
    """A moment as most software writes it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
