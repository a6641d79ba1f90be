"""One run judges software that serves and pushes: plan, report and verdicts are about both."""

from __future__ import annotations

import base64
import json
import os
import shlex
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from conformance.app.mocking import reference_app
from conformance.app.options import RunOptions
from conformance.app.prepare import prepare
from conformance.catalogue import packs
from conformance.errors import UsageError
from conformance.model.requirement import Role
from conformance.reference.serve import serve_in_thread
from conformance.targets.locator import ExecLocator, HttpLocator, ListenLocator
from tests.app.tools import conformance, journal_of, journals, report_of, verdicts

BOTH = (Role.PROVIDER, Role.CONSUMER)
#: The bundled agency as a program of its own.
AGENCY = f"{shlex.quote(sys.executable)} -m conformance.packs.vn_cbccvc.agency_process"


def prepared(folder, target="http://127.0.0.1:1/api", **more):
    options = RunOptions(target=target, out=folder / "out", home=folder / "home", **more)
    return prepare(options)


def settings(folder, text):
    file = folder / "conformance.toml"
    file.write_text(text, encoding="utf-8")
    return file


# -- where it serves, and whence it pushes --------------------------------------------------


def test_a_table_names_both_and_then_both_roles_are_judged(tmp_path):
    file = settings(
        tmp_path, '[target.hr]\nlocator = "http://127.0.0.1:1/api"\npushes = "listen:8099"\n'
    )
    ready = prepared(tmp_path, "hr", config=file)

    assert isinstance(ready.locator, HttpLocator)
    assert ready.pushing == ListenLocator(port=8099)
    assert ready.plan.roles == BOTH
    assert "two-way" in ready.plan.classes
    assert {s.role for s in ready.plan.scenarios} == set(BOTH)


def test_what_an_option_says_of_it_stands_in_the_plan(tmp_path):
    ready = prepared(tmp_path, pushes=f"exec:{sys.executable} push.py")

    assert ready.pushing == ExecLocator(command=f"{sys.executable} push.py")
    assert ready.plan.roles == BOTH
    assert ready.plan.locator == "http://127.0.0.1:1/api"
    assert ready.plan.pushes == f"exec:{sys.executable} push.py"


@pytest.mark.parametrize("role", BOTH)
def test_one_role_of_such_a_target_is_judged_when_it_is_asked_for(tmp_path, role):
    ready = prepared(tmp_path, pushes="listen:8099", roles=(role,))

    assert ready.plan.roles == (role,)
    assert "two-way" not in ready.plan.classes


def test_a_claim_of_both_roles_says_nothing_about_both_when_one_is_run(tmp_path):
    claim = tmp_path / "claim.toml"
    claim.write_text(
        '[claim]\nroles = ["provider", "consumer"]\nclasses = ["consumer-sync", "two-way"]\n',
        encoding="utf-8",
    )
    alone = prepared(tmp_path, "listen:8099", claim=claim, roles=(Role.CONSUMER,))
    both = prepared(tmp_path, pushes="listen:8099", claim=claim)

    assert alone.plan.classes == ("consumer-sync",)
    assert both.plan.classes == ("consumer-sync", "two-way")
    assert both.plan.roles == BOTH


@pytest.mark.parametrize(
    ("target", "pushes", "where", "remedy"),
    [
        ("http://127.0.0.1:1", "process:./serve.sh", "--pushes", "listen:PORT or exec:COMMAND"),
        ("http://127.0.0.1:1", "push.sh", "--pushes", "listen:PORT or exec:COMMAND"),
        ("http://127.0.0.1:1", "exec:no-such-program", "--pushes", "can be run from this folder"),
        ("listen:8099", "exec:true", "--pushes", "Name the address at which it serves"),
    ],
)
def test_a_slip_in_whence_it_pushes_is_named_before_anything_begins(
    tmp_path, target, pushes, where, remedy
):
    with pytest.raises(UsageError) as told:
        prepared(tmp_path, target, pushes=pushes)
    assert told.value.where == where
    assert remedy in told.value.remedy


