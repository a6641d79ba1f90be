"""Judgements over traffic: arbitrary traffic breaks none of them, and silence passes none."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import Deviation, TargetTimeout
from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.packs.vn_cbccvc import traffic_oracles as oracles
from conformance.packs.vn_cbccvc.missions import Work
from conformance.packs.vn_cbccvc.pace_oracles import the_stated_time_was_kept
from conformance.packs.vn_cbccvc.retry_oracles import the_same_message_came_again
from tests.testbed.little import START


def records_keep_the_contract(work, problems=()):
    """The oracle, with a contract that finds `problems` in everything."""
    contract = SimpleNamespace(problems=lambda _component, _value: problems)
    oracles.records_keep_the_contract(work, contract)


def the_lost_message_came_again(work):
    the_same_message_came_again(work, "lost")


def the_pause_was_kept(work):
    the_stated_time_was_kept(work, status=503)


OVER_WORK = (
    oracles.units_come_first,
    oracles.no_message_is_too_large,
    oracles.every_record_is_signed,
    the_lost_message_came_again,
    the_pause_was_kept,
    oracles.everybody_arrived,
    oracles.everybody_arrived_once,
    records_keep_the_contract,
)
OVER_TRAFFIC = (
    oracles.headers_declare_what_is_published,
    oracles.secrets_stay_in_their_place,
)
UNIT = {"unitCode": "H98.1"}
PEOPLE = ({"profileId": "098090000001", "managingAgencyCode": "H98.1"},)


def exchange(number=1, operation="submitTrialSync", body=b"", answer=None, status=200, **more):
    return Exchange(
        number=number,
        initiator=Initiator.TARGET,
        request=Request(
            method="POST",
            target=more.pop("target", "/x"),
            headers=more.pop("headers", (("authorization", "Bearer ~t~"),)),
            body=body if isinstance(body, bytes) else json.dumps(body).encode(),
            operation=operation,
        ),
        response=Response(
            status=status,
            headers=more.pop("answered", ()),
            body=answer if isinstance(answer, bytes) else json.dumps(answer).encode(),
        ),
        at=START + timedelta(seconds=more.pop("after", 0)),
        elapsed=0.0,
        facts=more,
    )


def trial(number=1, identifier="m1", people=PEOPLE, *, accepted=True, signature="s", **more):
    header = {
        "messageId": identifier,
        "environment": "test",
        "schemaVersion": "1.0",
        "codeListVersion": "2025-07-01",
    }
    records = [{"profile": person, "signature": signature} for person in people]
    status = "ACCEPTED" if accepted else "REJECTED"
    results = [{"recordNo": n, "status": status} for n in range(1, len(people) + 1)]
    return exchange(
        number, body={"header": header, "records": records}, answer={"results": results}, **more
    )


def tree(number=1, **more):
    results = {"results": [{"recordNo": 1, "status": "ACCEPTED"}]}
    return exchange(number, "submitUnits", {"header": {}, "units": [UNIT]}, results, **more)


def work(*exchanges):
    return Work(units=(UNIT,), people=PEOPLE, exchanges=exchanges)


def deviation(oracle, *exchanges):
    with pytest.raises(Deviation) as raised:
        oracle(work(*exchanges))
    return raised.value.code


@pytest.mark.parametrize("oracle", OVER_WORK + OVER_TRAFFIC, ids=lambda o: o.__name__)
def test_silence_passes_no_judgement(oracle):
    subject = () if oracle in OVER_TRAFFIC else work()
    with pytest.raises(TargetTimeout):
        oracle(subject)


# Words that the oracles look for, so that they are met in the wrong places.
WORDS = ("header", "records", "units", "profile", "signature", "messageId", "profileId")
MORE_WORDS = ("results", "recordNo", "status", "errors", "rule", "pointer", "message", "type")
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 12) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS + MORE_WORDS), inner, max_size=4)
    ),
    max_leaves=12,
)
exchanges = st.builds(
    exchange,
    operation=st.sampled_from(["submitTrialSync", "submitUnits", "issueToken", ""]),
    body=anything | st.binary(max_size=4),
    answer=anything | st.binary(max_size=4),
    status=st.sampled_from([200, 400, 401, 422, 503]),
    target=st.sampled_from(["/x", "//[", "/x?access_token", "/x?%zz&&=;"]),
    headers=st.sampled_from([(), (("authorization", " "),), (("authorization", "Bearer x"),)]),
    acknowledgement=st.sampled_from(["lost", ""]),
    disturbance=st.sampled_from(["unavailable", ""]),
)


@given(st.lists(exchanges, max_size=4))
def test_arbitrary_traffic_is_judged_or_not_but_never_breaks_a_judgement(traffic):
    for oracle in OVER_WORK + OVER_TRAFFIC:
        with contextlib.suppress(Deviation, TargetTimeout):
            oracle(traffic if oracle in OVER_TRAFFIC else work(*traffic))


def test_a_unit_counts_once_it_was_accepted():
    oracles.units_come_first(work(tree(1), trial(2)))
    assert deviation(oracles.units_come_first, trial(1), tree(2)) == "unit-not-accepted-first"


def test_a_unit_that_is_not_yet_answered_is_not_yet_accepted():
    assert (
        deviation(oracles.units_come_first, tree(1, after=5), trial(2, after=1))
        == "unit-not-accepted-first"
    )


@pytest.mark.parametrize("count", [0, 11])
def test_a_message_holds_one_to_ten(count):
    assert deviation(oracles.no_message_is_too_large, trial(people=PEOPLE * count)) == (
        "wrong-batch-size"
    )


@pytest.mark.parametrize(
    ("signature", "fact"), [("s", "invalid"), ("s", "untrusted"), ("", "valid"), (None, "valid")]
)
def test_only_a_signature_that_verifies_is_one(signature, fact):
    signed = trial(signature=signature, **{"signature/0": fact})
    assert deviation(oracles.every_record_is_signed, signed) == "signature-not-valid"
    oracles.every_record_is_signed(work(trial(**{"signature/0": "valid"})))


LOST = {"acknowledgement": "lost"}
OTHER = ({"profileId": "098090000002"},)


@pytest.mark.parametrize(
    ("later", "code"),
    [
        ((), "never-sent-again"),
        ((trial(2, "m2", OTHER),), "never-sent-again"),
        ((trial(2, "m2"),), "new-message-id"),
        ((trial(2, "m1", OTHER),), "changed-on-retry"),
    ],
)
def test_a_lost_message_comes_again_as_it_was(later, code):
    assert deviation(the_lost_message_came_again, trial(**LOST), *later) == code


@pytest.mark.parametrize(
    "later",
    [
        trial(2, signature="another signature over the same"),
        exchange(2, "readTrialReceipt", target="/v1/trial-sync/m1"),
    ],
)
def test_repeating_a_lost_message_or_reading_its_receipt_resolves_the_doubt(later):
    the_lost_message_came_again(work(trial(**LOST), later))


def test_the_pause_is_measured_from_the_answer():
    busy = trial(1, status=503, answered=(("retry-after", "2"),), disturbance="unavailable")

    the_pause_was_kept(work(busy, trial(2, after=2)))
    assert deviation(the_pause_was_kept, busy, trial(2, after=1.5)) == "sent-too-early"


def test_everybody_counts_once_by_message_and_not_by_attempt():
    oracles.everybody_arrived_once(work(trial(1), trial(2)))
    assert deviation(oracles.everybody_arrived_once, trial(1), trial(2, "m2")) == "item-twice"
    assert deviation(oracles.everybody_arrived, trial(accepted=False)) == "item-missing"


@pytest.mark.parametrize(
    ("rule", "found"),
    [("VN-R-003", True), ("schema", True), ("code-list", True), ("unit-unknown", False)],
)
def test_only_faults_of_the_record_itself_count(rule, found):
    errors = [{"rule": rule, "pointer": "/records/0/profile/x"}]
    answer = {"results": [{"recordNo": 1, "status": "REJECTED", "errors": errors}]}
    rejected = exchange(body={"records": [{"profile": {}}]}, answer=answer)
    if found:
        assert deviation(records_keep_the_contract, rejected) == "record-rejected"
    else:
        records_keep_the_contract(work(rejected))


def test_a_message_that_is_no_json_is_no_record():
    assert deviation(records_keep_the_contract, exchange(body=b"<xml/>")) == "not-json"


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        (tree(), "/units/0/x"),
        (trial(), "/records/0/profile/x"),
        (exchange(body={"records": [7]}), "/records/0/x"),
    ],
)
def test_a_record_that_breaks_the_schema_is_named(sent, pointer):
    problem = SimpleNamespace(pointer="/x", excerpt="7", message="not good", keyword="type")
    with pytest.raises(Deviation, match="schema-mismatch") as raised:
        records_keep_the_contract(work(sent), [problem])
    assert raised.value.pointer == pointer


@pytest.mark.parametrize("member", ["environment", "schemaVersion", "codeListVersion"])
def test_a_header_declares_all_three(member):
    message = json.loads(trial().request.body)
    del message["header"][member]
    with pytest.raises(Deviation, match="wrong-value"):
        oracles.headers_declare_what_is_published([exchange(body=message)])


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (exchange(headers=()), "no-bearer-token"),
        (exchange(headers=(("authorization", "Basic eA=="),)), "no-bearer-token"),
        (exchange(**{"secret-in": "header:authorization target"}), "secret-leaked"),
        (exchange(target="/v1/units?access_token=stale"), "secret-leaked"),
        (
            exchange(operation="issueToken", **{"secret-in": "header:authorization"}),
            "secret-leaked",
        ),
        (exchange(operation="", headers=(), **{"secret-in": "body"}), "secret-leaked"),
    ],
)
def test_a_secret_has_one_place_in_each_kind_of_call(call, code):
    with pytest.raises(Deviation, match=code):
        oracles.secrets_stay_in_their_place([call])


def test_calls_outside_the_contract_need_no_token():
    oracles.secrets_stay_in_their_place(
        [
            exchange(operation="", headers=()),
            exchange(operation="issueToken", headers=(), **{"secret-in": "body"}),
            exchange(**{"secret-in": "header:authorization", "token": "unknown"}),
        ]
    )
