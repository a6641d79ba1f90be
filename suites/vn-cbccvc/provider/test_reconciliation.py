"""Agency and centre compare what they hold: every difference is found, none is invented."""

from __future__ import annotations

from conformance.errors import Deviation, SuiteDefect
from conformance.oracles.privacy import masks
from conformance.packs.vn_cbccvc.owner_oracles import (
    Mismatch,
    finds,
    finds_nothing,
    finds_nothing_about,
    mismatches_of,
)
from conformance.packs.vn_cbccvc.preparing_owners import key_of, rows_of
from conformance.packs.vn_cbccvc.receipts import accepted, refused_at
from conformance.packs.vn_cbccvc.records import but, without
from conformance.pytest_plugin import verifies

LONG_AGO, SINCE = 120, 60
"""Days before the day on which our people live."""
MISSING_AT_CENTRE, MISSING_AT_AGENCY = "MISSING_AT_CENTRE", "MISSING_AT_AGENCY"
DIFFERENT = "DIFFERENT"
#: Two values for every member that is compared: one of them differs from anybody's.
OTHER = {
    "birthFullName": ("NGƯỜI THỨ NHẤT", "NGƯỜI THỨ HAI"),
    "birthDate": ("1970-01-02", "1970-01-03"),
    "gender": ("1", "2"),
    "staffType": ("CC", "VC"),
    "employingUnitCode": ("H98.1", "H98.2"),
    "jobPositionCode": ("VTVL.1", "VTVL.2"),
    "currentPositionCode": ("KHAC.1", "KHAC.2"),
    "appointmentDate": ("2020-01-02", "2020-01-03"),
    "parentCode": ("H98.1", "H98.2"),
    "name": ("Phòng thứ nhất", "Phòng thứ hai"),
    "unitType": ("SO", "PCM"),
}


@verifies(
    "VN-RECON-001",
    "VN-RECON-002",
    "VN-RECON-003",
    "VN-RECON-004",
    "VN-RECON-005",
    "VN-RECON-006",
)
def test_every_planted_mismatch_is_found_and_none_is_invented(agency, owners, registry, judge):
    """
    An agency compares its people, job positions, officials and units: first as they are, then
    with one row left out, one that nobody else has, and one that differs everywhere.

    What a comparison leaves out is found by the pension office; what it invents makes people
    stop reading it.
    """
    above, units = agency.ground(units=2)
    office = above[-1]
    people = agency.employed(staff(agency), units[0], kept_by=office)
    stranger = but(people[0], "/profileId", agency.newcomers(1)[0]["profileId"])
    unheard_of = but(units[0], "/unitCode", f"{office['unitCode']}.1")
    held = rows_of(people, (office, *units))
    planted, mismatches = spoilt(held, rows_of([stranger], [unheard_of]))

    registry.submit_units(agency.unit_message([*above, *units]))
    arrived = registry.submit(agency.trial(people))
    alike = registry.reconcile(owners.comparison(office, held))
    different = registry.reconcile(owners.comparison(office, planted))

    with judge("VN-RECON-001", arrived, alike):
        accepted(arrived, *range(1, len(people) + 1))
        finds_nothing(alike)

    for requirement, subject in (
        ("VN-RECON-002", "people"),
        ("VN-RECON-003", "positions"),
        ("VN-RECON-004", "officials"),
        ("VN-RECON-005", "units"),
    ):
        with judge(requirement, arrived, different):
            finds(different, [one for one in mismatches if one.subject == subject])

    with judge("VN-RECON-006", different):
        lists_somebody(different)
        masks(different, [person["profileId"] for person in (*people, stranger)])


