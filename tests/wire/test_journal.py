"""A sealed journal cannot be touched unnoticed, and a damaged one is still read to its end."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.model import merkle
from conformance.model.json import compact
from conformance.wire import journal
from conformance.wire.journal import FileSink, JournalWriter, MemorySink

KINDS = ("draw", "exchange", "now", "judgement", "sign")


def written(events=5):
    sink = MemorySink()
    writer = JournalWriter(sink, {"scenario": "s::a", "attempt": 2, "seed": 5})
    for number in range(events):
        writer.event(KINDS[number % len(KINDS)], {"ask": number}, {"answer": "Nguyễn"})
    writer.close()
    return sink.content()


SEALED = written()
LINES = SEALED.splitlines(keepends=True)
FOOTER = len(LINES) - 1
which = st.integers(0, FOOTER)
event = st.integers(1, FOOTER - 1)


def read(content):
    return journal.read(content, name="s.jsonl")


def damage(lines):
    return read(b"".join(lines)).damage


def called(position):
    if position == FOOTER:
        return "the footer"
    return "the header" if position == 0 else f"event {position}"


# ── what was written is read ─────────────────────────────────────────────────
def test_what_was_written_is_read():
    found = read(SEALED)
    assert (found.scenario, found.attempt, found.closed, found.damage) == ("s::a", 2, True, ())
    assert [e.kind for e in found.events] == list(KINDS)
    assert [e.number for e in found.events] == [1, 2, 3, 4, 5]
    assert found.events[1].ask == {"ask": 1}
    assert found.events[1].answer == {"answer": "Nguyễn"}


@given(st.integers(0, 9))
def test_a_journal_of_any_length_agrees_with_its_seal(events):
    found = read(written(events))
    assert found.closed
    assert found.damage == ()
    assert len(found.events) == events


def test_a_file_holds_what_memory_holds_and_is_never_written_over(tmp_path):
    path = tmp_path / "evidence" / "s.jsonl"
    sink = FileSink(path)
    for line in SEALED.splitlines():
        sink.append(line)
        assert path.read_bytes().endswith(line + b"\n")
    sink.close()
    assert path.read_bytes() == SEALED
    with pytest.raises(FileExistsError):
        FileSink(path)


def test_half_a_surrogate_pair_can_be_written_down():
    """A target may answer `"\\ud800"`, and a finding quotes it."""
    sink = MemorySink()
    writer = JournalWriter(sink, {"scenario": "s", "attempt": 1})
    writer.event("judgement", None, {"observed": 'a\\\ud800"', "hợp lệ": True})
    writer.close()
    sink.content().decode("utf-8")
    (only,) = read(sink.content()).events
    assert only.answer == {"observed": 'a\\\ud800"', "hợp lệ": True}


# ── touched lines are named ──────────────────────────────────────────────────
@given(which, st.data())
def test_an_edited_byte_is_named(position, data):
    line = bytearray(LINES[position])
    place = data.draw(st.integers(0, len(line) - 2))
    line[place] = data.draw(st.sampled_from([b for b in range(32, 127) if b != line[place]]))
    found = read(b"".join([*LINES[:position], bytes(line), *LINES[position + 1 :]]))
    if position == FOOTER and not found.closed:
        # What says that it is a footer was edited: nothing is sealed any more.
        return
    assert any(f"{called(position)} " in said for said in found.damage)
    assert any("edited after sealing" in said for said in found.damage)


@given(event, st.sampled_from(["ask", "answer", "kind", "n", "more"]))
def test_an_edited_member_is_named_as_an_edit_and_as_nothing_else(position, member):
    line = json.loads(LINES[position])
    line[member] = 777 if member == "n" else "edited"
    edited = compact(line).encode() + b"\n"
    said = damage([*LINES[:position], edited, *LINES[position + 1 :]])
    assert f"s.jsonl: event {position} " in said[0]
    assert said[0].endswith("was edited after sealing")
    assert len(said) == (2 if member == "n" else 1)


@given(event)
def test_white_space_is_an_edit_too(position):
    spaced = LINES[position].replace(b",", b", ", 1)
    said = damage([*LINES[:position], spaced, *LINES[position + 1 :]])
    kind = KINDS[position - 1]
    assert said == (f"s.jsonl: event {position} ({kind}) was edited after sealing",)


@given(st.integers(0, FOOTER - 1))
def test_a_removed_line_is_named(position):
    said = damage([*LINES[:position], *LINES[position + 1 :]])
    assert said[0] == f"s.jsonl: {called(position)} was removed after sealing"


@given(which, which)
def test_a_copied_line_is_named(source, place):
    lines = [*LINES[:place], LINES[source], *LINES[place:]]
    found = read(b"".join(lines))
    assert found.damage
    assert any("added after sealing" in said for said in found.damage) or source == FOOTER


@given(st.integers(1, FOOTER + 1))
def test_an_invented_line_is_named(place):
    invented = b'{"answer":1,"ask":1,"kind":"draw","n":99}\n'
    said = damage([*LINES[:place], invented, *LINES[place:]])
    assert any("added after sealing" in one for one in said)


@given(event, event)
def test_reordered_lines_are_named(one, other):
    if one == other:
        return
    lines = list(LINES)
    lines[one], lines[other] = lines[other], lines[one]
    assert "s.jsonl: its events were reordered after sealing" in damage(lines)


@given(st.permutations(range(FOOTER)), st.sets(event, max_size=2))
def test_whatever_is_done_to_the_lines_is_noticed(order, removed):
    lines = [LINES[i] for i in order if i not in removed]
    changed = lines != LINES[:FOOTER]
    assert bool(damage([*lines, LINES[FOOTER]])) == changed


@pytest.mark.parametrize(
    "footer",
    [
        {"kind": "footer"},
        {"kind": "footer", "leaves": None},
        {"kind": "footer", "leaves": [{}, [], 3, None, "zz"]},
        {"kind": "footer", "leaves": [], "root": ""},
        {**json.loads(LINES[FOOTER]), "root": "00" * 32},
        {**json.loads(LINES[FOOTER]), "note": "trust me"},
    ],
)
def test_an_edited_footer_is_named(footer):
    said = damage([*LINES[:FOOTER], json.dumps(footer).encode() + b"\n"])
    assert "s.jsonl: the footer was edited after sealing" in said


def test_a_leaf_taken_out_of_the_footer_is_named_twice():
    footer = json.loads(LINES[FOOTER])
    del footer["leaves"][3]
    said = damage([*LINES[:FOOTER], compact(footer).encode() + b"\n"])
    assert said == (
        "s.jsonl: the footer was edited after sealing",
        "s.jsonl: event 3 (now) was added after sealing",
    )


def test_the_root_is_of_the_lines_as_they_are_and_not_as_the_footer_claims():
    lines = [*LINES[:2], b'{"n":2,"kind":"forged"}\n', *LINES[3:]]
    naive = merkle.root([merkle.leaf(line.rstrip(b"\n")) for line in lines[:FOOTER]])
    assert read(b"".join(lines)).root == f"sha256:{naive.hex()}"
    assert read(SEALED).root != f"sha256:{naive.hex()}"


# ── cut short, or no journal at all ──────────────────────────────────────────
@given(st.integers(0, len(SEALED) - 1))
def test_a_journal_cut_anywhere_is_not_closed(length):
    found = read(SEALED[:length])
    assert not found.closed
    # What had been written whole is still there.
    assert len(found.events) >= SEALED[:length].count(b"\n") - 1


@given(st.binary(max_size=60) | st.lists(st.sampled_from([*LINES, b"[]\n", b"\n"])).map(b"".join))
def test_no_bytes_make_reading_raise(content):
    found = read(content)
    assert found.closed <= (b'"footer"' in content)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["kind", "n", "leaves", "root", "attempt"]), inner)
        ),
    ),
    st.sampled_from(["header", "footer", "draw", None]),
)
def test_no_json_makes_reading_raise(value, kind):
    line = {**(value if isinstance(value, dict) else {"leaves": value, "n": value}), "kind": kind}
    lines = [json.dumps(line).encode() + b"\n"]
    read(b"".join([*LINES[:2], *lines, *LINES[2:]]))
    read(b"".join([*LINES[:FOOTER], *lines]))
    read(b"".join([*lines, *LINES]))


def test_deep_json_is_named_and_not_followed():
    deep = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    said = damage([*LINES[:2], deep, *LINES[2:]])
    assert "s.jsonl: line 3 is not a JSON object" in said
