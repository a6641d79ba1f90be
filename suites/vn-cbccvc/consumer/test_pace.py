"""How fast an agency comes back when it was told to wait, to authorise again, or to stop."""

from conformance.model.requirement import Text
from conformance.packs.vn_cbccvc import line_missions as line
from conformance.packs.vn_cbccvc.pace_oracles import (
    a_refusal_was_taken_as_one,
    few_tokens_were_asked_for,
    pauses_grew,
    the_stated_time_was_kept,
    work_went_on_with_a_new_token,
)
from conformance.packs.vn_cbccvc.retry_oracles import the_same_message_came_again
from conformance.pytest_plugin import mission, verifies

TOO_MANY = Text(
    en="Push twelve people and their units; you will twice be asked to come back later.",
    vi="Đẩy mười hai người cùng đơn vị của họ; sẽ có hai lần được đề nghị quay lại sau.",
    id="Kirimkan dua belas orang beserta unitnya; dua kali Anda akan diminta mencoba lagi nanti.",
)
AGAIN_AND_AGAIN = Text(
    en="Push three people and their units; the server will be busy four times in a row.",
    vi="Đẩy ba người cùng đơn vị của họ; máy chủ sẽ bận bốn lần liên tiếp.",
    id="Kirimkan tiga orang beserta unitnya; server akan sibuk empat kali berturut-turut.",
)
REFUSED = Text(
    en="Push three people and their units; the message with the people will be refused.",
    vi="Đẩy ba người cùng đơn vị của họ; gói tin chứa hồ sơ sẽ bị từ chối.",
    id="Kirimkan tiga orang beserta unitnya; pesan berisi orang itu akan ditolak.",
)
TOKEN_ENDS = Text(
    en="Push twelve people and their units; your access token will end on the way.",
    vi="Đẩy mười hai người cùng đơn vị của họ; mã truy cập sẽ hết hiệu lực giữa chừng.",
    id="Kirimkan dua belas orang beserta unitnya; token akses Anda akan berakhir di tengah jalan.",
)
TOKENS_LATER = Text(
    en="Push three people and their units; the first token will be given only after a while.",
    vi="Đẩy ba người cùng đơn vị của họ; phải chờ một lúc mới được cấp mã truy cập đầu tiên.",
    id="Kirimkan tiga orang beserta unitnya; token pertama baru diberikan setelah beberapa saat.",
)
NO_TOKENS = Text(
    en="Push three people and their units; your credentials will be refused.",
    vi="Đẩy ba người cùng đơn vị của họ; thông tin xác thực của bạn sẽ bị từ chối.",
    id="Kirimkan tiga orang beserta unitnya; kredensial Anda akan ditolak.",
)


@mission
@verifies("VN-CLIN-001", "VN-CLIN-002", "VN-CLIN-006")
def test_whoever_is_told_when_to_come_back_comes_back_then(national_side, judge):
    """
    The national side has had enough for now, once by seconds and once by a date.

    Who does not read the one form or the other is cut off by the gateway for the whole day.
    """
    seconds = line.drawn(national_side.world, "retry-after", (1, 2))
    turn = line.drawn(national_side.world, "first", (1, 3))
    work = national_side.asks_for(
        "too-many",
        TOO_MANY,
        people=12,
        but=[
            line.come_back(seconds, nth=turn, status=429),
            line.come_back(seconds, nth=4 - turn, dated=True),
        ],
    )
    trials = [sent.exchange for sent in work.trials]

    with judge("VN-CLIN-001", *trials):
        the_stated_time_was_kept(work, status=429)

    with judge("VN-CLIN-002", *trials):
        the_stated_time_was_kept(work, status=503)

    with judge("VN-CLIN-006", *trials):
        the_same_message_came_again(work, "unavailable")


@mission
@verifies("VN-CLIN-003")
def test_pauses_grow_while_a_server_stays_busy(national_side, judge):
    """
    The national side answers 503 again and again, and says no time.

    Every agency that comes back each second keeps it from ever standing up again.
    """
    work = national_side.asks_for(
        "again-and-again",
        AGAIN_AND_AGAIN,
        people=3,
        but=[line.come_back(None, nth=nth) for nth in range(1, 5)],
    )

    with judge("VN-CLIN-003", *(sent.exchange for sent in work.trials)):
        pauses_grew(work)


@mission
@verifies("VN-CLIN-005")
def test_what_is_refused_is_left_to_a_person(national_side, judge):
    """
    A message is refused, and will be refused tomorrow as well.

    A queue that sends it for ever never reaches the people behind it, and nobody is told.
    """
    work = national_side.asks_for("refused", REFUSED, people=3, but=line.refusals())

    with judge("VN-CLIN-005", *(sent.exchange for sent in work.trials)):
        a_refusal_was_taken_as_one(work)


@mission
@verifies("VN-CLIN-007", "VN-CLIN-008", "VN-CLIN-009")
def test_a_token_that_ends_on_the_way_is_replaced_by_one(national_side, judge):
    """
    The token ends in the middle of a night's queue.

    Whoever stops there finds half of its people missing in the morning; whoever asks for
    tokens without end finds its account locked.
    """
    nth = line.early(national_side.world)
    work = national_side.asks_for(
        "token-ends", TOKEN_ENDS, people=12, but=[line.token_dies(nth=nth)]
    )

    with judge("VN-CLIN-007", *work.exchanges):
        work_went_on_with_a_new_token(work)

    with judge("VN-CLIN-008", *(sent.exchange for sent in work.trials)):
        the_same_message_came_again(work, "token-expired", or_never=True)

    with judge("VN-CLIN-009", *work.exchanges):
        few_tokens_were_asked_for(work)


@mission
@verifies("VN-CLIN-011")
def test_the_token_endpoint_is_given_its_time_too(national_side, judge):
    """
    Every agency begins its day at the token endpoint, at eight o'clock.

    If that one is trampled down, nobody comes in at all.
    """
    work = national_side.asks_for(
        "tokens-later", TOKENS_LATER, people=3, but=[line.come_back(2, nth=1, of=line.TOKEN)]
    )

    with judge("VN-CLIN-011", *work.exchanges):
        the_stated_time_was_kept(work, status=503, of=line.TOKEN)


@mission
@verifies("VN-CLIN-012")
def test_credentials_that_are_refused_are_not_tried_for_ever(national_side, judge):
    """
    A secret was changed, and the software has the old one.

    Twelve thousand refused log-ins in a night look like an attack, and are treated as one.
    """
    work = national_side.asks_for("no-tokens", NO_TOKENS, people=3, but=line.closed_doors())

    with judge("VN-CLIN-012", *work.exchanges):
        a_refusal_was_taken_as_one(work, of=line.TOKEN)
