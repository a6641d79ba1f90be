"""Preflight: who is there, whose fault it is when nobody is, and what to do about it."""

from __future__ import annotations

import json

import pytest

from tests.app.tools import conformance
from tests.hostile import servers


@pytest.fixture
def seen(tmp_path, monkeypatch, capsys):
    """The checks of `conformance preflight` on one URL, with a timeout of a second."""
    monkeypatch.chdir(tmp_path)

    def look(url, *more):
        (tmp_path / "conformance.toml").write_text(
            f'[target.it]\nlocator = "{url}"\ntimeout = 1\n', encoding="utf-8"
        )
        capsys.readouterr()
        code = conformance("preflight", "it", "--format", "json", *more)
        document = json.loads(capsys.readouterr().out)
        return code, {check["name"]: check for check in document["checks"]}

    return look


@pytest.mark.parametrize(
    ("serve", "name", "codes"),
    [
        (servers.closed_port, "socket", {"connection-refused"}),
        (servers.hang, "answer", {"timeout"}),
        (servers.reset, "answer", {"connection-reset"}),
        # Cut before or after our side noticed that it was connected.
        (servers.reset_at_once, "answer", {"connection-reset", "connection-refused"}),
        (servers.hang_up, "answer", {"connection-reset"}),
        (servers.not_http, "answer", {"connection-reset", "not-http"}),
        (servers.endless_interim, "answer", {"timeout"}),
        (servers.slow_drip, "answer", {"timeout"}),
    ],
)
def test_who_gives_no_answer_stops_a_run(seen, serve, name, codes):
    with serve() as target:
        left, checks = seen(target.url)
    assert left == 3
    assert checks[name]["state"] == "failed"
    assert checks[name]["code"] in codes
    assert not checks[name]["seen"].endswith(": (2 tries)")
    assert checks[name]["fault"] == "network"
    assert checks[name]["remedy"]


@pytest.mark.parametrize(
    "serve", [servers.always_500, servers.html_200, servers.redirect_to_itself, servers.broken_json]
)
def test_who_answers_will_be_judged(seen, serve):
    """Even an absurd answer is one: conformance is not for preflight to decide."""
    with serve() as target:
        left, checks = seen(target.url)
    assert left == 0
    assert checks["answer"]["state"] == "ok"
    assert checks["credentials"]["state"] == "warning"
    assert checks["environment"]["state"] == "warning"
    assert checks["environment"]["fault"] == "configuration"


def test_a_name_that_nobody_has(seen):
    left, checks = seen("http://nobody.invalid")
    assert left == 3
    assert checks["name"]["code"] == "name-not-found"


def test_tls_where_none_is_spoken(seen):
    with servers.always_500() as target:
        left, checks = seen(target.url.replace("http:", "https:"))
    assert left == 3
    assert checks["tls"]["code"] == "tls"


def test_a_redirect_is_not_followed(seen):
    with servers.redirect_elsewhere() as target:
        left, _ = seen(target.url)
        assert left == 0
        assert target.elsewhere.requests == []


def test_the_reference_is_ready(capsys):
    assert conformance("preflight", "reference") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["ok", "socket"],
        ["ok", "answer"],
        ["ok", "clock"],
        ["ok", "credentials"],
        ["ok", "environment"],
    ]


def test_a_reference_that_says_it_is_production_warns_on_this_machine(capsys):
    """Beyond loopback the same answer would stop the run."""
    assert conformance("preflight", "reference:HidesItsEnvironment") == 0
    assert "warning  environment" in capsys.readouterr().out
