"""
The one port through which a scenario touches the outside.

Every act is a question and an answer. Live, the answer is fetched and journalled;
in replay it is read from the journal, after the question proved equal. A scenario
cannot tell the two apart, which is what makes its verdicts repeatable by a stranger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from conformance.errors import Deviation, GrantUnmet, SuiteDefect, TargetTimeout, TargetUnreachable
from conformance.model import seeds
from conformance.model.exchange import Exchange, Request
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Assignment
from conformance.wire import codec
from conformance.wire.redaction import lookalike, placeholder

T = TypeVar("T")


class Port(Protocol):
    """Answers questions: `LivePort` by doing, `ReplayPort` by reading."""

    scenario: str

    def put(self, kind: str, ask: Json, do: Callable[[], Json]) -> tuple[int, Json]:
        """The event's number and the answer to `ask`."""


class Doer(Protocol):
    """What a live World can do; in replay nothing here is ever called."""

    def authorise(self, identity: str) -> Json:
        """Obtain the headers for `identity`; the answer says `ok` and holds the exchanges."""

    def send(self, request: Request, identity: str) -> Json:
        """Perform one request; the answer is an exchange or a failure."""

    def send_together(self, requests: Sequence[Request], identity: str) -> list[Json]:
        """Perform requests at the same time; answers in the order of the requests."""

    def sign(self, record: Json, signer: str) -> str:
        """A detached signature over `record`."""

    def now(self) -> datetime:
        """The present moment."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""

    def grant(self, name: str) -> Json:
        """What the operator granted under `name`, or None."""

    def mission(
        self, assignment: Assignment, disturbances: Sequence[Json], deadline: float
    ) -> Json:
        """Have the target carry out one assignment; the answer holds the traffic."""

    def traffic(self) -> Json:
        """All traffic of the run's closed missions."""


