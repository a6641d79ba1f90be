"""The documents of vn-cbccvc: the form is there whole, and what is shown as an example is one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest

from conformance import resources
from conformance.contract.bundle import bundle
from conformance.contract.codelists import CodeLists
from conformance.contract.contract import Contract
from conformance.contract.requests import Scope, request_problems
from conformance.model.exchange import Request
from conformance.model.json import JsonObject, at, compact

ROOT = resources.specs() / "vn-cbccvc" / "1.0"
MANIFEST = tomllib.loads((ROOT / "pack.toml").read_text(encoding="utf-8"))
CONTRACT = Contract(bundle(ROOT, MANIFEST["documents"]))
SCHEMAS = CONTRACT.document["components"]["schemas"]


def fields(schema: JsonObject, pointer: str = "") -> Iterator[tuple[str, JsonObject]]:
    """Every field of the form with its pointer; a table's columns instead of the table."""
    for name, member in schema["properties"].items():
        rows = member.get("items", {}).get("$ref")
        if rows:
            yield from fields(at(CONTRACT.document, rows[1:]), f"{pointer}/{name}/*")
        elif "x-form-item" in member:
            yield f"{pointer}/{name}", member


FIELDS = dict(fields(SCHEMAS["Profile"]))


def test_the_form_has_151_fields_in_ten_groups():
    # The highest qualification (item 20) is called `professionalLevel`.
    assert len(FIELDS) == 151
    assert {field["x-group"] for field in FIELDS.values()} == set(range(11))


def test_every_field_says_what_it_is_in_three_languages():
    for pointer, field in FIELDS.items():
        assert all(field.get(name) for name in ("title", "x-title-vi", "x-title-id")), pointer
        assert "pattern" not in field or "format" not in field, pointer


def test_health_party_religion_origin_and_discipline_are_sensitive():
    sensitive = {pointer for pointer, field in FIELDS.items() if field.get("x-sensitive")}
    assert sensitive >= {
        "/ethnicCode",
        "/religionCode",
        "/partyAdmissionDate",
        "/partyPosition",
        "/bloodType",
        "/discipline/*/form",
        "/detentionHistory",
        "/yearlySalaryVnd",
    }
    assert not sensitive & {"/birthFullName", "/rankCode", "/family/*/fullName"}


def test_every_table_refuses_what_it_does_not_know():
    for member in SCHEMAS["Profile"]["properties"].values():
        rows = member.get("items", {}).get("$ref")
        if rows:
            assert at(CONTRACT.document, rows[1:])["additionalProperties"] is False


@pytest.mark.parametrize("name", [name for name, schema in SCHEMAS.items() if "examples" in schema])
def test_every_example_is_one(name):
    lists = CodeLists.read(ROOT)
    for example in SCHEMAS[name]["examples"]:
        assert CONTRACT.problems(name, example) == ()
        for _, code_list, code in CONTRACT.codes_in(name, example):
            assert lists.known(code_list, code)


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=lambda one: one.id)
def test_every_operation_documents_its_refusals(operation):
    statuses = set(operation.responses)
    assert statuses >= {"400", "401", "429", "503"}
    if "{" in operation.template:
        assert "404" in statuses
    if operation.request_media_type == "application/json":
        assert statuses >= {"415", "422"}


HEADER = SCHEMAS["MessageHeader"]["examples"][0]


@pytest.mark.parametrize(
    ("changes", "scope"),
    [
        ({"environment": "production"}, Scope.ELSEWHERE),
        ({"messageCode": "M50"}, Scope.ELSEWHERE),
        ({"messageCode": "M99"}, Scope.ELSEWHERE),
        ({"schemaVersion": "9.9"}, Scope.ELSEWHERE),
        ({"environment": 7}, Scope.MESSAGE),
        ({"keyId": ""}, Scope.MESSAGE),
    ],
)
def test_a_header_of_another_contract_has_requirements_of_its_own(changes, scope):
    profile = SCHEMAS["Profile"]["examples"][0]
    body = {"header": HEADER | changes, "records": [{"profile": profile, "signature": "a..b"}]}
    request = Request(
        method="POST",
        target="/v1/trial-sync",
        operation="submitTrialSync",
        headers=(("Content-Type", "application/json"),),
        body=compact(body).encode(),
    )
    found = {problem.scope for problem in request_problems(CONTRACT, request)}
    assert scope in found
    assert scope is Scope.MESSAGE or found == {scope}
