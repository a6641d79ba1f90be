"""What an agency asks of others, and what it does with their answers."""

from conformance.packs.vn_cbccvc.asking_work_oracles import (
    a_refused_field_is_given_up,
    conflicts_are_settled,
    everybody_was_matched_first,
    mismatches_were_put_right,
    silence_is_no_answer,
    the_owners_word_stands,
    what_is_held_is_not_sent,
    whom_nobody_knows_was_not_sent,
)
from conformance.packs.vn_cbccvc.following_work_oracles import (
    an_event_counts_once,
    differences_are_settled,
    officials_are_told_truly,
    people_are_told_truly,
    positions_are_told_truly,
    the_cursor_is_kept,
    the_feed_is_read_to_its_end,
    units_are_told_truly,
    what_the_feed_added_is_held,
    what_the_feed_took_away_is_gone,
)
from conformance.pytest_plugin import mission, verifies


@mission
@verifies("VN-CCON-009", "VN-CCON-010", "VN-CCON-011", "VN-CCON-012")
def test_people_are_matched_with_the_population_register_before_they_are_sent(centre, judge):
    """
    Of five people two are known so, one by another name, one not at all, and one has died.

    Who is sent unmatched may be nobody, or dead, and is paid all the same.
    """
    told = centre.asks_to_match_first()

    with judge("VN-CCON-009", *told.exchanges):
        everybody_was_matched_first(told)

    with judge("VN-CCON-010", *told.exchanges):
        mismatches_were_put_right(told)

    with judge("VN-CCON-011", *told.exchanges):
        whom_nobody_knows_was_not_sent(told)

    with judge("VN-CCON-012", *told.exchanges):
        silence_is_no_answer(told)


@mission
@verifies("VN-CCON-013")
def test_what_is_held_already_is_not_sent(centre, judge):
    """
    The Party and the insurance have stated fields of two people who are still to be sent.

    A second copy grows old from its first day.
    """
    told = centre.asks_what_is_held_first()

    with judge("VN-CCON-013", *told.exchanges):
        what_is_held_is_not_sent(told)


@mission
@verifies("VN-CCON-014")
def test_a_field_that_is_another_s_is_given_up(centre, judge):
    """
    Two records are refused because one field of each is another owner's.

    A client that insists keeps the whole record out, and with it the person.
    """
    told = centre.knows_better()

    with judge("VN-CCON-014", *told.exchanges):
        a_refused_field_is_given_up(told)


@mission
@verifies("VN-CCON-033", "VN-CCON-034")
def test_what_the_party_states_is_taken_over(centre, judge):
    """
    The Party states other positions of two people; the day after, one gets another telephone.

    A change of a telephone number that carries the old position along undoes the Party's word.
    """
    told = centre.lets_the_party_speak()

    with judge("VN-CCON-033", *told.exchanges):
        conflicts_are_settled(told)

    with judge("VN-CCON-034", *told.exchanges):
        the_owners_word_stands(told)


@mission
@verifies("VN-CCON-028", "VN-CCON-029", "VN-CCON-030", "VN-CCON-031", "VN-CCON-032")
def test_the_change_feed_is_consumed_once_and_whole(centre, judge):
    """
    Another office adds one person and withdraws one; the feed tells it on two pages, and twice.

    What is read twice is paid twice, and what is not read never happened.
    """
    told = centre.tells_by_the_feed()

    with judge("VN-CCON-028", *told.exchanges):
        the_feed_is_read_to_its_end(told)

    with judge("VN-CCON-029", *told.exchanges):
        the_cursor_is_kept(told)

    with judge("VN-CCON-030", *told.exchanges):
        an_event_counts_once(told)

    with judge("VN-CCON-031", *told.exchanges):
        what_the_feed_added_is_held(told)

    with judge("VN-CCON-032", *told.exchanges):
        what_the_feed_took_away_is_gone(told)


@mission
@verifies("VN-CCON-035", "VN-CCON-036", "VN-CCON-037", "VN-CCON-038", "VN-CCON-039")
def test_a_reconciliation_is_answered_truly_and_its_differences_settled(centre, judge):
    """
    The centre lost one person and holds one unit by another name.

    Rows that were touched up before they were compared find nothing, for ever.
    """
    told = centre.asks_for_a_reconciliation()

    with judge("VN-CCON-035", *told.exchanges):
        people_are_told_truly(told)

    with judge("VN-CCON-036", *told.exchanges):
        positions_are_told_truly(told)

    with judge("VN-CCON-037", *told.exchanges):
        officials_are_told_truly(told)

    with judge("VN-CCON-038", *told.exchanges):
        units_are_told_truly(told)

    with judge("VN-CCON-039", *told.exchanges):
        differences_are_settled(told)
