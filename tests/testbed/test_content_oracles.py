"""Judgements over content: arbitrary traffic breaks none of them, and silence passes none."""

from __future__ import annotations

import base64
import contextlib
import json
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import Deviation, TargetTimeout
from conformance.packs.vn_cbccvc import (
    approval_work_oracles as approving,
)
from conformance.packs.vn_cbccvc import (
    asking_work_oracles as asking,
)
from conformance.packs.vn_cbccvc import (
    following_work_oracles as following,
)
from conformance.packs.vn_cbccvc import (
    renewing_work_oracles as renewing,
)
from conformance.packs.vn_cbccvc import (
    returning_work_oracles as returning,
)
from conformance.packs.vn_cbccvc import (
    sending_work_oracles as sending,
)
from conformance.packs.vn_cbccvc.content_assignments import Told
from tests.testbed.test_traffic_oracles import MORE_WORDS, WORDS, exchange

OVER_WORK = (
    sending.parents_come_first,
    sending.codes_are_our_own,
    sending.the_whole_tree_arrived,
    sending.only_what_changed_was_sent,
    sending.changes_bear_their_time,
    partial(sending.changes_are_in_time, origin="SYSTEM"),
    partial(sending.changes_are_in_time, origin="OTHER"),
    sending.a_changed_unit_is_sent_alone_with_its_decision,
    sending.secrets_stay_at_home,
    sending.whom_was_asked_back_was_withdrawn,
    sending.nobody_else_was_withdrawn,
    approving.changes_were_approved,
    approving.certificates_were_good,
    approving.signatures_are_over_what_was_sent,
    approving.changes_were_signed_after_they_happened,
    returning.a_job_is_awaited,
    returning.a_job_is_asked_after_at_its_pace,
    returning.only_the_rejected_came_again,
    returning.what_a_job_refused_came_again_alone,
    returning.a_refused_certificate_signs_no_more,
    returning.nothing_came_again_as_it_was,
    returning.only_the_fault_was_put_right,
    returning.a_correction_is_signed_anew,
    returning.a_correction_comes_under_a_new_id,
    returning.the_rejected_arrived_in_the_end,
    renewing.nobody_is_sent_to_a_closed_unit,
    renewing.people_follow_their_unit,
    renewing.the_new_version_is_declared,
    renewing.the_new_codes_are_used,
    asking.everybody_was_matched_first,
    asking.mismatches_were_put_right,
    asking.whom_nobody_knows_was_not_sent,
    asking.silence_is_no_answer,
    asking.what_is_held_is_not_sent,
    asking.a_refused_field_is_given_up,
    asking.conflicts_are_settled,
    asking.the_owners_word_stands,
    following.the_feed_is_read_to_its_end,
    following.the_cursor_is_kept,
    following.an_event_counts_once,
    following.what_the_feed_added_is_held,
    following.what_the_feed_took_away_is_gone,
    following.people_are_told_truly,
    following.positions_are_told_truly,
    following.officials_are_told_truly,
    following.units_are_told_truly,
    following.differences_are_settled,
)
OVER_TRAFFIC = (
    approving.messages_bear_their_code,
    approving.messages_name_both_ends,
    approving.questions_have_ids_of_their_own,
    asking.nobody_speaks_for_an_owner,
)
ANNA, BERT = (
    {"profileId": f"09809000000{n}", "managingAgencyCode": "H98.1", "employingUnitCode": "H98.1"}
    for n in (1, 2)
)
TREE = ({"unitCode": "H98.1", "parentCode": "H98"}, {"unitCode": "H98.1.1", "parentCode": "H98.1"})
CHANGE = {
    "profileId": ANNA["profileId"],
    "fields": {"phone": "1"},
    "changedAt": "2026-11-20T01:00:00Z",
    "origin": "SYSTEM",
}
HIDDEN = {
    "added": "1",
    "withdrawn": "2",
    "renamed": "H98.1.1",
    "closing": "H98.1",
    "heir": "H98.2",
    "province": "37",
}


def name_of(oracle):
    return getattr(oracle, "func", oracle).__name__


def told(*exchanges, **material):
    return Told(
        units=TREE,
        people=(ANNA, BERT),
        exchanges=exchanges,
        material={"agencyCode": "H98", **material},
        hidden=HIDDEN,
    )


def sent(number, *people, message="m1", operation="submitTrialSync", results=None, **beside):
    """A message with `people`, accepted unless `results` gives the errors of each."""
    outcomes = results or [[] for _ in people]
    answer = [
        {"recordNo": n, "status": "REJECTED", "errors": errors}
        if errors
        else {"recordNo": n, "status": "ACCEPTED"}
        for n, errors in enumerate(outcomes, start=1)
    ]
    member = "units" if operation == "submitUnits" else "records"
    records = people if member == "units" else [{"profile": p, **beside} for p in people]
    body = {"header": {"messageId": message}, member: list(records)}
    return exchange(number, operation, body, {"results": answer})


def error(rule, member, n=0):
    return {"rule": rule, "pointer": f"/records/{n}/profile/{member}"}


