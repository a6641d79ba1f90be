"""A sound pack has no message; each unsound one has the right one, with its line."""

from __future__ import annotations

import pytest

from conformance.catalogue.lint import Severity, lint
from tests.catalogue.little import opened, spoil, write

API = "openapi/api.yaml"
CLASS = """\
[[class]]
id       = "empty"
title.en = "Empty"
title.vi = "Trống"
title.id = "Kosong"

[binding]"""


def test_a_sound_pack_has_no_message(tmp_path):
    write(tmp_path)
    assert lint(opened(tmp_path)) == ()


@pytest.mark.parametrize(
    ("name", "written", "instead", "line", "said"),
    [
        (API, "          description: A thing.\n", "", 10, "valid OpenAPI"),
        (API, "openapi: 3.1.0", "openapi: 3.0.3", 1, "3.1 or later"),
        (API, "schemas/Thing'", "schemas/Nothing'", 1, "leads somewhere"),
        (API, "'#/components/schemas/Thing'", "'https://example.org/t'", 16, "files of its pack"),
        (API, "type: object", "type: object\n      type: object", 21, "given once"),
        (API, "x-provenance: modelled", "x-provenance: official", 5, "comes from"),
        (API, "  x-provenance: modelled\n", "", 2, "comes from"),
        (API, "x-code-list: colours", "x-code-list: smells", 25, "code list"),
        (API, "openapi: 3.1.0", "openapi: [", 3, "YAML"),
        (API, "operationId: readThing", "operationId: read", 11, "preflight"),
        ("pack.toml", '= "XX-READ-001"', '= "XX-READ-009"', 20, "binding"),
        ("pack.toml", "[binding]", CLASS, 20, "at least one requirement"),
        ("codelists/colours.csv", "code,", "Code,", 1, "begins with"),
        ("codelists/colours.csv", "blue,", "red,", 3, "once on any day"),
        ("codelists/colours.csv", "2025-07-01", "2019-07-01", 3, "ends after"),
        ("codelists/colours.csv", "2025-07-01", "1 July", 3, "yyyy-mm-dd"),
        ("codelists/sources.toml", 'title.vi = "Màu sắc"', "", 3, "title"),
        ("codelists/sources.toml", '"colours"', '"colors"', 1, "where it comes from"),
        ("rules.toml", "record.colour !=", "record.colour ===", 7, "expression of CEL"),
        ("rules.toml", "record.colour", "recordcolour", 7, "expression of CEL"),
        ("rules.toml", '"/colour"', '"colour"', 3, "points to"),
        ("rules.toml", 'message.vi = "Đây là màu xanh."', "", 9, "message"),
    ],
)
def test_an_unsound_pack_is_told_why_and_where(tmp_path, name, written, instead, line, said):
    spoil(write(tmp_path), name, written, instead)
    found = [message for message in lint(opened(tmp_path)) if said in message.what]
    where = "pack.toml" if said == "preflight" else name
    if said == "where it comes from":
        where = "codelists/colours.csv"
    assert [message.where for message in found] == [f"little/1.0/{where}:{line}"]
    assert all(message.remedy for message in found)


@pytest.mark.parametrize("pattern", [r"'^\d+$'", r"'[\w-]'", r"'\\\s'"])
def test_a_pattern_that_dialects_read_differently_is_a_warning(tmp_path, pattern):
    spoil(write(tmp_path), API, "'^[a-z]+$'", pattern)
    (message,) = lint(opened(tmp_path))
    assert (message.severity, message.where) == (Severity.WARNING, f"little/1.0/{API}:24")


def test_an_escaped_backslash_before_a_letter_is_no_shorthand(tmp_path):
    spoil(write(tmp_path), API, "'^[a-z]+$'", r"'\\d'")
    assert lint(opened(tmp_path)) == ()


def test_two_documents_may_repeat_a_component_and_not_contradict_it(tmp_path):
    root = write(tmp_path)
    spoil(root, "pack.toml", '["openapi/api.yaml"]', '["openapi/api.yaml", "openapi/more.yaml"]')
    text = (root / API).read_text(encoding="utf-8").replace("readThing", "readMore")
    (root / "openapi/more.yaml").write_text(text.replace("/things", "/more"), encoding="utf-8")
    assert lint(opened(tmp_path)) == ()
    spoil(root, "openapi/more.yaml", "type: string", "type: integer")
    (message,) = lint(opened(tmp_path))
    assert "same in all documents" in message.what
    spoil(root, "openapi/more.yaml", "type: integer", "type: string")
    spoil(root, "openapi/more.yaml", "readMore", "readThing")
    (message,) = lint(opened(tmp_path))
    assert "operationId is given once" in message.what


def test_a_policy_and_a_mutant_name_what_is_there(tmp_path):
    root = write(tmp_path)
    (root / "policy.toml").write_text('[classes]\nprovider = ["writing"]\n', encoding="utf-8")
    found = lint(opened(tmp_path, "little", "XX-READ-001", "XX-READ-007"))
    assert [(message.where, message.value) for message in found] == [
        ("little/1.0/policy.toml:2", "writing"),
        ("little/1.0/requirements:1", "Sinner: XX-READ-007"),
    ]
