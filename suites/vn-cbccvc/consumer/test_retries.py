"""What an agency makes of answers that break off, come late, come from a gateway, or say more."""

from conformance.model.requirement import Text
from conformance.packs.vn_cbccvc import line_missions as line
from conformance.packs.vn_cbccvc.missions import SUBMIT_PEOPLE, SUBMIT_UNITS
from conformance.packs.vn_cbccvc.pace_oracles import one_token_served_many_calls
from conformance.packs.vn_cbccvc.retry_oracles import (
    an_answer_was_enough,
    everybody_arrived_in_spite_of,
    nothing_went_elsewhere,
    the_answer_was_awaited,
    the_same_message_came_again,
    times_are_those_of_a_right_clock,
)
from conformance.pytest_plugin import mission, verifies

BREAKS_BEFORE = Text(
    en="Push twenty-one people and their units; the line will break twice.",
    vi="Đẩy hai mươi mốt người cùng đơn vị của họ; đường truyền sẽ đứt hai lần.",
    id="Kirimkan dua puluh satu orang beserta unitnya; sambungan akan terputus dua kali.",
)
BREAKS_WITHIN = Text(
    en="Push twenty-one people and their units; an answer will break off in the middle.",
    vi="Đẩy hai mươi mốt người cùng đơn vị của họ; một phản hồi sẽ bị đứt giữa chừng.",
    id="Kirimkan dua puluh satu orang beserta unitnya; satu jawaban akan terputus di tengah.",
)
GATEWAY = Text(
    en="Push twelve people and their units; the gateway on the way will fail three times.",
    vi="Đẩy mười hai người cùng đơn vị của họ; cổng kết nối trung gian sẽ lỗi ba lần.",
    id="Kirimkan dua belas orang beserta unitnya; gerbang di antaranya akan gagal tiga kali.",
)
SLOW = Text(
    en="Push three people and their units; one answer will take some seconds.",
    vi="Đẩy ba người cùng đơn vị của họ; một phản hồi sẽ đến chậm vài giây.",
    id="Kirimkan tiga orang beserta unitnya; satu jawaban akan memakan beberapa detik.",
)
POOR_LINE = Text(
    en="Push three people and their units; the line is thin, stalls, and breaks twice.",
    vi="Đẩy ba người cùng đơn vị của họ; đường truyền hẹp, chập chờn và sẽ đứt hai lần.",
    id="Kirimkan tiga orang beserta unitnya; sambungannya sempit, tersendat, dan putus dua kali.",
)
REDIRECTED = Text(
    en="Push three people and their units; you will once be sent to another address.",
    vi="Đẩy ba người cùng đơn vị của họ; sẽ có một lần bị chuyển hướng sang địa chỉ khác.",
    id="Kirimkan tiga orang beserta unitnya; sekali Anda akan dialihkan ke alamat lain.",
)
MORE_MEMBERS = Text(
    en="Push twelve people and their units; the answers will say more than you know of.",
    vi="Đẩy mười hai người cùng đơn vị của họ; phản hồi sẽ chứa thêm thông tin mà bạn chưa biết.",
    id="Kirimkan dua belas orang beserta unitnya; jawabannya memuat lebih dari yang Anda kenal.",
)
WRONG_CLOCK = Text(
    en="Push three people and their units; the server's clock is two hours slow.",
    vi="Đẩy ba người cùng đơn vị của họ; đồng hồ của máy chủ chậm hai giờ.",
    id="Kirimkan tiga orang beserta unitnya; jam server terlambat dua jam.",
)
PAGES = (500, 502, 504)


@mission
@verifies("VN-CLIN-013", "VN-CLIN-014")
def test_a_line_that_breaks_without_an_answer_delivers_nothing_and_loses_nothing(
    national_side, judge
):
    """
    The line breaks once after the tree was taken, and once before the people were.

    The agency sees the same both times; only one way of going on is right for both.
    """
    work = national_side.asks_for(
        "breaks-before",
        BREAKS_BEFORE,
        people=line.MANY,
        but=[
            line.lost_unit_acknowledgement(),
            line.reset(nth=line.early(national_side.world)),
        ],
    )

    with judge("VN-CLIN-013", *(sent.exchange for sent in work.messages)):
        the_same_message_came_again(work, "lost", of=SUBMIT_UNITS)

    with judge("VN-CLIN-014", *(sent.exchange for sent in work.trials)):
        everybody_arrived_in_spite_of(work, "reset")


