"""The live page of a run in the consumer role: its board, what fills it, and its server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from conformance.contract.contract import Contract
from conformance.errors import UsageError
from conformance.model.clock import Clock
from conformance.model.exchange import Exchange
from conformance.model.finding import Finding
from conformance.model.pack import Assignment, LoadedPack, Surroundings
from conformance.model.report import UNDECLARED
from conformance.model.requirement import Language, Role
from conformance.reference.serve import Serving, serve_in_thread
from conformance.running.plan import Plan
from conformance.testbed.bed import Bed
from conformance.testbed.beholder import Beholder
from conformance.testbed.board import Actor, Board
from conformance.testbed.door import Knock
from conformance.testbed.driver import Turn, over_at
from conformance.testbed.page import Page
from conformance.testbed.showing import About, Showing


@dataclass(slots=True, kw_only=True)
class Live:
    """
    What a person beside the software under test can watch.

    Attributes:
        board: filled by this class alone.
        turn: what the person says.
        actor: who makes the software act.
    """

    pack: LoadedPack
    plan: Plan
    clock: Clock
    actor: Actor
    report: Path
    language: Language
    quiet: float
    turn: Turn = field(default_factory=Turn)
    board: Board = field(init=False)
    _beholder: Beholder | None = None
    _serving: Serving | None = None

    def __post_init__(self) -> None:
        self.board = Board([s for s in self.plan.scenarios if s.role is Role.CONSUMER])

    def serve(
        self,
        bed: Bed,
        surroundings: Surroundings,
        contract: Contract,
        *,
        base_url: str,
        port: int,
    ) -> str:
        """
        Begin to show.

        Returns:
            The page's address.

        Raises:
            UsageError: the port is taken.
        """
        self._beholder = Beholder(
            board=self.board, pack=self.pack, contract=contract, surroundings=surroundings
        )
        implementation = self.plan.implementation
        declared = implementation != UNDECLARED
        about = About(
            pack=self.pack,
            product=f"{implementation.name} {implementation.version}" if declared else "",
            base_url=base_url,
            report=str(self.report),
            actor=self.actor,
            quiet=self.quiet,
            over_at=lambda: over_at(bed.idle_since(), bed.faltering(), self.quiet),
            redact=bed.redacted,
        )
        page = Page(self.board, partial(Showing, about, self.turn), self.language, self.turn)
        try:
            self._serving = serve_in_thread(page.app, port=port)
        except OSError as error:
            raise UsageError(
                f"the live page cannot listen: {error}",
                where="--page-port",
                value=str(port),
                remedy="Choose a free port.",
            ) from None
        self._beholder.start(bed)
        return self._serving.base_url

    def stop(self) -> None:
        """Show that all is over, and end; pages that are open keep what they show."""
        if self._beholder is not None:
            self._beholder.stop()
        self.board.end()
        if self._serving is not None:
            self._serving.stop()

    # -- what happens --------------------------------------------------------------------

    def arrived(self, exchange: Exchange) -> None:
        if self._beholder is not None:
            self._beholder.arrived(exchange)

    def knocked(self, knock: Knock) -> None:
        self.board.knocked(knock)

    def began(self, scenario: str) -> None:
        self.board.began(scenario)

    def assigned(self, assignment: Assignment, deadline: float) -> None:
        until = self.clock.now() + timedelta(seconds=deadline)
        self.board.assigned(assignment, until)

    def laid(self, file: Path) -> None:
        """The records of the mission that is on lie there."""
        self.board.laid(str(file))

    def acted(self, outcome: str) -> None:
        if self._beholder is not None:
            # Before the verdict: it points at them.
            self._beholder.settle()
        self.board.acted(outcome)

    def closed(self, scenario: str, findings: tuple[Finding, ...]) -> None:
        self.board.closed(scenario, findings)


#: Tells a person where the bed stands, before the first mission.
Stand = Callable[["Standing"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    Where a test bed stands, and what the software under test needs.

    Attributes:
        base_url: what the software calls.
        page_url: the live page; "" for none.
        signing: PEM with the key and certificate to sign with.
        ca: the test CA's certificate, PEM.
        tls: whether `ca` must be trusted for the line, too.
        client: PEM with the client certificate that is demanded, "" for none.
        required_headers: what an intermediate platform demands.
        subtree: the code space in which units are written, "" where none is granted.
        missions: how many.
    """

    base_url: str
    page_url: str
    credentials: tuple[tuple[str, str], ...]
    signing: Path
    ca: Path
    tls: bool
    client: str
    required_headers: tuple[str, ...]
    subtree: str
    missions: int
