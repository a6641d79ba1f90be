"""Answers that break the grammar of HTTP or lie about their own length."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial
from typing import Final

from tests.hostile.kinds import Gives, Kind, always, answer
from tests.hostile.sockets import Hostile, Line, listening

_JSON: Final = "Content-Type: application/json\r\nConnection: close\r\n"


def _head(*lines: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    return (f"{status}\r\n{_JSON}" + "".join(f"{line}\r\n" for line in lines) + "\r\n").encode()


#: What the whole answer is: no client may take any of these for one.
_BROKEN: Final = {
    "HTTP/0.9": b'{"items": []}\n',
    "status in words": _head("Content-Length: 2", status="HTTP/1.1 OK fine") + b"{}",
    "status of 2 digits": _head("Content-Length: 2", status="HTTP/1.1 20 OK") + b"{}",
    "line noise": bytes(range(256)) * 16,
    "field without a colon": _head("Content-Length 2") + b"{}",
    "field with a NUL": _head("X-Name: a\0b", "Content-Length: 2") + b"{}",
    "one giant field": _head(f"X-Name: {'a' * 1_048_576}", "Content-Length: 2") + b"{}",
    "switching protocols": _head(status="HTTP/1.1 101 Switching Protocols"),
    "negative length": _head("Content-Length: -2") + b"{}",
    "length in words": _head("Content-Length: two") + b"{}",
    "two lengths": _head("Content-Length: 2", "Content-Length: 4096") + b"{}",
    "chunks cut short": _head("Transfer-Encoding: chunked") + b"10\r\n{}",
    "no last chunk": _head("Transfer-Encoding: chunked") + b"2\r\n{}\r\n",
    "chunk size in words": _head("Transfer-Encoding: chunked") + b"two\r\n{}\r\n0\r\n\r\n",
    "negative chunk": _head("Transfer-Encoding: chunked") + b"-2\r\n{}\r\n0\r\n\r\n",
    "chunk longer than told": _head("Transfer-Encoding: chunked") + b"2\r\n{}{}{}\r\n0\r\n\r\n",
    "chunk of 2^80": _head("Transfer-Encoding: chunked") + b"f" * 20 + b"\r\n{}\r\n0\r\n\r\n",
    "unknown coding": _head("Transfer-Encoding: sausages") + b"{}",
    "length of 2^80": _head(f"Content-Length: {2**80}") + b"{}",
}

#: Odd, and yet an answer.
_ODD: Final = {
    "HTTP/9.9": _head("Content-Length: 2", status="HTTP/9.9 200 OK") + b"{}",
    "redirect nowhere": answer(b"", status="302 Found", headers=("Location: http://[",)),
    "no length": _head() + b"{}",
    "length and chunks": _head("Content-Length: 4", "Transfer-Encoding: chunked")
    + b"2\r\n{}\r\n0\r\n\r\n",
    "status 999": answer(b"{}", status="999 Whatever"),
    "field in Latin-1": answer(b"{}", headers=("X-Name: Nguy\u00ean",)).replace(
        "\u00ea".encode(), b"\xea"
    ),
    "heavy headers": answer(b"{}", headers=tuple(f"X-{n}: {'a' * 4000}" for n in range(20))),
    "204 with a body": answer(b"{}", status="204 No Content"),
    "a hundred hints": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100 + answer(b"{}"),
}


def endless_headers() -> AbstractContextManager[Hostile]:
    """One field after the other, without an end to the head."""

    def misbehave(line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\n")
        while line.send(b"X-Name: a\r\n") and line.wait(0.05):
            pass

    return listening(misbehave)


def endless_chunk_extension() -> AbstractContextManager[Hostile]:
    """A chunk whose size line never ends."""

    def misbehave(line: Line) -> None:
        line.send(_head("Transfer-Encoding: chunked") + b"2;")
        while line.send(b"a" * 512) and line.wait(0.05):
            pass

    return listening(misbehave)


KINDS: Final = (
    Kind(name="endless headers", gives=Gives.NOTHING, serve=endless_headers),
    Kind(name="endless chunk extension", gives=Gives.PART, serve=endless_chunk_extension),
    *(
        Kind(name=name, gives=Gives.NOTHING, serve=partial(always, whole))
        for name, whole in _BROKEN.items()
    ),
    *(
        Kind(name=name, gives=Gives.ANSWER, serve=partial(always, whole))
        for name, whole in _ODD.items()
    ),
)
