"""
Putting scenarios on a live stage: what one process does with its share of a run.

The same for the parent with one job and for each worker with several.
"""

from __future__ import annotations

import base64
import gc
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from conformance.contract.contract import Contract
from conformance.model.clock import Clock
from conformance.model.finding import Finding
from conformance.model.json import Json, JsonObject
from conformance.model.pack import LoadedPack, Signer
from conformance.pytest_plugin.executor import PytestExecutor
from conformance.running import evidence
from conformance.running.plan import Plan, ScenarioKind
from conformance.running.stage import LiveStage
from conformance.wire.breaker import Breaker
from conformance.wire.codec import mapping, sequence
from conformance.wire.journal import EventSink
from conformance.wire.live import LiveDoer, MissionControl
from conformance.wire.redaction import Vault
from conformance.wire.transport import Connection, Transport
from conformance.wire.world import Doer

#: So many new objects before garbage is looked for among them.
_YOUNG_OBJECTS: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """
    What one process is to play, and how to reach the target; JSON but for the app.

    Attributes:
        redaction_key: one per run, so that equal secrets have equal tokens in all shares.
        attempts: scenario -> attempts already on disk.
    """

    connection: Connection
    credentials: Mapping[str, Mapping[str, str]]
    grants: Mapping[str, Json]
    redaction_key: bytes
    scenarios: tuple[str, ...]
    attempts: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> JsonObject:
        """For the pipe to a worker; holds secrets, so never for a file."""
        c = self.connection
        return {
            "base_url": c.base_url,
            "ca_file": c.ca_file,
            "timeout": c.timeout,
            "pace": c.pace,
            "credentials": {k: dict(v) for k, v in self.credentials.items()},
            "grants": dict(self.grants),
            "redaction_key": base64.b64encode(self.redaction_key).decode(),
            "scenarios": list(self.scenarios),
            "attempts": dict(self.attempts),
        }

    @staticmethod
    def from_json(held: JsonObject) -> Share:
        """The inverse of `to_json`."""
        return Share(
            connection=Connection(
                base_url=str(held["base_url"]),
                ca_file=str(held["ca_file"]),
                timeout=float(str(held["timeout"])),
                pace=float(str(held["pace"])),
            ),
            credentials={
                identity: {k: str(v) for k, v in mapping(fields).items()}
                for identity, fields in mapping(held["credentials"]).items()
            },
            grants=mapping(held["grants"]),
            redaction_key=base64.b64decode(str(held["redaction_key"])),
            scenarios=tuple(str(s) for s in sequence(held["scenarios"])),
            attempts={k: int(str(v)) for k, v in mapping(held["attempts"]).items()},
        )


class Watcher(Protocol):
    """Looks on while scenarios play."""

    def began(self, scenario: str) -> None:
        """A scenario begins."""

    def closed(self, scenario: str, findings: tuple[Finding, ...]) -> None:
        """It ended, and this is what it judged."""


def vault(pack: LoadedPack, share: Share) -> Vault:
    """The redaction of one run."""
    words = pack.plugin.vocabulary
    return Vault(
        key=share.redaction_key,
        secrets=share.credentials,
        members=pack.plugin.dialect.secret_members,
        personal_id=words.personal_id,
        is_ours=words.is_ours,
    )


def live_stage(
    plan: Plan,
    pack: LoadedPack,
    contract: Contract,
    share: Share,
    *,
    clock: Clock,
    signer: Signer,
    folder: Path | None,
    on_closed: Callable[[str, Mapping[str, int]], None],
    transport: Transport | None = None,
    missions: MissionControl | None = None,
    sink_for: Callable[[str], EventSink] | None = None,
    closed_so_far: Callable[[], evidence.Evidence] | None = None,
    hidden: Vault | None = None,
    watcher: Watcher | None = None,
) -> LiveStage:
    """
    A stage for a share's scenarios, journalling each.

    Args:
        transport: None in the consumer role.
        missions: has the consumer carry out an assignment; None in the provider role.
        closed_so_far: reads back closed journals, for invariants.
        hidden: the redaction to share with a test bed, None to make one.
        watcher: told of scenarios as they begin and end.
    """
    breaker = Breaker()

    def doer_for(scenario: str, _seed: int) -> Doer:
        if watcher is not None:
            watcher.began(scenario)
        return LiveDoer(
            dialect=pack.plugin.dialect,
            # One for each scenario: what a vault has learnt it looks for in every text. Tokens
            # follow from the run's key, so equal values still look equal in all journals.
            vault=hidden or vault(pack, share),
            clock=clock,
            signer=signer,
            grants=share.grants,
            breaker=breaker,
            transport=transport,
            missions=missions,
            earlier_traffic=lambda: traffic_of(plan, read_back()),
        )

    def read_back() -> evidence.Evidence:
        if closed_so_far is not None:
            return closed_so_far()
        return evidence.read_folder(folder) if folder is not None else evidence.gather(())

    def closed(scenario: str, findings: tuple[Finding, ...]) -> None:
        if watcher is not None:
            watcher.closed(scenario, findings)
        on_closed(scenario, Counter(f.verdict.name for f in findings))

    return LiveStage(
        plan=plan,
        pack=pack,
        contract=contract,
        doer_for=doer_for,
        folder=folder,
        attempts=share.attempts,
        sink_for=sink_for,
        on_closed=closed,
    )


def play(stage: LiveStage, scenarios: Sequence[str]) -> None:
    """Play scenarios in the order given, in this process."""
    # What is loaded lives to the end: looking for garbage in it so often took a tenth of the time.
    gc.set_threshold(_YOUNG_OBJECTS, 20, 20)
    PytestExecutor().execute(stage, scenarios)


def traffic_of(plan: Plan, gathered: evidence.Evidence) -> JsonObject:
    """The mission traffic of all closed journals, by scenario, in plan order."""
    return {
        scenario.id: list(evidence.own_exchanges(gathered.closed[scenario.id]))
        for scenario in plan.scenarios
        if scenario.kind is ScenarioKind.MISSION and scenario.id in gathered.closed
    }


def by_kind(plan: Plan, wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """`wanted` split into what may run in any order, and invariants, which come last."""
    last = {s.id for s in plan.scenarios if s.kind is ScenarioKind.INVARIANT}
    return [s for s in wanted if s not in last], [s for s in wanted if s in last]
