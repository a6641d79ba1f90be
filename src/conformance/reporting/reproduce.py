"""
A shell line that repeats one recorded request with curl.

What the reader must supply stands as a variable: `$BASE_URL` for the target, `$TOKEN` for
an identity's proof, `$CLIENT_SECRET` and the like for credentials. Everything else is
quoted for a POSIX shell so that the target receives the recorded bytes.
"""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Sequence
from typing import Final

from conformance.model.exchange import Exchange, Initiator, Request

#: What proves an identity in most APIs; a pack with other headers passes its own.
PROOF: Final = ("Authorization: Bearer $TOKEN",)
#: Bodies above this many bytes leave the command line for a here-document.
LONG_BODY: Final = 2048

#: The tokens that redaction puts in the place of secrets: `~secret.primary.client_secret~`.
_TOKEN: Final = re.compile(
    r"~(?:secret\.(?P<identity>[A-Za-z0-9_-]*)\.(?P<field>[A-Za-z0-9_.-]+)|redacted\.[A-Za-z0-9_.-]+)~"
)
_VARIABLE: Final = re.compile(r"\$[A-Z][A-Z0-9_]*")
#: Safe between double quotes in every shell, history expansion included.
_PLAIN_TARGET: Final = re.compile(r"[A-Za-z0-9/?&=%+.,:;@_~'()*-]*")
#: Headers that curl derives from the rest.
_DERIVED: Final = frozenset({"host", "content-length", "connection", "transfer-encoding"})
_NUL: Final = b"\x00"


def curl(exchange: Exchange, *, proof: Sequence[str] = PROOF) -> str | None:
    """
    The line that repeats `exchange`, or None when the target opened it: nobody can resend that.

    Args:
        proof: headers that stand for an identity's proof, variables included.
    """
    if exchange.initiator is not Initiator.TOOLKIT:
        return None
    request = exchange.request
    words = ["curl", "-sS", "-i", *_method(request), _url(request.target)]
    if exchange.identity:
        words += [f"-H {_double(_as(header, exchange.identity))}" for header in proof]
    words += [f"-H {_header(n, v)}" for n, v in request.headers if n.lower() not in _DERIVED]
    if request.body is None:
        return " ".join(words)
    if request.header("content-type") is None:
        words.append("-H 'Content-Type:'")  # else curl claims that it is a form
    return _with_body(" ".join(words), request.body)


def variables(line: str) -> tuple[str, ...]:
    """The variables that a line needs, in order of appearance, without the dollar sign."""
    found = re.findall(r'"\$([A-Z][A-Z0-9_]*)|\s\$([A-Z][A-Z0-9_]*)"', line)
    return tuple(dict.fromkeys(first or second for first, second in found))


def _method(request: Request) -> list[str]:
    # -X HEAD would wait for a body that never comes.
    match request.method:
        case "HEAD":
            return ["--head"]
        case "GET" if request.body is None:
            return []
        case "POST" if request.body is not None:
            return []
        case method:
            return ["-X", shlex.quote(method)]


def _url(target: str) -> str:
    flags = "--path-as-is " if re.search(r"(^|/)\.\.?(/|\?|$)", target) else ""
    flags += "--globoff " if set(target) & set("[]{}") else ""
    if _PLAIN_TARGET.fullmatch(target) and not _TOKEN.search(target):
        return f'{flags}"$BASE_URL{target}"'
    return f'{flags}"$BASE_URL"{quoted(target)}'


def _header(name: str, value: str) -> str:
    # curl drops `Name:` without a value, and sends it empty when it is written `Name;`.
    return quoted(f"{name}: {value}" if value else f"{name};")


def _with_body(command: str, body: bytes) -> str:
    text = _text(body)
    if text is None or text.startswith("@"):  # @ would make curl read a file
        encoded = base64.b64encode(body).decode("ascii")
        return f"printf %s {encoded} | base64 -d | {command} --data-binary @-"
    if len(body) <= LONG_BODY:
        return f"{command} --data-binary {quoted(text)}"
    if _TOKEN.search(text) is None and text.lstrip()[:1] in ("{", "["):
        # A here-document ends in a line feed, which is insignificant after a JSON text.
        mark = "BODY"
        while mark in text:
            mark += "_"
        return f"{command} --data-binary @- <<'{mark}'\n{text}\n{mark}"
    return f"printf %s {quoted(text)} | {command} --data-binary @-"


def _text(body: bytes) -> str | None:
    if _NUL in body:
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def quoted(text: str) -> str:
    """`text` as one shell word, its secret tokens turned into variables."""
    pieces: list[str] = []
    position = 0
    for token in _TOKEN.finditer(text):
        if token.start() > position:
            pieces.append(shlex.quote(text[position : token.start()]))
        pieces.append(f'"${_name(token)}"')
        position = token.end()
    if position < len(text) or not pieces:
        pieces.append(shlex.quote(text[position:]))
    return "".join(pieces)


def _name(token: re.Match[str]) -> str:
    if token["field"] is None:
        return "REDACTED"
    field = re.sub(r"[^A-Z0-9]+", "_", token["field"].upper()).strip("_") or "SECRET"
    return field if token["identity"] in ("", "primary") else _prefixed(token["identity"], field)


def _prefixed(identity: str, name: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", f"{identity}_{name}".upper()).lstrip("_0123456789")


def _as(header: str, identity: str) -> str:
    if identity == "primary":
        return header
    return _VARIABLE.sub(lambda m: "$" + _prefixed(identity, m[0][1:]), header)


def _double(text: str) -> str:
    return '"' + re.sub(r'(["\\`])', r"\\\1", text) + '"'
