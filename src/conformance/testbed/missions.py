"""
One mission from its beginning to its traffic: what a live World calls when a scenario asks for one.

It joins bed and driver and decides nothing about conformance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from conformance.errors import GrantUnmet, TargetTimeout
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Assignment
from conformance.testbed.bed import Bed
from conformance.testbed.disturbances import Scripted, needs_tls, parse_all
from conformance.testbed.door import Came, Knock
from conformance.testbed.driver import DEADLINE, DONE, Driver
from conformance.testbed.secured import Secured
from conformance.testbed.time_hook import TimeHook
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
        secured: opens the bed on a TLS line; None where none of ours is seen by the target.
        hook: makes the target's hours pass; None where nobody can, or they pass by themselves.
        deadline: seconds for each mission, 0 for what it says itself.
        endings: assignment id -> how the driver ended, redacted, where something came and it
            ended neither well nor at the deadline.
    """

    bed: Bed
    driver: Driver
    bed_url: str
    on_begin: Callable[[Assignment, float], None] = lambda _assignment, _deadline: None
    on_end: Callable[[str], None] = lambda _outcome: None
    knock: Callable[[], Knock | None] = lambda: None
    secured: Callable[[], Secured] | None = None
    hook: TimeHook | None = None
    deadline: float = 0.0
    endings: dict[str, str] = field(default_factory=dict)
    _called: bool = False
    _given_up: bool = False

    def __call__(
        self, assignment: Assignment, disturbances: Sequence[Json], deadline: float
    ) -> JsonObject:
        """
        Carry out one mission; the answer to a journal's `mission` event.

        `traffic` holds the exchanges, `outcome` the driver's word. When nothing at all
        arrived the answer is a failure as well, which a World raises: its code says how far
        the last connection came (`door.Came`). When there was none it is `ended-in-silence`
        where the driver's work failed, `awaited-in-vain` otherwise. Who let a whole deadline
        pass and never called is not waited for again.
        """
        deadline = self.deadline or deadline
        try:
            on_tls = self._on_tls(parse_all(disturbances))
        except GrantUnmet as unmet:
            return {"traffic": [], "outcome": "", **codec.failure_to_json(unmet)}
        url = self.bed_url if on_tls is None else on_tls.url
        knock = self.knock if on_tls is None else on_tls.door.last
        before = knock()
        self.bed.begin(
            disturbances,
            time_hook=self.driver.time_hook or self.hook is not None,
            cut_power=self.driver.cut_power,
            showing=on_tls,
            pass_time=None if self.hook is None else self.hook.pass_time,
            goes_on=bool(assignment.continues),
        )
        self.on_begin(assignment, deadline)
        waited = not self._given_up
        if self._given_up:
            outcome = DEADLINE
        else:
            outcome = self.driver.perform(assignment, url, self.bed.credentials, deadline)
        unset = "" if self.hook is None else self.hook.end()
        said = self.bed.redacted(outcome)
        self.on_end(said)
        traffic: list[Json] = list(self.bed.traffic())
        if on_tls is not None:
            on_tls.as_usual()
        answer: JsonObject = {"traffic": traffic, "outcome": said}
        if unset:
            void = GrantUnmet("time-hook-failed", self.bed.redacted(unset))
            return {**answer, **codec.failure_to_json(void)}
        if self.bed.flooded():
            trouble = TargetTimeout("flooded", f"more than the test bed keeps: {len(traffic)}")
            return {**answer, **codec.failure_to_json(trouble)}
        self._called = self._called or bool(traffic)
        failed = outcome not in (DONE, DEADLINE)
        if traffic:
            if failed:
                self.endings[assignment.id] = said
            return answer
        self._given_up = outcome == DEADLINE and not self._called
        # A person may end his turn long before the deadline.
        within = f" within {deadline:g} s" if outcome == DEADLINE and waited else ""
        until = f" before the end ({said})" if failed else within
        silence = "ended-in-silence" if failed else "awaited-in-vain"
        code = _how_far(before, knock()) or silence
        trouble = TargetTimeout(code, f"no request at {url}{until}")
        return {**answer, **codec.failure_to_json(trouble)}

    def _on_tls(self, disturbances: Sequence[Scripted]) -> Secured | None:
        """The TLS line of a mission that needs one. Raises GrantUnmet: it cannot be had."""
        if not needs_tls(disturbances):
            return None
        if self.secured is None:
            raise GrantUnmet("no-tls", "the software speaks no TLS with this test bed")
        on_tls = self.secured()
        if why := on_tls.unable(disturbances):
            raise GrantUnmet("no-tls", why)
        return on_tls


def _how_far(before: Knock | None, last: Knock | None) -> str:
    if last is None or last is before:
        return ""
    # What began to arrive in this mission and is no exchange was never sent to its end.
    return (Came.CUT_SHORT if last.came is Came.REQUEST else last.came).value
