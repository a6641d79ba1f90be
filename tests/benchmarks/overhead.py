"""
What the toolkit costs per exchange, beside an httpx loop that sends the same requests.

A script: `python -m tests.benchmarks.overhead [--seed N] [--times N]` from the repository's root.
The reference serves from a process of its own, so that only the CPU (user and system) of the
process that asks is counted:

- a whole `conformance run` over a socket, as its own process. Its start is told apart, measured by
  the same command with `--dry-run`: it loads, collects and plans as the run does, and asks nobody.
  Drawing cases, judging, writing journals and the reports are in the rest;
- the requests of that run's journals once more through the toolkit's `World`, and nothing else:
  let in, secrets put in, sent, redacted, journalled to files, handed to nobody;
- the same requests, in the same order, by one `httpx.Client` that keeps its connections and reads
  each answer to its end; two at once are sent one after the other. Its start is not counted.

Journals are redacted. Tokens are put back where a bearer stood or an identity was used, so that a
request is as long as it was and most are served alike, but for other ids that were redacted. What
the loop is asked for is the same number, the same methods and the same sizes, not the same answers:
its server has not forgotten the run, and much of it is a repetition to it. POSIX only.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from conformance.app.playing import Share, live_stage
from conformance.catalogue import packs
from conformance.contract.contract import Contract
from conformance.errors import Deviation, WorldTrouble
from conformance.model.exchange import Request
from conformance.model.json import JsonObject
from conformance.reference.clock import SystemClock
from conformance.running import evidence
from conformance.running import plan as plans
from conformance.wire import codec
from conformance.wire.journal import Event
from conformance.wire.ports import NobodyThere
from conformance.wire.redaction import placeholder
from conformance.wire.transport import Connection, Transport

COMMAND: Final = (sys.executable, "-c", "from conformance.cli.main import main; main()")
#: As `wire.transport` states it.
KEPT: Final = {"Accept-Encoding": "identity", "User-Agent": "conformance-toolkit"}


#: Nothing is signed anew.
_NOBODY: Final = NobodyThere()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU and wall seconds."""

    cpu: float
    wall: float


@contextmanager
def reference(seed: int) -> Iterator[str]:
    """The reference in a process of its own: its address."""
    command = (*COMMAND, "mock", "--port", "0", "--seed", str(seed), "--format", "json")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        try:
            yield str(json.loads(serving.stdout.readline())["base_url"])
        finally:
            serving.terminate()


def run(arguments: Sequence[str]) -> Cost:
    """One command to its end. Raises SystemExit when it does not leave with 0."""
    began = time.perf_counter()
    process = subprocess.Popen((*COMMAND, *arguments), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)}: left with {process.returncode}")
    return Cost(cpu=used.ru_utime + used.ru_stime, wall=time.perf_counter() - began)


def recorded(folder: Path, base_url: str) -> list[httpx.Request]:
    """The requests of a run's journals, authorised anew, in the order of the plan."""
    vocabulary = packs.load(packs.default()).plugin.vocabulary
    credentials = vocabulary.demonstration_credentials
    secrets = {
        placeholder(identity, name): value
        for identity, fields in credentials.items()
        for name, value in fields.items()
    }
    bearers = {
        identity: f"Bearer {_token(base_url, fields)}" for identity, fields in credentials.items()
    }
    gathered = evidence.read_folder(folder / "evidence")
    plan = json.loads((folder / "plan.json").read_text("utf-8"))
    return [
        _request(base_url, held, secrets, bearers)
        for scenario in plan["scenarios"]
        for held in evidence.exchanges(gathered.closed[scenario["id"]])
    ]


def _token(base_url: str, fields: object) -> str:
    assert isinstance(fields, dict)
    form = {"grant_type": "client_credentials", **fields}
    answer = httpx.post(f"{base_url}/oauth2/token", data=form)
    return str(answer.raise_for_status().json()["access_token"])


