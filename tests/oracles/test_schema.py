"""Whether an answer is one that the contract documents."""

from __future__ import annotations

import pytest

from conformance.contract.contract import Contract
from conformance.errors import Deviation
from conformance.oracles.schema import documented

CONTRACT = Contract(
    {
        "openapi": "3.1.0",
        "info": {"title": "things", "version": "1"},
        "paths": {
            "/things": {
                "get": {
                    "operationId": "readThing",
                    "responses": {
                        "200": {
                            "description": "a thing",
                            "headers": {"ETag": {"required": True, "schema": {"type": "string"}}},
                            "content": {
                                "application/json": {
                                    "schema": {
                                        "type": "object",
                                        "required": ["id"],
                                        "properties": {"id": {"type": "integer"}},
                                    }
                                }
                            },
                        },
                        "204": {"description": "nothing"},
                    },
                }
            }
        },
    }
)
TAG = (("ETag", '"1"'),)


def test_a_documented_answer_passes(answered):
    documented(CONTRACT, answered(200, {"id": 1}, headers=TAG, operation="readThing"))
    documented(CONTRACT, answered(204, body=b"", type="", operation="readThing"))


@pytest.mark.parametrize(
    ("status", "body", "media_type", "headers", "code", "pointer"),
    [
        (418, b"{}", "application/json", TAG, "undocumented-status", ""),
        (200, b"<p>", "text/html", TAG, "undocumented-media-type", ""),
        (200, b"<p>", "application/json", TAG, "not-json", ""),
        (200, b'{"id":1}', "application/json", (), "missing-header", ""),
        (200, b'{"id":"1"}', "application/json", TAG, "schema-mismatch", "/id"),
        (204, b"x", "text/plain", (), "undocumented-media-type", ""),
    ],
)
def test_an_undocumented_answer_is_named(
    answered, status, body, media_type, headers, code, pointer
):
    exchange = answered(status, body=body, type=media_type, headers=headers, operation="readThing")
    with pytest.raises(Deviation) as caught:
        documented(CONTRACT, exchange)
    assert (caught.value.code, caught.value.pointer) == (code, pointer)


def test_a_body_that_does_not_end_is_named(answered):
    exchange = answered(200, {"id": 1}, headers=TAG, truncated=True, operation="readThing")
    with pytest.raises(Deviation) as caught:
        documented(CONTRACT, exchange)
    assert caught.value.code == "body-too-large"
