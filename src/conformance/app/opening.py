"""Reaching the target: start what must be started, and say how to speak to it."""

from __future__ import annotations

import importlib
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from conformance.app.authority import surroundings
from conformance.app.prepare import Prepared, mutants_for
from conformance.crypto.authority import Authority
from conformance.errors import TargetUnreachable, UsageError
from conformance.model.clock import Clock
from conformance.model.json import Json
from conformance.model.requirement import Role
from conformance.reference.serve import serve_in_thread
from conformance.targets import locator as locators
from conformance.targets.guard import is_loopback
from conformance.wire.transport import Connection

_START_UP: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """
    A provider that can be called.

    Attributes:
        host: for preflight's questions about names and sockets; "" in-process.
        ours: the bundled reference: its records are nobody's.
        served: the store behind the bundled reference where the bundled agency shares it, because
            one run judges both as one software; None elsewhere.
    """

    connection: Connection
    credentials: Mapping[str, Mapping[str, str]]
    grants: Mapping[str, Json]
    host: str = ""
    loopback: bool = True
    ours: bool = False
    served: Path | None = None


@dataclass(slots=True)
class _Closing:
    acts: list[Callable[[], None]] = field(default_factory=list)


@contextmanager
def open_provider(prepared: Prepared, *, clock: Clock, authority: Authority) -> Iterator[Opened]:
    """
    The target of a provider run, started if need be and stopped afterwards.

    Raises:
        TargetUnreachable: a command of ours did not begin to serve.
        UsageError: it cannot be started as it is written.
    """
    settings, vocabulary = prepared.settings, prepared.pack.plugin.vocabulary
    closing = _Closing()
    demonstration = vocabulary.demonstration_credentials

    def connection(base_url: str, app: Any = None) -> Connection:
        return Connection(
            base_url=base_url,
            app=app,
            ca_file=settings.ca_file,
            timeout=settings.timeout,
            pace=settings.pace,
        )

    try:
        match prepared.locator:
            case locators.HttpLocator(base_url=base_url, host=host):
                loopback = is_loopback(host)
                opened = Opened(
                    connection=connection(base_url),
                    credentials=settings.credentials or (demonstration if loopback else {}),
                    grants={
                        **(vocabulary.demonstration_grants if loopback else {}),
                        **settings.grants,
                    },
                    host=host,
                    loopback=loopback,
                )
            case locators.ReferenceLocator(mutant=mutant):
                served = None
                if Role.CONSUMER in prepared.plan.roles and prepared.pushing is prepared.locator:
                    folder = tempfile.TemporaryDirectory(prefix="conformance-served-")
                    closing.acts.append(folder.cleanup)
                    served = Path(folder.name) / "served.db"
                app = prepared.pack.plugin.reference(
                    prepared.pack,
                    surroundings(authority, clock=clock, seed=prepared.plan.seed, store=served),
                    mutant=mutants_for(mutant, prepared.pack, Role.PROVIDER),
                )
                serving = serve_in_thread(app)
                closing.acts.append(serving.stop)
                opened = Opened(
                    connection=connection(serving.base_url),
                    credentials=demonstration,
                    grants=vocabulary.demonstration_grants,
                    host="127.0.0.1",
                    ours=True,
                    served=served,
                )
            case locators.AsgiLocator(module=module, attribute=attribute):
                opened = Opened(
                    connection=connection("http://asgi", _import(module, attribute)),
                    credentials=settings.credentials or demonstration,
                    grants={**vocabulary.demonstration_grants, **settings.grants},
                )
            case locators.ProcessLocator(command=command):
                base_url, stop = _start(command)
                closing.acts.append(stop)
                opened = Opened(
                    connection=connection(base_url),
                    credentials=settings.credentials or demonstration,
                    grants={**vocabulary.demonstration_grants, **settings.grants},
                    host="127.0.0.1",
                )
            case _:
                raise UsageError(
                    "this locator names no provider", where="TARGET", value=settings.locator
                )
        yield opened
    finally:
        for act in reversed(closing.acts):
            act()


def _import(module: str, attribute: str) -> Any:
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f"this ASGI application cannot be imported: {error}",
            where="TARGET",
            value=f"asgi:{module}:{attribute}",
            remedy="Name an importable module and the application in it.",
        ) from None
    finally:
        sys.path.pop(0)
    return found


def _start(command: str) -> tuple[str, Callable[[], None]]:
    """Start a serving command; its port is told by the environment variable PORT."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = shlex.split(command, posix=os.name == "posix")
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own command
            words,
            env={**os.environ, "PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise UsageError(
            f"this command cannot be started: {error}",
            where="TARGET",
            value=f"process:{command}",
            remedy="Name an executable file; it must serve on the port in $PORT.",
        ) from None

    def stop() -> None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    deadline = time.monotonic() + _START_UP
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise TargetUnreachable(
                "connection-refused",
                f"process:{command} ended with {process.returncode} before it served",
            )
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"http://127.0.0.1:{port}", stop
        time.sleep(0.05)
    stop()
    raise TargetUnreachable(
        "timeout", f"process:{command} did not serve on port {port} within {_START_UP:g} s"
    )
