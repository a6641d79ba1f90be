"""
The kill matrix: every mutant against the whole suite of its role, or of both where one alone
would not show it.

In-process over ASGI and in virtual time, so that waiting costs nothing. The reference
itself runs first: a suite that accuses the reference proves nothing about mutants.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from conformance.app.authority import authority_of, surroundings
from conformance.app.options import RunOptions
from conformance.app.playing import Share, live_stage, play, vault
from conformance.app.prepare import Prepared, mutants_for, prepare
from conformance.model.pack import MutantInfo
from conformance.model.report import Report, RunRecord
from conformance.model.requirement import Role
from conformance.model.verdict import Verdict
from conformance.reference.clock import ManualClock, SystemClock
from conformance.running import evidence, ledger
from conformance.running.plan import Plan
from conformance.testbed.bed import Bed
from conformance.testbed.driver import BundledDriver
from conformance.testbed.missions import Missions
from conformance.testbed.secured import SecondDoor
from conformance.wire.journal import EventSink, MemorySink
from conformance.wire.transport import Connection, Transport


class Kill(StrEnum):
    """How a mutant fared."""

    KILLED = "killed"
    """Exactly its requirements failed."""
    COLLATERAL = "collateral"
    """They failed, and others too."""
    SURVIVED = "survived"
    """Not all of them failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mutant's line of the matrix."""

    mutant: MutantInfo
    failed: tuple[str, ...]
    verdict: Kill
    exchanges: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One run in memory: what it came to, and the journals it came from."""

    plan: Plan
    report: Report
    evidence: evidence.Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """
    Attributes:
        accused: requirements that the unspoilt reference did not pass; must be empty.
    """

    rows: tuple[Row, ...]
    accused: tuple[str, ...]

    def count(self, verdict: Kill) -> int:
        """How many mutants fared so."""
        return sum(row.verdict is verdict for row in self.rows)


class Laboratory:
    """
    Plays the suite of one role, or of both, against in-process implementations, as often as asked.

    Args:
        home: state folder with the test CA.
        start: the virtual moment at which every run begins; now when None.
    """

    def __init__(
        self,
        *,
        home: Path,
        roles: tuple[Role, ...],
        pack: str = "",
        seed: int = 1,
        budget: int = 12,
        start: datetime | None = None,
    ) -> None:
        options = RunOptions(
            target="reference",
            out=Path(),
            home=home,
            pack=pack,
            roles=roles,
            seed=seed,
            budget=budget,
        )
        self.prepared: Prepared = prepare(options)
        self.roles = self.prepared.plan.roles
        self.start: datetime = start or SystemClock().now()
        self._authority = authority_of(self.prepared, self.start)
        # A handshake is the machine's, and lives in its time.
        self._tls = authority_of(self.prepared, SystemClock().now())

    def mutants(self) -> Iterator[MutantInfo]:
        """Those that its roles show, and no fewer would."""
        for mutant in self.prepared.pack.plugin.mutants():
            if mutant.roles == self.roles:
                yield mutant

    def play(self, mutant: str | None = None, *, seed: int | None = None) -> Played:
        """Run the whole suite of the roles once, in memory but for a store that they share."""
        with TemporaryDirectory(prefix="conformance-served-") as folder:
            served = Path(folder) / "served.db" if len(self.roles) > 1 else None
            return self._play(mutant, served, seed)

    def _of(self, mutant: str | None, role: Role) -> str | None:
        """Of mutants joined by "+" those that one side plays; in one role alone, all."""
        return mutant if len(self.roles) == 1 else mutants_for(mutant, self.prepared.pack, role)

    def _play(self, mutant: str | None, served: Path | None, seed: int | None) -> Played:
        prepared = self.prepared
        plan = prepared.plan if seed is None else replace(prepared.plan, seed=seed)
        if mutant is not None:
            plan = replace(plan, locator=f"reference:{mutant}")
        clock = ManualClock(self.start)
        sinks: dict[str, MemorySink] = {}

        def sink_for(name: str) -> EventSink:
            sinks[name] = MemorySink()
            return sinks[name]

        def read_back() -> evidence.Evidence:
            return evidence.gather((name, sink.content()) for name, sink in sinks.items())

        vocabulary = prepared.pack.plugin.vocabulary
        trusting = surroundings(self._authority, clock=clock, seed=plan.seed, store=served)
        share = Share(
            connection=Connection(base_url="http://asgi"),
            credentials=vocabulary.demonstration_credentials,
            grants=vocabulary.demonstration_grants,
            redaction_key=bytes(32),
            scenarios=tuple(s.id for s in plan.scenarios),
        )
        hidden = vault(prepared.pack, share)
        transport: Transport | None = None
        missions: Missions | None = None
        on_tls: SecondDoor | None = None
        if Role.PROVIDER in self.roles:
            of_face = self._of(mutant, Role.PROVIDER)
            app = prepared.pack.plugin.reference(prepared.pack, trusting, mutant=of_face)
            transport = Transport(replace(share.connection, app=app), clock)
        if Role.CONSUMER in self.roles:
            bed = Bed(prepared.pack, trusting, redact=hidden.redact)
            on_tls = SecondDoor(
                bed=bed,
                clock=clock,
                certificate=partial(self._tls.tls_server, ("127.0.0.1",)),
                ca_file=self._tls.certificate,
                dated=False,
            )
            driver = BundledDriver(
                pack=prepared.pack,
                clock=clock,
                signer=self._authority,
                seed=plan.seed,
                app=bed.app,
                ca_file=self._tls.certificate,
                mutant=self._of(mutant, Role.CONSUMER),
                served=served,
                time_hook=True,
            )
            missions = Missions(bed=bed, driver=driver, bed_url="http://asgi", secured=on_tls.open)
        try:
            play(
                live_stage(
                    plan,
                    prepared.pack,
                    prepared.contract,
                    share,
                    clock=clock,
                    signer=self._authority,
                    folder=None,
                    on_closed=lambda _scenario, _verdicts: None,
                    transport=transport,
                    missions=missions,
                    sink_for=sink_for,
                    closed_so_far=read_back,
                    hidden=hidden,
                ),
                share.scenarios,
            )
        finally:
            if transport is not None:
                transport.close()
            if on_tls is not None:
                on_tls.close()
        gathered = read_back()
        record = RunRecord(
            id="in-memory",
            started_at=self.start,
            finished_at=clock.now(),
            seed=plan.seed,
            as_of=plan.as_of,
            attempt=1,
            roles=plan.roles,
            toolkit=plan.toolkit,
            toolkit_digest=plan.toolkit_digest,
            suite_digest=plan.suite_digest,
            plan_digest=plan.digest(),
        )
        report = ledger.assemble(
            plan, prepared.pack.catalogue, gathered, ledger.recorded(gathered), record
        )
        return Played(plan=plan, report=report, evidence=gathered)


def rows(laboratory: Laboratory, *, only: Sequence[str] = (), jobs: int = 1) -> Iterator[Row]:
    """
    One row for each mutant that its roles show, in the pack's order, as it is done.

    Args:
        jobs: processes that share the mutants; each finds the pack by its entry point.
    """
    mutants = [mutant for mutant in laboratory.mutants() if (not only or mutant.name in only)]
    if jobs == 1:
        yield from (row(laboratory, mutant) for mutant in mutants)
        return
    with ProcessPoolExecutor(
        jobs,
        # Not fork: this process may run threads, and a forked lock stays locked.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_equip,
        initargs=(laboratory.prepared.options, laboratory.roles, laboratory.start),
    ) as benches:
        yield from benches.map(_row_of, mutants)


def row(laboratory: Laboratory, mutant: MutantInfo) -> Row:
    """Play one mutant and see what failed."""
    began = time.perf_counter()
    played = laboratory.play(mutant.name)
    failed = tuple(a.id for a in played.report.requirements if a.verdict is Verdict.FAIL)
    return Row(
        mutant=mutant,
        failed=failed,
        verdict=judge_mutant(mutant, failed),
        exchanges=played.report.exchanges,
        seconds=time.perf_counter() - began,
    )


_bench: list[Laboratory] = []
"""The laboratory of this process, where it is one of several."""


def _equip(options: RunOptions, roles: tuple[Role, ...], start: datetime) -> None:
    _bench.append(
        Laboratory(
            home=options.home,
            roles=roles,
            pack=options.pack,
            seed=options.seed or 0,
            budget=options.budget,
            start=start,
        )
    )


def _row_of(mutant: MutantInfo) -> Row:
    return row(_bench[0], mutant)


def judge_mutant(mutant: MutantInfo, failed: Sequence[str]) -> Kill:
    """Survived unless all it breaks failed; collateral if anything else failed too."""
    if not set(mutant.breaks) <= set(failed):
        return Kill.SURVIVED
    return Kill.KILLED if set(mutant.breaks) == set(failed) else Kill.COLLATERAL


def selftest(
    *,
    home: Path,
    roles: Sequence[Role],
    pack: str = "",
    seed: int = 1,
    jobs: int = 1,
    on_row: Callable[[Row], None] = lambda _row: None,
) -> Matrix:
    """The kill matrix of a pack for the roles given, each alone and then both together."""
    done: list[Row] = []
    accused: list[str] = []
    alone = [(role,) for role in roles]
    together = [tuple(roles)] if len(roles) > 1 else []
    for kinds in (*alone, *together):
        laboratory = Laboratory(home=home, roles=kinds, pack=pack, seed=seed)
        if kinds in together and not any(laboratory.mutants()):
            continue
        clean = laboratory.play()
        accused += [
            a.id
            for a in clean.report.requirements
            if a.applicability == "REQUIRED" and a.verdict is not Verdict.PASS
        ]
        for one in rows(laboratory, jobs=jobs):
            done.append(one)
            on_row(one)
    return Matrix(rows=tuple(done), accused=tuple(accused))
