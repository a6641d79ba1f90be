"""The exchanges of a run by their numbers in its report, read from its evidence for reports."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from conformance.model.exchange import Exchange
from conformance.model.json import JsonObject
from conformance.model.report import Report
from conformance.running import evidence
from conformance.wire import codec


def exchange_reader(
    folder: Path, report: Report, known: evidence.Evidence | None = None
) -> Callable[[int], Exchange]:
    """
    Gives the exchange of a report's number, read from the evidence; `known` was read before.

    Raises (when called):
        LookupError: the report has no such number, its journal is gone, or nothing came back.
    """

    @cache
    def gathered() -> evidence.Evidence:
        return evidence.read_folder(folder) if known is None else known

    @cache
    def exchanges_of(scenario: str) -> tuple[JsonObject, ...]:
        return evidence.exchanges(gathered().closed[scenario])

    @cache
    def read(number: int) -> Exchange:
        scenario, local = report.exchange_index[number]
        held = exchanges_of(scenario)[local - 1]
        request = codec.request_from_json(codec.mapping(held["request"]))
        if "response" not in held:
            raise LookupError(f"exchange {number} has no answer: {held.get('code')}")
        if held.get("initiator") == "target":
            return codec.incoming_from_json(held, number=number)
        identity = str(held.get("identity", ""))
        return codec.exchange_from_json(held, request, number=number, identity=identity)

    return read
