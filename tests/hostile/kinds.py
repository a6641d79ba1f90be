"""What a hostile target is to its tests, and the answer that it gives to everything."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from tests.hostile.sockets import Hostile, Line, listening


class Gives(StrEnum):
    """What a client can get at best."""

    NOTHING = "nothing"  # no answer ever: closed, hanging, cut, or not HTTP
    PART = "part"  # an answer begins and never ends, or is larger than anybody should take
    ANSWER = "answer"  # a whole answer, and a useless one


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One hostile target, for parametrised tests."""

    name: str
    gives: Gives
    serve: Callable[[], AbstractContextManager[Hostile]]


def answer(
    body: bytes,
    *,
    status: str = "200 OK",
    content_type: str = "application/json",
    length: int | None = None,
    headers: tuple[str, ...] = (),
) -> bytes:
    """One HTTP answer; `length` is what it claims, when that differs from the truth."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def always(
    whole: bytes, *, secure: ssl.SSLContext | None = None
) -> AbstractContextManager[Hostile]:
    def misbehave(line: Line) -> None:
        line.send(whole)
        line.finish()

    return listening(misbehave, secure=secure)
