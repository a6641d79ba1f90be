"""Whatever a target does ends inside the deadline, in bounded memory and under its right name."""

from __future__ import annotations

import socket
import time

import pytest

from conformance.errors import SuiteDefect, TargetTimeout, TargetUnreachable, WorldTrouble
from conformance.model.exchange import Request
from conformance.reference.clock import ManualClock, SystemClock
from conformance.reference.serve import serve_in_thread
from conformance.wire.lines import BODY_LIMIT, KEPT_OF_CUT, REST
from conformance.wire.transport import Connection, Transport
from tests.hostile import servers
from tests.hostile.sockets import listening
from tests.wire.little import START, get

DEADLINE = 0.4
#: What a loaded machine may add.
SLACK = 3.0


def ask(url, request=None, *, timeout=DEADLINE):
    transport = Transport(Connection(base_url=url, timeout=timeout), SystemClock())
    try:
        return transport.perform(request or get("/v1/units"))
    finally:
        transport.close()


def mail_server():
    def greet(line):
        line.send(b"220 mail ready\r\n\r\n")
        line.finish()

    return listening(greet, greets_first=True)


@pytest.mark.parametrize(
    ("serve", "error", "code"),
    [
        (servers.closed_port, TargetUnreachable, "connection-refused"),
        (servers.reset, TargetUnreachable, "connection-reset"),
        (servers.reset_at_once, TargetUnreachable, "connection-reset"),
        (servers.hang_up, TargetUnreachable, "connection-reset"),
        # Half a line of another protocol, and then nothing: it might have become HTTP.
        (servers.not_http, TargetUnreachable, "connection-reset"),
        (mail_server, TargetUnreachable, "not-http"),
        (servers.body_shorter_than_told, TargetUnreachable, "connection-reset"),
        (servers.hang, TargetTimeout, "timeout"),
        (servers.slow_drip, TargetTimeout, "timeout"),
        (servers.endless_interim, TargetTimeout, "timeout"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_no_answer_has_a_name_and_an_end(serve, error, code):
    with serve() as target:
        began = time.monotonic()
        with pytest.raises(error) as caught:
            ask(target.url)
        assert time.monotonic() - began < DEADLINE + SLACK
    assert caught.value.code == code
    assert "GET /v1/units" in caught.value.detail


def test_only_the_beginning_of_an_endless_body_is_kept():
    with servers.endless_body() as target:
        answer = ask(target.url, timeout=10)
    assert answer.truncated
    assert answer.body == b"x" * KEPT_OF_CUT
    assert len(answer.body) < BODY_LIMIT


def test_a_bomb_is_not_unpacked():
    with servers.gzip_bomb() as target:
        answer = ask(target.url, timeout=10)
    assert answer.body.startswith(b"\x1f\x8b")
    assert len(answer.body) < BODY_LIMIT


def test_gigantic_headers_are_refused_or_bounded():
    with servers.gigantic_headers() as target, pytest.raises(WorldTrouble) as caught:
        ask(target.url, timeout=5)
    assert caught.value.code in {"not-http", "connection-reset"}


def test_a_redirect_is_an_answer_and_is_not_followed():
    with servers.redirect_elsewhere() as target:
        answer = ask(target.url)
        assert answer.status == 302
        assert target.elsewhere.connections == 0


def test_what_follows_an_answer_is_no_second_answer():
    with servers.body_longer_than_told() as target:
        assert ask(target.url).body == b"{}"


@pytest.mark.parametrize(
    "serve", [servers.not_utf8, servers.broken_json, servers.html_200, servers.always_500]
)
def test_a_useless_answer_is_still_an_answer(serve):
    with serve() as target:
        answer = ask(target.url)
    assert answer.status in {200, 500}
    assert answer.body
    assert answer.media_type


def test_a_name_that_does_not_exist_is_named(monkeypatch):
    def nowhere(*_args, **_named):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(TargetUnreachable) as caught:
        ask("http://units.invalid")
    assert caught.value.code == "name-not-found"


def test_a_plain_server_does_not_speak_tls():
    with servers.not_http() as target, pytest.raises(TargetUnreachable) as caught:
        ask(target.url.replace("http:", "https:"), timeout=5)
    assert caught.value.code == "tls"


@pytest.mark.parametrize(
    "request_",
    [
        get("/v1", Größe="1"),
        get("/\ud800"),
        get("@127.0.0.1:1/"),
    ],
)
def test_what_cannot_be_sent_is_our_mistake(request_):
    with servers.always_empty_object() as target, pytest.raises(SuiteDefect):
        ask(target.url, request_)
    assert target.requests == []


def test_a_target_is_asked_no_faster_than_it_allows():
    clock = ManualClock(START)

    async def quick(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    transport = Transport(Connection(base_url="http://asgi", app=quick, pace=2), clock)
    for _ in range(5):
        transport.perform(get("/"))
    transport.close()
    # Virtual sleep does not move the loop's own time, so each wait is counted from the start.
    assert (clock.now() - START).total_seconds() >= 2.0


def test_a_connection_that_has_rested_is_not_used_again():
    """A server that closes it at that moment would seem to cut the line."""
    ports = []

    async def app(scope, _receive, send):
        if scope["type"] == "http":
            ports.append(scope["client"][1])
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    with serve_in_thread(app) as target:
        transport = Transport(Connection(base_url=target.base_url), SystemClock())
        transport.perform(get("/"))
        transport.perform(get("/"))
        time.sleep(REST + 0.2)
        transport.perform(get("/"))
        transport.close()
    assert ports[0] == ports[1] != ports[2]


def test_the_operators_proxy_does_not_stand_between(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with servers.always_empty_object() as target:
        assert ask(target.url).body == b"{}"


def test_a_request_arrives_as_it_was_stated():
    request = Request(method="PATCH", target="/v1/units?a=%2F&b=c", headers=(("X-A", "b"),))
    with servers.always_empty_object() as target:
        ask(target.url + "/base", request)
        assert target.requests == ["PATCH /base/v1/units?a=%2F&b=c HTTP/1.1"]
