"""The bytes that are signed are the same in every language, or there are none."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from conformance.crypto.canonical import canonical

#: Floats are left to the library's own tests; here integers stay inside the safe range.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_reading_the_bytes_back_gives_the_value(value):
    assert json.loads(canonical(value)) == value


@given(VALUES)
def test_the_bytes_are_those_of_the_library(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_the_order_of_members_does_not_matter(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_the_example_of_the_standard_has_the_published_bytes():
    # RFC 8785, section 3.2.2.
    value = json.loads(
        r'{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
        r'"string":"\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/",'
        r'"literals":[null,true,false]}'
    )
    assert canonical(value).decode() == (
        '{"literals":[null,true,false],'
        '"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        r'"string":"€$\u000f\nA' + "'" + r'B\"\\\\\"/"}'
    )


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"a": [1, {"b/c": 2**60}]}, "/a/1/b~1c: "),
        ({"a": float("nan")}, "/a: "),
        ({"a": "\ud800"}, "/a: "),
        ({"a": {"\ud800": 1}}, "/a: "),
        ({"\ud800": 1}, "the whole value: "),
        (float("inf"), "the whole value: "),
    ],
)
def test_what_has_no_canonical_form_is_named_by_its_pointer(value, pointer):
    with pytest.raises(ValueError, match=r".") as caught:
        canonical(value)
    assert str(caught.value).startswith(pointer)


def test_a_bottomless_value_is_refused_and_does_not_crash():
    value: list = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ValueError, match="nested too deeply"):
        canonical(value)
