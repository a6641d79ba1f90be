"""Answers that leave otherwise than they came, and what others do meanwhile."""

from __future__ import annotations

import json

import pytest

from conformance.errors import SuiteDefect
from conformance.model.exchange import Request, Response
from conformance.model.pack import Surroundings
from conformance.reference.clock import ManualClock
from conformance.testbed.alterations import Alter, Call, Meanwhile, altered
from conformance.testbed.bed import Bed
from conformance.testbed.disturbances import Mischief, Unavailable, parse, parse_all
from tests.testbed.little import START, TOKEN, little_bed, little_pack
from tests.testbed.test_bed import ASK, PUT, calling, exchanges

ANSWER = {"status": "DONE", "receipt": {"n": 1}, "items": [{"x": 1}, {"x": 2}]}


def answer(body=ANSWER):
    text = json.dumps(body).encode()
    return Response(status=200, headers=(("Content-Length", str(len(text))),), body=text)


def changed(**how):
    found = altered(answer(), Alter(operation="read", **how))
    return found and json.loads(found.body)


def test_values_are_set_and_members_left_out():
    assert changed(set={"/status": "RUNNING"}, remove=["/receipt"]) == {
        "status": "RUNNING",
        "items": ANSWER["items"],
    }
    assert changed(set={"/items/1/x": 7})["items"] == [{"x": 1}, {"x": 7}]
    assert changed(set={"/items/0": 3})["items"] == [3, {"x": 2}]
    assert changed(remove=["/items/0"])["items"] == [{"x": 2}]


def test_an_array_is_told_twice():
    assert changed(repeat=["/items"])["items"] == ANSWER["items"] * 2


@pytest.mark.parametrize(
    "how",
    [
        {"set": {"/nowhere": 1}},
        {"set": {"/items/2": 1}},
        {"remove": ["/receipt/m"]},
        {"repeat": ["/status"]},
        {"headers": {"Retry-After": "2"}},
    ],
)
def test_what_is_not_there_is_not_changed(how):
    assert changed(**how) is None


def test_an_answer_that_is_no_json_leaves_as_it_came():
    assert altered(Response(status=200, body=b"<html>"), Alter(operation="read")) is None


def test_length_and_headers_fit_what_leaves():
    found = altered(
        answer(), Alter(operation="read", remove=["/items"], headers={"Retry-After": "2"})
    )

    assert found.header("retry-after") == "2"
    assert [v for n, v in found.headers if n.lower() == "content-length"] == [str(len(found.body))]


@pytest.mark.parametrize(
    "value",
    [
        {"do": "alter"},
        {"do": "alter", "operation": "read", "set": [1]},
        {"do": "alter", "operation": "read", "repeat": "/items"},
        {"do": "alter", "operation": "read", "calls": []},
        {"do": "meanwhile", "calls": []},
        {"do": "meanwhile", "operation": "read"},
        {"do": "meanwhile", "calls": [{"method": "GET"}]},
        {"do": "meanwhile", "calls": [{"target": "/x", "when": "now"}]},
        {"do": "meanwhile", "nth": 0, "calls": [{"target": "/x"}]},
    ],
)
def test_what_does_not_exist_is_our_defect(value):
    with pytest.raises(SuiteDefect):
        parse(value)


def test_others_act_on_an_arrival_that_is_disturbed_as_well():
    first = {"do": "meanwhile", "calls": [{"target": "/first"}]}
    second = {"do": "meanwhile", "operation": "push", "calls": [{"target": "/push"}]}
    busy = {"do": "unavailable", "operation": "push"}
    mischief = Mischief(disturbances=parse_all([first, second, busy]))

    met = [(mischief.meet(name, START), mischief.errands()) for name in ("pull", "push", "push")]

    assert met == [
        (None, (Call(target="/first"),)),
        (Unavailable(operation="push"), (Call(target="/push"),)),
        (None, ()),
    ]


def test_others_do_nothing_in_an_outage():
    scripted = [
        {"do": "meanwhile", "nth": 1, "calls": [{"target": "/x"}]},
        {"do": "outage", "operation": "push", "seconds": 5, "hooked_seconds": 5},
    ]
    mischief = Mischief(disturbances=parse_all(scripted))

    assert [(mischief.meet("push", START), mischief.errands()) for _ in range(2)] == [
        (parse(scripted[1]), (Call(target="/x"),)),
        (parse(scripted[1]), ()),
    ]


def test_what_is_outside_the_contract_is_no_arrival_of_anything():
    mischief = Mischief(disturbances=(Meanwhile(calls=[{"target": "/x"}], nth=2),))

    met = []
    for operation in ("push", "", ""):
        mischief.meet(operation, START)
        met.append(len(mischief.errands()))

    assert met == [0, 1, 0]


def order(number, body):
    return {"method": "PUT", "target": f"/orders/{number}", "body": body}


def test_an_errand_is_carried_out_first_and_is_no_traffic_of_the_target(tmp_path):
    bed = little_bed(tmp_path)
    calls = [order(1, "ours"), order(2, "ours")]
    bed.begin([{"do": "meanwhile", "operation": "putOrder", "calls": calls}])

    _, answered, again = calling(bed, ASK, PUT, PUT)

    assert answered.json() == {"orders": {"1": 2, "2": 1}}
    assert again.json() == {"orders": {"1": 3, "2": 1}}
    assert [e.request.operation for e in exchanges(bed)] == ["issueToken", "putOrder", "putOrder"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"expect": {"/orders/1": 1}}, None),
        ({"expect": {"/orders/1": 2}}, "undone: PUT /orders/1: /orders/1 is 1, not 2"),
        ({"expect": {"/x": 1}}, "undone: PUT /orders/1: /x is null, not 1"),
        ({"target": "/token", "method": "POST"}, "undone: POST /token: status 401"),
    ],
)
def test_an_errand_that_is_not_done_is_told(tmp_path, call, said):
    bed = little_bed(tmp_path)
    bed.begin([{"do": "meanwhile", "calls": [{**order(1, "ours"), **call}]}])

    calling(bed, ASK)

    assert exchanges(bed)[0].facts.get("errand") == said


def test_a_dialect_that_never_authorises_is_our_defect(tmp_path):
    def asks_for_ever(send, _secret):
        while True:
            send(Request(method="POST", target="/token"))

    pack = little_pack(tmp_path)
    pack.plugin.dialect.authorise = asks_for_ever
    surroundings = Surroundings(clock=ManualClock(START), seed=1, trust_anchors=())
    bed = Bed(pack, surroundings, redact=str)
    bed.begin([{"do": "meanwhile", "calls": [order(1, "ours")]}])

    calling(bed, ASK)

    with pytest.raises(SuiteDefect, match="never authorises"):
        bed.traffic()


def test_an_altered_answer_says_so(tmp_path):
    bed = little_bed(tmp_path)
    bed.begin([{"do": "alter", "operation": "putOrder", "set": {"/orders": "none"}}])

    _, answered = calling(bed, ASK, PUT)

    assert answered.json() == {"orders": "none"}
    assert exchanges(bed)[1].facts["disturbance"] == "altered"
    assert TOKEN not in answered.text


def test_a_mission_without_others_is_left_alone():
    mischief = Mischief(disturbances=(Meanwhile(calls=[{"target": "/x"}], nth=2),))

    assert mischief.meet("x", START) is None
    assert mischief.errands() == ()
