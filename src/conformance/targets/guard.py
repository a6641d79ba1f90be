"""Which hosts we refuse to touch: production, and everything that looks like it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Final

from conformance.errors import UsageError

#: Labels that people give to systems in use.
_LIVE: Final = re.compile(r"(^|[.-])(prod|production|prd|live)([.-]|$)", re.IGNORECASE)


def is_loopback(host: str) -> bool:
    """Whether the host can only be this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
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
    if is_loopback(host) or host.lower() in {name.lower() for name in acknowledged}:
        return
    national = any(re.search(pattern, host, re.IGNORECASE) for pattern in refused)
    if national or _LIVE.search(host):
        raise UsageError(
            "this host looks like a production system; a conformance run creates records on it",
            where="TARGET",
            value=host,
            remedy=f"Name a test system. If this is one, say so: --acknowledge-host {host}",
        )