def code(oracle, *exchanges, **material):
    with pytest.raises(Deviation) as raised:
        oracle(told(*exchanges, **material))
    return raised.value.code


@pytest.mark.parametrize("oracle", OVER_WORK, ids=name_of)
def test_silence_passes_no_judgement(oracle):
    with pytest.raises(TargetTimeout):
        oracle(told())


@pytest.mark.parametrize("oracle", OVER_TRAFFIC, ids=name_of)
def test_no_traffic_passes_no_invariant(oracle):
    with pytest.raises(TargetTimeout):
        oracle(())


OPERATIONS = (
    *approving.CODES,
    *("getMetadata", "readJob", "readChanges", "listConflicts", "withdrawProfile", ""),
)
WORDS_OF_CONTENT = ("persons", "fields", "items", "nextCursor", "more", "people", "receipt")
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(["", "REJECTED", "H98.1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS + MORE_WORDS + WORDS_OF_CONTENT), inner, max_size=4)
    ),
    max_leaves=12,
)
arbitrary = st.builds(
    exchange,
    number=st.integers(1, 4),
    operation=st.sampled_from(OPERATIONS),
    body=anything | st.binary(max_size=4),
    answer=anything | st.binary(max_size=4),
    status=st.sampled_from([200, 202, 204, 409, 422]),
    target=st.sampled_from(["/x", "//[", "/x?cursor", "/x?%zz&&=;", "/v1/profiles/1"]),
)


@given(st.lists(arbitrary, max_size=4))
def test_arbitrary_traffic_is_judged_or_not_but_never_breaks_a_judgement(traffic):
    for oracle in OVER_WORK:
        with contextlib.suppress(Deviation, TargetTimeout):
            oracle(told(*traffic, changes=[CHANGE], withdraw=["1"]))
    for oracle in OVER_TRAFFIC:
        with contextlib.suppress(Deviation, TargetTimeout):
            oracle(traffic)


def test_a_parent_in_the_same_message_stands_before_its_child():
    sending.parents_come_first(told(sent(1, *TREE, operation="submitUnits")))

    upside_down = sent(1, *reversed(TREE), operation="submitUnits")
    assert code(sending.parents_come_first, upside_down) == "parent-not-first"


def test_a_refused_parent_is_none():
    refused = sent(1, TREE[0], operation="submitUnits", results=[[{"rule": "schema"}]])
    child = sent(2, TREE[1], operation="submitUnits", message="m2")

    assert code(sending.parents_come_first, refused, child) == "parent-not-first"


def test_who_was_refused_may_come_again_unchanged_with_a_change_of_others():
    changed = {**ANNA, "phone": "1"}
    first = sent(1, ANNA, BERT, results=[[], [{"rule": "unit-unknown", "pointer": ""}]])
    second = sent(2, BERT, changed, message="m2")

    sending.only_what_changed_was_sent(told(first, second, changes=[CHANGE]))
    third = sent(3, BERT, message="m3")
    assert (
        code(sending.only_what_changed_was_sent, first, second, third, changes=[CHANGE])
        == "sent-unasked"
    )


@pytest.mark.parametrize(
    ("stamp", "right"),
    [
        ({"changedAt": "2026-11-20T08:00:00+07:00", "origin": "SYSTEM"}, True),
        ({"changedAt": "2026-11-20T01:00:01Z", "origin": "SYSTEM"}, False),
        ({"changedAt": "2026-11-20T01:00:00Z"}, False),
        ({"origin": "SYSTEM"}, False),
    ],
)
def test_a_moment_may_be_written_in_any_zone(stamp, right):
    changed = sent(1, {**ANNA, "phone": "1"}, **stamp)
    if right:
        sending.changes_bear_their_time(told(changed, changes=[CHANGE]))
    else:
        assert code(sending.changes_bear_their_time, changed, changes=[CHANGE]) == "wrong-value"


FAULT = [error("VN-R-021", "mainDuty")]
WRONG, RIGHT = {**ANNA, "mainDuty": "N/A"}, {**ANNA, "mainDuty": "Văn thư"}


def test_a_correction_is_judged_by_what_it_changes():
    refused = sent(1, WRONG, results=[FAULT])

    returning.only_the_fault_was_put_right(told(refused, sent(2, RIGHT, message="m2")))
    tidied = sent(2, {**RIGHT, "phone": "1"}, message="m2")
    assert code(returning.only_the_fault_was_put_right, refused, tidied) == (
        "changed-beyond-complaint"
    )
    assert code(returning.nothing_came_again_as_it_was, refused, sent(2, WRONG, message="m2")) == (
        "sent-again-unchanged"
    )


def test_a_repeated_message_is_no_second_sending():
    partly = sent(1, WRONG, BERT, results=[FAULT, []])
    again = sent(2, WRONG, BERT, results=[FAULT, []])

    returning.only_the_rejected_came_again(told(partly, again))
    resent = sent(2, RIGHT, BERT, message="m2")
    assert code(returning.only_the_rejected_came_again, partly, resent) == "sent-unasked"


def signed_by(certificate):
    head = json.dumps({"alg": "ES256", "x5c": [certificate]}).encode()
    return base64.urlsafe_b64encode(head).decode().rstrip("=") + "..c2lnbmVk"


