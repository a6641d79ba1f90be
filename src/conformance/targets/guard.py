"""Which hosts we refuse to touch: production, and everything that looks like it."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from conformance.errors import UsageError

#: Labels that people give to systems in use.
_LIVE: Final = re.compile(r"(^|[._-])(prod|production|prd|live)[0-9]*([._-]|$)")


def _plain(host: str) -> str:
    """The host as the name service takes it: other letter forms and a last dot name the same."""
    return unicodedata.normalize("NFKC", host).lower().rstrip(".")


def is_loopback(host: str) -> bool:
    """Whether the host can only be this machine."""
    if _plain(host) == "localhost":
        return True
    try:
        return ipaddress.ip_address(_plain(host)).is_loopback
    except ValueError:
        return False


def guard(host: str, *, refused: Iterable[str], acknowledged: Iterable[str]) -> None:
    """
    Refuse a host that looks like production.

    Args:
        refused: regular expressions of the pack for national hosts.
        acknowledged: hosts that the operator named with --acknowledge-host.

    Raises:
        UsageError: it looks like production and nobody acknowledged it.
    """
    name = _plain(host)
    if is_loopback(host) or name in {_plain(other) for other in acknowledged}:
        return
    national = any(re.search(pattern, name, re.IGNORECASE) for pattern in refused)
    if national or _LIVE.search(name):
        raise UsageError(
            "this host looks like a production system; a conformance run creates records on it",
            where="TARGET",
            value=host,
            remedy=f"Name a test system. If this is one, say so: --acknowledge-host {host}",
        )
