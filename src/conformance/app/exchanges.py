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


class _Lines:
    """The exchanges of journal lines; the last that were asked for stay parsed."""

    def __init__(self) -> None:
        self._parsed: dict[tuple[Path, int, int], tuple[JsonObject, ...]] = {}
        self._kept = 0

    def read(self, file: Path, offset: int, length: int) -> tuple[JsonObject, ...]:
        key = (file, offset, length)
        held = self._parsed.pop(key, None)
        if held is None:
            with file.open("rb") as opened:
                opened.seek(offset)
                held = evidence.exchanges_in(opened.read(length))
            self._kept += length
        self._parsed[key] = held
        while self._kept > _KEPT and len(self._parsed) > 1:
            oldest = next(iter(self._parsed))
            del self._parsed[oldest]
            self._kept -= oldest[2]
        return held


def exchange_reader(
    folder: Path, report: Report, known: evidence.Evidence | None = None
) -> Callable[[int], Exchange]:
    """
    Gives the exchange of a report's number, read from the evidence; `known` was read before.

    Raises (when called):
        LookupError: the report has no such number, its journal is gone, or nothing came back.
    """

    @cache
    def files() -> Mapping[str, Path]:
        held = evidence.read_folder(folder, outline=True) if known is None else known
        return {scenario: folder / name for scenario, name in held.names.items()}

    @cache
    def places_of(scenario: str) -> tuple[evidence.Place, ...]:
        return tuple(evidence.places(files()[scenario].read_bytes()))

    lines = _Lines()

    def read(number: int) -> Exchange:
        scenario, local = report.exchange_index[number]
        place = places_of(scenario)[local - 1]
        held = lines.read(files()[scenario], place.offset, place.length)[place.position]
        request = codec.request_from_json(codec.mapping(held["request"]))
        if "response" not in held:
            raise LookupError(f"exchange {number} has no answer: {held.get('code')}")
        if held.get("initiator") == "target":
            return codec.incoming_from_json(held, number=number)
        identity = str(held.get("identity", ""))
        return codec.exchange_from_json(held, request, number=number, identity=identity)

    return read
