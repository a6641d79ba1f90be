"""
The bundled agency as a vendor's command: what `--exec` starts, told all by its environment.

`python pusher.py [MUTANT]`; also what a test drives by hand against a bed that listens.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from conformance.app.authority import authority_for
from conformance.catalogue import packs
from conformance.model.pack import AgencySurroundings, Assignment
from conformance.model.requirement import Text
from conformance.reference.clock import SystemClock


def push(
    *,
    url,
    credentials,
    mission,
    home,
    mutant=None,
    context=None,
    headers=None,
    outbox=":memory:",
    clock=None,
):
    """Carry out a mission file once."""
    pack = packs.load(packs.default())
    clock = clock or SystemClock()
    held = json.loads(Path(mission).read_text(encoding="utf-8"))
    assignment = Assignment(id=held["id"], brief=Text(**held["brief"]), material=held["material"])

    async def go():
        inner = httpx.AsyncHTTPTransport(verify=context if context is not None else True)
        agency = pack.plugin.agency(
            pack,
            AgencySurroundings(
                base_url=url,
                transport=With(inner, headers or {}),
                credentials={"primary": credentials},
                clock=clock,
                signer=authority_for(pack, Path(home), clock.now()),
                outbox=outbox,
                seed=7,
            ),
            mutant=mutant,
        )
        try:
            await agency.perform(assignment)
        finally:
            await agency.aclose()

    asyncio.run(go())


class With(httpx.AsyncBaseTransport):
    """Adds an intermediate platform's headers to every request."""

    def __init__(self, inner, headers):
        self._inner, self._headers = inner, headers

    async def handle_async_request(self, request):
        request.headers.update(self._headers)
        return await self._inner.handle_async_request(request)

    async def aclose(self):
        await self._inner.aclose()


class SettableClock(SystemClock):
    """A clock that a command sets by writing a moment into a file."""

    def __init__(self, file):
        self._file = file

    def now(self):
        real = super().now()
        if not self._file.exists():
            return real
        told = datetime.fromisoformat(self._file.read_text(encoding="utf-8"))
        return told + (real - datetime.fromtimestamp(self._file.stat().st_mtime, UTC))

    async def sleep(self, seconds):
        """As timers of a machine do that was put forward: they ring when their time has come."""
        until = self.now() + timedelta(seconds=seconds)
        while self.now() < until:  # noqa: ASYNC110 - nothing tells when a file is written
            await asyncio.sleep(min(0.05, seconds))


def main():
    given = os.environ
    if "PUSHER_WAITS_IN" in given:
        # Until a test says go: a file by the mission's name, or one for all.
        folder = Path(given["PUSHER_WAITS_IN"])
        while not any((folder / name).exists() for name in (given["CONFORMANCE_MISSION"], "all")):
            time.sleep(0.02)
    context = None
    if "CONFORMANCE_CA_FILE" in given:
        context = ssl.create_default_context(cafile=given["CONFORMANCE_CA_FILE"])
        if "CONFORMANCE_CLIENT_FILE" in given:
            context.load_cert_chain(given["CONFORMANCE_CLIENT_FILE"])
    push(
        url=given["CONFORMANCE_BASE_URL"],
        credentials={
            "client_id": given["CONFORMANCE_CLIENT_ID"],
            "client_secret": given["CONFORMANCE_CLIENT_SECRET"],
        },
        mission=given["CONFORMANCE_MISSION_FILE"],
        home=given["CONFORMANCE_HOME"],
        mutant=sys.argv[1] if len(sys.argv) > 1 else None,
        context=context,
        headers=json.loads(given.get("PUSHER_HEADERS", "{}")),
        # Beside the mission: there it outlives this process, and nobody else.
        outbox=str(Path(given["CONFORMANCE_MISSION_FILE"]).with_name("outbox.db")),
        clock=SettableClock(Path(given["PUSHER_CLOCK"])) if "PUSHER_CLOCK" in given else None,
    )


if __name__ == "__main__":
    main()
