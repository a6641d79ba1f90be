"""What an exchange left on the server, as far as its two sides tell."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.packs.vn_cbccvc import plugin

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
OURS, THEIRS = "098090123456", "001090123456"
ACCEPTED = {"recordNo": 1, "status": "ACCEPTED", "version": 1}
REJECTED = {"recordNo": 1, "status": "REJECTED"}


def exchange(operation, message, answer, status=200):
    return Exchange(
        number=1,
        initiator=Initiator.TOOLKIT,
        request=Request(
            method="POST", target="/x", body=json.dumps(message).encode(), operation=operation
        ),
        response=Response(status=status, body=json.dumps(answer).encode()),
        at=AT,
        elapsed=0.01,
    )


def left(operation, message, answer, status=200):
    found = plugin.leftovers(exchange(operation, message, answer, status))
    return [(one.kind, one.key, bool(one.removal)) for one in found]


def trial(*ids):
    return {"records": [{"profile": {"profileId": key}} for key in ids]}


@pytest.mark.parametrize(
    ("operation", "message", "answer", "found"),
    [
        ("submitTrialSync", trial(OURS), {"results": [ACCEPTED]}, [("profile", OURS, True)]),
        # Whose id it is does not matter where the server says that it took the record.
        ("submitTrialSync", trial(THEIRS), {"results": [ACCEPTED]}, [("profile", THEIRS, True)]),
        ("submitTrialSync", trial(OURS), {"results": [REJECTED]}, []),
        ("submitTrialSync", trial(OURS, OURS), {"results": [ACCEPTED]}, [("profile", OURS, True)]),
        (
            "submitUnits",
            {"units": [{"unitCode": "H98.1"}]},
            {"results": [ACCEPTED]},
            [("unit", "H98.1", False)],
        ),
        (
            "reorganiseUnits",
            {"to": [{"unitCode": "H98.2"}]},
            {"status": "ACCEPTED"},
            [("unit", "H98.2", False)],
        ),
        ("reorganiseUnits", {"to": [{"unitCode": "H98.2"}]}, {"status": "REJECTED"}, []),
        ("readProfile", trial(OURS), {"results": [ACCEPTED]}, []),
    ],
)
def test_it_counts_what_was_accepted(operation, message, answer, found):
    assert left(operation, message, answer) == found


def test_of_a_batch_whose_receipt_is_to_come_our_own_people_count():
    answer = {"jobId": "x", "status": "QUEUED"}
    found = left("submitProfileBatch", trial(OURS, THEIRS, f"{OURS}*"), answer, status=202)
    assert found == [("profile", OURS, True)]


@pytest.mark.parametrize("status", [400, 409, 422, 500])
def test_a_refused_message_left_nothing(status):
    assert left("submitTrialSync", trial(OURS), {"results": [ACCEPTED]}, status) == []


@pytest.mark.parametrize("message", [None, [], 1, {"records": {}}, {"records": [None, {}, []]}])
@pytest.mark.parametrize("answer", [None, [], {"results": [None, 1, {}]}, {"results": 3}])
def test_whatever_was_said_it_does_not_raise(message, answer):
    assert left("submitTrialSync", message, answer) == []


def test_nothing_is_read_out_of_no_text():
    empty = exchange("submitTrialSync", None, None)
    assert plugin.leftovers(empty) == ()
