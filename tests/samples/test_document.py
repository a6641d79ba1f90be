"""`pack show --openapi` is one document that other people's tools can take."""

from __future__ import annotations

import json
import subprocess

import openapi_spec_validator
import pytest

from conformance.model.json import walk
from tests.samples.conftest import COMMAND


@pytest.fixture(scope="module")
def document():
    done = subprocess.run([*COMMAND, "pack", "show", "--openapi"], capture_output=True, check=True)
    return json.loads(done.stdout)


def test_it_is_a_valid_openapi_document(document):
    openapi_spec_validator.validate(document)


def test_it_refers_to_no_other_file(document):
    references = [v for pointer, v in walk(document) if pointer.endswith("/$ref")]
    assert references
    assert [reference for reference in references if not reference.startswith("#/")] == []


def test_it_names_no_dialect(document):
    # Naming even the default one makes Prism let every body pass unread.
    assert "jsonSchemaDialect" not in document


def test_one_code_of_a_message_is_an_enumeration(document):
    # A `const` beside an `enum` of the shared header is more than openapi-python-client can join.
    headers = [
        (pointer, value)
        for pointer, value in walk(document)
        if pointer.endswith("/messageCode") and isinstance(value, dict)
    ]
    assert headers
    assert [pointer for pointer, value in headers if "const" in value] == []
