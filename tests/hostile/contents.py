"""
Whole answers with a poisoned body.

Those with a token in them let everybody in, so that every scenario goes on behind the door.
"""

from __future__ import annotations

import gzip
import json
from functools import partial
from typing import Final

from tests.hostile.kinds import Gives, Kind, always, answer

_TOKEN: Final = '"access_token": "t", "token_type": "Bearer", "expires_in": 3600'


def _token(text: str) -> bytes:
    """A right token answer whose token is `text`, as JSON writes it."""
    return answer(f'{{"access_token": "{text}", "token_type": "Bearer"}}'.encode())


_DEPTH: Final = 100_000
_POISONED: Final = {
    "token and no more": answer(f"{{{_TOKEN}}}".encode()),
    "huge numbers": answer(
        f'{{{_TOKEN}, "n": 1e999999, "m": -1e-999999, "revision": {"9" * 4000}}}'.encode()
    ),
    "number of a million digits": answer(f'{{{_TOKEN}, "n": {"9" * 1_000_000}}}'.encode()),
    "not a number": answer(f'{{{_TOKEN}, "n": NaN, "m": -Infinity}}'.encode()),
    "members twice": answer(f'{{{_TOKEN}, {_TOKEN}, "access_token": "u"}}'.encode()),
    "deep objects": answer(b'{"a":' * _DEPTH + b"1" + b"}" * _DEPTH),
    "deep enough": answer(f'{{{_TOKEN}, "a": {"[" * 900}{"]" * 900}}}'.encode()),
    "wide object": answer(
        json.dumps({"access_token": "t", **{f"m{n}": n for n in range(20_000)}}).encode()
    ),
    "broken UTF-8": answer(b'{"access_token": "\xff\xfe", "token_type": "Bearer"}'),
    "half a surrogate pair": _token(r"\ud800"),
    "token with a line break": _token(r"a\r\nX-Name: b"),
    "token with a NUL": _token(r"a\u0000b"),
    "token in Vietnamese": _token("Nguyễn"),
    "token of a megabyte": _token("t" * 1_000_000),
    "byte order mark": answer(b"\xef\xbb\xbf{}"),
    "UTF-16, and says so": answer(
        json.dumps({"access_token": "t"}).encode("utf-16"),
        content_type="application/json; charset=utf-16",
    ),
    "unknown charset": answer(
        f"{{{_TOKEN}}}".encode(), content_type="application/json; charset=klingon"
    ),
    "gzip in gzip": answer(
        gzip.compress(gzip.compress(b"{}")), headers=("Content-Encoding: gzip, gzip",)
    ),
    "says Brotli": answer(f"{{{_TOKEN}}}".encode(), headers=("Content-Encoding: br",)),
    "3 MB of white space": answer(b"{" + b" " * 3_000_000 + b"}"),
    "no body": answer(b""),
}

KINDS: Final = tuple(
    Kind(name=name, gives=Gives.ANSWER, serve=partial(always, whole))
    for name, whole in _POISONED.items()
)
