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
from conformance.testbed.driver import DONE, Driver
from conformance.wire import codec


@dataclass(slots=True, kw_only=True)
class Missions:
    """
    Runs missions one after another against one target.

    Attributes:
        bed_url: where the target finds the bed, without a trailing slash.
        on_begin: told of each assignment before the target is (a page lists them).
        outcomes: assignment id -> what the driver said, in order.
    """

    bed: Bed
    driver: Driver
    bed_url: str
    on_begin: Callable[[Assignment], None] = lambda _assignment: None
    outcomes: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, assignment: Assignment, disturbances: Sequence[Json], deadline: float
    ) -> JsonObject:
        """
        Carry out one mission; the answer to a journal's `mission` event.

        `traffic` holds the exchanges, `outcome` the driver's word. When nothing at all
        arrived the answer is the failure `awaited-in-vain` as well, which a World raises.
        """
        self.bed.begin(
            disturbances, time_hook=self.driver.time_hook, cut_power=self.driver.cut_power
        )
        self.on_begin(assignment)
        outcome = self.driver.perform(assignment, self.bed_url, self.bed.credentials, deadline)
        self.outcomes[assignment.id] = outcome
        traffic: list[Json] = list(self.bed.traffic())
        answer: JsonObject = {"traffic": traffic, "outcome": self.bed.redacted(outcome)}
        if traffic:
            return answer
        ended = "" if outcome == DONE else f" ({self.bed.redacted(outcome)})"
        return {
            **answer,
            **codec.failure_to_json(
                TargetTimeout(
                    "awaited-in-vain",
                    f"{assignment.id}: no request within {deadline:g} s{ended}",
                    remedy=f"Let the software under test call {self.bed_url}.",
                )
            ),
        }
