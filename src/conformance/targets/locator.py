"""The little language in which an operator names a target."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from conformance.errors import UsageError

#: A name, an IPv4 address, or an IPv6 address with its zone.
_HOST: Final = re.compile(r"[\w.:%-]+")
_REMEDY: Final = (
    "Use http(s)://host/base, reference, reference:MUTANT, process:COMMAND, asgi:module:app, "
    "listen:PORT, exec:COMMAND, or the name of a [target.NAME] table in conformance.toml."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLocator:
    """A server that somebody else runs."""

    base_url: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceLocator:
    """The bundled mock (provider) or the bundled agency (consumer), or mutants of it."""

    mutant: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLocator:
    """A command that serves the API on the port named by the environment variable PORT."""

    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AsgiLocator:
    """An ASGI application in an importable module."""

    module: str
    attribute: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenLocator:
    """Consumer role: the test bed listens, a person operates the software."""

    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecLocator:
    """Consumer role: the test bed starts the software for each mission."""

    command: str


Locator = (
    HttpLocator | ReferenceLocator | ProcessLocator | AsgiLocator | ListenLocator | ExecLocator
)


def pushing(text: str) -> ListenLocator | ExecLocator | None:
    """The locator of software that pushes, None for a text that names none."""
    try:
        found = parse(text)
    except UsageError:
        return None
    return found if isinstance(found, (ListenLocator, ExecLocator)) else None


def is_locator(text: str) -> bool:
    """Whether `text` is a locator rather than the name of a table."""
    return text == "reference" or ":" in text


def parse(text: str) -> Locator:
    """
    Read one locator.

    Raises:
        UsageError: it is none; the message shows the forms.
    """
    scheme, _, rest = text.partition(":")
    match scheme:
        case "http" | "https":
            return _http(text)
        case "reference" if text == "reference" or rest:
            return ReferenceLocator(mutant=rest or None)
        case "process" if rest.strip():
            return ProcessLocator(command=rest)
        case "exec" if rest.strip():
            return ExecLocator(command=_unquoted(rest))
        case "listen" if re.fullmatch("[0-9]{1,5}", rest) and int(rest) < 65536:
            return ListenLocator(port=int(rest))
        case "asgi" if re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*", rest):
            module, _, attribute = rest.partition(":")
            return AsgiLocator(module=module, attribute=attribute)
    raise UsageError("this is no target locator", where="TARGET", value=text, remedy=_REMEDY)


def _http(text: str) -> HttpLocator:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(
            f"this URL cannot be read: {error}", where="TARGET", value=text, remedy=_REMEDY
        ) from None
    if not host:
        raise UsageError("this URL names no host", where="TARGET", value=text, remedy=_REMEDY)
    if not _HOST.fullmatch(host) or any(c.isspace() or not c.isprintable() for c in text):
        raise UsageError(
            "this URL holds characters that no address has",
            where="TARGET",
            value=text,
            remedy=_REMEDY,
        )
    if port == 0:
        raise UsageError("nobody listens on port 0", where="TARGET", value=text, remedy=_REMEDY)
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "a URL may not carry credentials, they would be stored with the evidence",
            where="TARGET",
            value=f"{parts.scheme}://…@{host}",
            remedy="Name them in conformance.toml by environment variable or command.",
        )
    if parts.query or parts.fragment:
        raise UsageError(
            "a base URL has no query and no fragment", where="TARGET", value=text, remedy=_REMEDY
        )
    named = f"[{host}]" if ":" in host else host
    authority = f"{named}:{port}" if port else named
    return HttpLocator(base_url=f"{parts.scheme}://{authority}{parts.path.rstrip('/')}", host=host)


def _unquoted(text: str) -> str:
    """Without quotation marks around the whole; two quoted words are no quoted whole."""
    inside = text[1:-1]
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in inside:
        return inside
    return text
