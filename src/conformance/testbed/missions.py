"""
One mission from its beginning to its traffic: what a live World calls when a scenario asks for one.

It joins bed and driver and decides nothing about conformance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from conformance.errors import TargetTimeout
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Assignment
from conformance.testbed.bed import Bed
from conformance.testbed.door import Came, Knock
from conformance.testbed.driver import DEADLINE, DONE, Driver
from conformance.wire import codec


@dataclass(slots=True, kw_only=True)
class Missions:
    """
    Runs missions one after another against one target.

    Attributes:
        bed_url: where the target finds the bed, without a trailing slash.
        on_begin: told of each assignment and its deadline before the target is.
        on_end: told of the driver's word when the assignment is over.
        knock: the last connection, None while nobody came or nobody watches.
        deadline: seconds for each mission, 0 for what it says itself.
        outcomes: assignment id -> what the driver said, in order.
    """

    bed: Bed
    driver: Driver
    bed_url: str
    on_begin: Callable[[Assignment, float], None] = lambda _assignment, _deadline: None
    on_end: Callable[[str], None] = lambda _outcome: None
    knock: Callable[[], Knock | None] = lambda: None
    deadline: float = 0.0
    outcomes: dict[str, str] = field(default_factory=dict)
    _called: bool = False
    _given_up: bool = False

    def __call__(
        self, assignment: Assignment, disturbances: Sequence[Json], deadline: float
    ) -> JsonObject:
        """
        Carry out one mission; the answer to a journal's `mission` event.

        `traffic` holds the exchanges, `outcome` the driver's word. When nothing at all
        arrived the answer is a failure as well, which a World raises: its code says how far
        the last connection came (`door.Came`), or `awaited-in-vain` when there was none. Who
        let a whole deadline pass and never called is not waited for again.
        """
        deadline = self.deadline or deadline
        before = self.knock()
        self.bed.begin(
            disturbances,
            time_hook=self.driver.time_hook,
            cut_power=self.driver.cut_power,
            goes_on=bool(assignment.continues),
        )
        self.on_begin(assignment, deadline)
        if self._given_up:
            outcome = DEADLINE
        else:
            outcome = self.driver.perform(assignment, self.bed_url, self.bed.credentials, deadline)
        self.outcomes[assignment.id] = outcome
        said = self.bed.redacted(outcome)
        self.on_end(said)
        traffic: list[Json] = list(self.bed.traffic())
        answer: JsonObject = {"traffic": traffic, "outcome": said}
        if self.bed.flooded():
            trouble = TargetTimeout("flooded", f"more than the test bed keeps: {len(traffic)}")
            return {**answer, **codec.failure_to_json(trouble)}
        self._called = self._called or bool(traffic)
        if traffic:
            return answer
        self._given_up = outcome == DEADLINE and not self._called
        ended = "" if outcome in (DONE, DEADLINE) else f" ({said})"
        detail = f"no request at {self.bed_url} within {deadline:g} s{ended}"
        return {
            **answer,
            **codec.failure_to_json(TargetTimeout(self._how_far(before), detail)),
        }

    def _how_far(self, before: Knock | None) -> str:
        last = self.knock()
        if last is None or last is before:
            return "awaited-in-vain"
        # What began to arrive in this mission and is no exchange was never sent to its end.
        return (Came.CUT_SHORT if last.came is Came.REQUEST else last.came).value