@pytest.mark.parametrize("rule", ["signature-expired", "signature-revoked"])
def test_who_was_refused_for_a_certificate_may_rest_or_take_another(rule):
    first = sent(1, ANNA, results=[[error(rule, "x")]], signature=signed_by("old"))
    oracle = returning.a_refused_certificate_signs_no_more

    oracle(told(first))
    oracle(told(first, sent(2, ANNA, message="m2", signature=signed_by("new"))))
    oracle(told(first, sent(2, BERT, message="m2", signature=signed_by("old"))))
    again = sent(2, ANNA, message="m2", signature=signed_by("old"))
    assert code(oracle, first, again) == "wrong-approval"


@pytest.mark.parametrize("signature", ["", "no header", signed_by("old").swapcase()])
def test_a_certificate_that_cannot_be_read_accuses_nobody(signature):
    gone = [[error("signature-expired", "x")]]
    refused = [sent(n, ANNA, message=f"m{n}", signature=signature, results=gone) for n in (1, 2)]
    with pytest.raises(TargetTimeout):
        returning.a_refused_certificate_signs_no_more(told(*refused))


def page(number, following, *, more, cursor=""):
    target = f"/v1/changes?cursor={cursor}" if cursor else "/v1/changes"
    answer = {"items": [], "nextCursor": following, "more": more}
    return exchange(number, "readChanges", b"", answer, target=target)


def test_a_feed_is_read_on_from_where_it_ended():
    pages = [page(1, "b", more=True), page(2, "c", more=False, cursor="b")]
    following.the_feed_is_read_to_its_end(told(*pages))
    following.the_cursor_is_kept(told(*pages, page(3, "c", more=False, cursor="c")))

    assert code(following.the_cursor_is_kept, *pages, page(3, "b", more=True)) == "cursor-not-kept"
    assert code(following.the_feed_is_read_to_its_end, pages[0]) == "feed-not-read-to-its-end"


def test_a_page_that_was_lost_is_asked_for_again():
    lost = exchange(2, "readChanges", b"", b"", status=503, target="/v1/changes?cursor=b")

    following.the_cursor_is_kept(
        told(page(1, "b", more=True), lost, page(3, "c", more=False, cursor="b"))
    )


def match(number, person, result):
    question = {"persons": [person]}
    answer = {"results": [{"recordNo": 1, "result": result}]}
    return exchange(number, "matchPopulation", question, answer)


def test_a_match_counts_for_the_values_that_were_asked_about():
    wrong, right = {**ANNA, "birthFullName": "A LẦM"}, {**ANNA, "birthFullName": "A"}
    asked = (match(1, wrong, "MISMATCH_NAME"), match(2, right, "MATCHED"))

    asking.mismatches_were_put_right(told(*asked, sent(3, right)))
    assert code(asking.mismatches_were_put_right, *asked, sent(3, wrong)) == "not-confirmed-first"
    assert code(asking.everybody_was_matched_first, *asked, sent(3, BERT)) == "not-confirmed-first"


def test_rows_are_compared_with_what_the_agency_was_given():
    def question(*rows):
        return exchange(1, "reconcile", {"units": list(rows)}, {})

    following.units_are_told_truly(told(question(*TREE)))
    assert code(following.units_are_told_truly, question(TREE[0])) == "untrue-row"
    assert code(following.units_are_told_truly, question({**TREE[0], "name": "x"}, TREE[1])) == (
        "untrue-row"
    )
    assert code(following.people_are_told_truly, question(*TREE)) == "missing-member"


def test_one_id_may_bear_one_content_however_often():
    def message(**header):
        body = {"header": {"messageId": "m", **header}, "persons": [ANNA]}
        return exchange(1, "matchPopulation", body, {})

    approving.questions_have_ids_of_their_own([message(sentAt="1"), message(sentAt="2")])
    with pytest.raises(Deviation, match="message-id-reused"):
        approving.questions_have_ids_of_their_own([message(), message(keyId="k")])


def test_a_rejection_of_a_batch_is_read_from_its_job():
    batch = {"header": {"messageId": "b"}, "records": [{"profile": WRONG}]}
    taken = exchange(1, "submitProfileBatch", batch, {"jobId": "j"}, status=202)
    results = [{"recordNo": 1, "status": "REJECTED", "errors": FAULT}]
    job = {"jobId": "j", "messageId": "b", "status": "DONE", "receipt": {"results": results}}
    done = exchange(2, "readJob", b"", job)

    returning.a_job_is_awaited(told(taken, done))
    # A message under its id that came later is not the one of which the job tells.
    with pytest.raises(TargetTimeout):
        returning.nothing_came_again_as_it_was(told(done, replace(taken, number=3)))
    returning.only_the_fault_was_put_right(told(taken, done, sent(3, RIGHT, message="m2")))
    assert code(returning.a_job_is_awaited, taken) == "job-given-up"
    assert code(returning.a_job_is_awaited, taken, sent(2, WRONG, message="m2")) == (
        "sent-again-unchanged"
    )
