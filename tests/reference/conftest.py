"""A reference in-process, an agency's message maker, and a clock that we move."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance import resources
from conformance.catalogue import packs
from conformance.crypto.authority import Authority
from conformance.model import seeds
from conformance.model.pack import LoadedPack, Surroundings
from conformance.packs.vn_cbccvc import plugin
from conformance.reference.clock import ManualClock

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ROOT = {
    "unitCode": "H98",
    "parentCode": None,
    "name": "Cơ quan thử nghiệm",
    "unitType": "UBNDT",
    "provinceCode": "01",
    "effectiveFrom": "2025-07-01",
    "effectiveTo": None,
}


@pytest.fixture(scope="session")
def pack() -> LoadedPack:
    with packs.register(plugin):
        return packs.open_root(resources.specs() / "vn-cbccvc" / "1.0", plugin)


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    # As the composition root opens it for this pack's demonstration grants.
    return Authority.open(tmp_path_factory.mktemp("state"), NOW, organisation="H98", other="H97")


@dataclass
class Server:
    """The reference as one client sees it; `token` is sent unless told otherwise."""

    app: Any
    clock: ManualClock
    authority: Authority
    token: str = ""
    _messages: int = field(default=0)

    def call(self, method: str, target: str, **arguments: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
                headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
                headers |= arguments.pop("headers", {})
                return await client.request(method, target, headers=headers, **arguments)

        return asyncio.run(once())

    def authorise(self, secret: str = "demo-secret-not-for-production") -> httpx.Response:
        answer = self.call(
            "POST",
            "/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": "demo-agency",
                "client_secret": secret,
            },
        )
        self.token = answer.json().get("access_token", "")
        return answer

    def header(self, code: str = "M51") -> dict[str, str]:
        self._messages += 1
        return {
            "messageId": seeds.derived_uuid(7, self._messages),
            "messageCode": code,
            "sentAt": "2026-11-22T01:59:00Z",
            "senderCode": "H98",
            "receiverCode": "G09",
            "keyId": "demo-key-1",
            "schemaVersion": "1.0",
            "codeListVersion": "2025-07-01",
            "environment": "test",
        }

    def signed(self, person: Any, signer: str = "authorised") -> dict[str, Any]:
        signature = self.authority.sign(person, signer=signer, at=NOW)
        return {"profile": person, "signature": signature}

    def trial(self, *records: Any) -> dict[str, Any]:
        return {"header": self.header(), "records": list(records)}

    def submit(self, message: Any) -> httpx.Response:
        return self.call("POST", "/v1/trial-sync", json=message)


@pytest.fixture
def serve(pack, authority) -> Callable[..., Server]:
    def build(*, seed: int = 1, mutant: str | None = None, store: Path | None = None) -> Server:
        clock = ManualClock(NOW)
        surroundings = Surroundings(
            clock=clock,
            seed=seed,
            trust_anchors=authority.trust_anchors,
            revocations=authority.revocations,
            store=store,
        )
        app = plugin.reference(pack, surroundings, mutant=mutant)
        server = Server(app=app, clock=clock, authority=authority)
        server.authorise()
        return server

    return build


@pytest.fixture
def server(serve) -> Server:
    return serve()


@pytest.fixture(scope="session")
def people() -> Callable[[int], tuple[Any, ...]]:
    from conformance.packs.vn_cbccvc.population import people as made

    return lambda count: made(seed=3, count=count, as_of=NOW.date(), units=(ROOT,))
