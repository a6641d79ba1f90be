"""What the registry gives back about one person."""

from __future__ import annotations

from conformance.errors import Deviation
from conformance.oracles.body import header
from conformance.packs.vn_cbccvc.changing import rated_first, with_rating
from conformance.packs.vn_cbccvc.receipts import reads_back, stored
from conformance.packs.vn_cbccvc.records import but, without
from conformance.pytest_plugin import verifies

#: A field of the agency's own that no rule speaks of.
LEFT_OUT = "occupationBeforeRecruitment"
#: Rows of a table that no rule speaks of.
COURSES = [{"from": month, "certificate": "CB"} for month in ("2018-03", "2019-03")]


@verifies("VN-PRO-001", "VN-PRO-002")
def test_an_accepted_profile_reads_back_as_it_was_sent_and_nobody_else_does(
    agency, registry, refused, judge
):
    """
    An agency reads what it sent, and asks for somebody whom it never sent.

    A member that is lost on the way is lost for the pension too; a person who is invented
    for the asking can be promoted.
    """
    sent, never_sent = agency.people(2)
    sent = but(sent, "/otherNames", "Nguyễn Thị Thử Nghiệm")
    # What is false was said all the same.
    sent = but(sent, "/stateSecret", False)
    registry.submit(agency.trial([sent]))
    known = registry.profile(sent)
    unknown = registry.profile(never_sent)

    with judge("VN-PRO-001", known):
        reads_back(known, sent)

    with judge("VN-PRO-002", unknown, known):
        refused(unknown, status=404, name="not-found")
        stored(known, sent)


@verifies("VN-PRO-001", "VN-PRO-003")
def test_the_tag_of_a_profile_changes_exactly_when_the_profile_does(agency, registry, judge):
    """
    An agency asks every night which of its ten thousand files changed.

    A tag that stays hides a promotion; a tag that changes by itself makes it fetch them all. And
    whoever takes a new version for a list of what is new keeps what was struck out.
    """
    person = rated_first(agency.people(12))
    person = {**person, LEFT_OUT: "Giáo viên", "informatics": COURSES}
    moved = but(without(person, LEFT_OUT), "/currentResidence/detail", "Số 12, phường thử nghiệm")
    moved = {**moved, "informatics": COURSES[:1]}

    registry.submit(agency.trial([person]))
    first, again = registry.profile(person), registry.profile(person)
    registry.submit(agency.trial([moved]))
    changed, and_again = registry.profile(person), registry.profile(person)
    registry.submit(agency.trial([with_rating(moved)]))
    rated = registry.profile(person)

    with judge("VN-PRO-001", changed):
        reads_back(changed, moved)

    with judge("VN-PRO-003", first, again, changed, and_again, rated):
        for answer in (first, again, changed, and_again, rated):
            stored(answer, person)
            header(answer, "ETag")
        for one, other in ((first, again), (changed, and_again)):
            if header(one, "ETag") != header(other, "ETag"):
                raise Deviation(
                    "different-answer",
                    observed=f"ETag {header(other, 'ETag')} of an unchanged profile",
                    required=header(one, "ETag"),
                )
        for before, after in ((first, changed), (changed, rated)):
            if header(before, "ETag") == header(after, "ETag"):
                raise Deviation(
                    "wrong-value",
                    observed=f"ETag {header(after, 'ETag')} before and after a change",
                    required="another ETag",
                )
