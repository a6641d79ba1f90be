"""Serving: on a port, or in a thread for as long as a test needs it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from wsgiref.types import WSGIApplication

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .parts import assemble
from .signatures import Trust
from .store import Store
from .web import Web

CLIENTS = {"second-vendor": "not-a-secret-but-a-demonstration"}


class Silent(WSGIRequestHandler):
    """Keeps connections open between requests, and writes no line for each of them."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def state_folder() -> Path:
    """Where the toolkit keeps its test authority (docs/vendor.md)."""
    return Path(os.environ.get("CONFORMANCE_HOME") or Path.home() / ".conformance")


def trust(home: Path) -> Trust:
    """
    The test authority in the state folder.

    Raises
    ------
    FileNotFoundError
        `conformance sign --authority` has not made it yet.

    """
    folder = home / "test-ca/1"
    found = Trust([folder / "ca.crt"], [folder / "ca.crl"])
    found.authorities()
    return found


@contextmanager
def listening(
    home: Path,
    *,
    port: int = 0,
    database: str = ":memory:",
    clients: Mapping[str, str] = CLIENTS,
    instead: Mapping[type, type] | None = None,
) -> Iterator[BaseWSGIServer]:
    """A server that is bound and does not serve yet; its jobs run."""
    store = Store(database)
    parts = assemble(store, trust(home), clients, instead)
    application: WSGIApplication = (instead or {}).get(Web, Web)(parts)
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=Silent)
    parts.jobs.start()
    try:
        yield server
    finally:
        server.server_close()
        parts.jobs.stop()
        store.close()


@contextmanager
def serving(
    home: Path | None = None, *, instead: Mapping[type, type] | None = None
) -> Iterator[str]:
    """Serve on a free port in a thread; the base address."""
    with listening(home or state_folder(), instead=instead) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
