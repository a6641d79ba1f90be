"""Whom an agency's software trusts when the other side shows another certificate."""

from conformance.model.requirement import Text
from conformance.packs.vn_cbccvc import line_missions as line
from conformance.packs.vn_cbccvc.retry_oracles import nothing_went_elsewhere
from conformance.packs.vn_cbccvc.trust_oracles import (
    nothing_was_sent_in_plain,
    nothing_was_sent_over,
    the_renewed_certificate_was_trusted,
    the_work_went_on,
)
from conformance.pytest_plugin import mission, verifies

STRANGER = Text(
    en="Push the people and their units, over TLS; meanwhile somebody else will stand in the "
    "server's place. Change nothing in your settings.",
    vi="Đẩy mọi người cùng đơn vị của họ qua TLS; giữa chừng sẽ có kẻ khác đứng vào chỗ máy "
    "chủ. Không thay đổi gì trong cấu hình.",
    id="Kirimkan orang-orangnya beserta unitnya melalui TLS; di tengah jalan pihak lain berdiri "
    "di tempat server. Jangan ubah apa pun dalam pengaturan Anda.",
)
OLD_SERVER = Text(
    en="Push three people and their units, over TLS; meanwhile the server will speak an old "
    "version of it only.",
    vi="Đẩy ba người cùng đơn vị của họ qua TLS; giữa chừng máy chủ chỉ dùng phiên bản TLS cũ.",
    id="Kirimkan tiga orang beserta unitnya melalui TLS; di tengah jalan server hanya memakai "
    "versi lama.",
)
RENEWED = Text(
    en="Push three people and their units, over TLS; meanwhile the server's certificate is "
    "renewed under the same authority.",
    vi="Đẩy ba người cùng đơn vị của họ qua TLS; giữa chừng chứng thư máy chủ được gia hạn "
    "dưới cùng tổ chức chứng thực.",
    id="Kirimkan tiga orang beserta unitnya melalui TLS; di tengah jalan sertifikat server "
    "diperbarui di bawah otoritas yang sama.",
)
OUT_OF_TLS = Text(
    en="Push three people and their units, over TLS; you will once be sent to an address without "
    "it.",
    vi="Đẩy ba người cùng đơn vị của họ qua TLS; sẽ có một lần bị chuyển hướng sang địa chỉ không "
    "có TLS.",
    id="Kirimkan tiga orang beserta unitnya melalui TLS; sekali Anda akan dialihkan ke alamat "
    "tanpa TLS.",
)
#: Handshakes that meet the wrong side, before the right one is back.
TIMES = 2


@mission
@verifies("VN-CTLS-001", "VN-CTLS-005", "VN-CTLS-007")
def test_a_stranger_in_the_servers_place_gets_nothing(national_side, judge):
    """
    Somebody stands on the line, with a certificate that he made himself.

    What he is given once, a token or a list of civil servants, is his for good.
    """
    work = national_side.asks_for(
        "unknown-authority",
        STRANGER,
        # Three messages: whoever gives up one for each refusal still sends the last.
        people=22,
        but=[line.certificate("unknown-authority", handshakes=TIMES)],
    )

    with judge("VN-CTLS-001", *work.exchanges):
        nothing_was_sent_over(work, "unknown-authority")

    with judge("VN-CTLS-005", *work.exchanges):
        nothing_was_sent_in_plain(work)

    with judge("VN-CTLS-007", *work.exchanges):
        the_work_went_on(work)


@mission
@verifies("VN-CTLS-002")
def test_another_bodys_certificate_opens_nothing(national_side, judge):
    """
    Another body of the same authority answers in the server's place.

    Its certificate is as good as the ministry's, for its own name.
    """
    work = national_side.asks_for(
        "other-name", STRANGER, people=3, but=[line.certificate("other-name", handshakes=TIMES)]
    )

    with judge("VN-CTLS-002", *work.exchanges):
        nothing_was_sent_over(work, "other-name")


@mission
@verifies("VN-CTLS-003")
def test_a_certificate_of_yesterday_opens_nothing(national_side, judge):
    """
    The certificate that is shown has expired a month ago.

    Whoever found the old machine has its key.
    """
    work = national_side.asks_for(
        "expired", STRANGER, people=3, but=[line.certificate("expired", handshakes=TIMES)]
    )

    with judge("VN-CTLS-003", *work.exchanges):
        nothing_was_sent_over(work, "expired")


@mission
@verifies("VN-CTLS-004", "VN-CTLS-005")
def test_an_old_protocol_is_not_spoken(national_side, judge):
    """
    The server speaks TLS 1.1 at most: an old machine, or somebody who wants to read along.

    Neither the old version nor none at all is an answer.
    """
    work = national_side.asks_for(
        "old-protocol",
        OLD_SERVER,
        people=3,
        but=[line.certificate("old-protocol", handshakes=TIMES)],
    )

    with judge("VN-CTLS-004", *work.exchanges):
        nothing_was_sent_over(work, "old-protocol")

    with judge("VN-CTLS-005", *work.exchanges):
        nothing_was_sent_in_plain(work)


@mission
@verifies("VN-CTLS-006")
def test_a_renewed_certificate_stops_nobody(national_side, judge):
    """
    The national side renews its certificate between two messages.

    The authority is the same, and so is the name; software that knows only the old one is cut
    off until somebody comes and changes it.
    """
    work = national_side.asks_for("renewed", RENEWED, people=3, but=[line.certificate("renewed")])

    with judge("VN-CTLS-006", *work.exchanges):
        the_renewed_certificate_was_trusted(work)


@mission
@verifies("VN-CTLS-008")
def test_nothing_follows_a_redirect_out_of_tls(national_side, judge):
    """
    An answer sends the agency to an address that begins with http.

    Everything that follows can be read by every machine on the way.
    """
    work = national_side.asks_for(
        "out-of-tls", OUT_OF_TLS, people=3, but=[line.redirect(plain=True)]
    )

    with judge("VN-CTLS-008", *work.exchanges):
        nothing_went_elsewhere(work)
