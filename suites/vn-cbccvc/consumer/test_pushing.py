"""How an agency pushes its tree and its people when nothing goes wrong."""

from conformance.model.requirement import Text
from conformance.packs.vn_cbccvc.traffic_oracles import (
    every_record_is_signed,
    no_message_is_too_large,
    records_keep_the_contract,
    units_come_first,
)
from conformance.pytest_plugin import mission, verifies

THREE_PEOPLE = Text(
    en="Load the small unit tree and the three people, and push them in a trial synchronisation.",
    vi="Nạp cây đơn vị nhỏ và ba người, rồi đẩy lên trong một đợt đồng bộ thử.",
    id="Muat pohon unit kecil dan tiga orang, lalu kirimkan dalam sinkronisasi percobaan.",
)
ELEVEN_PEOPLE = Text(
    en="Push eleven people and the units in which they work.",
    vi="Đẩy mười một người và các đơn vị nơi họ công tác.",
    id="Kirimkan sebelas orang beserta unit tempat mereka bekerja.",
)


@mission
@verifies("VN-CSYN-001", "VN-CSYN-003", "VN-CSYN-007")
def test_three_people_are_pushed_after_their_tree(national_side, contract, judge):
    """
    An agency brings a small tree and three people for the first time.

    A profile without its unit, without a signature or with a dead code comes back weeks
    later, to somebody who no longer remembers the person.
    """
    work = national_side.asks_for("three-people", THREE_PEOPLE, people=3)

    with judge("VN-CSYN-001", *work.exchanges):
        units_come_first(work)

    with judge("VN-CSYN-003", *(sent.exchange for sent in work.trials)):
        every_record_is_signed(work)

    with judge("VN-CSYN-007", *(sent.exchange for sent in work.messages)):
        records_keep_the_contract(work, contract)


@mission
@verifies("VN-CSYN-002")
def test_eleven_people_are_not_pushed_at_once(national_side, judge):
    """
    An agency has one person more than a trial message may hold.

    A message that is too large is refused whole: ten people wait because of the eleventh.
    """
    work = national_side.asks_for("eleven-people", ELEVEN_PEOPLE, people=11)

    with judge("VN-CSYN-002", *(sent.exchange for sent in work.trials)):
        no_message_is_too_large(work)