@mission
@verifies("VN-CLIN-015")
def test_half_an_answer_is_none(national_side, judge):
    """
    A receipt breaks off after its first lines.

    Who stood in the second half of it was accepted or rejected, and the agency cannot know.
    """
    nth = line.early(national_side.world)
    work = national_side.asks_for(
        "breaks-within", BREAKS_WITHIN, people=line.MANY, but=[line.half_an_answer(nth=nth)]
    )

    with judge("VN-CLIN-015", *(sent.exchange for sent in work.trials)):
        the_same_message_came_again(work, "cut-answer")


@mission
@verifies("VN-CLIN-016")
def test_a_gateways_page_is_no_refusal(national_side, judge):
    """
    A machine between the two bodies fails and answers in its own words.

    It knows nothing of the records; taken for a refusal, it empties the queue for nothing.
    """
    turn = line.drawn(national_side.world, "page", range(len(PAGES)))
    first, second, third = PAGES[turn:] + PAGES[:turn]
    work = national_side.asks_for(
        "gateway",
        GATEWAY,
        people=12,
        but=[
            line.gateway_page(first, nth=1),
            line.gateway_page(second, nth=2),
            line.gateway_page(third, nth=4),
        ],
    )

    with judge("VN-CLIN-016", *(sent.exchange for sent in work.trials)):
        everybody_arrived_in_spite_of(work, "gateway-page")


@mission
@verifies("VN-CLIN-017")
def test_a_slow_answer_is_awaited(national_side, judge):
    """
    The national side takes its time over a message.

    A second copy makes it slower still, and the third one slower than that.
    """
    seconds = line.drawn(national_side.world, "seconds", (3, 4))
    work = national_side.asks_for("slow", SLOW, people=3, but=[line.slow(seconds)])

    with judge("VN-CLIN-017", *(sent.exchange for sent in work.trials)):
        the_answer_was_awaited(work, seconds=seconds)


@mission
@verifies("VN-CLIN-018")
def test_a_thin_and_broken_line_carries_everybody_in_the_end(national_side, judge):
    """
    64 kbit/s, stalls, and two breaks: how a mountain district reaches the capital.

    Whoever is patient gets through; who gives a message up after the second try does not.
    """
    work = national_side.asks_for(
        "poor-line",
        POOR_LINE,
        people=3,
        but=[
            line.poor_line(SUBMIT_UNITS, nth=1),
            line.reset(nth=1, sending=True),
            line.reset(nth=2, sending=True),
            line.poor_line(SUBMIT_PEOPLE, nth=3, seconds=1),
        ],
    )

    with judge("VN-CLIN-018", *(sent.exchange for sent in work.trials)):
        everybody_arrived_in_spite_of(work, "poor-line")


@mission
@verifies("VN-CLIN-019", "VN-CLIN-020")
def test_nothing_follows_a_redirect(national_side, judge):
    """
    An answer sends the agency to another address, as a hijacked gateway would.

    Records and tokens that follow are in a stranger's hands.
    """
    work = national_side.asks_for("redirected", REDIRECTED, people=3, but=[line.redirect()])

    with judge("VN-CLIN-019", *work.exchanges):
        nothing_went_elsewhere(work)

    with judge("VN-CLIN-020", *(sent.exchange for sent in work.trials)):
        everybody_arrived_in_spite_of(work, "redirected")


@mission
@verifies("VN-CLIN-010", "VN-CLIN-021")
def test_answers_may_say_more_than_today(national_side, judge):
    """
    The national side has learnt to say more, as the contract lets it.

    Six hundred agencies whose software stops at a word it does not know stop it from ever
    learning anything.
    """
    work = national_side.asks_for("more-members", MORE_MEMBERS, people=12, but=line.more_members())

    with judge("VN-CLIN-010", *work.exchanges):
        one_token_served_many_calls(work)

    with judge("VN-CLIN-021", *(sent.exchange for sent in work.messages)):
        an_answer_was_enough(work, "members-added")


@mission
@verifies("VN-CLIN-022", "VN-CLIN-023")
def test_a_wrong_date_and_a_closed_connection_change_nothing(national_side, judge):
    """
    The server's clock is slow, and each answer is the last one of its connection.

    Neither says anything of the message: times are the agency's own, and what was answered
    was answered.
    """
    work = national_side.asks_for(
        "wrong-clock", WRONG_CLOCK, people=3, but=[*line.wrong_clock(), *line.closed_connections()]
    )

    with judge("VN-CLIN-022", *(sent.exchange for sent in work.messages)):
        times_are_those_of_a_right_clock(work)

    with judge("VN-CLIN-023", *(sent.exchange for sent in work.messages)):
        an_answer_was_enough(work, "connection-closed")
