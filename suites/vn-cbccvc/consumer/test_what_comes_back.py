"""What an agency does with jobs, rejections, closed units and lists that changed."""

from conformance.packs.vn_cbccvc.renewing_work_oracles import (
    nobody_is_sent_to_a_closed_unit,
    people_follow_their_unit,
    the_new_codes_are_used,
    the_new_version_is_declared,
)
from conformance.packs.vn_cbccvc.returning_work_oracles import (
    a_correction_comes_under_a_new_id,
    a_correction_is_signed_anew,
    a_job_is_asked_after_at_its_pace,
    a_job_is_awaited,
    a_refused_certificate_signs_no_more,
    nothing_came_again_as_it_was,
    only_the_fault_was_put_right,
    only_the_rejected_came_again,
    the_rejected_arrived_in_the_end,
    what_a_job_refused_came_again_alone,
)
from conformance.pytest_plugin import mission, verifies


@mission
@verifies("VN-CCON-016", "VN-CCON-017", "VN-CCON-050")
def test_a_slow_job_is_awaited_at_its_pace(centre, judge):
    """
    A batch of ten is taken, and its job stays pending before it tells of two refusals.

    Who gives up never learns which two; who asks every tenth of a second keeps all others
    waiting.
    """
    told = centre.takes_a_batch()

    with judge("VN-CCON-016", *told.exchanges):
        a_job_is_awaited(told)

    with judge("VN-CCON-017", *told.exchanges):
        a_job_is_asked_after_at_its_pace(told)

    with judge("VN-CCON-050", *told.exchanges):
        what_a_job_refused_came_again_alone(told)


@mission
@verifies("VN-CCON-051")
def test_a_certificate_that_was_refused_signs_no_more(centre, judge):
    """
    The certificate of whoever signs has expired, or was revoked; each record is refused for it.

    To sign once more with the same key tells everybody that nobody has read the answer, or that
    somebody else holds the key.
    """
    told = centre.refuses_the_signer()

    with judge("VN-CCON-051", *told.exchanges):
        a_refused_certificate_signs_no_more(told)


@mission
@verifies("VN-CCON-018", "VN-CCON-019", "VN-CCON-020")
@verifies("VN-CCON-021", "VN-CCON-022", "VN-CCON-023")
def test_only_what_was_rejected_is_put_right_signed_and_sent_again(centre, judge):
    """
    Two of six records are refused, and the papers say what is right.

    A civil servant whose record lies refused has no pension; one whose accepted record comes
    again and again has a history that nobody can read.
    """
    told = centre.takes_some()

    with judge("VN-CCON-018", *told.exchanges):
        only_the_rejected_came_again(told)

    with judge("VN-CCON-019", *told.exchanges):
        nothing_came_again_as_it_was(told)

    with judge("VN-CCON-020", *told.exchanges):
        only_the_fault_was_put_right(told)

    with judge("VN-CCON-021", *told.exchanges):
        a_correction_is_signed_anew(told)

    with judge("VN-CCON-022", *told.exchanges):
        a_correction_comes_under_a_new_id(told)

    with judge("VN-CCON-023", *told.exchanges):
        the_rejected_arrived_in_the_end(told)


@mission
@verifies("VN-CCON-024", "VN-CCON-025")
def test_people_of_a_unit_that_closed_follow_it(centre, judge):
    """
    Between two messages a unit is absorbed by another.

    People who are sent to an office that no longer exists stand nowhere, and are paid by nobody.
    """
    told = centre.closes_a_unit()

    with judge("VN-CCON-024", *told.exchanges):
        nobody_is_sent_to_a_closed_unit(told)

    with judge("VN-CCON-025", *told.exchanges):
        people_follow_their_unit(told)


@mission
@verifies("VN-CCON-026", "VN-CCON-027")
def test_new_code_lists_are_loaded_declared_and_used(centre, judge):
    """
    The code lists change their version after the agency has read the metadata.

    Code 52 was one province and is another: who goes on with the old list moves a province.
    """
    told = centre.changes_the_lists()

    with judge("VN-CCON-026", *told.exchanges):
        the_new_version_is_declared(told)

    with judge("VN-CCON-027", *told.exchanges):
        the_new_codes_are_used(told)
