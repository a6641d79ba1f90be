"""Each constraint of a schema is broken by itself, and its twin stands on the boundary."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from conformance.contract.constraints import breaking, constraints, located, put
from conformance.contract.contract import Contract
from conformance.contract.keyword_vectors import keyword_vectors
from conformance.contract.request_vectors import (
    message_constraints,
    message_vectors,
    parameter_vectors,
)
from conformance.contract.requests import request_problems

THING = {
    "type": "object",
    "additionalProperties": False,
    "required": ["code", "rows"],
    "properties": {
        "code": {"$ref": "#/components/schemas/Code"},
        "name": {"type": "string", "minLength": 2, "maxLength": 5},
        "kind": {"type": "string", "enum": ["A", "B"]},
        "size": {"type": ["integer", "null"], "minimum": 0, "maximum": 9},
        "share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "day": {"type": "string", "format": "date"},
        "given": {"readOnly": True, "type": "string"},
        "rows": {
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "items": {
                "type": "object",
                "required": ["n"],
                "properties": {"n": {"type": "integer"}},
            },
        },
        "tags": {"type": "array", "uniqueItems": True},
        "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    },
}
GOOD = {
    "code": "T01",
    "name": "nămm",
    "kind": "A",
    "size": 4,
    "share": 0.5,
    "day": "2025-07-01",
    "rows": [{"n": 1}, {"n": 2}],
    "tags": ["a"],
    "either": 1,
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "things", "version": "1"},
    "paths": {
        f"/{name}": {
            "post": {
                "operationId": name,
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"type": "integer", "minimum": 1, "maximum": 9},
                    },
                    {"name": "note", "in": "query", "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Message"}}
                    },
                },
                "responses": {"200": {"description": "taken"}},
            }
        }
        for name in ("send", "store")
    },
    "components": {
        "schemas": {
            "Code": {"type": "string", "pattern": "^T[0-9]{2}$"},
            "Thing": THING,
            "Message": {
                "type": "object",
                "required": ["id", "things"],
                "properties": {
                    "id": {"type": "string", "minLength": 1, "maxLength": 8},
                    "to": {"type": "string", "enum": ["us"], "x-judged-elsewhere": ["enum"]},
                    "things": {
                        "type": "array",
                        "items": {
                            "x-judged-per-record": True,
                            "$ref": "#/components/schemas/Thing",
                        },
                    },
                },
            },
        }
    },
}
SCHEMA = "/components/schemas/Thing"


@pytest.fixture(scope="module")
def contract():
    return Contract(DOCUMENT)


def made(contract, *, base=GOOD, turn=0, sound=lambda _: True):
    wanted = constraints(contract.document, SCHEMA)
    return keyword_vectors(contract, SCHEMA, wanted, [base], sound=sound, turn=turn)


@pytest.mark.parametrize("turn", range(4))
def test_a_vector_breaks_its_keyword_alone_and_its_twin_none(contract, turn):
    found = made(contract, turn=turn)
    peer = Draft202012Validator(
        {**DOCUMENT, **DOCUMENT["components"]["schemas"]["Thing"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    assert len(found.vectors) == len(constraints(contract.document, SCHEMA))
    for twin in found.twins:
        assert peer.is_valid(twin)
    for vector in found.vectors:
        errors = {
            ("".join(f"/{token}" for token in error.absolute_path), error.validator)
            for error in peer.iter_errors(vector.value)
        }
        listed = {(vector.pointer, "enum")} if vector.breaks.pointer == "/kind" else set()
        assert errors - listed <= {(vector.pointer, vector.breaks.keyword)} != set()
        # `$` of Python also stands before a last line end; that of JSON Schema does not.
        assert errors or vector.value["code"] == "T01\n"


def test_what_cannot_be_broken_is_told_with_a_reason(contract):
    assert made(contract).gaps == {}
    bare = made(contract, base={"code": "T01", "rows": [{"n": 1}]})
    assert "/name maxLength" in {str(constraint) for constraint in bare.gaps}
    assert set(bare.gaps.values()) == {"no value of ours has this place"}
    # Rows are made more by repeating them, which another keyword forbids here.
    schema = {"type": "array", "maxItems": 2, "uniqueItems": True}
    torn = Contract({"components": {"schemas": {"Torn": schema}}})
    wanted = constraints(torn.document, "/components/schemas/Torn")
    found = keyword_vectors(
        torn, "/components/schemas/Torn", wanted, [[1, 2]], sound=lambda _: True, turn=0
    )
    assert {str(c): why for c, why in found.gaps.items()} == {
        "/ maxItems": "no value of ours breaks it alone"
    }


def test_twins_stand_on_the_boundary_in_characters(contract):
    found = made(contract)
    twin_of = {str(v.breaks): (found.twins[v.twin], v.value) for v in found.vectors}
    for name, length, wrong in (("/name minLength", 2, 1), ("/name maxLength", 5, 6)):
        twin, value = twin_of[name]
        assert (len(twin["name"]), len(value["name"])) == (length, wrong)
        # Neither bytes nor halves of characters give the same number.
        assert len(twin["name"].encode()) > length < len(twin["name"].encode("utf-16-le")) / 2
    assert twin_of["/size maximum"][0]["size"] == 9
    assert twin_of["/size minimum"][0]["size"] == 0
    assert len(twin_of["/rows maxItems"][1]["rows"]) == 4


def test_a_boundary_that_is_not_sound_is_left_alone(contract):
    found = made(contract, sound=lambda value: value["size"] == 4)
    assert {twin["size"] for twin in found.twins} == {4}
    assert {twin["name"] for twin in found.twins} != {GOOD["name"]}


def test_equal_arguments_give_equal_vectors_and_another_turn_other_ones(contract):
    assert made(contract) == made(contract)
    values = [{json.dumps(v.value) for v in made(contract, turn=turn).vectors} for turn in (0, 1)]
    assert values[0] != values[1]


def test_a_constraint_knows_what_is_not_its_messages_business(contract):
    found = {
        (c.pointer, c.keyword): c
        for c in constraints(contract.document, "/components/schemas/Message")
    }
    assert found["/things/*/code", "pattern"].per_record
    assert not found["/things", "type"].per_record
    assert found["/to", "enum"].elsewhere
    assert not found["/to", "type"].elsewhere
    assert not any(pointer.endswith("given") for pointer, _ in found)


def test_a_shared_keyword_is_tried_with_one_operation_by_turns(contract):
    count = iter(range(10_000))

    def fresh():
        return {"body": {"id": f"m{next(count)}", "to": "us", "things": [GOOD]}}

    def broken(name, turn):
        return message_vectors(
            contract, name, message_constraints(contract, name, turn), fresh, turn
        )

    tried = [
        {vector.what for vector in broken(name, turn).vectors}
        for turn in (0, 1)
        for name in ("send", "store")
    ]
    assert tried[0] == tried[3] != set()
    assert tried[1] == tried[2] == set()
    assert "/id maxLength" in tried[0]
    assert not any("things/0" in what or what == "/to enum" for what in tried[0])
    found = broken("send", 0)
    ids = [
        json.loads(r.body)["id"] for r in (v.request for v in found.vectors) if b'"id"' in r.body
    ]
    assert len(set(map(str, ids))) == len(ids)
    for vector in found.vectors:
        assert request_problems(contract, vector.request)
    for twin in found.twins:
        assert not request_problems(contract, twin)
    assert {len(json.loads(twin.body)["id"]) for twin in found.twins} == {1, 8}


def test_a_parameter_is_broken_where_a_text_can_break_it(contract):
    case = {"body": {"id": "m", "things": []}, "query": {"limit": 4}}
    found = parameter_vectors(contract, "send", case, 0)
    assert [v.what for v in found.vectors] == [
        "query limit type",
        "query limit minimum",
        "query limit maximum",
    ]
    assert [twin.target for twin in found.twins] == ["/send?limit=1", "/send?limit=9"]
    assert [v.request.target for v in found.vectors][1:] == ["/send?limit=0", "/send?limit=10"]


def test_places_are_found_and_filled():
    value = {"a": [{"b": 1}, {"c": 2}], "~": {"/": 3}}
    assert located(value, "/a/*/c") == "/a/1/c"
    assert located(value, "/~0/~1") == "/~0/~1"
    assert located(value, "/a/*/d") is None
    assert put(value, "/a/1/c", 7) == {"a": [{"b": 1}, {"c": 7}], "~": {"/": 3}}
    assert put(value, "/new", 7)["new"] == 7
    with pytest.raises(KeyError):
        put(value, "/a/x", 7)


def test_a_fault_of_a_member_may_be_said_to_lie_in_what_holds_it(contract):
    (required, *_) = [c for c in constraints(contract.document, SCHEMA) if c.name == "code"]
    assert required.places("/things/0") == ("/things/0", "/things/0/code")
    assert replace(required, keyword="type", name="").places("/x") == ("/x",)
    assert list(breaking(contract.document, required, {"rows": []}, 0)) == []
