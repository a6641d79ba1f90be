"""What must hold over every message of an agency, whatever it says."""

from conformance.packs.vn_cbccvc.approval_work_oracles import (
    messages_bear_their_code,
    messages_name_both_ends,
    questions_have_ids_of_their_own,
)
from conformance.packs.vn_cbccvc.asking_work_oracles import nobody_speaks_for_an_owner
from conformance.pytest_plugin import invariant, verifies

pytestmark = invariant


@verifies("VN-CCON-015", "VN-CCON-047", "VN-CCON-048", "VN-CCON-049")
def test_every_message_says_what_it_is_and_whose(world, judge):
    """
    Platforms between the two sides route by what a header says.

    A message under a wrong code, another's name or a used id reaches nobody, or the wrong one.
    """
    traffic = [exchange for items in world.traffic().values() for exchange in items]

    with judge("VN-CCON-015", *traffic):
        nobody_speaks_for_an_owner(traffic)

    with judge("VN-CCON-047", *traffic):
        messages_bear_their_code(traffic)

    with judge("VN-CCON-048", *traffic):
        messages_name_both_ends(traffic)

    with judge("VN-CCON-049", *traffic):
        questions_have_ids_of_their_own(traffic)
