"""The exchanges of a run by their numbers in its report, read from its evidence for reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from conformance.model.exchange import Exchange
from conformance.model.json import JsonObject
from conformance.model.report import Report
from conformance.running import evidence
from conformance.wire import codec

#: So many bytes of journal lines are kept parsed. A finding's exchanges are asked for one after the
#: other and more than once; a run's together may fill the memory, and so may a single line's.
_KEPT: Final = 8 * 1024 * 1024


def exchange_reader(folder: Path, report: Report) -> Callable[[int], Exchange]:
    """
    Gives the exchange of a report's number, read from the evidence.

    Raises (when called):
        LookupError: the report has no such number, its journal is gone, or nothing came back.
    """

    @cache
    def files() -> Mapping[str, Path]:
        names = evidence.read_folder(folder, outline=True).names
        return {scenario: folder / name for scenario, name in names.items()}

    @cache
    def places_of(scenario: str) -> tuple[evidence.Place, ...]:
        return tuple(evidence.places(files()[scenario].read_bytes()))

    parsed: dict[tuple[str, int], tuple[int, tuple[JsonObject, ...]]] = {}

    def line(scenario: str, place: evidence.Place) -> tuple[JsonObject, ...]:
        key = (scenario, place.offset)
        length, held = parsed.pop(key, (place.length, None))
        if held is None:
            with files()[scenario].open("rb") as file:
                file.seek(place.offset)
                held = evidence.exchanges_in(file.read(place.length))
        # The last that were asked for stand at the end.
        parsed[key] = (length, held)
        while len(parsed) > 1 and sum(length for length, _ in parsed.values()) > _KEPT:
            del parsed[next(iter(parsed))]
        return held

    def read(number: int) -> Exchange:
        scenario, local = report.exchange_index[number]
        place = places_of(scenario)[local - 1]
        held = line(scenario, place)[place.position]
        request = codec.request_from_json(codec.mapping(held["request"]))
        if "response" not in held:
            raise LookupError(f"exchange {number} has no answer: {held.get('code')}")
        if held.get("initiator") == "target":
            return codec.incoming_from_json(held, number=number)
        identity = str(held.get("identity", ""))
        return codec.exchange_from_json(held, request, number=number, identity=identity)

    return read
