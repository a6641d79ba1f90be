"""What the competitors are pointed at: one server, its document, and messages to send it."""

from __future__ import annotations

import copy
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from conformance.app.authority import authority_for
from conformance.catalogue import packs
from conformance.contract.contract import Contract
from conformance.crypto.authority import Authority
from conformance.model.pack import LoadedPack, Signer
from conformance.reference.clock import SystemClock
from tests.second_implementation import faults
from tests.second_implementation.contract import today
from tests.second_implementation.server import CLIENTS, listening

Json = Any

#: Both clients are of one agency, the only one that the server knows.
IDENTITIES = {**CLIENTS, "second-vendor-deputy": "another-demonstration"}
#: What the server leaves out (it was written before there were owners).
NOT_SERVED = ("/v1/owner-events", "/v1/held-fields", "/v1/conflicts", "/v1/reconciliations")


@dataclass
class Service:
    """A server at work; `calls` holds the time of every request that came in."""

    base: str
    calls: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens = {name: self._token(name) for name in IDENTITIES}

    def post(self, path: str, body: Json) -> Json:
        """The answer, whatever its status: a faulty server may refuse what it should take."""
        headers = {
            "Authorization": f"Bearer {self.tokens[next(iter(IDENTITIES))]}",
            "Content-Type": "application/json",
        }
        return self._open(Request(self.base + path, json.dumps(body).encode(), headers))

    def _token(self, name: str) -> str:
        form = urlencode(credentials(name)).encode()
        told = self._open(Request(f"{self.base}/oauth2/token", form))
        return str(told["access_token"])

    @staticmethod
    def _open(request: Request) -> Json:
        try:
            with urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except HTTPError as refused:
            return json.load(refused)


@contextmanager
def serving(fault: str, home: Path) -> Iterator[Service]:
    """The second implementation with one fault, or with none for the empty name."""
    authority(home)
    with listening(home, clients=IDENTITIES, instead=faults.parts(fault)) as server:
        calls: list[float] = []
        server.app = _counted(server.app, calls)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Service(f"http://127.0.0.1:{server.server_port}", calls)
        finally:
            server.shutdown()
            thread.join()


def _counted(application: Callable[..., Iterable[bytes]], calls: list[float]) -> Any:
    def counting(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        calls.append(time.time())
        return application(environ, start)

    return counting


@cache
def pack() -> LoadedPack:
    return packs.load(packs.default())


def authority(home: Path) -> Authority:
    """The test authority in a state folder, which the server trusts."""
    return authority_for(pack(), home, SystemClock().now())


def document() -> Json:
    """The published document without the operations that the server leaves out."""
    published: Json = copy.deepcopy(Contract.load(pack()).document)
    for path in NOT_SERVED:
        published["paths"].pop(path)
    return published


def example(operation: str, seed: int, signer: Signer) -> Json:
    """What we ourselves would send and must be granted; {} where there is nothing to say."""
    day = date.fromisoformat(today())
    return pack().plugin.contract_case(pack(), operation, seed, day, signer) or {}


def stored(service: Service, signer: Signer) -> dict[str, str]:
    """Put a unit, people and a batch there; what the paths of their addresses then hold."""
    service.post("/v1/unit-batches", example("submitUnits", 1, signer)["body"])
    trial = example("submitTrialSync", 1, signer)["body"]
    service.post("/v1/trial-sync", trial)
    job = service.post("/v1/profile-batches", example("submitProfileBatch", 2, signer)["body"])
    return {
        "messageId": trial["header"]["messageId"],
        "profileId": trial["records"][0]["profile"]["profileId"],
        "jobId": job.get("jobId", ""),
    }


def document_with_examples(known: dict[str, str], signer: Signer) -> Json:
    """The document with requests that must be granted: three for a body, one for the rest."""
    told = document()
    # Who builds a form reads its examples in the schema.
    granted = [credentials(name) for name in IDENTITIES]
    told["components"]["schemas"]["TokenRequest"]["examples"] = granted
    for operations in told["paths"].values():
        for operation in operations.values():
            cases = [example(operation["operationId"], seed, signer) for seed in (11, 12, 13)]
            places = {**known, **cases[0].get("path_parameters", {}), **cases[0].get("query", {})}
            for parameter in operation.get("parameters", []):
                if parameter["name"] in places:
                    parameter["example"] = places[parameter["name"]]
            bodies = [each["body"] for each in cases if "body" in each]
            if operation["operationId"] == "issueToken":
                bodies = granted
            for media in operation.get("requestBody", {}).get("content", {}).values():
                media["examples"] = {f"n{n}": {"value": body} for n, body in enumerate(bodies)}
    return told


def credentials(name: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": name,
        "client_secret": IDENTITIES[name],
    }


def plain(told: Json) -> Json:
    """
    For tools that send one request for each operation, or for each of its answers.

    What it is answered with is a success; what may be left out and has no example is left out; what
    takes away stands last.
    """
    told = copy.deepcopy(told)
    for operations in told["paths"].values():
        for operation in operations.values():
            operation["responses"] = {
                status: answer
                for status, answer in operation["responses"].items()
                if status.startswith("2")
            }
            operation["parameters"] = [
                each
                for each in operation.get("parameters", [])
                if each.get("required") or "example" in each
            ]
            for media in operation.get("requestBody", {}).get("content", {}).values():
                media["example"] = media.pop("examples")["n0"]["value"]
    taking = [path for path, operations in told["paths"].items() if "delete" in operations]
    told["paths"] |= {path: told["paths"].pop(path) for path in taking}
    return told
