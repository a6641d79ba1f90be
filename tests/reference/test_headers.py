"""A message header is refused for each thing that it says wrongly, where it says it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.reference.conftest import NOW


def faults(server, message) -> list[tuple[str, str]]:
    answer = server.submit(message)
    if answer.status_code == 200:
        return []
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":message-invalid")
    return [(error["pointer"], error["rule"]) for error in answer.json()["errors"]]


@pytest.fixture
def message(server, people):
    return server.trial(server.signed(people(1)[0]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("environment", "production"),
        ("receiverCode", "G10"),
        ("schemaVersion", "9.0"),
        ("codeListVersion", "2004-11-26"),
        ("messageCode", "M50"),
        ("sentAt", "yesterday"),
        ("sentAt", (NOW + timedelta(days=1)).isoformat()),
    ],
)
def test_one_wrong_word_is_named_where_it_stands(name, value, server, message):
    message["header"][name] = value
    assert faults(server, message) == [(f"/header/{name}", "schema")]


def test_all_wrong_words_are_named_at_once(server, message):
    message["header"] |= {"environment": "production", "sentAt": "9999-12-31T23:59:59Z"}
    assert {place for place, _ in faults(server, message)} == {
        "/header/environment",
        "/header/sentAt",
    }


@pytest.mark.parametrize(("ahead", "refused"), [(299, False), (300, False), (301, True)])
def test_clocks_may_differ_by_five_minutes(ahead, refused, server, message):
    message["header"]["sentAt"] = (NOW + timedelta(seconds=ahead)).isoformat()
    assert bool(faults(server, message)) is refused


def test_a_refused_message_leaves_no_trace(server, people, message):
    wrong = {**message, "header": {**message["header"], "environment": "production"}}
    assert faults(server, wrong)
    assert server.call("GET", f"/v1/profiles/{people(1)[0]['profileId']}").status_code == 404
    # Its message id is still free.
    assert faults(server, message) == []
