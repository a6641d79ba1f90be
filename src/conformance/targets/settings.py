"""
The operator's settings: `conformance.toml`, and the claim.

Secrets are named there, never written: by environment variable or by command.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from conformance.errors import UsageError
from conformance.model.json import Json
from conformance.model.report import Implementation
from conformance.model.requirement import Role
from conformance.targets import locator as locators
from conformance.targets.bed_settings import BedSettings, bed_settings
from conformance.targets.tables import Table, load
from conformance.wire.redaction import is_secret

_TARGET_KEYS: Final = {
    "locator",
    "pushes",
    "environment",
    "timeout",
    "requests_per_second",
    "ca_file",
    "implementation",
    "credentials",
    "grants",
    "testbed",
}
_IMPLEMENTATION_KEYS: Final = {"organisation", "name", "version", "contact"}


#: The one environment that an operator may declare.
TEST: Final = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSettings:
    """
    What the operator says about one target.

    Attributes:
        pushes: whence software that serves at `locator` pushes as well, "" where it does not.
        environment: what the operator declares it to be; "test" or "".
        timeout: seconds for one exchange.
        pace: requests per second at most, 0 for no limit.
        credentials: identity -> field -> value, secrets already fetched.
        grants: what scenarios may rely on (`subtree_root`, ...).
    """

    locator: str
    pushes: str = ""
    environment: str = ""
    timeout: float = 10.0
    pace: float = 0.0
    ca_file: str = ""
    implementation: Implementation | None = None
    credentials: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    grants: Mapping[str, Json] = field(default_factory=dict)
    testbed: BedSettings = field(default_factory=BedSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an implementation says it implements: the only source of "not applicable"."""

    implementation: Implementation | None
    roles: tuple[Role, ...]
    classes: tuple[str, ...]


def target(name: str, file: Path) -> TargetSettings:
    """
    The table `[target.NAME]` of `conformance.toml`.

    Raises:
        UsageError: no such file or table, an unknown key, a bad value, a secret that cannot be had.
    """
    document, text = load(file, missing_remedy=f"Create it with a [target.{name}] table.")
    tables = document.get("target", {})
    if not isinstance(tables, dict) or name not in tables:
        known = ", ".join(sorted(tables)) if isinstance(tables, dict) and tables else "none"
        raise UsageError(
            f"there is no table [target.{name}] (found: {known})",
            where=str(file),
            remedy="Name one of them, or a locator such as http://127.0.0.1:8080.",
        )
    held = Table(tables[name], f"target.{name}", file, text)
    held.only(_TARGET_KEYS)
    implementation = None
    if "implementation" in held.values:
        implementation = _implementation(held.table("implementation"))
    credentials = {
        identity: _secrets(held.table("credentials").table(identity))
        for identity in (held.table("credentials").values if "credentials" in held.values else ())
    }
    grants = held.table("grants").values if "grants" in held.values else {}
    environment = held.text("environment", "")
    if environment not in ("", TEST):
        raise held.wrong(
            "environment",
            "a run creates records, so only a test environment is ever called",
            environment,
            f'Name a test environment and write "{TEST}".',
        )
    pushes = held.text("pushes", "")
    if pushes and locators.pushing(pushes) is None:
        raise held.wrong(
            "pushes",
            "software pushes by a command or to a port",
            pushes,
            'Write pushes = "exec:COMMAND" or pushes = "listen:PORT".',
        )
    return TargetSettings(
        locator=held.text("locator"),
        pushes=pushes,
        environment=environment,
        timeout=held.number("timeout", 10.0, above=True),
        pace=held.number("requests_per_second", 0.0),
        ca_file=held.text("ca_file", ""),
        implementation=implementation,
        credentials=credentials,
        grants={key: _json(value) for key, value in grants.items()},
        testbed=bed_settings(held.table("testbed")),
    )


def claim(file: Path) -> Claim:
    """
    A claim file: `[implementation]`, and `[claim]` with `roles` and `classes`.

    Raises:
        UsageError: missing or malformed.
    """
    document, text = load(file, missing_remedy="Name an existing claim file.")
    whole = Table(document, "", file, text)
    whole.only({"implementation", "claim"})
    claimed = whole.table("claim")
    claimed.only({"roles", "classes"})
    roles = []
    for role in claimed.texts("roles", ()):
        try:
            roles.append(Role(role))
        except ValueError:
            raise claimed.wrong(
                "roles", "no such role", role, "Use provider or consumer."
            ) from None
    return Claim(
        implementation=_implementation(whole.table("implementation"))
        if "implementation" in whole.values
        else None,
        roles=tuple(roles),
        classes=claimed.texts("classes", ()),
    )


def _implementation(table: Table) -> Implementation:
    table.only(_IMPLEMENTATION_KEYS)
    return Implementation(
        organisation=table.text("organisation"),
        name=table.text("name"),
        version=table.text("version"),
        contact=table.text("contact", ""),
    )


def _secrets(table: Table) -> dict[str, str]:
    """Credential fields, each a text, `{ env = "NAME" }` or `{ command = "…" }`."""
    found: dict[str, str] = {}
    for key, value in table.values.items():
        match value:
            case str() if is_secret(key):
                raise table.wrong(
                    key,
                    "a secret may not be written into a file",
                    "(hidden)",
                    f'Write {key} = {{ env = "NAME" }} or {{ command = "…" }}.',
                )
            case str():
                found[key] = value
            case {"env": str(name)}:
                if not os.environ.get(name):
                    raise table.wrong(
                        key, "the environment variable is not set", name, f"Set {name}."
                    )
                found[key] = os.environ[name]
            case {"command": str(command)}:
                found[key] = _from_command(table, key, command)
            case _:
                raise table.wrong(
                    key, "must be a text, { env = … } or { command = … }", value, "Correct it."
                )
    return found


def _from_command(table: Table, key: str, command: str) -> str:
    try:
        # The operator's own words, from the operator's own file.
        done = subprocess.run(  # noqa: S603
            shlex.split(command), capture_output=True, text=True, timeout=30, check=True
        )
        found = done.stdout.strip()
        why = "nothing printed"
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        found, why = "", type(error).__name__
    if not found:
        raise table.wrong(key, f"the command gave no secret ({why})", command, "Run it by hand.")
    return found


def _json(value: object) -> Json:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [_json(item) for item in value]
        case dict():
            return {str(key): _json(item) for key, item in value.items()}
    return str(value)
