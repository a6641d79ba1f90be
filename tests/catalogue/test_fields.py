"""The field guide says of every field where the form asks for it and how it is written."""

from __future__ import annotations

import json

import pytest

from conformance.app.describing import field_guide
from conformance.catalogue import packs
from conformance.catalogue.fields import fields, groups_of, with_examples
from conformance.cli.main import main
from conformance.model.requirement import Language, Text
from conformance.reporting import field_guide as telling

DOCUMENT = {
    "info": {"x-groups": [{"id": 1, "title": "Self", "x-title-vi": "Bản thân"}]},
    "components": {
        "schemas": {
            "Record": {
                "required": ["name", "jobs"],
                "properties": {
                    "name": {
                        "title": "Name",
                        "x-title-vi": "Họ tên",
                        "x-form-item": "1",
                        "x-group": 1,
                        "type": "string",
                        "maxLength": 50,
                    },
                    "faith": {
                        "type": "string",
                        "x-sensitive": True,
                        "x-code-list": "faiths",
                        "x-group": {"en": "Other", "vi": "Khác"},
                    },
                    "jobs": {
                        "type": "array",
                        "minItems": 1,
                        "x-group": 1,
                        "items": {"$ref": "#/components/schemas/Job"},
                    },
                    "boss": {"$ref": "#/components/schemas/Record", "title": "Boss"},
                    "until": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                    "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}},
                },
            },
            "Job": {
                "type": "object",
                "required": ["from"],
                "properties": {"from": {"type": ["string", "null"], "format": "date"}},
            },
        }
    },
}


@pytest.fixture(scope="module")
def guide():
    found = fields(DOCUMENT, "/components/schemas/Record", groups_of(DOCUMENT))
    return {field.pointer: field for field in found}


def test_a_field_is_named_as_the_form_names_it(guide):
    name = guide["/name"]
    assert (name.title.vi, name.title.en, name.title.id) == ("Họ tên", "Name", "Name")
    assert (name.form_item, name.type, name.mandatory) == ("1", "string ..50", True)
    assert name.group == Text(en="Self", vi="Bản thân", id="Self")


def test_what_stands_beside_it_is_told(guide):
    faith = guide["/faith"]
    assert (faith.sensitive, faith.code_list, faith.mandatory) == (True, "faiths", False)
    assert faith.group.vi == "Khác"


def test_tables_references_and_null_are_looked_through(guide):
    assert guide["/jobs"].type == "list 1.."
    row = guide["/jobs/*/from"]
    assert (row.type, row.mandatory, row.depth) == ("date | null", True, 1)
    assert row.group == guide["/name"].group
    assert guide["/until"].type == "date"
    assert guide["/tags"].type == "list of string ..3"


def test_a_record_within_itself_comes_to_an_end(guide):
    assert guide["/boss"].title.en == "Boss"
    assert max(field.depth for field in guide.values()) < 10


def test_examples_come_from_records_and_never_whole_objects(guide):
    record = {"name": "Lan", "jobs": [{}, {"from": "2020-01-01"}], "boss": {"name": "Minh"}}
    shown = {f.pointer: f.example for f in with_examples(tuple(guide.values()), [{}, record])}
    assert shown["/name"] == '"Lan"'
    assert shown["/jobs/*/from"] == '"2020-01-01"'
    assert shown["/boss/name"] == '"Minh"'
    assert shown["/boss"] == shown["/jobs"] == shown["/until"] == ""


@pytest.fixture(scope="module")
def shipped():
    return field_guide(packs.load(packs.default()))


def test_every_field_of_the_shipped_contract_has_a_name_in_its_own_language(shipped):
    for _, found in shipped.kinds.values():
        assert [f.pointer for f in found if f.title.vi == f.title.en or not f.title.vi] == []
        assert [f.pointer for f in found if not f.type] == []


def test_every_kind_and_every_field_of_the_form_is_filed_under_a_title(shipped):
    people = shipped.kinds["people"][1]
    assert {title.vi == title.en for title, _ in shipped.kinds.values()} == {False}
    # The form asks nobody whether he is a state secret.
    assert [f.pointer for f in people if f.group is None] == ["/stateSecret"]


def test_mandatory_fields_have_an_example(shipped):
    for _, found in shipped.kinds.values():
        simple = [f for f in found if f.mandatory and "*" not in f.pointer and f.type != "object"]
        listed = [f for f in simple if not f.type.startswith("list")]
        assert [f.pointer for f in listed if not f.example and "null" not in f.type] == []


@pytest.mark.parametrize("language", Language)
def test_the_page_needs_nothing_else(shipped, language):
    page = telling.page(shipped, language)
    assert "<script" not in page
    assert "src=" not in page
    assert 'href="http' not in page
    for _, found in shipped.kinds.values():
        for field in found:
            assert field.title.within(language) in page.replace("&#39;", "'")


def test_the_command_has_three_forms(capsys):
    def shown(*words):
        with pytest.raises(SystemExit) as ended:
            main(["pack", "show", *words])
        assert ended.value.code == 0
        return capsys.readouterr().out

    assert "bắt buộc" in shown("--fields")
    assert "mandatory" in shown("--fields", "--lang", "en")
    assert shown("--fields", "--format", "html").startswith("<!DOCTYPE html>")
    document = json.loads(shown("--fields", "--format", "json"))
    kinds = document["kinds"]
    assert all(kind["fields"] for kind in kinds.values())
    with pytest.raises(SystemExit) as ended:
        main(["pack", "show", "--format", "json"])
    assert ended.value.code == 2
