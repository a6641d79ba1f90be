"""
The hostile targets, by name: `with servers.hang() as target: ... target.url`.

Each is one way in which a real server has been broken. `KINDS` lists all of them with what a
client can get from it at best, for tests that go through every one.
"""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache

from tests.hostile import contents, grammar, secure
from tests.hostile.kinds import Gives, Kind, always, answer
from tests.hostile.sockets import LIMIT_BYTES, Hostile, Line, listening

#: What the gzip bomb unfolds to, in bytes: enough to notice, not enough to hurt a small machine.
BOMB_BYTES = 512 * 1024 * 1024


# ── nothing ──────────────────────────────────────────────────────────────────
@contextmanager
def closed_port() -> Iterator[Hostile]:
    """A port where nobody listens; bound and never opened, so that nobody else takes it."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        yield Hostile(url=f"http://127.0.0.1:{port}", port=port)


def hang() -> AbstractContextManager[Hostile]:
    """Takes every request and never answers."""
    return listening(Line.hold)


def reset() -> AbstractContextManager[Hostile]:
    """Takes every request and cuts the connection (RST)."""
    return listening(Line.reset)


def reset_at_once() -> AbstractContextManager[Hostile]:
    """Cuts every connection before a request is read."""
    return listening(Line.reset, greets_first=True)


def hang_up() -> AbstractContextManager[Hostile]:
    """Takes every request and closes politely without a word (FIN)."""
    return listening(Line.finish)


def not_http() -> AbstractContextManager[Hostile]:
    """Speaks another protocol."""

    def misbehave(line: Line) -> None:
        line.send(b"SSH-2.0-OpenSSH_9.9\r\n")
        line.finish()

    return listening(misbehave, greets_first=True)


def endless_interim() -> AbstractContextManager[Hostile]:
    """Says `102 Processing` for ever."""

    def misbehave(line: Line) -> None:
        while line.send(b"HTTP/1.1 102 Processing\r\n\r\n") and line.wait(0.05):
            pass

    return listening(misbehave)


# ── part of an answer ────────────────────────────────────────────────────────
def _endless(start: bytes, chunk: bytes) -> AbstractContextManager[Hostile]:
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    framed = b"%x\r\n%s\r\n" % (len(chunk), chunk)

    def misbehave(line: Line) -> None:
        sent = 0
        going = line.send(head + b"%x\r\n%s\r\n" % (len(start), start))
        # A breath between the chunks, so that one test does not take a core from the others.
        while going and sent < LIMIT_BYTES and line.wait(0.001):
            going = line.send(framed)
            sent += len(chunk)
        line.hold()

    return listening(misbehave)


def endless_body() -> AbstractContextManager[Hostile]:
    """A chunked body of one letter, without an end."""
    return _endless(b"x", b"x" * 16384)


def endless_json() -> AbstractContextManager[Hostile]:
    """A chunked body that is right JSON so far, without an end."""
    return _endless(b'{"items": [0', b", 0" * 5461)


def slow_drip() -> AbstractContextManager[Hostile]:
    """One byte of a right answer at a time, each sooner than a read timeout would notice."""

    def misbehave(line: Line) -> None:
        for byte in answer(b"{" + b" " * 4096 + b"}"):
            if not (line.send(bytes((byte,))) and line.wait(0.2)):
                return

    return listening(misbehave)


def body_drip() -> AbstractContextManager[Hostile]:
    """A whole head at once, and then one byte of the body at a time."""
    whole = answer(b"{" + b" " * 4096 + b"}")
    head, _, body = whole.partition(b"\r\n\r\n")

    def misbehave(line: Line) -> None:
        line.send(head + b"\r\n\r\n")
        for byte in body:
            if not (line.send(bytes((byte,))) and line.wait(0.2)):
                return

    return listening(misbehave)


def gigantic_headers() -> AbstractContextManager[Hostile]:
    """Four megabytes of headers before `{}`."""
    many = tuple(f"X-Header-{number}: {'a' * 4096}" for number in range(1024))
    return always(answer(b"{}", headers=many))


def body_shorter_than_told() -> AbstractContextManager[Hostile]:
    """Announces 4096 bytes, sends `{}` and closes."""
    return always(answer(b"{}", length=4096))


def gzip_bomb() -> AbstractContextManager[Hostile]:
    """Half a megabyte that unfolds to half a gigabyte of white space."""
    return always(answer(_bomb(), headers=("Content-Encoding: gzip",)))


@cache
def _bomb() -> bytes:
    # Gzip members may be strung together: one is packed, the rest are copies.
    part = gzip.compress(b" " * (16 * 1024 * 1024), mtime=0)
    return part * (BOMB_BYTES // (16 * 1024 * 1024))


# ── whole answers ────────────────────────────────────────────────────────────
@contextmanager
def redirect_elsewhere() -> Iterator[Hostile]:
    """Sends everybody to another local server, `target.elsewhere`, that counts its visits."""
    with always(answer(b"{}")) as elsewhere:
        moved = answer(b"", status="302 Found", headers=(f"Location: {elsewhere.url}/caught",))
        with always(moved) as target:
            target.elsewhere = elsewhere
            yield target


def redirect_to_itself() -> AbstractContextManager[Hostile]:
    """Sends everybody round in a circle."""
    return always(answer(b"", status="307 Temporary Redirect", headers=("Location: /again",)))


def body_longer_than_told() -> AbstractContextManager[Hostile]:
    """Announces two bytes and sends more: the rest must not pass for a second answer."""
    return always(answer(b'{}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"no"', length=2))


def broken_json() -> AbstractContextManager[Hostile]:
    """JSON that stops in the middle, in a whole answer."""
    return always(answer(b'{"items": [{"unitCode": "H98'))


def not_utf8() -> AbstractContextManager[Hostile]:
    """JSON in another encoding than it says."""
    return always(answer(json.dumps({"name": "Nguyễn"}, ensure_ascii=False).encode("utf-16")))


def deep_json() -> AbstractContextManager[Hostile]:
    """Arrays in arrays, a hundred thousand deep."""
    depth = 100_000
    return always(answer(b"[" * depth + b"]" * depth))


def html_200() -> AbstractContextManager[Hostile]:
    """A proxy's friendly page for everything."""
    page = b"<!doctype html><title>Welcome</title><p>The service is available.</p>"
    return always(answer(page, content_type="text/html; charset=utf-8"))


