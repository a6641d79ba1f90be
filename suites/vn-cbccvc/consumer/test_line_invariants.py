"""What must hold on the line, whatever befalls it."""

from conformance.packs.vn_cbccvc.line_invariants import (
    a_retry_is_byte_for_byte_the_first,
    addresses_tell_of_nobody,
    bodies_are_declared_as_json,
    callers_name_their_software,
    no_id_names_two_messages,
)
from conformance.pytest_plugin import invariant, verifies

pytestmark = invariant


@verifies("VN-CLIN-028", "VN-CLIN-029")
def test_a_message_id_belongs_to_one_message(world, judge):
    """
    The national side knows a repetition by its id, and by nothing else.

    Two messages under one id are one of them lost; other bytes under the same id are a
    message that nobody stored before it was sent.
    """
    traffic = world.traffic()
    sent = [e for e in everything(traffic) if e.request.operation.startswith("submit")]

    with judge("VN-CLIN-028", *sent):
        no_id_names_two_messages(traffic)

    with judge("VN-CLIN-029", *sent):
        a_retry_is_byte_for_byte_the_first(traffic)


@verifies("VN-CLIN-030", "VN-CLIN-031", "VN-CLIN-032")
def test_a_request_says_what_it_must_where_it_may(world, judge):
    """
    Addresses are logged by every machine on the way, and headers are all that they go by.

    A name in an address stays in a proxy's log for years; Vietnamese names in another coding
    arrive as other people.
    """
    traffic = world.traffic()
    calls = everything(traffic)

    with judge("VN-CLIN-030", *calls):
        addresses_tell_of_nobody(traffic)

    with judge("VN-CLIN-031", *(e for e in calls if e.request.operation.startswith("submit"))):
        bodies_are_declared_as_json(traffic)

    with judge("VN-CLIN-032", *calls):
        callers_name_their_software(traffic)


def everything(traffic):
    return [exchange for items in traffic.values() for exchange in items]
