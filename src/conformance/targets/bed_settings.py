"""How the test bed stands before software that pushes: `[target.NAME.testbed]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from conformance.targets.tables import Table

#: Longer than any pause that the test bed asks for, and than a person needs for the next line.
QUIET: Final = 20.0
_LAST_PORT: Final = 65535
_KEYS: Final = {
    "host",
    "port",
    "names",
    "https",
    "client_certificate",
    "client_ca_file",
    "base_url",
    "required_headers",
    "ignored_headers",
    "deadline",
    "quiet",
    "page_port",
    "time_hook",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BedSettings:
    """
    The test bed's own part of a target's settings.

    Attributes:
        host: the address it listens on.
        port: where it listens when the locator does not say; 0 for a free port.
        names: further names to which its TLS certificate answers.
        https: speak TLS, under the test CA.
        client_certificate: demand one of the client, under the test CA or `client_ca_file`.
        base_url: what the software is told to call, where a proxy or an intermediate platform
            stands before the bed; "" for the bed's own address.
        required_headers: name -> value that the intermediate platform demands; "" for any value.
        ignored_headers: what the platform adds and nobody judges, in lower case.
        deadline: seconds for one mission; 0 for what the mission itself says.
        quiet: seconds without traffic after which a mission is over when nobody says so.
        page_port: where the live page is; 0 for a free port.
        time_hook: the command that sets the software's clock to `{instant}`; "" for none.
    """

    host: str = "127.0.0.1"
    port: int = 0
    names: tuple[str, ...] = ()
    https: bool = False
    client_certificate: bool = False
    client_ca_file: str = ""
    base_url: str = ""
    required_headers: Mapping[str, str] = field(default_factory=dict)
    ignored_headers: frozenset[str] = frozenset()
    deadline: float = 0.0
    quiet: float = QUIET
    page_port: int = 0
    time_hook: str = ""


def bed_settings(table: Table) -> BedSettings:
    """
    Read the table.

    Raises:
        UsageError: an unknown key or a bad value.
    """
    table.only(_KEYS)
    usual = BedSettings()
    required = table.table("required_headers")
    base_url = table.text("base_url", "").rstrip("/")
    if base_url and not base_url.startswith(("http://", "https://")):
        raise table.wrong(
            "base_url", "must be an address", base_url, 'Write base_url = "https://…".'
        )
    client_ca_file = table.text("client_ca_file", "")
    if client_ca_file and not Path(client_ca_file).is_file():
        raise table.wrong("client_ca_file", "no such file", client_ca_file, "Name a PEM file.")
    https = table.flag("https", default=False)
    demanded = table.flag("client_certificate", default=bool(client_ca_file))
    if demanded and not https:
        raise table.wrong(
            "client_certificate", "needs TLS", str(demanded).lower(), "Write https = true as well."
        )
    time_hook = table.text("time_hook", "")
    if time_hook and "{instant}" not in time_hook:
        raise table.wrong(
            "time_hook",
            "names no {instant}",
            time_hook,
            'Write time_hook = "./set-clock {instant}".',
        )
    return BedSettings(
        host=table.text("host", usual.host),
        port=_port(table, "port"),
        names=table.texts("names", ()),
        https=https,
        client_certificate=demanded,
        client_ca_file=client_ca_file,
        base_url=base_url,
        required_headers={name.lower(): required.text(name) for name in required.values},
        ignored_headers=frozenset(name.lower() for name in table.texts("ignored_headers", ())),
        deadline=table.number("deadline", usual.deadline),
        quiet=table.number("quiet", usual.quiet, above=True),
        page_port=_port(table, "page_port"),
        time_hook=time_hook,
    )


def _port(table: Table, key: str) -> int:
    port = table.number(key, 0)
    if port != int(port) or port > _LAST_PORT:
        raise table.wrong(key, "must be a port", port, f"Write {key} = 8100.")
    return int(port)
