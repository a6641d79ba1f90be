"""The hostile servers do what their names promise, seen through a plain httpx."""

from __future__ import annotations

import contextlib
import threading
import zlib

import httpx
import pytest

from tests.hostile import servers

PATIENCE = httpx.Timeout(0.3, connect=2.0)


def get(url: str, **more: object) -> httpx.Response:
    with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
        return client.get(url, **more)


def first_bytes(url: str, count: int) -> bytes:
    """What has come when `count` bytes have, the body still open."""
    with (
        httpx.Client(timeout=PATIENCE, trust_env=False) as client,
        client.stream("GET", url) as response,
    ):
        data = b""
        for chunk in response.iter_raw():
            data += chunk
            if len(data) >= count:
                return data
        message = f"the body ended after {len(data)} bytes"
        raise AssertionError(message)


@pytest.mark.parametrize(
    ("serve", "error"),
    [
        (servers.closed_port, httpx.ConnectError),
        (servers.hang, httpx.ReadTimeout),
        (servers.reset, httpx.NetworkError),
        (servers.reset_at_once, (httpx.NetworkError, httpx.RemoteProtocolError)),
        (servers.hang_up, httpx.RemoteProtocolError),
        (servers.not_http, httpx.RemoteProtocolError),
        (servers.gigantic_headers, (httpx.NetworkError, httpx.RemoteProtocolError)),
        (servers.body_shorter_than_told, httpx.RemoteProtocolError),
    ],
)
def test_nothing_usable_arrives(serve, error):
    with serve() as target, pytest.raises(error):
        get(target.url)


@pytest.mark.parametrize(
    ("serve", "status", "content_type", "body"),
    [
        (servers.broken_json, 200, "application/json", b'{"items": [{"unitCode": "H98'),
        (servers.always_empty_object, 200, "application/json", b"{}"),
        (servers.body_longer_than_told, 200, "application/json", b"{}"),
        (servers.redirect_to_itself, 307, "application/json", b""),
    ],
)
def test_a_whole_answer_arrives(serve, status, content_type, body):
    with serve() as target:
        answer = get(target.url + "/v1/anything")
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
    assert answer.content == body
    assert target.requests == ["GET /v1/anything HTTP/1.1"]


def test_html_is_served_for_everything():
    with servers.html_200() as target:
        answer = get(target.url)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.is_success


def test_every_method_fails_with_500_and_the_body_is_read_before():
    with (
        servers.always_500() as target,
        httpx.Client(timeout=PATIENCE, trust_env=False) as client,
    ):
        answers = [
            client.post(target.url, content=b"x" * 300_000),
            client.put(target.url, content=iter([b"in ", b"chunks"])),
            client.delete(target.url),
        ]
    assert [answer.status_code for answer in answers] == [500, 500, 500]
    assert [line.split()[0] for line in target.requests] == ["POST", "PUT", "DELETE"]


def test_the_redirect_counts_who_follows_it():
    with servers.redirect_elsewhere() as target:
        assert get(target.url).status_code == 302
        assert target.elsewhere.connections == 0
        assert get(target.url, follow_redirects=True).json() == {}
        assert target.elsewhere.requests == ["GET /caught HTTP/1.1"]


def test_the_circle_has_no_end():
    with servers.redirect_to_itself() as target, pytest.raises(httpx.TooManyRedirects):
        get(target.url, follow_redirects=True)


@pytest.mark.parametrize(
    ("serve", "start"),
    [(servers.endless_body, b"xxx"), (servers.endless_json, b'{"items": [0, 0, 0')],
)
def test_a_body_goes_on_and_on(serve, start):
    with serve() as target:
        data = first_bytes(target.url, 1_000_000)
    assert data.startswith(start)


def swallow(url: str) -> threading.Thread:
    """Somebody reads `url` in the background and minds no failure."""

    def read() -> None:
        with contextlib.suppress(httpx.HTTPError):
            get(url)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("serve", [servers.endless_interim, servers.slow_drip])
def test_a_read_timeout_never_notices(serve):
    # Each byte comes in time, so a deadline over the whole exchange must be the client's own.
    with serve() as target:
        reader = swallow(target.url)
        reader.join(timeout=PATIENCE.read * 2.5)
        assert reader.is_alive()
    reader.join(timeout=5)
    assert not reader.is_alive()


def test_the_bomb_is_small_on_the_wire_and_large_inside():
    with servers.gzip_bomb() as target:
        packed = first_bytes(target.url, 100_000)
    assert len(packed) < 1024 * 1024
    unfolded = zlib.decompressobj(wbits=31).decompress(packed, 16 * 1024 * 1024)
    assert len(unfolded) > 100 * len(packed[:16_384])


def test_text_in_another_encoding_is_not_utf8():
    with servers.not_utf8() as target, pytest.raises(UnicodeDecodeError):
        get(target.url).content.decode("utf-8")


def test_deep_json_is_whole():
    with servers.deep_json() as target:
        body = get(target.url).content
    assert body.count(b"[") == body.count(b"]") == 100_000


@pytest.mark.parametrize("kind", servers.KINDS, ids=lambda kind: kind.name)
def test_a_server_stops_when_its_block_ends(kind):
    before = threading.active_count()
    with kind.serve() as target:
        reader = swallow(target.url)
        if kind.gives is servers.Gives.ANSWER:
            reader.join(timeout=5)
    reader.join(timeout=10)
    assert not reader.is_alive()
    assert threading.active_count() <= before


def test_every_server_is_listed():
    served = {kind.serve for kind in servers.KINDS}
    public = {
        value
        for name, value in vars(servers).items()
        if callable(value)
        and not name.startswith("_")
        and getattr(value, "__module__", "") == servers.__name__
        and not isinstance(value, type)
    }
    assert public <= served
    assert len({kind.name for kind in servers.KINDS}) == len(servers.KINDS)
