"""What must hold over everything that an agency sends, whatever it was asked to do."""

from conformance.packs.vn_cbccvc.traffic_oracles import (
    headers_declare_what_is_published,
    secrets_stay_in_their_place,
)
from conformance.pytest_plugin import invariant, verifies

pytestmark = invariant


@verifies("VN-CSYN-008")
def test_every_message_declares_the_test_environment_and_the_published_versions(world, judge):
    """
    Test people must never be taken for real ones, nor codes be read with another list.

    One message marked as production puts invented civil servants on a real payroll.
    """
    traffic = [exchange for items in world.traffic().values() for exchange in items]

    with judge("VN-CSYN-008", *(e for e in traffic if e.request.operation.startswith("submit"))):
        headers_declare_what_is_published(traffic)


@verifies("VN-CACC-001")
def test_secrets_travel_where_they_belong_and_nowhere_else(world, judge):
    """
    A token in an address is written into the log of every proxy on its way.

    Whoever reads the log can then speak for the whole agency.
    """
    traffic = [exchange for items in world.traffic().values() for exchange in items]

    with judge("VN-CACC-001", *traffic):
        secrets_stay_in_their_place(traffic)
