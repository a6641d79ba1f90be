"""Bodies and exchanges: what a finding speaks of stands in view."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.model.finding import Explanation, Finding
from conformance.model.verdict import Fault, Verdict
from conformance.reporting.bodies import LONGEST_LINES, LONGEST_VALUE, named, pointers, shown
from conformance.reporting.exchanges import MOST_EXCHANGES, readings, reproduction, sent
from conformance.reporting.judged import judged


def explained(code: str, observed: str, required: str = "", pointer: str = "") -> Explanation:
    return Explanation(
        code=code, pointer=pointer, details={"observed": observed, "required": required}
    )


def finding(explanation: Explanation, *exchanges: int) -> Finding:
    return Finding(
        requirement="XX-SYNC-007",
        scenario="test_sync.py::test_something",
        verdict=Verdict.FAIL,
        fault=Fault.TARGET,
        explanation=explanation,
        exchanges=exchanges,
    )


def message(records: int, size: int = 40) -> bytes:
    rows = [{"profile": {f"member{n}": n for n in range(size)}} for _ in range(records)]
    return json.dumps({"header": {"id": "x"}, "records": rows}).encode()


def test_a_short_body_is_whole_and_a_long_one_shows_the_record_that_is_spoken_of() -> None:
    short = message(2, size=3)
    assert shown(short, ("/records/1/profile",)).text.count("profile") == 2
    long = message(3)
    assert shown(long).left_out
    focused = shown(long, ("/records/2/profile/member39",))
    assert focused.text.count('"…"') == 1
    assert '"member39": 39' in focused.text
    assert focused.text.count("\n") < LONGEST_LINES


@pytest.mark.parametrize("pointer", ["/records/7", "/records/x", "/header/id", "/nothing", ""])
def test_a_pointer_into_no_list_changes_nothing(pointer: str) -> None:
    assert shown(message(3), (pointer,)) == shown(message(3))


def test_a_long_text_inside_a_body_is_cut_and_counted() -> None:
    body = json.dumps({"signature": "s" * 2000}).encode()
    prepared = shown(body)
    assert "… (2000)" in prepared.text
    assert len(prepared.text) < 200
    assert prepared.left_out > 1800


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"{", b"[1,", b"[" * 5000 + b"]" * 5000, b'{"a":' * 900 + b"1" + b"}" * 900],
)
def test_no_body_breaks_the_report(body: bytes) -> None:
    shown(body, ("/a/0/b",))
    named(finding(explained("not-refused", "", "at /a/0/b")), body)


def test_the_pointers_of_an_explanation_are_found_in_its_words() -> None:
    told = explained(
        "not-refused",
        '"ACCEPTED"',
        "record 2 REJECTED as XX-R-001 at /records/1/profile/a-b or /records/1.",
        "/results/1/status",
    )
    assert pointers(finding(told)) == (
        "/results/1/status",
        "/records/1/profile/a-b",
        "/records/1",
    )
    assert pointers(finding(explained("x", "401 application/json and GET https://a.b/c"))) == ()


def test_what_was_sent_there_is_told_and_cut() -> None:
    body = json.dumps({"records": [{"a": "x" * 60}, {"a": ["y" * 60] * 30}]}).encode()
    told = explained("not-refused", '"ACCEPTED"', "… at /records/1/a or /records/9", "/records/0/a")
    ((pointer, value),) = named(finding(told), body)
    assert pointer == "/records/1/a"
    assert len(value) == LONGEST_VALUE
    assert value.endswith("…")


def answered(number: int, status: int, body: Any) -> Exchange:
    from tests.reporting.conftest import START

    return Exchange(
        number=number,
        initiator=Initiator.TOOLKIT,
        request=Request(
            method="POST", target=f"/{number}", body=json.dumps({"records": [number]}).encode()
        ),
        response=Response(status=status, headers=(), body=json.dumps(body).encode()),
        at=START,
        elapsed=0.1,
        identity="primary",
    )


FAULTY = answered(1, 200, {"results": [{"status": "ACCEPTED"}], "version": 2})
TWIN = answered(2, 422, {"results": [{"status": "REJECTED"}], "version": 1})


@pytest.mark.parametrize(
    ("explanation", "meant"),
    [
        (explained("unexpected-status", "422 application/json", "200"), TWIN),
        (explained("unexpected-status", "200 application/json", "422"), FAULTY),
        (explained("not-refused", '"ACCEPTED"', pointer="/results/0/status"), FAULTY),
        (explained("wrong-value", "1", pointer="/version"), TWIN),
        (explained("missing-member", "an object", pointer="/nowhere"), FAULTY),
        (explained("wrong-refusal", "no errors"), FAULTY),
        (explained("not-refused", "a twin"), FAULTY),
        (explained("wrong-value", "neither", pointer="/version"), TWIN),
        (explained("item-missing", "on no page"), TWIN),
    ],
)
def test_the_exchange_that_an_explanation_speaks_of(
    explanation: Explanation, meant: Exchange
) -> None:
    assert judged(explanation, (FAULTY, TWIN)) is meant
    assert judged(explanation, ()) is None


def pushed(number: int, body: Any, **facts: str) -> Exchange:
    """What software under test sent, answered as if all were well."""
    held = answered(number, 200, {"accepted": 1})
    request = replace(held.request, body=json.dumps(body).encode())
    return replace(held, initiator=Initiator.TARGET, request=request, facts=facts)


MESSAGE = "8da250e8-a89b-4af1-9285-553c3194f9fd"
TOKEN = pushed(1, {"grant_type": "client_credentials"})
SPOILT = pushed(2, {"id": MESSAGE, "records": [{"signature": "a"}]}, **{"signature/0": "invalid"})
SOUND = pushed(3, {"id": "other", "records": [{"signature": "b"}]}, **{"signature/0": "valid"})


@pytest.mark.parametrize(
    ("explanation", "meant"),
    [
        (explained("signature-invalid", "invalid", pointer="/records/0/signature"), SPOILT),
        (explained("signature-invalid", "valid", pointer="/records/0/signature"), SOUND),
        (explained("schema", '"b"', pointer="/records/0/signature"), SOUND),
        (explained("unit-not-accepted-first", f"message {MESSAGE} names H1"), SPOILT),
        (explained("whatever", "something", pointer="/records/0"), SPOILT),
        (explained("item-missing", "1 of 2 people arrived"), SOUND),
    ],
)
def test_what_was_pushed_is_known_by_its_request(explanation: Explanation, meant: Exchange) -> None:
    assert judged(explanation, (TOKEN, SPOILT, SOUND)) is meant


def test_what_stands_beside_the_place_makes_room_for_it() -> None:
    record = {"profile": {f"member{n}": n for n in range(99)}, "signature": "here", "from": 1}
    long = json.dumps({"header": {"id": 1}, "records": [record, record]}).encode()

    assert '"signature": "here"' not in shown(long).text
    text = shown(long, ("/records/0/signature",)).text
    assert '"signature": "here"' in text
    assert '"profile": "…"' in text
    assert '"from": 1' in text


def test_the_curl_line_repeats_the_exchange_that_shows_the_fault() -> None:
    """The last exchange is the sound twin: whoever repeats that one learns nothing."""
    held = {1: FAULTY, 2: TWIN}
    told = finding(
        explained("not-refused", '"ACCEPTED"', "REJECTED at /records/0", "/results/0/status"), 1, 2
    )
    line = reproduction(told, held.__getitem__)
    assert line is not None
    assert '"$BASE_URL/1"' in line
    assert sent(told, held.__getitem__) == (("/records/0", "1"),)
    assert [item.shows for item in readings(told, held.__getitem__)] == [True, False]


def test_the_exchange_that_shows_the_fault_is_never_left_to_the_evidence() -> None:
    held = {1: FAULTY} | {n: answered(n, 404, {}) for n in range(2, 40)}
    told = finding(explained("unexpected-status", "200 application/json"), *held)
    found = readings(told, held.__getitem__)
    assert len(found) == MOST_EXCHANGES
    assert [item.number for item in found if item.shows] == [1]
