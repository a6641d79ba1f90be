"""The two ends of a World: doing and journalling, or reading what was journalled."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from conformance.errors import ReplayDiverged, SuiteDefect
from conformance.model.json import Json, compact
from conformance.wire.journal import Event, Journal, JournalWriter

#: Marks an act that failed because of us.
_DEFECT: Final = "suite-defect"


class LivePort:
    """Does what is asked, journals it, and hands back exactly what was journalled."""

    def __init__(self, writer: JournalWriter, scenario: str) -> None:
        self._writer = writer
        self.scenario = scenario

    def put(self, kind: str, ask: Json, do: Callable[[], Json]) -> tuple[int, Json]:
        try:
            written = compact(do())
        except SuiteDefect as error:
            # A run that ended in our own error is evidence too, and is replayed to the same end.
            self._writer.event(kind, ask, {_DEFECT: str(error)})
            raise
        # Through JSON and back: a scenario must not see what a replay could not show it.
        return self._writer.event_as_written(kind, ask, written), json.loads(written)

    def close(self) -> None:
        """Seal the journal."""
        self._writer.close()


class ReplayPort:
    """Answers from a journal, and refuses any question that was not asked then."""

    def __init__(self, journal: Journal) -> None:
        self.scenario = journal.scenario
        self._events: Iterator[Event] = iter(
            [event for event in journal.events if event.kind != "judgement"]
        )
        self._number = 0

    def put(self, kind: str, ask: Json, do: Callable[[], Json]) -> tuple[int, Json]:
        if kind == "judgement":
            # Never read back: re-deciding is the point.
            return self._number, do()
        event = next(self._events, None)
        if event is None:
            raise ReplayDiverged(
                self.scenario,
                self._number + 1,
                f"the scenario asked for {kind}, the journal ends here",
            )
        self._number = event.number
        if event.kind != kind:
            raise ReplayDiverged(
                self.scenario,
                event.number,
                f"the scenario asked for {kind}, the journal holds {event.kind}",
            )
        if compact(event.ask) != compact(ask):
            raise ReplayDiverged(
                self.scenario,
                event.number,
                f"the {kind} differs from the recorded one{_first_difference(event.ask, ask)}",
            )
        if isinstance(event.answer, dict) and _DEFECT in event.answer:
            raise SuiteDefect(str(event.answer[_DEFECT]))
        return event.number, event.answer

    def finish(self) -> None:
        """
        Demand that every recorded event was asked for.

        Raises:
            ReplayDiverged: one was not.
        """
        left = next(self._events, None)
        if left is not None:
            raise ReplayDiverged(
                self.scenario, left.number, f"the recorded {left.kind} was never asked for"
            )


class NobodyThere:
    """The doer of a replay: every act is answered from the journal, so calling it is a defect."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def nobody(*_args: object, **_named: object) -> Json:
            raise SuiteDefect(f"a replay tried to {name} for real")

        return nobody


def _first_difference(recorded: Json, asked: Json, pointer: str = "") -> str:
    """Where two JSON values part, as ` at /pointer: recorded …, asked …`."""
    if isinstance(recorded, dict) and isinstance(asked, dict):
        for key in sorted({*recorded, *asked}):
            if recorded.get(key) != asked.get(key):
                return _first_difference(recorded.get(key), asked.get(key), f"{pointer}/{key}")
    if isinstance(recorded, list) and isinstance(asked, list) and len(recorded) == len(asked):
        for index, (one, other) in enumerate(zip(recorded, asked, strict=True)):
            if one != other:
                return _first_difference(one, other, f"{pointer}/{index}")
    return f" at {pointer or '/'}: recorded {_short(recorded)}, asked {_short(asked)}"


def _short(value: Json) -> str:
    text = compact(value)
    return text if len(text) <= 80 else text[:77] + "..."