def _request(
    base_url: str, held: JsonObject, secrets: dict[str, str], bearers: dict[str, str]
) -> httpx.Request:
    request = codec.request_from_json(codec.mapping(held["request"]))
    body = request.body
    for hidden, value in secrets.items():
        body = body and body.replace(hidden.encode(), value.encode())
    headers = [*KEPT.items(), *request.headers]
    if bearer := bearers.get(str(held.get("identity", ""))):
        headers.append(("Authorization", bearer))
    return httpx.Request(
        request.method,
        base_url + request.target,
        headers=[(name.encode(), value.encode()) for name, value in headers],
        content=body,
    )


def through_the_world(folder: Path, base_url: str, journals: Path) -> Cost:
    """All that the run's journals ask, by the toolkit's own way to a target."""
    pack = packs.load(packs.default())
    contract = Contract.load(pack)
    plan = plans.from_json((folder / "plan.json").read_bytes(), name="plan.json")
    gathered = evidence.read_folder(folder / "evidence")
    vocabulary = pack.plugin.vocabulary
    clock = SystemClock()
    transport = Transport(Connection(base_url=base_url), clock)
    stage = live_stage(
        plan,
        pack,
        contract,
        Share(
            connection=Connection(base_url=base_url),
            credentials=vocabulary.demonstration_credentials,
            grants=vocabulary.demonstration_grants,
            redaction_key=bytes(32),
            scenarios=(),
        ),
        clock=clock,
        signer=_NOBODY,
        folder=journals,
        on_closed=lambda _scenario, _verdicts: None,
        transport=transport,
    )
    acts = {each.id: list(_acts(gathered.closed[each.id].events)) for each in plan.scenarios}
    used, began = _cpu(), time.perf_counter()
    for scenario, asked in acts.items():
        performance = stage.open(scenario)
        for requests, identity in asked:
            # Some ask with what no longer opens a door.
            with suppress(WorldTrouble, Deviation):
                performance.world.together(requests, identity=identity)
        performance.close()
    cost = Cost(cpu=_cpu() - used, wall=time.perf_counter() - began)
    transport.close()
    return cost


def _acts(events: Sequence[Event]) -> Iterator[tuple[list[Request], str]]:
    for event in events:
        if event.kind in ("exchange", "together"):
            ask = codec.mapping(event.ask)
            stated = codec.sequence(ask.get("requests")) or [ask["request"]]
            requests = [codec.request_from_json(codec.mapping(each)) for each in stated]
            yield requests, str(ask.get("identity", ""))


def bare(requests: Sequence[httpx.Request]) -> Cost:
    """All of them by one client."""
    with httpx.Client(trust_env=False) as client:
        used, began = _cpu(), time.perf_counter()
        for request in requests:
            built = client.build_request(
                request.method, request.url, headers=request.headers.raw, content=request.content
            )
            client.send(built)
        return Cost(cpu=_cpu() - used, wall=time.perf_counter() - began)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def told(what: str, cost: Cost, count: int) -> None:
    """One line."""
    each = f", {1000 * cost.cpu / count:.2f} ms of CPU each" if count else ""
    sys.stdout.write(f"{what:28} {cost.cpu:6.2f} s CPU, {cost.wall:6.2f} s wall{each}\n")


def main() -> None:
    """Print the figures, once for each of `--times`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=1)
    chosen = parser.parse_args()
    for _ in range(chosen.times):
        with tempfile.TemporaryDirectory() as folder, reference(chosen.seed) as base_url:
            out = Path(folder) / "out"
            order = ("run", base_url, "--seed", str(chosen.seed), "--out", str(out))
            start = run((*order, "--dry-run"))
            whole = run(order)
            requests = recorded(out, base_url)
            world = through_the_world(out, base_url, Path(folder) / "journals")
            alone = bare(requests)
        rest = Cost(cpu=whole.cpu - start.cpu, wall=whole.wall - start.wall)
        count = len(requests)
        sys.stdout.write(f"{count} exchanges, seed {chosen.seed}\n")
        told("conformance run", whole, 0)
        told("  its start (--dry-run)", start, 0)
        told("  the rest", rest, count)
        told("the same through a World", world, count)
        told("httpx alone", alone, count)
        sys.stdout.write(
            f"ratios of CPU each: World {world.cpu / alone.cpu:.2f}, "
            f"run without its start {rest.cpu / alone.cpu:.2f}\n"
        )


if __name__ == "__main__":
    main()
