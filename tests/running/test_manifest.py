"""What a run says that it left on its target."""

from __future__ import annotations

import jsonschema

from conformance.reporting.schemas import load
from conformance.running.evidence import file_name, gather
from conformance.running.manifest import manifest
from conformance.wire.journal import JournalWriter, MemorySink
from tests.running.little import plan, scenario

PLAN = plan(scenario("b", "XX-1"), scenario("a", "XX-2"))


def journal(name, *events, attempt=1, closed=True):
    sink = MemorySink()
    writer = JournalWriter(sink, {"scenario": name, "attempt": attempt, "seed": 1})
    for happened, kind, key in events:
        writer.event(happened, {"kind": kind, "key": key}, None)
    writer.event("now", None, "2026-11-22T01:30:00+00:00")
    if closed:
        writer.close()
    return file_name(name, attempt), sink.content()


def entries(*journals):
    written = manifest(PLAN, gather(journals))
    jsonschema.validate(written, load("created"))
    return [(e["scenario"], e["kind"], e["key"], e["removed"]) for e in written["created"]]


def test_it_lists_what_was_created_in_the_order_of_the_plan():
    created = entries(
        journal("a", ("created", "profile", "1"), ("removed", "profile", "1")),
        journal("b", ("created", "unit", "2"), ("created", "profile", "3")),
    )
    assert created == [
        ("b", "unit", "2", False),
        ("b", "profile", "3", False),
        ("a", "profile", "1", True),
    ]


def test_what_is_created_again_is_there_again():
    happened = [("created", "profile", "1"), ("removed", "profile", "1")]
    assert entries(journal("a", *happened, happened[0])) == [("a", "profile", "1", False)]


def test_an_attempt_that_was_cut_short_left_things_too():
    created = entries(
        journal("a", ("created", "profile", "1"), closed=False),
        journal("a", ("created", "profile", "2"), ("removed", "profile", "2"), attempt=2),
    )
    assert created == [("a", "profile", "1", False), ("a", "profile", "2", True)]


def test_a_run_that_created_nothing_says_so():
    assert entries(journal("a")) == []
