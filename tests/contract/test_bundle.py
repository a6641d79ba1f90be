"""Several documents become one, and every mistake is named by file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.contract.bundle import bundle
from conformance.errors import PackDefect
from conformance.model.json import at, walk
from tests.contract.conftest import COMMON, DOCUMENTS, LIBRARY


def test_every_reference_of_the_result_stays_inside_and_leads_somewhere(root):
    document = bundle(root, DOCUMENTS)

    references = [
        value for pointer, value in walk(document) if pointer.rpartition("/")[2] == "$ref"
    ]
    assert len(references) == 8
    for reference in references:
        assert reference.startswith("#/")
        at(document, reference[1:])


def test_paths_and_components_of_all_documents_are_there(root):
    document = bundle(root, DOCUMENTS)

    assert set(document["paths"]) == {"/books/{isbn}", "/books/latest"}
    assert set(document["components"]["schemas"]) == {"Book", "Isbn", "Shelf", "Problem"}
    assert document["info"]["title"] == "Library"


def test_a_document_s_security_binds_its_own_operations_only(root):
    document = bundle(root, DOCUMENTS)

    assert "security" not in document
    assert document["paths"]["/books/{isbn}"]["get"]["security"] == [{"key": []}]
    assert document["paths"]["/books/latest"]["get"]["security"] == []


def line_of(name: str, text: str, words: str) -> str:
    """The "file:line" of the last line that holds `words`."""
    numbers = [number for number, line in enumerate(text.splitlines(), 1) if words in line]
    return f"openapi/{name}.yaml:{numbers[-1]}"


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        pytest.param("schemas/Book", "schemas/Bok", "#/components/schemas/Bok", id="dangling"),
        pytest.param(
            "common.yaml#/components/schemas/Problem",
            "other.yaml#/components/schemas/Problem",
            "other.yaml#/components/schemas/Problem",
            id="outside",
        ),
        pytest.param(
            "operationId: readLatest",
            "operationId: readLatest\n      operationId: again",
            "operationId",
            id="duplicate key",
        ),
        pytest.param("openapi: 3.1.0", "openapi: 3.0.3", "3.0.3", id="version"),
    ],
)
def test_a_defect_is_named_by_file_and_line(root, old, new, value):
    text = LIBRARY.replace(old, new, 1)
    assert text != LIBRARY
    (root / "openapi/library.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(PackDefect) as caught:
        bundle(root, DOCUMENTS)
    assert caught.value.where == line_of("library", text, new.rpartition("\n")[2])
    assert caught.value.value == value


def test_two_definitions_of_one_component_are_both_named(root):
    text = LIBRARY + "    Isbn: {type: integer}\n"
    (root / "openapi/library.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(PackDefect) as caught:
        bundle(root, DOCUMENTS)
    assert caught.value.where == line_of("common", COMMON, "Isbn:")
    assert caught.value.value == f"first defined at {line_of('library', text, 'Isbn: {')}"


def test_what_is_not_yaml_is_a_defect_with_its_line(root):
    (root / "openapi/common.yaml").write_text("openapi: 3.1.0\npaths: ]\n", encoding="utf-8")

    with pytest.raises(PackDefect, match="is not YAML") as caught:
        bundle(root, DOCUMENTS)
    assert caught.value.where == "openapi/common.yaml:2"


def test_a_missing_document_is_a_defect_of_the_pack(root):
    with pytest.raises(PackDefect, match=r"openapi/none\.yaml"):
        bundle(root, ("openapi/none.yaml",))


def test_equal_definitions_in_two_documents_are_no_conflict(root):
    text = LIBRARY + "    Isbn: {type: string, pattern: '^[0-9]{10}$'}\n"
    (root / "openapi/library.yaml").write_text(text, encoding="utf-8")

    assert "Isbn" in bundle(root, DOCUMENTS)["components"]["schemas"]


def test_yaml_is_read_as_json_would_be(root):
    extra = "    Odd: {enum: [2025-07-01, no, 017, 12:30, 1e3, null, true, 'true']}\n"
    (root / "openapi/library.yaml").write_text(LIBRARY + extra, encoding="utf-8")

    odd = bundle(root, DOCUMENTS)["components"]["schemas"]["Odd"]["enum"]
    assert odd == ["2025-07-01", "no", 17, "12:30", 1000.0, None, True, "true"]


def test_a_json_document_bundles_like_a_yaml_one(root):
    as_yaml = bundle(root, DOCUMENTS)
    import yaml

    for name in ("common", "library"):
        value = yaml.safe_load((COMMON if name == "common" else LIBRARY).replace(".yaml", ".json"))
        text = json.dumps(value, indent="\t", ensure_ascii=True)
        (root / f"openapi/{name}.json").write_text(text, encoding="utf-8")
    as_json = bundle(root, ("openapi/library.json", "openapi/common.json"))

    assert as_json == as_yaml


def test_a_dangling_reference_in_json_has_a_line_too(root):
    value = {"openapi": "3.1.0", "components": {"schemas": {"A": {"$ref": "#/nowhere"}}}}
    Path(root / "a.json").write_text(json.dumps(value, indent=2), encoding="utf-8")

    with pytest.raises(PackDefect) as caught:
        bundle(root, ("a.json",))
    assert caught.value.where == "a.json:6"


def test_a_name_borrowed_from_another_document_is_defined_once(tmp_path):
    lender = {
        "openapi": "3.1.0",
        "info": {"title": "Lender", "version": "1"},
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }
    borrower = {
        "openapi": "3.1.0",
        "info": {"title": "Borrower", "version": "1"},
        "components": {
            "securitySchemes": {"key": {"$ref": "lender.json#/components/securitySchemes/key"}}
        },
    }
    for name, document in (("lender", lender), ("borrower", borrower)):
        (tmp_path / f"{name}.json").write_text(json.dumps(document))

    for order in (["lender.json", "borrower.json"], ["borrower.json", "lender.json"]):
        assert bundle(tmp_path, order)["components"] == lender["components"]
