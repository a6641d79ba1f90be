"""Preflight: who is there, whose fault it is when nobody is, and what to do about it."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request

import pytest

from conformance.app.mocking import reference_app
from conformance.catalogue import packs
from conformance.packs.vn_cbccvc.vocabulary import CLIENT_ID, CLIENT_SECRET
from conformance.reference.serve import serve_in_thread
from tests.app.tools import conformance
from tests.cli import controls
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
        ["ok", "test-ca"],
        ["ok", "revocations"],
    ]


def test_a_reference_that_says_it_is_production_warns_on_this_machine(capsys):
    """Beyond loopback the same answer would stop the run."""
    assert conformance("preflight", "reference:HidesItsEnvironment") == 0
    assert "warning  environment" in capsys.readouterr().out


@pytest.fixture
def served(tmp_path):
    """The reference, or a mutant of it, as somebody else runs it: with a test CA of its own."""

    def serve(mutant=None, home=None):
        pack = packs.load(packs.default())
        home = tmp_path / "elsewhere" if home is None else home
        return serve_in_thread(reference_app(pack, home=home, mutant=mutant, store=None, seed=1))

    return serve


def ours():
    from conformance.cli.common import home

    return home()


def test_a_target_that_does_not_know_our_test_ca_is_told_how_to(seen, served):
    with served() as target:
        left, checks = seen(target.base_url)
    assert left == 0
    assert (checks["test-ca"]["state"], checks["test-ca"]["code"]) == ("warning", "ca-unknown")
    assert checks["test-ca"]["fault"] == "configuration"
    assert "sign --authority" in checks["test-ca"]["remedy"]
    # What is on a list of an unknown authority nobody can tell.
    assert "revocations" not in checks


def test_a_target_that_does_not_know_our_revocation_list_is_told_so(seen, served):
    with served("NeverReadsTheRevocationList", ours()) as target:
        _, checks = seen(target.base_url)
    assert checks["test-ca"]["state"] == "ok"
    assert (checks["revocations"]["state"], checks["revocations"]["code"]) == (
        "warning",
        "list-unknown",
    )


def test_nothing_is_said_where_the_answer_does_not_tell(seen, served):
    with served("TrustsAnyCertificate", ours()) as target:
        _, checks = seen(target.base_url)
    assert checks["environment"]["state"] == "ok"
    assert {"test-ca", "revocations"}.isdisjoint(checks)


@pytest.mark.parametrize("app", [controls.accepts, controls.turns_away])
def test_a_server_without_judgement_is_not_misread(seen, app):
    with serve_in_thread(app) as target:
        _, checks = seen(target.base_url)
    assert {"test-ca", "revocations"}.isdisjoint(checks)


def test_an_unauthorised_preflight_sends_no_message(seen):
    with servers.always_500() as target:
        seen(target.url)
        assert target.requests
        assert not [asked for asked in target.requests if "trial-sync" in str(asked)]


def people_at(base_url):
    """Everybody whom the registry holds."""
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID}
    form["client_secret"] = CLIENT_SECRET
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(f"{base_url}/oauth2/token", data) as answer:
        token = json.load(answer)["access_token"]
    asked = urllib.request.Request(
        f"{base_url}/v1/profiles", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)["items"]


def test_who_is_taken_by_mistake_is_taken_away_again(seen, served, monkeypatch):
    from conformance.packs.vn_cbccvc import plugin

    with served("TakesUnknownUnits", ours()) as target:
        _, checks = seen(target.base_url)
        assert checks["test-ca"]["state"] == "ok"
        assert people_at(target.base_url) == []

        # The same without the second half: so the first half did leave somebody.
        monkeypatch.setattr(type(plugin), "leftovers", lambda _self, _exchange: ())
        seen(target.base_url)
        assert len(people_at(target.base_url)) == 1


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "accepted"), ("vi", "được chấp nhận"), ("id", "diterima")]
)
def test_it_is_told_in_the_reader_s_language(capsys, lang, told):
    assert conformance("preflight", "reference", "--lang", lang) == 0
    assert f"ok       credentials  {told}\n" in capsys.readouterr().out