def test_a_slip_in_the_table_is_named_by_file_and_line(tmp_path):
    file = settings(
        tmp_path, '[target.hr]\nlocator = "http://127.0.0.1:1"\npushes = "asgi:app:app"\n'
    )
    with pytest.raises(UsageError) as told:
        prepared(tmp_path, "hr", config=file)
    assert told.value.where == f"{file}:3"
    assert told.value.value == "asgi:app:app"
    assert "exec:COMMAND" in told.value.remedy


def test_who_serves_and_is_asked_to_push_is_told_where_to_say_whence(tmp_path):
    with pytest.raises(UsageError) as told:
        prepared(tmp_path, roles=BOTH)
    assert "--pushes" in told.value.remedy


def test_a_mutant_of_both_faces_shows_in_both_roles_alone(tmp_path):
    with pytest.raises(UsageError) as told:
        prepared(tmp_path, "reference:PushesBackUnits", roles=(Role.CONSUMER,))
    assert "--role both" in told.value.remedy
    assert prepared(tmp_path, "reference:PushesBackUnits", roles=BOTH).plan.roles == BOTH


# -- the bundled software ----------------------------------------------------------------------


def two_way(*arguments):
    """What both faces are about, and a class of one of them."""
    return conformance("run", *arguments, "--class", "two-way", "--class", "population-match")


def test_the_bundled_software_is_judged_over_both_faces(tmp_path):
    out = tmp_path / "out"
    assert two_way("reference", "--role", "both", "--seed", 7, "--out", out) == 0

    report = report_of(out)
    judged = {r["id"]: r["verdict"] for r in report["requirements"] if r["class"] == "two-way"}
    assert report["run"]["roles"] == ["provider", "consumer"]
    assert set(judged.values()) == {"PASS"}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "provider (serves the API), consumer (calls the API)" in page
    assert conformance("rejudge", out) == 0

    # A run that was ended in between goes on with the other face as well.
    found = verdicts(out)
    journal_of(out, "VN-TWO-001").unlink()
    (out / "report.json").unlink()
    assert two_way("reference", "--role", "both", "--seed", 7, "--out", out, "--resume") == 0
    assert verdicts(out) == found
    assert conformance("rejudge", out) == 0


def test_what_needs_both_is_not_run_in_one(tmp_path):
    out = tmp_path / "out"
    words = ("reference", "--role", "consumer", "--class", "consumer-sync", "--seed", 7)
    assert conformance("run", *words, "--out", out) == 0
    told = {r["id"]: (r["applicability"], r["verdict"]) for r in report_of(out)["requirements"]}
    assert told["VN-TWO-001"] == ("OTHER_ROLE", "NOT_RUN")


# -- software of one's own, over real sockets --------------------------------------------------


class WithItsOwnKeys:
    """An API that lets its own client in, and nobody whom the test bed issued a secret."""

    def __init__(self, app, issued):
        self._app, self._issued = app, issued

    async def __call__(self, scope, receive, send):
        if scope.get("path") == "/oauth2/token":
            message = await receive()
            form = dict(parse_qsl(message["body"].decode()))
            good = (form.get("client_id"), form.get("client_secret")) == ("hr", "hr-word")
            form |= self._issued if good else {"client_secret": "nobody's"}
            body = urlencode(form).encode()
            kept = [(n, v) for n, v in scope["headers"] if n != b"content-length"]
            scope = {**scope, "headers": [*kept, (b"content-length", str(len(body)).encode())]}

            async def receive():
                return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, receive, send)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Software that serves on a socket and pushes by a command, over one store."""
    home = Path(os.environ["CONFORMANCE_HOME"])
    pack, store = packs.load(packs.default()), tmp_path / "served.db"
    monkeypatch.setenv("CONFORMANCE_SERVED", str(store))
    monkeypatch.setenv("CONFORMANCE_OUTBOX", str(tmp_path / "outbox.db"))
    monkeypatch.setenv("HR_SECRET", "hr-word")
    app = reference_app(pack, home=home, mutant=None, store=store, seed=1)
    issued = pack.plugin.vocabulary.demonstration_credentials["primary"]
    with serve_in_thread(WithItsOwnKeys(app, issued)) as serving:
        text = f"""
