"""What an agency sends of its tree, of its people, and of the changes of a day."""

from conformance.packs.vn_cbccvc.approval_work_oracles import (
    certificates_were_good,
    changes_were_approved,
    changes_were_signed_after_they_happened,
    signatures_are_over_what_was_sent,
)
from conformance.packs.vn_cbccvc.sending_work_oracles import (
    a_changed_unit_is_sent_alone_with_its_decision,
    changes_are_in_time,
    changes_bear_their_time,
    codes_are_our_own,
    nobody_else_was_withdrawn,
    only_what_changed_was_sent,
    parents_come_first,
    secrets_stay_at_home,
    the_whole_tree_arrived,
    whom_was_asked_back_was_withdrawn,
)
from conformance.pytest_plugin import mission, verifies


@mission
@verifies("VN-CCON-001", "VN-CCON-002", "VN-CCON-003")
def test_a_tree_is_sent_from_its_root_downwards(centre, judge):
    """
    An agency loads its units as a clerk's table lists them, with a neighbour's unit among them.

    A unit sent before its parent is refused with all that hang on it; a neighbour's unit that
    is sent here is overwritten there.
    """
    told = centre.asks_for_the_tree()

    with judge("VN-CCON-001", *told.exchanges):
        parents_come_first(told)

    with judge("VN-CCON-002", *told.exchanges):
        codes_are_our_own(told)

    with judge("VN-CCON-003", *told.exchanges):
        the_whole_tree_arrived(told)


@mission
@verifies("VN-CCON-004", "VN-CCON-005", "VN-CCON-006", "VN-CCON-007", "VN-CCON-008")
@verifies("VN-CCON-043", "VN-CCON-044", "VN-CCON-045", "VN-CCON-046")
def test_a_day_s_changes_are_sent_alone_in_time_and_approved(centre, judge):
    """
    Two people change, and a unit is renamed.

    The pension office reads tonight what was decided today: with the others' records, without
    its time or under a clerk's name it cannot be relied on.
    """
    told = centre.asks_for_changes()

    with judge("VN-CCON-004", *told.exchanges):
        only_what_changed_was_sent(told)

    with judge("VN-CCON-005", *told.exchanges):
        changes_bear_their_time(told)

    with judge("VN-CCON-006", *told.exchanges):
        changes_are_in_time(told, "SYSTEM")

    with judge("VN-CCON-007", *told.exchanges):
        changes_are_in_time(told, "OTHER")

    with judge("VN-CCON-008", *told.exchanges):
        a_changed_unit_is_sent_alone_with_its_decision(told)

    with judge("VN-CCON-043", *told.exchanges):
        changes_were_approved(told)

    with judge("VN-CCON-044", *told.exchanges):
        certificates_were_good(told)

    with judge("VN-CCON-045", *told.exchanges):
        signatures_are_over_what_was_sent(told)

    with judge("VN-CCON-046", *told.exchanges):
        changes_were_signed_after_they_happened(told)


@mission
@verifies("VN-CCON-042")
def test_a_state_secret_stays_at_home(centre, judge):
    """
    One of three profiles bears the mark of a state secret.

    What has once left over this line stands in logs and backups that nobody can call back.
    """
    told = centre.hands_over_a_secret()

    with judge("VN-CCON-042", *told.exchanges):
        secrets_stay_at_home(told)


@mission
@verifies("VN-CCON-040", "VN-CCON-041")
def test_test_data_are_withdrawn_when_they_are_asked_back(centre, judge):
    """
    The trial is over, and one of three people is asked back.

    Left behind, an invented civil servant is counted; cleaned up too well, a real one is gone.
    """
    told = centre.asks_one_back()

    with judge("VN-CCON-040", *told.exchanges):
        whom_was_asked_back_was_withdrawn(told)

    with judge("VN-CCON-041", *told.exchanges):
        nobody_else_was_withdrawn(told)
