"""How an agency lives through hours without a line, and through the end of its own machine."""

from conformance.model.requirement import Text
from conformance.packs.vn_cbccvc import line_missions as line
from conformance.packs.vn_cbccvc.pace_oracles import nobody_hammered
from conformance.packs.vn_cbccvc.retry_oracles import (
    everybody_arrived_in_spite_of,
    order_was_kept_after,
    the_same_message_came_again,
)
from conformance.pytest_plugin import mission, verifies

OUTAGE = Text(
    en="Push twelve people and their units; nobody will answer for a while.",
    vi="Đẩy mười hai người cùng đơn vị của họ; sẽ có một khoảng thời gian không ai trả lời.",
    id="Kirimkan dua belas orang beserta unitnya; untuk beberapa waktu tidak ada yang menjawab.",
)
POWER_CUT = Text(
    en="Push twelve people and their units. The line breaks at the first people: end your software "
    "by force at that moment, start it again, and let it go on by itself.",
    vi="Đẩy mười hai người cùng đơn vị của họ. Đường truyền đứt khi gửi nhóm người đầu tiên: ngay "
    "lúc đó hãy buộc phần mềm dừng, khởi động lại và để phần mềm tự tiếp tục.",
    id="Kirimkan dua belas orang beserta unitnya. Sambungan putus saat orang pertama dikirim: "
    "hentikan paksa perangkat lunak saat itu, jalankan lagi, dan biarkan ia meneruskan sendiri.",
)


@mission
@verifies("VN-CLIN-004", "VN-CLIN-024", "VN-CLIN-025")
def test_an_outage_ends_with_everybody_there(national_side, judge):
    """
    A cable is cut for hours, between the tree and the people.

    What was not sent waits; it is neither thrown away nor sent in another order, and nobody
    beats on the door meanwhile.
    """
    work = national_side.asks_for("outage", OUTAGE, people=12, but=[line.outage()])

    with judge("VN-CLIN-004", *work.exchanges):
        nobody_hammered(work)

    with judge("VN-CLIN-024", *(sent.exchange for sent in work.trials)):
        everybody_arrived_in_spite_of(work, "outage")

    with judge("VN-CLIN-025", *(sent.exchange for sent in work.messages)):
        order_was_kept_after(work, "outage")


@mission
@verifies("VN-CLIN-026", "VN-CLIN-027")
def test_a_power_cut_takes_nobody_with_it(national_side, judge):
    """
    The agency's machine fails while a message is on its way, with more in the queue.

    What only stood in memory is gone; nobody notices until a pension is due.
    """
    work = national_side.asks_for(
        "power-cut",
        POWER_CUT,
        people=12,
        but=[line.power_cut()],
        deadline=line.TIME_TO_START_AGAIN,
    )

    with judge("VN-CLIN-026", *(sent.exchange for sent in work.trials)):
        everybody_arrived_in_spite_of(work, "power-cut")

    with judge("VN-CLIN-027", *(sent.exchange for sent in work.trials)):
        the_same_message_came_again(work, "power-cut", or_never=True)
