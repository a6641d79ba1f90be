"""Pointers reach every value and nothing else; walking is pre-order and knows no depth."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.model.json import at, compact, escape, walk

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)

#: RFC 6901 section 5.
EXAMPLE = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", EXAMPLE),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_the_examples_of_rfc_6901(pointer, value):
    assert at(EXAMPLE, pointer) == value


@given(documents)
def test_every_value_is_found_where_the_walk_met_it(document):
    met = list(walk(document))
    assert all(at(document, pointer) is value for pointer, value in met)
    assert len({pointer for pointer, _ in met}) == len(met)


@given(documents)
def test_a_value_comes_before_what_it_holds(document):
    def naive(value, pointer=""):
        yield pointer, value
        if isinstance(value, dict):
            for key, member in value.items():
                yield from naive(member, f"{pointer}/{escape(key)}")
        elif isinstance(value, list):
            for index, member in enumerate(value):
                yield from naive(member, f"{pointer}/{index}")

    assert list(walk(document)) == list(naive(document))


@pytest.mark.parametrize(
    "pointer",
    [
        "foo",
        "#/foo",
        "/foo/2",
        "/foo/-",
        "/foo/00",
        "/foo/01",
        "/foo/٠",
        "/foo/-1",
        "/foo/0/0",
        "/foo/" + "9" * 5000,
        "/nothing",
        "/foo/ 0",
        "/foo/+0",
        "/a/b",
    ],
)
def test_where_nothing_stands_nothing_is_found(pointer):
    with pytest.raises(KeyError):
        at(EXAMPLE, pointer)


@given(documents, st.text(max_size=6))
def test_any_text_is_a_pointer_or_points_nowhere(document, pointer):
    try:
        found = at(document, pointer)
    except KeyError:
        return
    assert any(value is found for _, value in walk(document))


def test_a_target_may_nest_deeper_than_python_recurses():
    document: Any = None
    for _ in range(5000):
        document = [document]
    assert sum(1 for _ in walk(document)) == 5001
    assert at(document, "/0" * 5000) is None


@given(documents)
def test_the_compact_form_is_one_line_and_reads_back(document):
    line = compact(document)
    assert "\n" not in line
    assert json.loads(line) == document
    assert compact(json.loads(line)) == line
