"""The bed: what it records of a mission, what it disturbs, and what it forgets in between."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from conformance.errors import SuiteDefect
from conformance.reference.clock import ManualClock
from conformance.reference.serve import serve_in_thread
from conformance.wire.codec import incoming_from_json
from tests.testbed.little import CREDENTIALS, START, TOKEN, little_bed

LOSE = {"do": "lose-acknowledgement", "operation": "putOrder"}
BUSY = {"do": "unavailable", "operation": "putOrder", "retry_after": 7}
AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}


def calling(bed, *calls):
    """Perform (method, target, httpx arguments) in-process; exceptions are results too."""

    async def go():
        transport = httpx.ASGITransport(app=bed.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bed") as client:
            return [await outcome(client, *call) for call in calls]

    async def outcome(client, method, target, more):
        try:
            return await client.request(method, target, **more)
        except httpx.TransportError as error:
            return error

    return asyncio.run(go())


def exchanges(bed):
    return [incoming_from_json(item, number=n) for n, item in enumerate(bed.traffic(), start=1)]


@pytest.fixture
def bed(tmp_path):
    bed = little_bed(tmp_path)
    bed.begin()
    return bed


PUT = ("PUT", "/orders/1?x=%2F", {"headers": AUTHORISED, "content": b"order"})
ASK = ("POST", "/token", {"data": CREDENTIALS["primary"]})


def test_an_exchange_is_recorded_as_it_came(bed):
    calling(bed, ASK, PUT, ("GET", "/nowhere", {}))

    token, order, lost = exchanges(bed)

    assert [e.request.operation for e in (token, order, lost)] == ["issueToken", "putOrder", ""]
    assert (order.request.method, order.request.target) == ("PUT", "/orders/1?x=%2F")
    assert order.request.body == b"order"
    assert order.request.header("authorization") == f"Bearer {TOKEN}"
    assert (order.response.status, order.response.json()) == (200, {"orders": {"1": 1}})
    assert order.at == START
    assert order.facts["size"] == "5"


def test_what_needs_the_secret_is_measured_before_redaction(tmp_path):
    bed = little_bed(tmp_path, redact=lambda text: text.replace(TOKEN, "~t~"))
    bed.begin([BUSY])
    basic = {"auth": ("me", "s3cret-word"), "data": {}}
    calling(
        bed,
        PUT,  # 503: the token was not seen before
        ASK,
        PUT,
        ("PUT", f"/orders/1?access_token={TOKEN}", {}),
        ("PUT", "/orders/1", {"headers": {"Authorization": "Bearer made-up"}}),
        ("POST", "/token", basic),
    )

    facts = [e.facts for e in exchanges(bed)]

    assert [f["token"] for f in facts] == [
        "unmeasured",
        "missing",
        "valid",
        "missing",
        "unknown",
        "unknown",
    ]
    assert [f.get("secret-in") for f in facts] == [
        None,
        "body",
        "header:authorization",
        "target",
        None,
        "header:authorization",
    ]
    assert TOKEN not in str(bed.traffic())


def test_a_new_mission_begins_with_a_fresh_nation_and_no_traffic(bed):
    first = calling(bed, PUT)
    bed.begin()
    assert bed.traffic() == []
    second = calling(bed, PUT)

    assert first[0].json() == second[0].json() == {"orders": {"1": 1}}
    assert len(bed.traffic()) == 1


def test_a_lost_acknowledgement_is_carried_out_and_not_answered(bed):
    bed.begin([LOSE])

    lost, again = calling(bed, PUT, PUT)

    assert isinstance(lost, httpx.RemoteProtocolError)
    assert again.json() == {"orders": {"1": 2}}
    first, second = exchanges(bed)
    assert first.response.json() == {"orders": {"1": 1}}
    assert first.facts["acknowledgement"] == "lost"
    assert "acknowledgement" not in second.facts


def test_an_unavailable_nation_is_not_reached(bed):
    bed.begin([BUSY])

    busy, again = calling(bed, PUT, PUT)

    assert (busy.status_code, busy.headers["retry-after"]) == (503, "7")
    assert again.json() == {"orders": {"1": 1}}
    assert exchanges(bed)[0].facts["disturbance"] == "unavailable"


def test_a_disturbance_of_no_operation_is_our_defect(bed):
    with pytest.raises(SuiteDefect, match="no operation"):
        bed.begin([{**LOSE, "operation": "putOrders"}])


@pytest.mark.parametrize("body", [b"burst", b"baffling"])
def test_a_failure_of_ours_voids_the_mission(bed, body):
    calling(bed, ("PUT", "/orders/1", {"headers": AUTHORISED, "content": body}), PUT)

    with pytest.raises(SuiteDefect, match="the test bed failed"):
        bed.traffic()


def test_a_huge_body_is_cut_and_marked_and_a_vast_one_refused(bed):
    huge, vast = b"x" * (2**20 + 1), b"x" * (2**24 + 1)
    _, refused = calling(
        bed,
        ("PUT", "/orders/1", {"headers": AUTHORISED, "content": huge}),
        ("PUT", "/orders/1", {"headers": AUTHORISED, "content": vast}),
    )

    first, _ = exchanges(bed)
    assert len(first.request.body) == 2**20
    assert first.facts["body"] == "truncated"
    assert refused.status_code == 413


def test_idleness_is_told_by_the_beds_clock(tmp_path):
    clock = ManualClock(START)
    bed = little_bed(tmp_path, clock)
    bed.begin()
    assert bed.idle_since() is None

    calling(bed, PUT)
    clock.advance(5)

    assert bed.idle_since() == START


def test_who_was_refused_or_only_has_a_token_falters_and_whom_we_disturbed_does_not(bed):
    bed.begin([BUSY])
    told = []
    for call in (ASK, ("PUT", "/orders/1", {"headers": AUTHORISED}), PUT, ("GET", "/nowhere", {})):
        (answer,) = calling(bed, call)
        told.append((answer.status_code, bed.faltering()))

    assert told == [(200, True), (503, False), (200, False), (401, True)]


def test_on_a_real_socket_the_line_is_cut_without_a_byte(bed):
    bed.begin([LOSE])
    with serve_in_thread(bed.app) as serving, httpx.Client(base_url=serving.base_url) as client:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            client.put("/orders/1", headers=AUTHORISED)
        again = client.put("/orders/1", headers=AUTHORISED)

    assert again.json() == {"orders": {"1": 2}}
    assert [e.facts.get("acknowledgement") for e in exchanges(bed)] == ["lost", None]


def test_a_request_that_is_not_sent_to_its_end_is_no_exchange(bed):
    """The national side would not carry it out, and nobody is judged by half a message."""
    pieces = [
        {"type": "http.request", "body": b"or", "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope = {
        "type": "http",
        "method": "PUT",
        "path": "/orders/1",
        "headers": [(b"authorization", f"Bearer {TOKEN}".encode())],
    }

    async def receive():
        return pieces.pop(0)

    async def send(message):
        raise AssertionError(message)

    asyncio.run(bed.app(scope, receive, send))

    assert bed.traffic() == []
    assert bed.idle_since() == START


def test_a_mission_that_goes_on_finds_the_nation_as_it_was(bed):
    calling(bed, ASK, PUT)
    bed.begin(goes_on=True)
    (again,) = calling(bed, PUT)
    assert again.json() == {"orders": {"1": 2}}
    assert len(bed.traffic()) == 1

    bed.begin()
    (anew,) = calling(bed, PUT)
    assert anew.json() == {"orders": {"1": 1}}
