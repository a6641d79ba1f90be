"""What an answer says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import Deviation
from conformance.model.exchange import DEEPEST
from conformance.oracles.body import (
    equal_json,
    first_difference,
    header,
    media_type_is,
    member,
    member_is,
    number_within,
    same_answer,
    text_at,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


def test_a_member_is_found_by_its_pointer(answered):
    assert member(answered(200, {"a": [{"b/c": 7}]}), "/a/0/b~1c") == 7


def test_a_missing_member_is_named_and_how_far_the_way_goes(answered):
    with pytest.raises(Deviation) as caught:
        member(answered(200, {"a": [1]}), "/a/1/b")
    assert caught.value.code == "missing-member"
    assert caught.value.pointer == "/a/1/b"
    assert caught.value.observed == "an array of 1 items at /a"


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"NaN", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_called_so(answered, body):
    with pytest.raises(Deviation) as caught:
        member(answered(200, body=body), "/a")
    assert caught.value.code == "not-json"


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_body_is_as_deep_as_readers_go_and_no_deeper(answered, opening, closing):
    def nested(depth):
        inner = depth - 1
        return answered(
            200, body=b'{"a":' + opening * inner + b"1" + closing * inner + b', "b": []}'
        )

    member(nested(DEEPEST), "/a")
    with pytest.raises(Deviation) as caught:
        member(nested(DEEPEST + 1), "/a")
    assert caught.value.code == "not-json"
    assert "nested too deeply" in caught.value.observed


def test_a_body_without_end_is_called_so(answered):
    with pytest.raises(Deviation) as caught:
        member(answered(200, {}, truncated=True), "/a")
    assert caught.value.code == "body-too-large"


def test_a_value_is_compared_where_it_stands(answered):
    member_is(answered(200, {"a": {"b": 1}}), "/a", {"b": 1.0})
    with pytest.raises(Deviation) as caught:
        member_is(answered(200, {"a": {"b": 1}}), "/a", {"b": 2})
    assert (caught.value.code, caught.value.pointer) == ("wrong-value", "/a/b")


@pytest.mark.parametrize(
    ("observed", "required", "pointer"),
    [
        ({"a": 1}, {"a": 2}, "/a"),
        ({"a": 1}, {}, "/a"),
        ({}, {"a/b": 1}, "/a~1b"),
        ([1, 2], [1], ""),
        ([1, [2]], [1, [3]], "/1/0"),
        (True, 1, ""),
        (0, False, ""),
        (None, 0, ""),
        ({"x": []}, {"x": {}}, "/x"),
    ],
)
def test_the_first_difference_is_pointed_at(observed, required, pointer):
    with pytest.raises(Deviation) as caught:
        equal_json(observed, required)
    assert (caught.value.code, caught.value.pointer) == ("wrong-value", pointer)


@given(VALUES)
def test_every_value_equals_itself_with_its_members_reversed(value):
    def turned(one):
        if isinstance(one, dict):
            return {key: turned(one[key]) for key in reversed(one)}
        return [turned(item) for item in one] if isinstance(one, list) else one

    assert first_difference(turned(value), value) is None


def test_two_equal_answers_are_the_same_whatever_their_layout(answered):
    first = answered(200, body=b'{"a":1,"b":[]}', type="application/json; charset=utf-8")
    same_answer(first, answered(200, body=b'{ "b": [], "a": 1.0 }'))


@pytest.mark.parametrize(
    ("status", "body", "media_type", "pointer"),
    [
        (201, b'{"a":1}', "application/json", ""),
        (200, b'{"a":1}', "application/problem+json", ""),
        (200, b'{"a":2}', "application/json", "/a"),
    ],
)
def test_two_answers_differ_in_status_type_or_value(answered, status, body, media_type, pointer):
    with pytest.raises(Deviation) as caught:
        same_answer(answered(200, {"a": 1}), answered(status, body=body, type=media_type))
    assert (caught.value.code, caught.value.pointer) == ("different-answer", pointer)


def test_two_equal_ruins_are_not_the_same_answer(answered):
    with pytest.raises(Deviation) as caught:
        same_answer(answered(200, body=b"<html>"), answered(200, body=b"<html>"))
    assert caught.value.code == "not-json"


def test_headers_and_media_types(answered):
    exchange = answered(200, {}, headers=(("etag", '"1"'), ("Empty", " ")))
    assert header(exchange, "ETag") == '"1"'
    media_type_is(exchange, "application/json")
    for name in ("WWW-Authenticate", "Empty"):
        with pytest.raises(Deviation) as caught:
            header(exchange, name)
        assert caught.value.code == "missing-header"
    with pytest.raises(Deviation) as caught:
        media_type_is(exchange, "application/problem+json")
    assert caught.value.code == "wrong-media-type"


@pytest.mark.parametrize("value", ["60", 59, 61.5, True, None, 86401])
def test_a_number_out_of_bounds_or_of_another_kind_is_a_wrong_value(answered, value):
    number_within(answered(200, {"n": 60}), "/n", 60, 86400)
    with pytest.raises(Deviation) as caught:
        number_within(answered(200, {"n": value}), "/n", 60, 86400)
    assert (caught.value.code, caught.value.pointer) == ("wrong-value", "/n")


@pytest.mark.parametrize("value", ["", 7, None])
def test_an_empty_text_is_no_text(answered, value):
    assert text_at(answered(200, {"t": "x"}), "/t") == "x"
    with pytest.raises(Deviation) as caught:
        text_at(answered(200, {"t": value}), "/t")
    assert (caught.value.code, caught.value.pointer) == ("wrong-value", "/t")
