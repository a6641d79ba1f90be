"""Our own schemas: valid, and true about what our writers write."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from conformance.model.exchange import Request, Response
from conformance.model.json import JsonObject
from conformance.reporting.schemas import load, why_invalid, without_volatile
from conformance.wire import codec
from conformance.wire.journal import JournalWriter, MemorySink


@pytest.mark.parametrize("name", ["report", "evidence-journal"])
def test_the_schema_is_a_schema(name: str) -> None:
    """By the reference implementation, not by ours."""
    jsonschema.Draft202012Validator.check_schema(load(name))


def lines() -> list[Any]:
    sink = MemorySink()
    writer = JournalWriter(sink, {"scenario": "s", "attempt": 1, "seed": 4, "as_of": "2026-11-22"})
    request = Request(method="POST", target="/x", headers=(("a", "b"),), body=b"\xff")
    answer: JsonObject = {
        "response": codec.response_to_json(Response(status=200, body=b"{}")),
        "at": "2026-11-22T01:30:00+00:00",
        "elapsed": 0.01,
        "facts": {"token": "valid"},
    }
    ask: JsonObject = {"request": codec.request_to_json(request), "identity": "primary"}
    writer.event("authorise", {"identity": "primary"}, {"ok": True, "exchanges": []})
    writer.event("exchange", ask, answer)
    writer.event("draw", "uuid/batch", 12)
    writer.event("now", None, "2026-11-22T01:30:00+00:00")
    writer.event("something-new", None, {"any": "thing"})
    writer.close()
    return [json.loads(line) for line in sink.content().splitlines()]


def test_what_the_journal_writer_writes_satisfies_the_schema() -> None:
    """Header, events, footer."""
    assert [why_invalid(line, "evidence-journal") for line in lines()] == [None] * 7


@pytest.mark.parametrize(
    ("position", "member"), [(0, "scenario"), (2, "ask"), (2, "n"), (6, "root")]
)
def test_a_line_without_one_of_its_members_does_not(position: int, member: str) -> None:
    """The schema must be able to refuse."""
    line = lines()[position]
    del line[member]
    assert why_invalid(line, "evidence-journal") is not None


def test_volatile_members_are_found_through_references() -> None:
    """The mark may stand beside a reference or behind it."""
    schema: JsonObject = {
        "properties": {
            "a": {"$ref": "#/$defs/id", "x-volatile": True},
            "b": {"$ref": "#/$defs/moment"},
            "c": {"items": {"anyOf": [{"properties": {"d": {"x-volatile": True}}}]}},
            "e": {"x-volatile-part": "[0-9]+"},
        },
        "additionalProperties": {"x-volatile": True},
        "$defs": {"id": {"type": "string"}, "moment": {"x-volatile": True}},
    }
    document: JsonObject = {"a": "1", "b": "2", "c": [{"d": 1, "k": 2}], "e": "p80", "z": 1}
    assert without_volatile(document, schema) == {"c": [{"k": 2}], "e": "p"}