def always_500() -> AbstractContextManager[Hostile]:
    """Fails at everything, with a stack trace."""
    trace = b"java.lang.NullPointerException\n\tat gateway.Main.handle(Main.java:42)\n"
    return always(
        answer(trace, status="500 Internal Server Error", content_type="text/plain"),
    )


def always_empty_object() -> AbstractContextManager[Hostile]:
    """Says `200 {}` to everything."""
    return always(answer(b"{}"))


KINDS = (
    Kind(name="closed port", gives=Gives.NOTHING, serve=closed_port),
    Kind(name="hang", gives=Gives.NOTHING, serve=hang),
    Kind(name="reset", gives=Gives.NOTHING, serve=reset),
    Kind(name="reset at once", gives=Gives.NOTHING, serve=reset_at_once),
    Kind(name="hang up", gives=Gives.NOTHING, serve=hang_up),
    Kind(name="not HTTP", gives=Gives.NOTHING, serve=not_http),
    Kind(name="endless interim", gives=Gives.NOTHING, serve=endless_interim),
    Kind(name="endless body", gives=Gives.PART, serve=endless_body),
    Kind(name="endless JSON", gives=Gives.PART, serve=endless_json),
    Kind(name="slow drip", gives=Gives.PART, serve=slow_drip),
    Kind(name="body drip", gives=Gives.PART, serve=body_drip),
    Kind(name="gigantic headers", gives=Gives.PART, serve=gigantic_headers),
    Kind(name="body shorter than told", gives=Gives.PART, serve=body_shorter_than_told),
    Kind(name="gzip bomb", gives=Gives.PART, serve=gzip_bomb),
    Kind(name="redirect elsewhere", gives=Gives.ANSWER, serve=redirect_elsewhere),
    Kind(name="redirect to itself", gives=Gives.ANSWER, serve=redirect_to_itself),
    Kind(name="body longer than told", gives=Gives.ANSWER, serve=body_longer_than_told),
    Kind(name="broken JSON", gives=Gives.ANSWER, serve=broken_json),
    Kind(name="not UTF-8", gives=Gives.ANSWER, serve=not_utf8),
    Kind(name="deep JSON", gives=Gives.ANSWER, serve=deep_json),
    Kind(name="HTML 200", gives=Gives.ANSWER, serve=html_200),
    Kind(name="always 500", gives=Gives.ANSWER, serve=always_500),
    Kind(name="always {}", gives=Gives.ANSWER, serve=always_empty_object),
    *grammar.KINDS,
    *contents.KINDS,
    *secure.KINDS,
)
