"""
What is known of a run while it goes on: missions, exchanges, and whose turn it is.

The threads that serve and judge write, pages read. Every change has a number, and names the
part of the page that it changed; a reader that was away asks for what changed since.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from conformance.contract.validators import SchemaProblem
from conformance.model.finding import Finding
from conformance.model.pack import Assignment
from conformance.model.verdict import Verdict, combine
from conformance.reporting.exchanges import Reading
from conformance.reporting.signatures import Looked
from conformance.running.plan import PlannedScenario, ScenarioKind
from conformance.testbed.door import Knock

#: So many exchanges stay on the page; all of them are in the evidence.
KEPT: Final = 200


class Phase(StrEnum):
    """How far a mission is."""

    WAITING = "waiting"
    ACTING = "acting"
    JUDGING = "judging"
    DONE = "done"


class Actor(StrEnum):
    """Who makes the software under test act."""

    PERSON = "person"
    COMMAND = "command"
    BUNDLED = "bundled"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionCard:
    """
    One mission or invariant.

    Attributes:
        assignment: the one that is on, or was the last.
        material: the file with its records, "" where nobody needs one.
        until: when the bed waits no longer.
        outcome: the driver's word, redacted.
        first: number of its first exchange.
        arrived: how many exchanges it has.
    """

    number: int
    scenario: PlannedScenario
    phase: Phase = Phase.WAITING
    assignment: Assignment | None = None
    material: str = ""
    until: datetime | None = None
    outcome: str = ""
    findings: tuple[Finding, ...] = ()
    first: int = 0
    arrived: int = 0

    @property
    def verdict(self) -> Verdict | None:
        """None until it is decided."""
        if self.phase is not Phase.DONE or not self.findings:
            return None
        return combine(finding.verdict for finding in self.findings)

    @property
    def mission(self) -> bool:
        """Whether the software under test has to act in it."""
        return self.scenario.kind is ScenarioKind.MISSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """
    What our own answer finds wrong with a request: a JSON object with a pointer (RFC 9457, 3.1).

    Attributes:
        rule: the rule or code that it names, "" for none.
        texts: language -> sentence; one under "" is in whatever language it is.
    """

    pointer: str
    rule: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """
    What explains an exchange before it is judged; it decides nothing.

    Attributes:
        problems: where the body leaves the contract.
        signatures: those that do not hold, step by step.
        complaints: what the answer says is wrong.
        refusal: why the answer is a refusal, "" when it is none or was one on purpose.
        token: whether it lacked a token, or brought one that does not hold here.
        members: what the body is made of; a pointer leads into one of them.
    """

    problems: tuple[SchemaProblem, ...] = ()
    signatures: tuple[Looked, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    refusal: str = ""
    token: Literal["", "missing", "unknown"] = ""
    members: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.problems or self.signatures or self.complaints or self.refusal)

    def lead_to(self, pointer: str) -> bool:
        """Whether one leads to the same place as `pointer` or into it, or is about its record."""
        places = [held.pointer for held in self.problems]
        places += [held.pointer for held in self.complaints]
        records = [held.pointer for held in self.signatures]
        # A schema's complaint about a whole list says nothing of what stands in it.
        return any(f"{place}/".startswith(f"{pointer}/") for place in (*places, *records)) or any(
            f"{pointer}/".startswith(f"{record}/") for record in records if record
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeCard:
    """
    One exchange as it may be shown, with hints; no verdict.

    Attributes:
        number: from 1 in the order of answers, over the whole run.
        mission: the number of its mission, 0 outside any.
        operation: "" outside the contract.
        broke: findings that rest on it and are not PASS.
    """

    number: int
    mission: int
    at: datetime
    operation: str
    reading: Reading
    hints: Hints
    broke: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything that a page shows, at one moment."""

    number: int
    missions: tuple[MissionCard, ...]
    exchanges: tuple[ExchangeCard, ...]
    left_out: int
    knock: Knock | None
    over: bool

    @property
    def current(self) -> MissionCard | None:
        """The mission that is on or being judged."""
        busy = (Phase.ACTING, Phase.JUDGING)
        return next((card for card in self.missions if card.phase in busy), None)


