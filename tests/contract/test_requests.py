"""What is wrong with a request that we made up, and whom that condemns."""

from __future__ import annotations

import json

import pytest

from conformance.contract import schemathesis_adapter
from conformance.contract.contract import Contract
from conformance.contract.requests import Scope, request_problems
from conformance.model.exchange import Request, Response

CONTRACT = Contract(
    {
        "openapi": "3.1.0",
        "info": {"title": "things", "version": "1"},
        "paths": {
            "/things": {
                "post": {
                    "operationId": "sendThings",
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Message"}}
                        },
                    },
                    "responses": {
                        "200": {
                            "description": "taken",
                            "content": {"application/json": {"schema": {"type": "object"}}},
                        }
                    },
                }
            },
            "/things/{code}": {
                "get": {
                    "operationId": "readThing",
                    "parameters": [
                        {
                            "name": "code",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string", "pattern": "^T[0-9]{2}$"},
                        },
                        {
                            "name": "limit",
                            "in": "query",
                            "schema": {"type": "integer", "minimum": 1, "maximum": 9},
                        },
                    ],
                    "responses": {"200": {"description": "a thing"}},
                }
            },
        },
        "components": {
            "schemas": {
                "Message": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["id", "things"],
                    "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "things": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 2,
                            "x-judged-elsewhere": ["minItems", "maxItems"],
                            "items": {
                                "x-judged-per-record": True,
                                "$ref": "#/components/schemas/Thing",
                            },
                        },
                    },
                },
                "Thing": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {"name": {"type": "string", "minLength": 1}},
                },
            }
        },
    }
)
ID = "6f1c1a52-6a0e-4f0b-9d0a-0d8a54b0c7f1"


def sent(body: object, kind: str = "application/json") -> Request:
    return Request(
        method="POST",
        target="/things",
        headers=(("Content-Type", kind),),
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        operation="sendThings",
    )


def read(target: str) -> Request:
    return Request(method="GET", target=target, operation="readThing")


@pytest.mark.parametrize(
    ("body", "scope"),
    [
        ({"id": ID, "things": [{"name": "a"}]}, set()),
        ({"id": "x", "things": [{"name": "a"}]}, {Scope.MESSAGE}),
        ({"things": [{"name": "a"}]}, {Scope.MESSAGE}),
        ({"id": ID, "things": [{"name": ""}]}, {Scope.RECORD}),
        ({"id": ID, "things": [{}, {"name": 7}]}, {Scope.RECORD}),
        ({"id": ID, "things": []}, {Scope.ELSEWHERE}),
        ({"id": ID, "things": [{"name": "a"}] * 3}, {Scope.ELSEWHERE}),
        ({"id": ID, "things": "a"}, {Scope.MESSAGE}),
        ({"id": 7, "things": [{}]}, {Scope.MESSAGE, Scope.RECORD}),
        (b"{", {Scope.MESSAGE}),
        (b"", {Scope.MESSAGE}),
    ],
)
def test_a_body_is_condemned_by_what_is_wrong_and_where(body, scope):
    assert {problem.scope for problem in request_problems(CONTRACT, sent(body))} == scope


def test_another_media_type_is_a_problem():
    (problem,) = request_problems(CONTRACT, sent({}, "text/plain"))
    assert problem.place == "media type"


@pytest.mark.parametrize(
    ("target", "places"),
    [
        ("/things/T01", []),
        ("/things/T01?limit=9", []),
        ("/things/T01?limit=10", ["query limit"]),
        ("/things/T01?limit=", ["query limit"]),
        ("/things/T01?limit=x&limit=1", []),
        ("/things/T01?other=x", []),
        ("/things/%C3%A9", ["path code"]),
        ("/things/x?limit=0", ["path code", "query limit"]),
    ],
)
def test_parameters_are_read_as_leniently_as_http_reads_them(target, places):
    assert [problem.place for problem in request_problems(CONTRACT, read(target))] == places


def test_cases_are_the_control_first_then_good_and_bad_and_the_same_again():
    realistic = {"body": {"id": ID, "things": [{"name": "a"}]}}
    made = [
        schemathesis_adapter.cases(CONTRACT, "sendThings", seed=5, count=12, realistic=realistic)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    modes = [case["mode"] for case in made[0]]
    assert modes[0] == "control"
    assert modes.count("negative") >= 4
    assert modes.count("positive") >= 3
    assert len(modes) <= 12
    json.dumps(made)


@pytest.mark.parametrize("operation_id", ["sendThings", "readThing"])
def test_a_generated_case_is_good_or_bad_by_our_own_validator(operation_id):
    for case in schemathesis_adapter.cases(CONTRACT, operation_id, seed=3, count=10):
        body = case["body"]
        request = Request(
            method=str(case["method"]),
            target=str(case["target"]),
            headers=tuple((name, value) for name, value in case["headers"]),
            body=body.encode() if isinstance(body, str) else None if body is None else b"\xff",
            operation=operation_id,
        )
        assert request.target.isascii()
        assert bool(request_problems(CONTRACT, request)) is (case["mode"] == "negative")


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [(200, b"{}", ""), (418, b"{}", "status"), (200, b"[]", "schema")],
)
def test_the_second_opinion_speaks_of_the_same_faults(status, body, said):
    response = Response(status=status, headers=(("Content-Type", "application/json"),), body=body)
    found = schemathesis_adapter.objections(CONTRACT, sent({}), response)
    assert bool(found) is bool(said)