[target.hr]
locator = "{serving.base_url}"
pushes  = 'exec:{AGENCY}'

[target.hr.implementation]
organisation = "Example Software"
name = "Example HR"
version = "4.2"

[target.hr.credentials.primary]
client_id = "hr"
client_secret = {{ env = "HR_SECRET" }}
"""
        yield settings(tmp_path, text)


def test_software_of_ones_own_is_judged_over_both_faces(own, tmp_path):
    out = tmp_path / "out"
    code = conformance("run", "hr", "--config", own, "--class", "two-way", "--out", out)

    assert code == 0, verdicts(out)
    report = report_of(out)
    assert report["run"]["roles"] == ["provider", "consumer"]
    assert report["target"]["implementation"]["name"] == "Example HR"
    assert set(verdicts(out).values()) == {"PASS"}
    assert conformance("rejudge", out) == 0
    evidence = b"".join(journals(out).values())
    assert b"hr-word" not in evidence
    assert b"~secret.primary.client_secret~" in evidence
    assert b"~secret.issued-primary.client_secret~" in evidence


def test_units_of_another_body_than_is_pushed_are_not_to_be_asked_about(own, tmp_path):
    out = tmp_path / "out"
    grants = '\n[target.hr.grants]\nsubtree_root = "H97"\n'
    own.write_text(own.read_text(encoding="utf-8") + grants, encoding="utf-8")
    assert conformance("run", "hr", "--config", own, "--class", "two-way", "--out", out) == 3
    assert set(verdicts(out).values()) == {"INCONCLUSIVE"}


def test_an_option_beats_the_table_and_the_report_repeats_it(own, tmp_path):
    out = tmp_path / "out"
    text = own.read_text(encoding="utf-8").replace(f"exec:{AGENCY}", "listen:0")
    assert "listen:0" in text
    file = settings(tmp_path, text)
    words = ("run", "hr", "--config", file, "--pushes", f"exec:{AGENCY}")
    assert conformance(*words, "--class", "two-way", "--out", out) == 0, verdicts(out)

    assert report_of(out)["target"]["pushes"] == f"exec:{AGENCY}"
    assert "--pushes" in (out / "report.html").read_text(encoding="utf-8")
    assert conformance("rejudge", out) == 0


def test_what_cannot_be_reached_is_not_awaited_either(tmp_path):
    out = tmp_path / "out"
    text = f"""
[target.hr]
locator = "http://127.0.0.1:1"
pushes  = 'exec:{AGENCY}'
"""
    file = settings(tmp_path, text)
    assert conformance("run", "hr", "--config", file, "--class", "two-way", "--out", out) == 3


def test_an_echo_over_real_sockets_is_caught_and_explained(own, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CONFORMANCE_MUTANT", "PushesBackUnits")
    out = tmp_path / "out"
    assert conformance("run", "hr", "--config", own, "--class", "two-way", "--out", out) == 1

    failed = [name for name, verdict in verdicts(out).items() if verdict == "FAIL"]
    assert failed == ["VN-TWO-004"]
    assert conformance("rejudge", out) == 0
    capsys.readouterr()
    assert conformance("explain", f"{out}#VN-TWO-004") == 0
    assert "pushed back to where it came from" in capsys.readouterr().out


@pytest.mark.long
def test_the_bundled_software_is_granted_for_both_roles(tmp_path):
    out = tmp_path / "out"
    assert conformance("certify", "reference", "--role", "both", "--seed", 7, "--out", out) == 0
    granted = (out / "certificate.vc.jwt").read_text(encoding="ascii")
    assert conformance("verify", out / "certificate.vc.jwt") == 0
    assert conformance("rejudge", out) == 0
    payload = json.loads(base64.urlsafe_b64decode(granted.split(".")[1] + "=="))
    claim = payload["credentialSubject"]["claim"]
    assert claim["roles"] == ["provider", "consumer"]
    assert "two-way" in claim["classes"]
