"""What a client meets of each disturbance, in-process and on a real socket."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from conformance.model.exchange import Request
from conformance.reference.clock import ManualClock, SystemClock
from conformance.reference.serve import serve_in_thread
from conformance.testbed.disturbances import parse
from conformance.testbed.interference import calls_for_more, instead
from conformance.wire.codec import incoming_from_json
from tests.testbed.little import START, TOKEN, little_bed

AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}


def meeting(folder, disturbances, *, calls=1, socket=False, **begin):
    """What `calls` orders come to under these disturbances, and the bed that saw them."""
    clock = SystemClock() if socket else ManualClock(START)
    bed = little_bed(folder, clock)
    bed.begin([{"operation": "putOrder", **each} for each in disturbances], **begin)

    async def go(base_url, transport):
        async with httpx.AsyncClient(
            transport=transport, base_url=base_url, trust_env=False
        ) as client:
            return [await outcome(client) for _ in range(calls)]

    async def outcome(client):
        try:
            return await client.put("/orders/1", headers=AUTHORISED, content=b"order")
        except httpx.TransportError as error:
            return error

    if socket:
        with serve_in_thread(bed.app) as serving:
            return asyncio.run(go(serving.base_url, None)), bed
    return asyncio.run(go("http://bed:8000", httpx.ASGITransport(app=bed.app))), bed


def seen(bed):
    return [incoming_from_json(item, number=n) for n, item in enumerate(bed.traffic(), start=1)]


CUTS = [
    ({"do": "reset"}, "reset", 1),
    ({"do": "reset", "sending": True}, "reset", 1),
    ({"do": "cut-answer"}, "cut-answer", 2),
    ({"do": "power-cut"}, "power-cut", 1),
    ({"do": "power-cut", "committed": True}, "power-cut", 2),
]


@pytest.mark.parametrize("socket", [False, True])
@pytest.mark.parametrize(("disturbance", "fact", "orders"), CUTS)
def test_a_cut_line_gives_no_answer_and_the_next_call_is_served(
    tmp_path, disturbance, fact, orders, socket
):
    (cut, again), bed = meeting(tmp_path, [disturbance], calls=2, socket=socket)

    assert isinstance(cut, httpx.TransportError)
    assert again.json() == {"orders": {"1": orders}}, "carried out or not, as was asked for"
    assert [e.facts.get("disturbance") for e in seen(bed)] == [fact, None]


ANSWERS = [
    ({"do": "unavailable", "retry_after": None}, 503, "application/problem+json"),
    ({"do": "unavailable", "status": 429, "retry_after": 9}, 429, "application/problem+json"),
    ({"do": "gateway-page", "status": 504}, 504, "text/html"),
    ({"do": "refuse", "status": 422, "body": {"type": "x"}}, 422, "application/problem+json"),
    ({"do": "expire-token"}, 401, "application/problem+json"),
    ({"do": "redirect"}, 307, "application/problem+json"),
]


@pytest.mark.parametrize("socket", [False, True])
@pytest.mark.parametrize(("disturbance", "status", "media"), ANSWERS)
def test_an_answer_of_the_beds_own_carries_nothing_out(
    tmp_path, disturbance, status, media, socket
):
    (answer,), bed = meeting(tmp_path, [disturbance], socket=socket)

    assert (answer.status_code, answer.headers["content-type"]) == (status, media)
    assert "orders" not in answer.text
    assert seen(bed)[0].response.body == answer.content


def test_retry_after_is_told_as_it_was_asked_for(tmp_path):
    (plain, dated, silent), _ = meeting(
        tmp_path,
        [
            {"do": "unavailable", "retry_after": 9, "nth": 1},
            {"do": "unavailable", "retry_after": 9, "nth": 2, "dated": True},
            {"do": "unavailable", "retry_after": None, "nth": 3},
        ],
        calls=3,
    )

    assert plain.headers["retry-after"] == "9"
    asked = parsedate_to_datetime(dated.headers["retry-after"]) - START
    assert timedelta(seconds=9) <= asked <= timedelta(seconds=10)
    assert "retry-after" not in silent.headers


def test_a_dead_token_is_told_as_a_fact(tmp_path):
    answers, bed = meeting(tmp_path, [{"do": "expire-token"}], calls=2)

    assert [a.status_code for a in answers] == [401, 401]
    assert [e.facts["token"] for e in seen(bed)] == ["expired", "expired"]


@pytest.mark.parametrize(
    ("host", "other"),
    [
        ("127.0.0.1:80", "localhost:80"),
        ("localhost:80", "127.0.0.1:80"),
        ("bed", "bed."),
        ("10.0.0.7:8099", "10.0.0.7:8099"),
        ("[::1]:80", "localhost:80"),
    ],
)
def test_a_redirect_leads_to_another_origin_where_there_is_one(host, other):
    redirect = parse({"do": "redirect", "operation": "putOrder"})
    request = Request(method="PUT", target="/orders/1", headers=(("host", host),))

    location = instead(redirect, request, START).header("location")

    assert location == f"http://{other}/elsewhere/orders/1"


@pytest.mark.parametrize("socket", [False, True])
def test_an_answer_says_more(tmp_path, socket):
    more = {"do": "add-members", "members": {"hint": {"a": 1}}}

    (answer,), bed = meeting(tmp_path, [more], socket=socket)

    assert answer.json() == {"orders": {"1": 1}, "hint": {"a": 1}}
    assert seen(bed)[0].response.json() == answer.json()


@pytest.mark.parametrize("socket", [False, True])
def test_a_clock_is_wrong_by_as_much_as_was_asked_for(tmp_path, socket):
    (answer,), _ = meeting(tmp_path, [{"do": "skew-clock", "seconds": -7200}], socket=socket)

    (stated,) = answer.headers.get_list("date")
    now = SystemClock().now() if socket else START
    wrong = now - parsedate_to_datetime(stated)
    assert abs(wrong - timedelta(hours=2)) < timedelta(minutes=1)


def test_a_connection_is_closed_after_its_answer(tmp_path):
    (answer, again), _ = meeting(tmp_path, [{"do": "close-connection"}], calls=2, socket=True)

    assert answer.headers["connection"] == "close"
    assert again.json() == {"orders": {"1": 2}}


@pytest.mark.parametrize(
    ("disturbance", "least"),
    [
        ({"do": "slow", "seconds": 7}, 7.0),
        ({"do": "poor-line", "bits": 1_000, "seconds": 2}, 2.0 + 8 * len(b"order") / 1_000),
    ],
)
def test_a_slow_line_takes_its_time(tmp_path, disturbance, least):
    (answer,), bed = meeting(tmp_path, [disturbance])

    assert answer.json() == {"orders": {"1": 1}}
    assert seen(bed)[0].elapsed >= least


def test_an_answer_that_creeps_arrives_whole(tmp_path):
    poor = {"do": "poor-line", "bits": 64_000}

    (answer,), _ = meeting(tmp_path, [poor], socket=True)

    assert answer.json() == {"orders": {"1": 1}}


def test_an_outage_meets_every_call_until_it_is_over(tmp_path):
    outage = {"do": "outage", "seconds": 5, "hooked_seconds": 60}

    answers, bed = meeting(tmp_path, [outage], calls=3)

    assert all(isinstance(a, httpx.ConnectError) for a in answers)
    assert [e.facts["disturbance"] for e in seen(bed)] == ["outage"] * 3
    assert bed.idle_since() is None, "the last call must be tried again"


@pytest.mark.parametrize("socket", [False, True])
def test_a_power_cut_is_told_to_who_can_cut(tmp_path, socket):
    cut = threading.Event()

    meeting(tmp_path, [{"do": "power-cut"}], socket=socket, cut_power=cut.set)

    assert cut.is_set()


@pytest.mark.parametrize(
    ("disturbance", "more"),
    [
        ({"do": "lose-acknowledgement"}, True),
        ({"do": "cut-answer"}, True),
        ({"do": "unavailable"}, True),
        ({"do": "expire-token"}, True),
        ({"do": "power-cut", "committed": True}, True),
        ({"do": "refuse", "status": 403, "body": {}}, False),
        ({"do": "slow", "seconds": 1}, False),
        ({"do": "close-connection"}, False),
    ],
)
def test_only_some_disturbances_call_for_another_try(disturbance, more):
    assert calls_for_more(parse({**disturbance, "operation": "putOrder"})) is more
