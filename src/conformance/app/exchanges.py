"""The exchanges of a run by their numbers in its report, read from its evidence for reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from conformance.model.exchange import Exchange
from conformance.model.json import JsonObject
from conformance.model.report import Report
from conformance.running import evidence
from conformance.wire import codec

#: A finding's exchanges are asked for one after the other, and more than once. More are not
#: kept: all exchanges of a run are ten times what the rest of it takes.
_LINES_KEPT: Final = 128


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

    @lru_cache(maxsize=_LINES_KEPT)
    def line(scenario: str, offset: int, length: int) -> tuple[JsonObject, ...]:
        with files()[scenario].open("rb") as file:
            file.seek(offset)
            return evidence.exchanges_in(file.read(length))

    def read(number: int) -> Exchange:
        scenario, local = report.exchange_index[number]
        place = places_of(scenario)[local - 1]
        held = line(scenario, place.offset, place.length)[place.position]
        request = codec.request_from_json(codec.mapping(held["request"]))
        if "response" not in held:
            raise LookupError(f"exchange {number} has no answer: {held.get('code')}")
        if held.get("initiator") == "target":
            return codec.incoming_from_json(held, number=number)
        identity = str(held.get("identity", ""))
        return codec.exchange_from_json(held, request, number=number, identity=identity)

    return read
