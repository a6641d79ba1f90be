"""How an agency gets through a poor line and a busy server."""

from conformance.model.requirement import Text
from conformance.packs.vn_cbccvc import line_missions as line
from conformance.packs.vn_cbccvc.missions import lost_acknowledgement, unavailable
from conformance.packs.vn_cbccvc.pace_oracles import the_stated_time_was_kept
from conformance.packs.vn_cbccvc.retry_oracles import the_same_message_came_again
from conformance.packs.vn_cbccvc.traffic_oracles import (
    everybody_arrived,
    everybody_arrived_once,
)
from conformance.pytest_plugin import mission, verifies

POOR_LINE = Text(
    en="Push twenty-one people and their units; the line will break once.",
    vi="Đẩy hai mươi mốt người cùng đơn vị của họ; đường truyền sẽ đứt một lần.",
    id="Kirimkan dua puluh satu orang beserta unitnya; sambungan akan terputus satu kali.",
)
BUSY_SERVER = Text(
    en="Push twenty-one people and their units; you will once be asked to come back later.",
    vi="Đẩy hai mươi mốt người cùng đơn vị của họ; sẽ có một lần được đề nghị quay lại sau.",
    id="Kirimkan dua puluh satu orang beserta unitnya; sekali Anda diminta mencoba lagi nanti.",
)
RETRY_AFTER = 2


@mission
@verifies("VN-CSYN-004", "VN-CSYN-006")
def test_a_lost_acknowledgement_is_followed_by_the_same_message(national_side, judge):
    """
    The national side took a message, and the line broke before it could say so.

    Under a new message id the same civil servant is counted twice; never sent again, the
    people behind in the queue do not exist.
    """
    work = national_side.asks_for(
        "lost-acknowledgement",
        POOR_LINE,
        people=line.MANY,
        but=[lost_acknowledgement(nth=line.early(national_side.world))],
    )

    with judge("VN-CSYN-004", *(sent.exchange for sent in work.trials)):
        the_same_message_came_again(work, "lost")

    with judge("VN-CSYN-006", *(sent.exchange for sent in work.trials)):
        # Not "once": a new id for the same message is the requirement above.
        everybody_arrived(work)


@mission
@verifies("VN-CSYN-005", "VN-CSYN-006")
def test_a_busy_server_is_given_its_time(national_side, judge):
    """
    The national side is overloaded and says when to come back.

    Six hundred agencies that try again at once keep it down, and whoever gives up loses
    the people in its queue.
    """
    work = national_side.asks_for(
        "busy-server",
        BUSY_SERVER,
        people=line.MANY,
        but=[unavailable(retry_after=RETRY_AFTER, nth=line.early(national_side.world))],
    )

    with judge("VN-CSYN-005", *(sent.exchange for sent in work.trials)):
        the_stated_time_was_kept(work, status=503)

    with judge("VN-CSYN-006", *(sent.exchange for sent in work.trials)):
        everybody_arrived_once(work)
