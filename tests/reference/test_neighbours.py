"""Two clients at one reference, and what is kept of dated changes."""

from __future__ import annotations

import pytest


@pytest.fixture
def neighbour(server):
    """A token of the second agency."""
    answer = server.call(
        "POST",
        "/oauth2/token",
        data={
            "grant_type": "client_credentials",
            "client_id": "demo-neighbour",
            "client_secret": "demo-secret-of-the-neighbour",
        },
    )
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def test_each_agency_sees_its_own_root(server, neighbour):
    assert server.call("GET", "/v1/units/H98").status_code == 200
    assert server.call("GET", "/v1/units/H97").status_code == 404
    assert server.call("GET", "/v1/units/H98", headers=neighbour).status_code == 404
    assert server.call("GET", "/v1/units/H97", headers=neighbour).status_code == 200


def test_one_message_id_serves_two_agencies(server, neighbour, people):
    message = server.trial(server.signed(people(1)[0]))
    mine = server.submit(message)
    theirs = server.call("POST", "/v1/trial-sync", json=message, headers=neighbour)
    assert mine.json()["accepted"] == 1
    (error,) = theirs.json()["results"][0]["errors"][:1]
    assert error["rule"] == "unit-unknown"


def test_an_undated_change_keeps_the_time_that_is_known(server, people):
    (person,) = people(1)

    def send(phone, **times):
        record = server.signed({**person, "phone": phone})
        return server.submit(server.trial({**record, **times})).json()["results"][0]

    assert send("0990000001", changedAt="2026-11-20T08:00:00Z")["version"] == 1
    assert send("0990000002")["version"] == 2
    late = send("0990000003", changedAt="2026-11-20T07:59:59Z")
    assert late["errors"][0]["rule"] == "change-outdated"
    assert late["errors"][0]["pointer"] == "/records/0/changedAt"
    # Told again, a state is known to hold at that time too.
    assert send("0990000002", changedAt="2026-11-21T08:00:00Z")["version"] == 2
    assert "errors" in send("0990000004", changedAt="2026-11-21T07:00:00Z")
    assert send("0990000004", changedAt="2026-11-21T08:00:00Z")["version"] == 3


def test_a_record_without_a_time_is_not_told_of_time(server, people):
    record = server.signed(people(1)[0])
    plain = server.submit(server.trial(record)).json()["results"][0]
    dated = server.submit(server.trial({**record, "changedAt": "2026-11-20T08:00:00Z"})).json()
    assert "timeliness" not in plain
    # Sent on Sunday the 22nd: Monday is the first of three working days.
    assert dated["results"][0]["timeliness"] == "IN_TIME"


@pytest.mark.parametrize(
    ("name", "value", "told"), [("bloodType", "QX", False), ("generalEducation", "QX", True)]
)
def test_sensitive_values_are_not_quoted(server, people, name, value, told):
    answer = server.submit(server.trial(server.signed({**people(1)[0], name: value})))
    (error,) = answer.json()["results"][0]["errors"]
    assert error["pointer"] == f"/records/0/profile/{name}"
    assert ("value" in error) is told


@pytest.mark.parametrize(
    "odd", ["0001-01-01T00:00:00+14:00", "2026-11-20t08:00:00z", "2016-12-31T23:59:60Z"]
)
def test_an_odd_time_is_no_crash(server, people, odd):
    record = {**server.signed(people(1)[0]), "changedAt": odd}
    for _ in range(2):
        assert server.submit(server.trial(record)).status_code in (200, 422)
