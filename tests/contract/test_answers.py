"""What is wrong with a value or an answer, and who says so."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract import validators
from conformance.contract.contract import Contract
from conformance.errors import SuiteDefect
from conformance.model.exchange import Response

BOOK = {"isbn": "1234567890", "printed": "2025-07-01"}


def answer(body=None, *, status=200, media_type="application/json", etag='"1"') -> Response:
    headers = [("etag", etag)] if etag else []
    if media_type:
        headers.append(("Content-Type", f"{media_type}; charset=utf-8"))
    raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status=status, headers=tuple(headers), body=raw)


def codes(contract: Contract, response: Response, operation: str = "readBook") -> list[str]:
    return [problem.code for problem in contract.response_problems(operation, response)]


def test_a_documented_answer_has_no_problem(contract):
    assert codes(contract, answer(BOOK)) == []
    assert codes(contract, answer({"title": "no"}, status=404,
                                  media_type="application/problem+json")) == []  # fmt: skip
    assert codes(contract, answer(status=204, media_type="", etag=""), "removeBook") == []


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (answer(BOOK, status=500), ["undocumented-status"]),
        (answer(BOOK, media_type="text/html"), ["undocumented-media-type"]),
        (answer(BOOK, media_type=""), ["undocumented-media-type"]),
        (answer(b"{"), ["not-json"]),
        (answer(b'{"isbn": NaN}'), ["not-json"]),
        (answer(b"\xff"), ["not-json"]),
        (answer({}), ["schema-mismatch", "schema-mismatch"]),
        (answer(BOOK, etag=""), ["missing-header"]),
        (answer({"isbn": 1}, etag=""), ["missing-header", "schema-mismatch", "schema-mismatch"]),
    ],
)
def test_each_way_of_leaving_the_contract_has_its_code(contract, response, expected):
    assert codes(contract, response) == expected


def test_a_body_where_none_is_documented_is_seen(contract):
    assert codes(contract, answer(BOOK, status=204), "removeBook") == ["undocumented-media-type"]


def test_a_problem_becomes_a_deviation_that_names_the_place(contract):
    (problem,) = contract.response_problems("readBook", answer({**BOOK, "isbn": "12"}))
    deviation = problem.deviation()

    assert (deviation.code, deviation.pointer) == ("schema-mismatch", "/isbn")
    assert deviation.more == {"keyword": "pattern"}
    assert "[0-9]{10}" in deviation.required


@pytest.mark.parametrize(
    ("change", "pointer", "keyword"),
    [
        ({"isbn": "123456789O"}, "/isbn", "pattern"),
        # The two strings on which regex dialects differ: both validators must see it ECMA's way.
        ({"isbn": "1234567890\n"}, "/isbn", "pattern"),
        ({"isbn": "١٢٣٤٥٦٧٨٩٠"}, "/isbn", "pattern"),
        ({"printed": "2025-02-30"}, "/printed", "format"),
        ({"printed": "yesterday"}, "/printed", "format"),
        ({"pages": 0}, "/pages", "minimum"),
        ({"pages": "3"}, "/pages", "type"),
        ({"colour": "red"}, "", "additionalProperties"),
        ({"isbn": "\ud800234567890"}, "/isbn", "unicode"),
        ({"copies": [{"code": "A"}, {}]}, "/copies/1", "required"),
    ],
)
def test_a_problem_names_place_and_keyword(contract, change, pointer, keyword):
    (problem,) = contract.problems("Book", {**BOOK, **change})

    assert (problem.pointer, problem.keyword) == (pointer, keyword)
    assert len(problem.excerpt) <= 120
    assert not contract.is_valid("Book", {**BOOK, **change})


def test_a_message_does_not_repeat_the_value(contract):
    (problem,) = contract.problems("Book", {**BOOK, "isbn": "098090123456"})

    assert "098090123456" not in problem.message
    assert "098090123456" in problem.excerpt


def test_none_of_the_alternatives_is_explained_by_the_nearest_one(contract):
    first = contract.problems("Book", {**BOOK, "kept": {"code": 7}})[0]

    assert (first.pointer, first.keyword) == ("/kept/code", "type")


def test_a_second_opinion_that_disagrees_is_our_error(contract):
    judge = validators.Validator(
        contract._schemas, "/components/schemas/Book", second_opinion=lambda _: True
    )

    assert judge.problems(BOOK) == ()
    with pytest.raises(SuiteDefect, match="two validators disagree"):
        judge.problems({})


def test_a_second_opinion_is_not_asked_about_what_is_valid(contract):
    def never(_value):
        raise AssertionError

    judge = validators.Validator(
        contract._schemas, "/components/schemas/Book", second_opinion=never
    )
    assert judge.problems(BOOK) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NEARLY = st.fixed_dictionaries(
    {
        "isbn": st.sampled_from(["1234567890", "12", 5]),
        "printed": st.text("0123456789-T:Z", max_size=12),
    },
    optional={"pages": JSON, "kept": JSON, "copies": JSON},
)


@given(value=JSON | NEARLY)
def test_the_two_validators_agree_on_anything(value):
    assert bool(AGREED.problems("Book", value)) is not AGREED.is_valid("Book", value)


@given(
    text=st.from_regex(
        r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2}))?\Z"
    )
)
def test_the_two_validators_agree_on_dates_and_times(text):
    for component in ("Day", "Moment"):
        AGREED.problems(component, text)


def test_coded_fields_are_found_through_references(contract):
    assert contract.coded_fields("Book") == {
        "/kept/code": "shelves",
        "/copies/*/code": "shelves",
    }
    value = {**BOOK, "copies": [{"code": "A"}, {"code": "B"}], "kept": None}
    assert list(contract.codes_in("Book", value)) == [
        ("/copies/0/code", "shelves", "A"),
        ("/copies/1/code", "shelves", "B"),
    ]


def _agreed() -> Contract:
    schemas = {
        "Book": {
            "type": "object",
            "required": ["isbn"],
            "properties": {
                "isbn": {"type": "string", "pattern": "^[0-9]{10}$"},
                "printed": {"type": "string", "format": "date"},
                "pages": {"type": "integer", "minimum": 1, "multipleOf": 3},
                "kept": {"oneOf": [{"type": "null"}, {"type": "string", "maxLength": 2}]},
                "copies": {"type": "array", "uniqueItems": True, "maxItems": 2},
            },
        },
        "Day": {"type": "string", "format": "date"},
        "Moment": {"type": "string", "format": "date-time"},
    }
    return Contract({"openapi": "3.1.0", "components": {"schemas": schemas}})


AGREED = _agreed()


@pytest.mark.parametrize(
    ("name", "value", "valid"),
    [
        ("iri", "https://ví-dụ.vn/đường", True),
        ("iri", "/đường", False),
        ("iri-reference", "/đường", True),
        ("iri-reference", "\\\\không", False),
        ("iri", 1, True),
    ],
)
def test_both_validators_know_iris_though_their_grammar_is_built_late(name, value, valid):
    validator = validators.Schemas({"held": {"format": name}}).at("/held")
    assert [bool(validator.faults(value, second=second)) for second in (False, True)] == [
        not valid
    ] * 2


def test_two_threads_may_ask_for_the_second_opinion_first_at_the_same_time():
    together = threading.Barrier(2)

    def import_slowly():
        with validators._without_iri_grammar(), suppress(threading.BrokenBarrierError):
            together.wait(timeout=0.2)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(import_slowly) for _ in range(2)]:
            assert done.exception() is None