@verifies("VN-RECON-007")
def test_an_agency_sees_its_own_data_and_no_neighbours(agency, owners, registry, refused, judge):
    """
    An office compares its staff, and then asks for that of the authority above it.

    A comparison with empty rows would hand over another agency's whole staff.
    """
    above, (unit,) = agency.ground(units=1)
    authority, office = above[-2:]
    own, neighbour = agency.newcomers(2)
    (own,) = agency.employed([own], unit, kept_by=office)
    (neighbour,) = agency.employed([neighbour], authority)
    sender = office["unitCode"]

    registry.submit_units(agency.unit_message([*above, unit]))
    arrived = registry.submit(agency.trial([own, neighbour]))
    rows = rows_of([own], (office, unit))
    granted = registry.reconcile(owners.comparison(office, rows, sender=sender))
    forbidden = registry.reconcile(owners.comparison(authority, rows, sender=sender))

    with judge("VN-RECON-007", arrived, granted, forbidden):
        accepted(arrived, 1, 2)
        finds_nothing_about(granted, neighbour["profileId"], authority["unitCode"])
        refusal = refused(forbidden, status=422, name="message-invalid")
        refused_at(refusal, "/agencyCode")


@verifies("VN-RECON-008")
def test_both_sides_are_compared_as_of_the_day_asked_for(agency, owners, registry, judge):
    """
    An agency compares the figures of four months ago, and those of now.

    What came since is no mistake of then: neither a unit that was founded two months ago nor
    somebody whose file arrived today.
    """
    above, (early, late) = agency.ground(units=2)
    office = above[-1]
    late = but(late, "/effectiveFrom", agency.day(SINCE))
    people = agency.employed(agency.newcomers(1), early, kept_by=office)
    since = (people[0]["profileId"], late["unitCode"])

    registry.submit_units(agency.unit_message([*above, early, late]))
    arrived = registry.submit(agency.trial(people))
    then = registry.reconcile(
        owners.comparison(office, people_and_units([], (office, early)), as_of=agency.day(LONG_AGO))
    )
    now = registry.reconcile(
        owners.comparison(office, people_and_units(people, (office, early, late)))
    )

    with judge("VN-RECON-008", arrived, then, now):
        accepted(arrived, 1)
        finds_nothing_about(then, *since)
        finds_nothing_about(now, *since)


def staff(agency):
    """Two structural officials, and two people who have no job position."""
    officials, others = [], []
    for _ in range(20):
        for person in agency.newcomers(40):
            if {"currentPositionCode", "appointmentDate", "jobPositionCode"} <= person.keys():
                officials.append(person)
            elif "currentPositionCode" not in person:
                others.append(without(person, "jobPositionCode"))
        if len(officials) > 1:
            return [*officials[:2], *others[:2]]
    raise SuiteDefect("nobody of ours is an official")


def people_and_units(people, units):
    """What an agency holds of people and units, and nothing of their positions."""
    rows = rows_of(people, units)
    return {subject: rows[subject] for subject in ("people", "units")}


def spoilt(rows, strange):
    """Rows of every subject with one of each mismatch, and the mismatches."""
    planted, mismatches = {}, []
    for subject, (left_out, changed, *rest) in rows.items():
        (stranger,) = strange[subject]
        members = [name for name in changed if name not in ("profileId", "unitCode")]
        wrong = {**changed, **{name: other(name, changed[name]) for name in members}}
        planted[subject] = [wrong, *rest, stranger]
        mismatches += [
            mismatch(subject, MISSING_AT_AGENCY, left_out, f"/{subject}"),
            mismatch(subject, MISSING_AT_CENTRE, stranger, f"/{subject}/{len(rest) + 1}"),
            *(mismatch(subject, DIFFERENT, changed, f"/{subject}/0/{name}") for name in members),
        ]
    return planted, mismatches


def mismatch(subject, kind, row, pointer):
    """A mismatch about a row."""
    return Mismatch(subject=subject, kind=kind, key=key_of(row), pointer=pointer)


def other(name, value):
    """Another value of a member."""
    return next(one for one in OTHER[name] if one != value)


def lists_somebody(answer):
    """The answer had occasion to name somebody."""
    if not any(one.get("subject") == "people" for one in mismatches_of(answer)):
        raise Deviation(
            "item-missing",
            observed="no mismatch between people",
            required="the planted ones",
            pointer="/mismatches",
        )
