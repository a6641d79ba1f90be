"""The intermediate platform: what it demands, what it hides, and how much it lets in at once."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from conformance.model.pack import Surroundings
from conformance.reference.clock import ManualClock
from conformance.testbed import observer
from conformance.testbed.bed import Bed
from conformance.testbed.gateway import LARGE_AT_ONCE, SMALL, Gateway, Intake
from conformance.wire.codec import incoming_from_json
from tests.testbed.little import START, TOKEN, little_pack

AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}


def bed_behind(folder, gateway):
    surroundings = Surroundings(clock=ManualClock(START), seed=1, trust_anchors=())
    bed = Bed(little_pack(folder), surroundings, redact=lambda text: text, gateway=gateway)
    bed.begin()
    return bed


def put(bed, **headers):
    async def go():
        transport = httpx.ASGITransport(app=bed.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bed") as client:
            return await client.put("/orders/1", headers={**AUTHORISED, **headers})

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Platform": "p1", "X-Trace": "whatever"}, 200),
        ({"X-Platform": "p2", "X-Trace": "whatever"}, 403),
        ({"X-Platform": "p1"}, 403),
        ({}, 403),
    ],
)
def test_a_header_of_the_platform_must_be_there(tmp_path, headers, status):
    bed = bed_behind(tmp_path, Gateway(required={"x-platform": "p1", "x-trace": ""}))

    answer = put(bed, **headers)

    assert answer.status_code == status
    recorded = incoming_from_json(bed.traffic()[0], number=1)
    assert recorded.response.status == status
    if status == 403:
        assert "missing or wrong" in answer.json()["detail"]


def test_a_header_of_the_platform_is_nobodys_business(tmp_path):
    bed = bed_behind(tmp_path, Gateway(ignored=frozenset({"x-hop"})))

    put(bed, **{"X-Hop": "7", "X-Own": "1"})

    request = incoming_from_json(bed.traffic()[0], number=1).request
    assert request.header("x-hop") is None
    assert request.header("x-own") == "1"


def test_what_others_do_meanwhile_goes_past_the_platform(tmp_path):
    bed = bed_behind(tmp_path, Gateway(required={"x-platform": "p1"}))
    call = {"method": "PUT", "target": "/orders/2", "expect": {"/orders/2": 1}}
    bed.begin([{"do": "meanwhile", "calls": [call]}])

    assert put(bed, **{"X-Platform": "p1"}).json() == {"orders": {"1": 1, "2": 1}}
    assert "errand" not in incoming_from_json(bed.traffic()[0], number=1).facts


def test_few_large_bodies_are_taken_in_at_once():
    """The others wait for their turn, small ones do not, and none is lost."""
    inside, most, done = 0, 0, 0

    async def app(_scope, receive, _send):
        nonlocal inside, most, done
        counted = False
        while True:
            message = await receive()
            if not counted and len(message["body"]) > SMALL:
                counted, inside = True, inside + 1
                most = max(most, inside)
            await asyncio.sleep(0)
            if not message["more_body"]:
                break
        inside -= counted
        done += 1

    def sending(size):
        pieces = [size, 1, 1]

        async def receive():
            part = pieces.pop(0)
            return {"type": "http.request", "body": b"x" * part, "more_body": bool(pieces)}

        return receive

    async def go():
        intake = Intake(app)
        sizes = [SMALL * 2] * 12 + [10] * 12
        await asyncio.gather(*(intake({"type": "http"}, sending(s), None) for s in sizes))

    asyncio.run(go())

    assert (most, inside, done) == (LARGE_AT_ONCE, 0, 24)


def test_who_sends_more_than_is_kept_is_turned_away(tmp_path, monkeypatch):
    monkeypatch.setattr(observer, "MOST_EXCHANGES", 2)
    bed = bed_behind(tmp_path, Gateway())

    assert [put(bed).status_code for _ in range(3)] == [200, 200, 503]
    assert len(bed.traffic()) == 2
    assert bed.flooded()
    bed.begin()
    assert not bed.flooded()
    assert put(bed).status_code == 200


def test_bytes_are_counted_too(tmp_path, monkeypatch):
    monkeypatch.setattr(observer, "MOST_BYTES", 10)
    bed = bed_behind(tmp_path, Gateway())

    assert [put(bed).status_code for _ in range(2)] == [200, 503]