class World:
    """
    Everything a scenario may do to the outside.

    Attributes:
        seed: the scenario's own, from (master, scenario, attempt).
        as_of: the day on which generated people live.
    """

    def __init__(self, port: Port, doer: Doer, *, seed: int, as_of: date) -> None:
        self._port = port
        self._doer = doer
        self._authorised: set[str] = set()
        self._exchanges = 0
        self._told_first = seed
        self.seed = seed
        self.as_of = as_of

    def afresh(self) -> World:
        """The same outside for telling the scenario once more: the same cases, of others."""
        self._port.put("repeat", None, lambda: None)
        seed = seeds.derive(self.seed, "repeat")
        world = World(self._port, self._doer, seed=seed, as_of=self.as_of)
        world._told_first = self._told_first
        world._exchanges = self._exchanges
        return world

    # -- asking the target ---------------------------------------------------

    def send(self, request: Request, *, identity: str = "primary") -> Exchange:
        """
        Perform one request as `identity` ("" for nobody) and return the exchange.

        Redirects are not followed; a body past the limit is cut and marked.

        Raises:
            TargetUnreachable, TargetTimeout: after the attempt was journalled.
            Deviation: the identity could not be authorised because the target
                answered the authorisation wrongly.
        """
        self.authorise(identity)
        ask: JsonObject = {"request": codec.request_to_json(request), "identity": identity}
        _, answer = self._port.put("exchange", ask, lambda: self._doer.send(request, identity))
        self._exchanges += 1
        return self._exchange(request, identity, answer, self._exchanges)

    def together(
        self, requests: Sequence[Request], *, identity: str = "primary"
    ) -> tuple[Exchange, ...]:
        """Perform requests at the same time; journalled and returned in the order given."""
        self.authorise(identity)
        ask: JsonObject = {
            "requests": [codec.request_to_json(request) for request in requests],
            "identity": identity,
        }
        _, answers = self._port.put(
            "together", ask, lambda: self._doer.send_together(requests, identity)
        )
        if not isinstance(answers, list):
            raise SuiteDefect("a concurrent event must hold a list")
        first = self._exchanges + 1
        # All have been asked, and count, before the first failure among them is raised.
        self._exchanges += len(answers)
        pairs = zip(requests, answers, strict=True)
        return tuple(
            self._exchange(request, identity, answer, number)
            for number, (request, answer) in enumerate(pairs, start=first)
        )

    def authorise(self, identity: str = "primary") -> None:
        """
        Be let in as `identity`; a request that needs it sees to it by itself.

        For who prepares at great cost what nobody takes from a stranger.

        Raises:
            TargetUnreachable, TargetTimeout, Deviation: as `send`.
        """
        if not identity or identity in self._authorised:
            return
        _, answer = self._port.put(
            "authorise", {"identity": identity}, lambda: self._doer.authorise(identity)
        )
        held = codec.mapping(answer)
        exchanges = held.get("exchanges")
        self._exchanges += len(exchanges) if isinstance(exchanges, list) else 0
        codec.raise_failure(held)
        self._authorised.add(identity)

    def _exchange(self, request: Request, identity: str, answer: Json, number: int) -> Exchange:
        held = codec.mapping(answer)
        codec.raise_failure(held)
        return codec.exchange_from_json(held, request, number=number, identity=identity)

    # -- preparing -----------------------------------------------------------

    def secret(self, field: str, *, identity: str = "primary") -> str:
        """A token that stands for a credential field; the wire puts the value in its place."""
        return placeholder(identity, field)

    def lookalike(self, secret: str) -> str:
        """A token for the secret with its last letter in the other case; see `secret`."""
        return lookalike(secret)

    def sign(self, record: Json, *, signer: str = "authorised") -> str:
        """A detached signature over `record` by one of the test signers."""
        _, answer = self._port.put(
            "sign", {"record": record, "signer": signer}, lambda: self._doer.sign(record, signer)
        )
        return str(answer)

    def grant(self, name: str) -> Json:
        """
        What the operator granted under `name` in the target's table.

        Raises:
            GrantUnmet: nothing was granted; the remedy names the line to add.
        """
        _, answer = self._port.put("grant", name, lambda: self._doer.grant(name))
        if answer is None:
            raise GrantUnmet(
                "grant-unmet",
                f"the target grants no {name!r}",
                remedy=f"Add {name!r} to [target.NAME.grants] in conformance.toml.",
            )
        return answer

    def draw(self, label: str) -> int:
        """A reproducible integer below 2**63 of its own for `label`."""
        return self._draw(label, self.seed)

    def draw_case(self, label: str) -> int:
        """
        As `draw`, but the same when the scenario is told once more.

        Draw by it what is asked, and by `draw` whom it is about: a failure that other cases
        do not show would seem to have come and gone.
        """
        return self._draw(label, self._told_first)

    def _draw(self, label: str, seed: int) -> int:
        _, answer = self._port.put("draw", label, lambda: seeds.derive(seed, label))
        if not isinstance(answer, int):
            raise SuiteDefect(f"draw {label!r} holds no integer")
        return answer

    def uuid(self, label: str) -> str:
        """A reproducible UUID of its own for `label`."""
        return seeds.derived_uuid(self.draw(f"uuid/{label}"))

    def examples(self, label: str, generate: Callable[[], Sequence[Json]]) -> Sequence[Json]:
        """
        Generated cases, journalled as they are.

        In replay `generate` is not called: the same Hypothesis seed gives other
        examples when one more local module is imported, the journal does not.
        """
        _, answer = self._port.put("examples", label, lambda: list(generate()))
        if not isinstance(answer, list):
            raise SuiteDefect(f"examples {label!r} hold no list")
        return answer

    def saturated(self, label: str, *, sent: int, unspent: int) -> None:
        """Note that the asking under `label` ended before its budget: nothing new came any more."""
        ask: JsonObject = {"label": label, "sent": sent, "unspent": unspent}
        self._port.put("saturated", ask, lambda: None)

    def story(self, following: Callable[[], Json]) -> Json:
        """The next of several stories, None after the last; in replay none is drawn."""
        return self._port.put("story", None, following)[1]

    # -- time ----------------------------------------------------------------

    def now(self) -> datetime:
        """The present moment, UTC."""
        _, answer = self._port.put("now", None, lambda: self._doer.now().isoformat())
        return datetime.fromisoformat(str(answer))

    def wait_until(
        self,
        probe: Callable[[], T | None],
        *,
        because: str,
        within: float,
        every: float | Callable[[], float] = 0.5,
    ) -> T:
        """
        Ask `probe` until it gives something, `within` seconds at most.

        Args:
            every: seconds between two askings, or what tells them after each.

        Raises:
            TargetTimeout: it never did; `because` says what was awaited.
        """
        deadline = self.now() + timedelta(seconds=within)
        while True:
            found = probe()
            if found is not None:
                return found
            if self.now() >= deadline:
                raise TargetTimeout("awaited-in-vain", f"{because}: not within {within:g} s")
            self._sleep(every() if callable(every) else every)

    def _sleep(self, seconds: float) -> None:
        self._port.put("sleep", seconds, lambda: self._doer.sleep(seconds))

    # -- leaving no trace ------------------------------------------------------

    def created(self, kind: str, key: str) -> None:
        """Note that something of ours is on the target now, for the run's manifest."""
        self._port.put("created", {"kind": kind, "key": key}, lambda: None)

    def removed(self, kind: str, key: str) -> None:
        """Note that something of ours is there no longer."""
        self._port.put("removed", {"kind": kind, "key": key}, lambda: None)

    # -- being the national side ---------------------------------------------

    def mission(
        self, assignment: Assignment, *, disturbances: Sequence[Json] = (), deadline: float = 60.0
    ) -> tuple[Exchange, ...]:
        """
        Have the consumer carry out `assignment`, and return all it sent, in order.

        Disturbances say what the test bed does wrong on purpose, to which operation
        and which arrival: `{"do": "lose-acknowledgement", "operation": "…", "nth": 1}`.

        Raises:
            TargetTimeout: nothing at all arrived before the deadline.
        """
        ask: JsonObject = {
            "assignment": assignment.id,
            "material": assignment.material,
            "disturbances": list(disturbances),
        }
        if assignment.continues:
            ask["continues"] = assignment.continues
        _, answer = self._port.put(
            "mission", ask, lambda: self._doer.mission(assignment, disturbances, deadline)
        )
        held = codec.mapping(answer)
        traffic = codec.sequence(held.get("traffic"))
        exchanges = tuple(
            codec.incoming_from_json(codec.mapping(item), number=self._exchanges + offset)
            for offset, item in enumerate(traffic, start=1)
        )
        self._exchanges += len(exchanges)
        codec.raise_failure(held)
        return exchanges

    def traffic(self) -> Mapping[str, tuple[Exchange, ...]]:
        """
        All traffic of the run's missions, by scenario: what invariants are about.

        The exchanges keep the numbers of the journals that hold them.
        """
        _, answer = self._port.put("traffic", None, self._doer.traffic)
        return {
            scenario: tuple(
                codec.incoming_from_json(item, number=codec.number_of(item, n), scenario=scenario)
                for n, item in enumerate(map(codec.mapping, codec.sequence(items)), start=1)
            )
            for scenario, items in codec.mapping(answer).items()
        }

    # -- judging ---------------------------------------------------------------

    def record_judgement(self, finding: JsonObject) -> None:
        """Journal a judgement as it falls; replay compares, it does not trust."""
        self._port.put("judgement", str(finding.get("requirement")), lambda: finding)


__all__ = ["Deviation", "Doer", "Port", "TargetUnreachable", "World"]
