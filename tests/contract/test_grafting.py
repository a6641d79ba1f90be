"""Marks stand for records while a message is drawn, and realistic records take their place."""

from __future__ import annotations

import json

from conformance.contract.grafting import MARK, grafted, with_marks
from conformance.model.exchange import Request

DOCUMENT = {
    "Message": {
        "properties": {
            "header": {"type": "string"},
            "records": {
                "items": {
                    "properties": {
                        "profile": {"x-judged-per-record": True, "$ref": "#/Profile"},
                        "note": {"type": "string"},
                    }
                }
            },
        }
    },
    "Profile": {"type": "object"},
}
MODEL = {
    "header": "good",
    "records": [{"profile": {"id": 1}, "note": "a"}, {"profile": {"id": 2}, "note": "b"}],
}


def body_of(value):
    request = Request(method="POST", target="/x", body=json.dumps(value).encode())
    return json.loads(grafted(request, MODEL).body)


def test_only_schemas_of_records_become_marks():
    marked = with_marks(DOCUMENT)
    inner = marked["Message"]["properties"]["records"]["items"]["properties"]
    assert inner["profile"] == {"type": "string", "enum": [MARK]}
    assert inner["note"] == {"type": "string"}
    assert marked["Profile"] == DOCUMENT["Profile"]
    assert DOCUMENT["Message"]["properties"]["records"]["items"]["properties"]["profile"]["$ref"]


def test_each_mark_is_given_what_stands_there_in_the_model():
    drawn = {"header": "odd", "records": [{"profile": MARK, "note": "z"}] * 3}
    assert body_of(drawn) == {
        "header": "odd",
        "records": [{"profile": {"id": n}, "note": "z"} for n in (1, 2, 1)],
    }


def test_what_the_model_lacks_keeps_its_mark():
    assert body_of({"other": MARK}) == {"other": MARK}
    assert body_of([MARK]) == [MARK]


def test_what_cannot_be_read_is_left_alone():
    broken = Request(method="POST", target="/x", body=b'{"records": [' + MARK.encode())
    assert grafted(broken, MODEL) == broken
    empty = Request(method="GET", target="/x")
    assert grafted(empty, MODEL) == empty
