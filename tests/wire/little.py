"""A World over a server of twenty lines, in-process and in virtual time; no tests stand here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from conformance.errors import Deviation, TargetTimeout, TargetUnreachable
from conformance.model.exchange import Request, Response
from conformance.reference.clock import ManualClock
from conformance.running.evidence import exchanges
from conformance.wire import journal
from conformance.wire.breaker import Breaker
from conformance.wire.journal import JournalWriter, MemorySink
from conformance.wire.live import LiveDoer
from conformance.wire.ports import LivePort, NobodyThere, ReplayPort
from conformance.wire.redaction import Vault
from conformance.wire.transport import Connection, Performed, Transport
from conformance.wire.world import World

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
SECRET = "canary/s3cret+word"
CREDENTIALS = {
    "primary": {"client_id": "agency", "client_secret": SECRET},
    "wrong": {"client_id": "agency", "client_secret": "another-canary"},
}
TOKEN = "canary-t0ken.word"
PERSONAL = r"(?<![0-9A-Za-z_-])[0-9]{12}(?![0-9A-Za-z_-])"


class LittleDialect:
    """One token for a form; whoever is refused learns nothing."""

    secret_members = frozenset({"access_token"})

    def authorise(self, send, secret):
        form = {"id": secret("client_id"), "client_secret": secret("client_secret")}
        answer = send(
            Request(
                method="POST",
                target="/token",
                headers=(("Content-Type", "application/x-www-form-urlencoded"),),
                body=urlencode(form).encode(),
            )
        )
        if answer.status != 200:
            raise Deviation(
                "unexpected-status",
                observed=f"{answer.status} {answer.body!r}",
                required="200",
                pointer="/status",
                hint=secret("client_secret"),
            )
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


class Server:
    """Issues one token and otherwise answers with what it was asked; some paths misbehave."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    async def __call__(self, scope, receive, send) -> None:
        body = (await receive()).get("body", b"")
        path = scope["raw_path"].decode()
        if path.startswith("/slow/"):
            # The first that was asked is the last to arrive.
            for _ in range(9 - int(path[-1])):
                await asyncio.sleep(0)
        query = scope["query_string"].decode()
        headers = {k.decode(): v.decode("latin-1") for k, v in scope["headers"]}
        self.seen.append(SimpleNamespace(path=path, query=query, headers=headers, body=body))
        status, answer, more = self.answer(path, query, headers, body)
        start = [(b"content-type", b"application/json"), *more]
        await send({"type": "http.response.start", "status": status, "headers": start})
        await send({"type": "http.response.body", "body": answer})

    def answer(self, path, query, headers, body):
        match path:
            case "/token" if SECRET.encode() in body or b"canary%2Fs3cret%2Bword" in body:
                return 200, json.dumps({"access_token": TOKEN}).encode(), []
            case "/token":
                return 401, b"no: " + body, []
            case "/cookie":
                return 200, headers.get("cookie", "").encode(), [(b"set-cookie", b"a=b; Path=/")]
            case "/bytes":
                return 200, b"\xff" + body, []
        echo = {"path": path, "query": query, "headers": headers, "body": body.decode()}
        return 200, json.dumps(echo).encode(), [(b"x-key", headers.get("x-key", "").encode())]


@dataclass(slots=True)
class Stage:
    """A live World and everything behind it."""

    world: World
    server: Server
    clock: ManualClock
    sink: MemorySink
    port: LivePort
    breaker: Breaker
    doer: LiveDoer

    def journal(self) -> journal.Journal:
        """Seal what was written, and read it."""
        self.port.close()
        return journal.read(self.sink.content(), name="little.jsonl")


@contextmanager
def live(app: Any = None, *, grants: Any = None) -> Iterator[Stage]:
    """A World whose every request reaches a `Server`."""
    server = Server()
    clock = ManualClock(START)
    transport = Flaky(Connection(base_url="http://asgi", app=app or server), clock)
    breaker = Breaker()
    doer = LiveDoer(
        dialect=LittleDialect(),
        vault=Vault(
            key=b"k" * 32,
            secrets=CREDENTIALS,
            members=LittleDialect.secret_members,
            personal_id=PERSONAL,
            is_ours=lambda number: number.startswith("098"),
        ),
        clock=clock,
        signer=SimpleNamespace(sign=lambda record, *, signer, at: f"{signer}:{record}:{at}"),
        grants=grants or {"subtree_root": "H98"},
        breaker=breaker,
        transport=transport,
    )
    sink = MemorySink()
    port = LivePort(JournalWriter(sink, {"scenario": "s::little", "attempt": 1}), "s::little")
    world = World(port, doer, seed=11, as_of=TODAY)
    try:
        yield Stage(world, server, clock, sink, port, breaker, doer)
    finally:
        transport.close()


class Flaky(Transport):
    """A line that is cut or silent where the path says so."""

    def together(self, requests):
        ends = [self.end_of(request) for request in requests]
        whole = [request for request, end in zip(requests, ends, strict=True) if end is None]
        answered = iter(super().together(whole))
        return [next(answered) if end is None else end for end in ends]

    def end_of(self, request):
        """What comes of a request that does not reach the server; None where it does."""
        told = f"{request.method} {request.target}"
        at = START
        if request.target.startswith("/gone"):
            gone = TargetUnreachable("connection-reset", f"{told}: gone", remedy="Look.")
            return Performed(at=at, elapsed=0.0, trouble=gone)
        if request.target.startswith("/silent"):
            silent = TargetTimeout("timeout", f"{told}: no complete answer within 10 s")
            return Performed(at=at, elapsed=0.0, trouble=silent)
        if request.target.startswith("/endless"):
            cut = Response(status=200, body=b"x" * 64, truncated=True)
            return Performed(at=at, elapsed=0.0, response=cut)
        return None


def replay(recorded: journal.Journal) -> tuple[World, ReplayPort]:
    """A World on a journal."""
    port = ReplayPort(recorded)
    return World(port, NobodyThere(), seed=11, as_of=TODAY), port


def numbered(recorded: journal.Journal) -> int:
    """How many exchanges a report would number."""
    return len(exchanges(recorded))


def get(target: str, **headers: str) -> Request:
    """A request without a body."""
    return Request(method="GET", target=target, headers=tuple(headers.items()))
