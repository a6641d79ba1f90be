"""Clock, tokens, freedoms and serving, each by itself."""

from __future__ import annotations

import asyncio
import json
import socket
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.reference.app import parse_json
from conformance.reference.clock import ManualClock, SystemClock
from conformance.reference.freedoms import Freedoms
from conformance.reference.serve import serve_in_thread
from conformance.reference.tokens import Standing, TokenDesk, bearer

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SEEDS = st.integers(0, 2**62)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def test_virtual_sleep_moves_the_clock_and_nothing_else():
    clock = ManualClock(NOW)
    asyncio.run(clock.sleep(3600))
    assert clock.now() == NOW + timedelta(hours=1)
    clock.advance(-5)
    assert clock.now() == NOW + timedelta(hours=1)


def test_a_clock_needs_an_aware_time():
    with pytest.raises(ValueError, match="aware"):
        ManualClock(datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_machine_s_clock_is_aware():
    assert SystemClock().now().utcoffset() == timedelta(0)


def desk(clock: ManualClock) -> TokenDesk:
    return TokenDesk(clients={"demo": "geheim"}, clock=clock)


def test_a_token_lives_its_lifetime_and_not_longer():
    clock = ManualClock(NOW)
    bank = desk(clock)
    token = bank.issue("demo", 60)

    assert bank.standing(token.value) is Standing.VALID
    clock.advance(59)
    assert bank.standing(token.value) is Standing.VALID
    clock.advance(1)
    assert bank.standing(token.value) is Standing.EXPIRED


def test_tokens_differ_and_another_desk_knows_none_of_them():
    bank, other = desk(ManualClock(NOW)), desk(ManualClock(NOW))
    one, two = bank.issue("demo", 60).value, bank.issue("demo", 60).value

    assert one != two
    assert other.standing(one) is Standing.UNKNOWN
    assert "demo" not in one


@given(st.text())
def test_a_made_up_token_is_unknown_and_never_a_crash(text):
    assert desk(ManualClock(NOW)).standing(text) is Standing.UNKNOWN


def test_an_altered_token_is_unknown():
    bank = desk(ManualClock(NOW))
    token = bank.issue("demo", 60).value
    assert bank.standing("f" + token) is Standing.UNKNOWN
    assert bank.standing(token[:-1] + ("A" if token[-1] != "A" else "B")) is Standing.UNKNOWN


@given(st.text(), st.text())
def test_only_the_right_secret_of_a_known_client_is_good(client, secret):
    assert desk(ManualClock(NOW)).knows(client, secret) is ((client, secret) == ("demo", "geheim"))


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (None, None),
        ("", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("Basic abc", None),
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
    ],
)
def test_the_bearer_token_is_read_from_the_header(header, token):
    assert bearer(header) == token


@given(SEEDS, VALUES)
def test_every_rendering_means_the_same(seed, value):
    assert json.loads(Freedoms(seed).render(value)) == value


def test_renderings_differ_under_some_seeds():
    value = {"a": 1, "b": {"c": 2, "d": 3}}
    assert len({Freedoms(seed).render(value) for seed in range(12)}) > 3


@given(SEEDS, st.integers(1, 100))
def test_pages_hold_something_and_no_more_than_was_asked(seed, limit):
    freedoms = Freedoms(seed)
    assert all(1 <= freedoms.page_size(limit, later=later) <= limit for later in (False, True))


@given(SEEDS)
def test_lifetimes_stay_inside_the_contract_of_every_pack(seed):
    assert 60 <= Freedoms(seed).token_lifetime() <= 86400


def test_equal_seeds_behave_alike():
    one, two = Freedoms(5), Freedoms(5)
    value = {"a": 1, "b": 2, "c": 3}
    assert [one.render(value) for _ in range(5)] == [two.render(value) for _ in range(5)]
    assert one.rank("H98") == two.rank("H98") != Freedoms(6).rank("H98")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"NaN",
        b"[Infinity]",
        b"1e999",
        b'"\\ud800"',
        b'{"\\udc00": 1}',
        b"\xff",
        b"[" * 100_000,
        b"[" * 65 + b"]" * 65,
        b"1" * 5000,
    ],
)
def test_what_not_every_reader_understands_is_not_json(body):
    with pytest.raises(ValueError, match=r"."):
        parse_json(body)


@given(VALUES)
def test_what_is_json_is_read(value):
    assert parse_json(json.dumps(value).encode()) == value


async def hello(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def test_a_server_answers_until_it_is_stopped():
    with serve_in_thread(hello) as serving:
        assert httpx.get(serving.base_url).text == "hello"
    with pytest.raises(httpx.TransportError):
        httpx.get(serving.base_url)
    serving.stop()


def test_a_taken_port_is_an_error_and_not_a_hang():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match=r"."):
            serve_in_thread(hello, port=taken.getsockname()[1])