@dataclass(slots=True)
class Board:
    """
    Holds the state; every method may be called by any thread.

    Attributes:
        scenarios: of the plan, in their order.
    """

    scenarios: Sequence[PlannedScenario]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _missions: list[MissionCard] = field(default_factory=list)
    _exchanges: list[ExchangeCard] = field(default_factory=list)
    _arrived: int = 0
    _knock: Knock | None = None
    _over: bool = False
    _number: int = 0
    _changed: dict[str, int] = field(default_factory=dict)
    _readers: set[Callable[[], None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._missions = [
            MissionCard(number=number, scenario=scenario)
            for number, scenario in enumerate(self.scenarios, start=1)
        ]

    # -- what happens ------------------------------------------------------------

    def began(self, scenario: str) -> None:
        """A scenario begins; a mission of it may follow at once."""
        with self._lock:
            self._update(self._place(scenario), phase=Phase.JUDGING)
        self._tell()

    def assigned(self, assignment: Assignment, until: datetime) -> None:
        """The scenario that is on has the software act."""
        with self._lock:
            place = self._busy()
            if place is not None:
                self._update(
                    place,
                    phase=Phase.ACTING,
                    assignment=assignment,
                    material="",
                    until=until,
                    first=self._missions[place].first or self._arrived + 1,
                    outcome="",
                )
        self._tell()

    def laid(self, material: str) -> None:
        """The records of the mission that is on lie there."""
        with self._lock:
            place = self._busy()
            if place is not None:
                self._update(place, material=material)
        self._tell()

    def acted(self, outcome: str) -> None:
        """The software has done, or not; now the scenario judges."""
        with self._lock:
            place = self._busy()
            if place is not None:
                self._update(place, phase=Phase.JUDGING, outcome=outcome)
        self._tell()

    def closed(self, scenario: str, findings: tuple[Finding, ...]) -> None:
        """A scenario has judged."""
        with self._lock:
            place = self._place(scenario)
            self._update(place, phase=Phase.DONE, findings=findings)
            for finding in findings:
                if finding.verdict is Verdict.FAIL:
                    self._break(finding)
            self._mark("progress")
        self._tell()

    def arrived(
        self,
        at: datetime,
        operation: str,
        reading: Reading,
        hints: Hints,
    ) -> None:
        """An exchange was recorded."""
        with self._lock:
            self._arrived += 1
            place = self._busy()
            card = ExchangeCard(
                number=self._arrived,
                mission=0 if place is None else self._missions[place].number,
                at=at,
                operation=operation,
                reading=reading,
                hints=hints,
            )
            self._exchanges.append(card)
            self._mark(f"exchange-{card.number}")
            if place is not None:
                self._update(place, arrived=self._missions[place].arrived + 1)
            if len(self._exchanges) > KEPT:
                # Marked, so that a page forgets it too; and no mark is kept of it for ever.
                gone = self._exchanges.pop(0).number
                self._mark(f"exchange-{gone}")
                self._changed.pop(f"exchange-{gone - KEPT}", None)
                self._mark("older")
        self._tell()

    def knocked(self, knock: Knock) -> None:
        """Somebody connected, and how far he came."""
        with self._lock:
            if self._knock is not None and self._knock.came is knock.came:
                return
            self._knock = knock
            self._mark("now")
        self._tell()

    def turned(self) -> None:
        """The person said something of his own work."""
        with self._lock:
            self._mark("now")
        self._tell()

    def end(self) -> None:
        """Nothing changes any more."""
        with self._lock:
            self._over = True
            self._mark("now")
        self._tell()

    # -- reading it ----------------------------------------------------------------

    def state(self) -> State:
        """What a page shows now."""
        with self._lock:
            return State(
                number=self._number,
                missions=tuple(self._missions),
                exchanges=tuple(self._exchanges),
                left_out=self._arrived - len(self._exchanges),
                knock=self._knock,
                over=self._over,
            )

    def changed_since(self, number: int) -> tuple[str, ...]:
        """The parts that changed after a number, in the order of their last change."""
        with self._lock:
            found = [(at, part) for part, at in self._changed.items() if at > number]
        return tuple(part for _, part in sorted(found))

    def follow(self, reader: Callable[[], None]) -> None:
        """Have `reader` called after each change, by whichever thread made it."""
        with self._lock:
            self._readers.add(reader)

    def unfollow(self, reader: Callable[[], None]) -> None:
        """The inverse of `follow`."""
        with self._lock:
            self._readers.discard(reader)

    # -- inside the lock -------------------------------------------------------------

    def _place(self, scenario: str) -> int:
        return next(n for n, card in enumerate(self._missions) if card.scenario.id == scenario)

    def _busy(self) -> int | None:
        busy = (Phase.ACTING, Phase.JUDGING)
        return next((n for n, card in enumerate(self._missions) if card.phase in busy), None)

    def _update(self, place: int, **changes: object) -> None:
        card = replace(self._missions[place], **changes)  # type: ignore[arg-type]
        self._missions[place] = card
        self._mark(f"mission-{card.number}")
        self._mark("now")

    def _break(self, finding: Finding) -> None:
        """
        Show a finding at the exchange that it is about.

        It rests on one, or its pointer leads to where a hint of one leads, or into the body of one
        alone; else nobody can tell.
        """
        first = {card.scenario.id: card.first for card in self._missions if card.first}
        rests = {first.get(finding.scenario, 0) + number - 1 for number in finding.exchanges}
        rests |= {first[s] + number - 1 for s, number in finding.elsewhere if s in first}
        held = [(n, card) for n, card in enumerate(self._exchanges) if card.number in rests]
        if len(rests) > 1:
            pointer = finding.explanation.pointer if finding.explanation else ""
            led = [(n, card) for n, card in held if pointer and card.hints.lead_to(pointer)]
            member = pointer.partition("/")[2].partition("/")[0]
            into = [(n, card) for n, card in held if member in card.hints.members]
            held = led or (into if len(into) == 1 else [])
        for place, card in held[:1]:
            self._exchanges[place] = replace(card, broke=(*card.broke, finding))
            self._mark(f"exchange-{card.number}")

    def _mark(self, part: str) -> None:
        self._number += 1
        self._changed[part] = self._number

    def _tell(self) -> None:
        with self._lock:
            readers = tuple(self._readers)
        for reader in readers:
            reader()
