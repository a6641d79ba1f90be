"""What the toy dialect makes of answers, pages and dates; nothing of it may surprise the engine."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import Deviation
from conformance.model.dialect import Empty, Gateway, Ok, Refused
from conformance.model.exchange import Exchange, Initiator, Request, Response
from tests.toy_pack.dialect import GATEWAY_TOKEN, PERSON_TOKEN, ToyDialect
from tests.toy_pack.reference import CREDENTIALS

DIALECT = ToyDialect()


def answered(status, body, *, target="/boats"):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(
        number=1,
        initiator=Initiator.TOOLKIT,
        request=Request(method="GET", target=target),
        response=Response(status=status, body=content),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        elapsed=0.0,
    )


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, {"code": 1, "data": [7], "count": 1}, Ok(value=[7])),
        (
            200,
            {"success": True, "message": "", "mapData": {"boatId": "x"}},
            Ok(value={"boatId": "x"}),
        ),
        (404, {"code": 0, "data": "nothing was found"}, Empty()),
        (200, {"success": False, "message": "no"}, Refused(status=200, code="", text="no")),
        (400, {"success": False, "message": "no"}, Refused(status=400, code="", text="no")),
        (
            429,
            {"code": "900803", "message": "quota", "description": ""},
            Gateway(status=429, text="900803 quota"),
        ),
        (404, b"<h1>Not Found</h1>", Gateway(status=404, text="<h1>Not Found</h1>")),
        (502, b"", Gateway(status=502, text="")),
    ],
)
def test_an_answer_is_what_its_envelope_says_and_not_its_status(status, body, answer):
    assert DIALECT.unwrap(answered(status, body)) == answer


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"code": 0, "data": "nothing was found"}),
        (404, {"code": 1, "data": {}}),
        (500, {"success": True, "message": "", "mapData": {}}),
        (200, {"success": "false", "message": "no"}),
    ],
)
def test_an_envelope_that_contradicts_its_status_is_no_answer_of_this_api(status, body):
    assert isinstance(DIALECT.unwrap(answered(status, body)), Gateway)


@given(
    st.integers(100, 599),
    st.binary(max_size=20)
    | st.recursive(
        st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from(["900803", "no"]),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["code", "data", "success", "message", "mapData"]), inner
            )
        ),
        max_leaves=6,
    ),
)
def test_unwrapping_never_raises(status, body):
    assert isinstance(DIALECT.unwrap(answered(status, body)), Ok | Empty | Refused | Gateway)


def test_the_next_page_begins_where_this_one_ended():
    target = "/boats?harbour=ABCDEFGH&limit=5&offset=10"
    short = answered(200, {"code": 1, "data": [1, 2], "count": 13}, target=target)
    last = answered(200, {"code": 1, "data": [1, 2, 3], "count": 13}, target=target)
    beyond = answered(404, {"code": 0, "data": "nothing was found"}, target=target)
    assert DIALECT.next_page(short) == "/boats?harbour=ABCDEFGH&limit=5&offset=12"
    assert DIALECT.next_page(last) is None
    assert DIALECT.next_page(beyond) is None


@given(st.dates())
def test_dates_are_written_with_the_day_first_and_read_back(day):
    assert DIALECT.parse_date(DIALECT.format_date(day)) == day


def test_a_date_is_told_from_its_look_alikes():
    assert DIALECT.parse_date("03-11-1988") == date(1988, 11, 3)
    for text in ("1988-11-03", "3-11-1988", "31-02-1988", "13-13-1988", "٠٣-١١-١٩٨٨", ""):
        with pytest.raises(ValueError):
            DIALECT.parse_date(text)


def test_the_machine_and_the_person_are_each_given_a_token():
    asked = []

    def send(request):
        asked.append((request.target, request.header("Authorization")))
        token = {GATEWAY_TOKEN: "one", PERSON_TOKEN: "two"}[request.target]
        return Response(status=200, body=json.dumps({"access_token": token}).encode())

    headers = DIALECT.authorise(send, CREDENTIALS.__getitem__)

    assert headers == {"Authorization": "Bearer one", "Auth": "bearer two"}
    assert [target for target, _ in asked] == [GATEWAY_TOKEN, PERSON_TOKEN]
    assert str(asked[0][1]).startswith("Basic ")
    assert asked[1][1] is None


@pytest.mark.parametrize("answer", [Response(status=401, body=b"{}"), Response(status=200)])
def test_whoever_is_given_no_token_deviates(answer):
    with pytest.raises(Deviation):
        DIALECT.authorise(lambda _: answer, CREDENTIALS.__getitem__)
