"""What may be concluded from the journals of a run, whatever order they are read in."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import SuiteDefect
from conformance.model.report import Applicability
from conformance.model.requirement import Obligation, Role
from conformance.model.verdict import Fault, Verdict
from conformance.running import evidence, findings, ledger
from conformance.running.evidence import file_name, gather
from conformance.wire import codec
from conformance.wire.journal import JournalWriter, MemorySink
from tests.running.little import (
    CATALOGUE,
    answered,
    finding,
    journal_of,
    plan,
    run_of,
    scenario,
)

PLAN = plan(scenario("b", "XX-1"), scenario("a", "XX-2", "XX-3"), scenario("c", "XX-2"))


def named(*journals):
    return [(f"{number}.jsonl", content) for number, content in enumerate(journals)]


# ── attempts ─────────────────────────────────────────────────────────────────
@given(st.permutations([(1, True), (2, False), (3, True), (4, False)]))
def test_the_highest_closed_attempt_speaks(order):
    contents = [
        (file_name("a", attempt), journal_of("a", attempt=attempt, closed=closed))
        for attempt, closed in order
    ]
    gathered = gather(contents)
    assert gathered.closed["a"].attempt == 3
    assert gathered.names["a"] == file_name("a", 3)
    # The next one is the fifth: nothing on disk is written over.
    assert gathered.attempts["a"] == 4
    assert gathered.damage == ()


def test_an_attempt_cut_short_is_not_judged():
    gathered = gather(named(journal_of("a", closed=False)))
    assert gathered.closed == {}
    assert gathered.attempts == {"a": 1}


def test_damage_names_the_file():
    spoilt = journal_of("a", exchanges=2).replace(b'"status":200', b'"status":500', 1)
    gathered = gather([("x.jsonl", spoilt)])
    assert gathered.damage == ("x.jsonl: event 1 (exchange) was edited after sealing",)


def test_a_folder_is_read_and_what_is_no_journal_is_left_alone(tmp_path):
    assert evidence.read_folder(tmp_path / "none").closed == {}
    (tmp_path / file_name("s::test_a", 1)).write_bytes(journal_of("s::test_a"))
    (tmp_path / "notes.txt").write_text("mine")
    assert list(evidence.read_folder(tmp_path).closed) == ["s::test_a"]


@given(st.text(max_size=120), st.integers(1, 99))
def test_a_file_name_is_legal_everywhere(name, attempt):
    made = file_name(f"pack/test_a.py::{name}", attempt)
    assert re.fullmatch(r"[A-Za-z0-9-]*\.[0-9a-f]{8}\.a[0-9]+\.jsonl", made)
    assert len(made) <= 120


def test_scenarios_of_one_name_have_files_of_their_own():
    assert file_name("a/x.py::test", 1) != file_name("b/x.py::test", 1)


# ── reading no more than needed ──────────────────────────────────────────────
def test_an_outline_makes_the_same_report_and_keeps_no_exchange():
    whole, brief = gather(named(*FILES)), gather(named(*FILES), outline=True)
    assert (brief.counts, brief.root("abc")) == (whole.counts, whole.root("abc"))
    assert brief.counts == {"a": 2, "b": 3, "c": 1}
    assert ledger.recorded(brief) == ledger.recorded(whole)
    assert all(event.ask is None for journal in brief.closed.values() for event in journal.events
               if event.kind == "exchange")  # fmt: skip


def test_every_exchange_is_found_again_at_its_place():
    content = journal_of("a", exchanges=3)
    (whole,) = gather(named(content)).closed.values()
    found = [
        evidence.exchanges_in(content[place.offset : place.offset + place.length])[place.position]
        for place in evidence.places(content)
    ]
    assert found == list(evidence.exchanges(whole))
    assert len(found) == 3


def test_an_exchange_that_damage_made_unreadable_is_named_and_not_counted():
    spoilt = journal_of("a", exchanges=2).replace(b'"request":', b'"demand":', 1)
    gathered = gather([("x.jsonl", spoilt)])
    assert gathered.damage == ("x.jsonl: event 1 (exchange) was edited after sealing",)
    assert gathered.counts == {"a": 1}


# ── the root ─────────────────────────────────────────────────────────────────
def test_the_root_follows_the_plan_and_notices_every_change():
    contents = named(journal_of("a", exchanges=1), journal_of("b"), journal_of("c"))
    root = gather(contents).root("bac")
    assert gather(contents[::-1]).root("bac") == root
    assert gather(contents).root("abc") != root
    assert gather(contents[1:]).root("bac") != root
    assert gather([*contents[1:], ("x", journal_of("a", exchanges=2))]).root("bac") != root


# ── the ledger ───────────────────────────────────────────────────────────────
FILES = (
    journal_of("a", exchanges=2, found=[finding("XX-2", "a", Verdict.FAIL, (1, 2))]),
    journal_of("b", exchanges=3, found=[finding("XX-1", "b", exchanges=(3,))]),
    journal_of(
        "c", exchanges=1, found=[finding("XX-2", "c", exchanges=(1,), elsewhere=(("a", 2),))]
    ),
)


def assemble(contents, of=PLAN):
    gathered = gather(contents)
    return ledger.assemble(of, CATALOGUE, gathered, ledger.recorded(gathered), run_of(of))


def test_exchanges_are_numbered_in_the_order_of_the_plan():
    report = assemble(named(*FILES))
    assert report.exchange_index == {
        1: ("b", 1),
        2: ("b", 2),
        3: ("b", 3),
        4: ("a", 1),
        5: ("a", 2),
        6: ("c", 1),
    }
    found = {f.scenario: f for f in report.findings}
    assert found["b"].exchanges == (3,)
    assert found["a"].exchanges == (4, 5)
    # What lies in another journal is numbered like the rest.
    assert found["c"].exchanges == (6, 5)
    assert found["c"].elsewhere == ()


@given(st.integers(0, 99))
def test_the_order_of_the_files_changes_nothing(seed):
    shuffled = named(*FILES)
    random.Random(seed).shuffle(shuffled)
    assert assemble(shuffled) == assemble(named(*FILES))


def test_a_requirement_is_as_bad_as_its_worst_finding():
    by_id = {a.id: a for a in assemble(named(*FILES)).requirements}
    assert by_id["XX-1"].verdict is Verdict.PASS
    assert by_id["XX-2"].verdict is Verdict.FAIL
    assert by_id["XX-3"].verdict is Verdict.NOT_RUN


def test_why_a_requirement_was_not_asked():
    report = assemble(named(*FILES), plan(*PLAN.scenarios, selected=("reading",)))
    assert {a.id: a.applicability for a in report.requirements} == {
        "XX-1": Applicability.REQUIRED,
        "XX-2": Applicability.NOT_SELECTED,
        "XX-3": Applicability.NOT_SELECTED,
        "XX-4": Applicability.OTHER_ROLE,
        "XX-5": Applicability.NOT_CLAIMED,
        "XX-6": Applicability.EXCUSED,
    }
    # Whatever its scenarios found: it was not the question.
    assert report.requirements[1].verdict is Verdict.NOT_RUN
    assert report.requirements[1].findings == ()


def test_a_should_changes_no_verdict_but_its_own():
    failed = [finding("XX-3", "a", Verdict.FAIL), finding("XX-2", "a")]
    report = assemble(
        named(journal_of("a", exchanges=1, found=failed)),
        plan(scenario("a", "XX-2", "XX-3"), selected=("writing",)),
    )
    assert {a.id: a.verdict for a in report.requirements}["XX-3"] is Verdict.FAIL
    assert report.class_verdict("writing") is Verdict.PASS
    assert report.verdict is Verdict.PASS


def test_what_is_missing_is_not_passed():
    report = assemble(named(FILES[1]))
    assert report.verdict is Verdict.NOT_RUN
    assert report.exchanges == 3


# ── findings ─────────────────────────────────────────────────────────────────
@given(st.sampled_from(Verdict), st.sampled_from(Fault), st.text(max_size=5))
def test_a_finding_reads_back_equal(verdict, fault, text):
    from dataclasses import replace

    made = finding("XX-1", text, verdict, (1, 2), elsewhere=((text, 3),))
    if made.fault:
        made = replace(made, fault=fault)
    assert findings.from_json(findings.to_json(made)) == made


@pytest.mark.parametrize(
    "value",
    [
        None,
        3,
        [],
        {},
        {"requirement": "X", "scenario": "s", "verdict": "GOOD"},
        {**findings.to_json(finding("X", "s")), "fault": "nobody"},
        {**findings.to_json(finding("X", "s")), "elsewhere": [["a"]]},
        {**findings.to_json(finding("X", "s")), "elsewhere": [["a", "b"]]},
        {**findings.to_json(finding("X", "s")), "explanation": 3},
    ],
)
def test_a_garbled_judgement_is_named(value):
    with pytest.raises(SuiteDefect):
        findings.from_json(value)


def test_the_little_catalogue_has_every_kind():
    assert {r.obligation for r in CATALOGUE.requirements} >= {Obligation.MUST, Obligation.SHOULD}
    assert {r.role for r in CATALOGUE.requirements} == set(Role)


# ── traffic for invariants ───────────────────────────────────────────────────
def test_mission_traffic_keeps_its_numbers_beside_other_exchanges():
    """What the toolkit asked in between counts, and is no traffic of the software's."""
    sink = MemorySink()
    writer = JournalWriter(sink, {"scenario": "a", "attempt": 1, "seed": 1})
    came = {"request": {"target": "/came"}, "response": {}, "at": "", "elapsed": 0, "facts": {}}
    writer.event("mission", {}, {"traffic": [came, came]})
    writer.event("exchange", *answered("/asked"))
    writer.event("mission", {}, {"traffic": [came]})
    writer.close()
    gathered = gather([("a.jsonl", sink.content())])

    found = evidence.own_exchanges(gathered.closed["a"])
    assert [codec.number_of(item, n) for n, item in enumerate(found, start=1)] == [1, 2, 4]
    assert gathered.counts["a"] == 4
