"""The operator's mistakes: exit code 2, one message that names place, value and remedy, no loss."""

from __future__ import annotations

import shutil

import pytest

from tests.app.tools import conformance
from tests.hostile import servers

SETTINGS = """\
[target.good]
locator = "http://127.0.0.1:1"

[target.typo]
locator = "http://127.0.0.1:1"
time_out = 3

[target.words]
locator = "http://127.0.0.1:1"
timeout = "long"

[target.clear]
locator = "http://127.0.0.1:1"
[target.clear.credentials.primary]
client_id = "me"
client_secret = "hunter2"

[target.unset]
locator = "http://127.0.0.1:1"
[target.unset.credentials.primary]
client_secret = { env = "NOBODY_SETS_THIS" }

[target.silent]
locator = "http://127.0.0.1:1"
[target.silent.credentials.primary]
client_secret = { command = "false" }

[target.nowhere]
timeout = 3

[target.nonsense]
locator = "gopher://x"

[target.who]
locator = "http://127.0.0.1:1"
implementation = { organisation = "A", name = "B" }

[target.live]
locator = "https://api.prod.example"
"""

FILES = {
    "conformance.toml": SETTINGS,
    "broken.toml": '[target.x]\nlocator = "http://h"\ntimeout = \n',
    "claim-typo.toml": '[claim]\nroles = ["provider"]\nclases = ["access"]\n',
    "claim-role.toml": '[claim]\nroles = ["observer"]\n',
    "claim-class.toml": '[claim]\nclasses = ["acces"]\n',
    "claim-words.toml": '[claim]\nclasses = "access"\n',
    "base-unknown.toml": '[[known]]\nrequirement = "VN-ACC-001"\nreason = "x"\n\n'
    '[[known]]\nrequirement = "VN-ACC-999"\nreason = "x"\n',
    "base-silent.toml": '[[known]]\nrequirement = "VN-ACC-001"\n',
    "base-table.toml": '[known]\nrequirement = "VN-ACC-001"\n',
    "base-list.toml": 'known = ["VN-ACC-001"]\n',
    "base-other.toml": '[[unknown]]\nrequirement = "VN-ACC-001"\n',
    "record.json": '{\n  "a": 1,\n  "b": \n}\n',
    "nan.json": '{"a": NaN}',
    "people.jsonl": '{"profileId": "1"}\n{oops}\n',
    "list.jsonl": "[1]\n",
    "foreign/letter.txt": "Dear colleague",
}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A working folder with one of each broken file."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NOBODY_SETS_THIS", raising=False)
    return tmp_path


#: The command as typed, and what its one message must hold: place, value, remedy.
MISTAKES = [
    # ── conformance.toml ─────────────────────────────────────────────────────
    ("certify typo", "conformance.toml:6: target.typo.time_out: no such key", "Known keys:"),
    ("certify words", "conformance.toml:10: target.words.timeout", "'long'", "Write timeout = 10"),
    ("certify clear", "conformance.toml:16", "a secret may not be written", "env ="),
    ("certify unset", "conformance.toml:21", "'NOBODY_SETS_THIS'", "Set NOBODY_SETS_THIS"),
    ("certify silent", "conformance.toml:26", "the command gave no secret", "Run it by hand"),
    ("certify nowhere", "conformance.toml:28", "target.nowhere.locator: is missing", "Write"),
    ("certify nonsense", "TARGET: this is no target locator", "'gopher://x'", "reference:MUTANT"),
    ("certify who", "target.who.implementation.version: is missing", "Write version"),
    ("certify god", "no table [target.god]", "good", "http://127.0.0.1:8080"),
    ("certify x --config broken.toml", "broken.toml:3: this is not TOML", "Correct the line"),
    ("certify x --config none.toml", "none.toml: no such file", "Name an existing file"),
    ("preflight typo", "conformance.toml:6", "time_out"),
    # ── claim ────────────────────────────────────────────────────────────────
    ("certify reference --claim none.toml", "none.toml: no such file", "existing claim"),
    ("certify reference --claim claim-typo.toml", "claim-typo.toml:3", "'clases'", "Known keys"),
    ("certify reference --claim claim-role.toml", "claim-role.toml:2", "'observer'", "consumer"),
    ("certify reference --claim claim-class.toml", "'acces'", "The pack has: access"),
    ("certify reference --claim claim-words.toml", "claim-words.toml:2", "must be a list"),
    ("certify reference --claim broken.toml", "broken.toml:3", "Correct the line"),
    ("certify reference --claim foreign", "foreign: this file cannot be read"),
    # ── baseline ─────────────────────────────────────────────────────────────
    ("run reference --baseline none.toml", "--baseline", "'none.toml'", "existing file"),
    ("run reference --baseline base-unknown.toml", "base-unknown.toml:5", "'VN-ACC-999'", "lists"),
    ("run reference --baseline base-silent.toml", "base-silent.toml:1", "without a reason", "Add"),
    ("run reference --baseline base-table.toml", "base-table.toml", "[[known]] tables only"),
    ("run reference --baseline base-list.toml", "base-list.toml", "no such requirement"),
    ("run reference --baseline base-other.toml", "base-other.toml", "'unknown'", "[[known]]"),
    ("run reference --baseline broken.toml", "broken.toml", "not TOML", "Correct the line"),
    ("certify reference --baseline base-silent.toml", "--baseline", "conformance run"),
    # ── options ──────────────────────────────────────────────────────────────
    ("certify reference --class acces", "--class", "'acces'", "The pack has: access"),
    ("certify reference --pack vn-cbcvc", "--pack", "'vn-cbcvc'", "vn-cbccvc"),
    ("certify reference --pack vn-cbccvc@9", "--pack", "'9'", "1.0"),
    ("certify reference --role observer", '"observer"', "--role", '"consumer"'),
    ("certify reference --seed -1", '"-1"', "--seed", ">= 0"),
    ("certify reference --seed many", '"many"', "--seed"),
    ("certify reference --jobs 0", "--jobs", "'0'", "auto"),
    ("certify reference --jobs many", "--jobs", "'many'", "auto"),
    ("certify reference --budget 1", '"1"', "--budget", ">= 2"),
    ("certify reference --as-of tomorrow", "--as-of", "'tomorrow'", "2026-07-01"),
    ("certify reference --lang fr", '"fr"', "--lang", '"vi"'),
    ("certify reference --format xml", '"xml"', "--format", '"json"'),
    ("certify reference --sed 1", "--sed", "--seed"),
    ("certify", "TARGET"),
    ("certifi reference", '"certifi"'),
    ("certify reference --out conformance.toml", "--out", "'conformance.toml'", "Name a folder"),
    ("certify reference --out foreign", "--out", "'foreign'", "Name an empty folder"),
    ("certify reference --resume --out none", "--resume", "'none'", "Run without it"),
    ("certify reference --resume --out foreign", "--resume", "'foreign'", "Run without it"),
    # ── locators ─────────────────────────────────────────────────────────────
    ("certify foo:bar", "TARGET", "'foo:bar'", "http(s)://host/base"),
    ("certify http://", "TARGET", "names no host", "http(s)://host/base"),
    ("certify http://h:99999", "TARGET", "'http://h:99999'", "http(s)://host/base"),
    ("certify http://[::1", "TARGET", "'http://[::1'", "http(s)://host/base"),
    ("certify http://h/?a=b", "TARGET", "no query", "http(s)://host/base"),
    ("certify http://me:hunter2@h/", "TARGET", "may not carry credentials", "conformance.toml"),
    ("certify listen:99999 --role consumer", "TARGET", "'listen:99999'", "listen:PORT"),
    ("certify listen:8080", "TARGET", "'listen:8080'", "Add --role consumer"),
    ("certify exec:x", "TARGET", "'exec:x'", "Add --role consumer"),
    ("certify http://127.0.0.1:1 --role consumer", "TARGET", "serves the API", "listen:PORT"),
    ("certify reference:EchoesPersonalId", "TARGET", "'EchoesPersonalId'", "EchoesPersonalIds"),
    ("certify reference:Zzz", "TARGET", "'Zzz'", "--list-mutants"),
    ("certify reference:SendsPeopleFirst", "TARGET", "other role", "Add --role consumer"),
    ("certify reference:EchoesPersonalIds+", "TARGET", "no such mutant"),
    ("certify asgi:no.such:app", "TARGET", "'asgi:no.such:app'", "importable module"),
    ("certify asgi:json:app", "TARGET", "'asgi:json:app'", "importable module"),
    ("certify process:./none", "TARGET", "'process:./none'", "$PORT"),
    # ── hosts that look like production ──────────────────────────────────────
    ("certify https://api.prod.example", "TARGET", "'api.prod.example'", "--acknowledge-host"),
    ("certify https://live.example:8443/x", "TARGET", "'live.example'", "--acknowledge-host"),
    ("certify https://cbccvc.moha.gov.vn", "TARGET", "moha.gov.vn", "--acknowledge-host"),
    ("certify live", "TARGET", "'api.prod.example'", "--acknowledge-host api.prod.example"),
    ("preflight https://api.prod.example", "TARGET", "'api.prod.example'", "--acknowledge-host"),
    # ── the other commands ───────────────────────────────────────────────────
    ("verify none.jwt", "CERTIFICATE", "'none.jwt'", "certificate.vc.jwt"),
    ("verify record.json --trust none.json", "none.json"),
    ("verify record.json --replay none", "--replay", "'none'", "Name a run's folder"),
    ("rejudge foreign", "plan.json", "--out folder"),
    ("rejudge none", "plan.json", "--out folder"),
    ("explain VN-SYNC-14", "REQUIREMENT", "'VN-SYNC-14'", "VN-SYNC-014"),
    ("explain none#VN-ACC-001", "REPORT", "'none'", "report.json"),
    ("explain record.json#VN-ACC-001", "record.json", "report"),
    ("canonical none.json", "FILE", "'none.json'", "existing JSON file"),
    ("canonical record.json", "record.json:4: this is not JSON", "Correct the line"),
    ("canonical nan.json", "nan.json", "RFC 8785"),
    ("sign record.json", "record.json:4: this is not JSON", "Correct the line"),
    ("sign nan.json --signer nobody", "nan.json"),
    ("sign", "FILE", "Name a record"),
    ("sign --message people.jsonl", "people.jsonl:2: this is not JSON", "Correct the line"),
    ("sign --message list.jsonl", "list.jsonl:1", "'[1]'", "one object a line"),
    ("mock --mutant EchoesPersonalId", "'EchoesPersonalId'", "EchoesPersonalIds"),
    ("mock --port 99999", '"99999"', "--port"),
    ("mock --store none/x.sqlite", "--store", "Create the folder"),
    ("generate people --count 0", '"0"', "--count"),
    ("generate cats", '"cats"', '"people"'),
    ("pack show vn-cbcvc", "'vn-cbcvc'", "vn-cbccvc"),
    ("selftest --role x", '"x"', "--role"),
]


@pytest.mark.parametrize(("typed", "held"), [(m[0], m[1:]) for m in MISTAKES])
def test_one_message_says_where_what_and_what_to_do(desk, capsys, typed, held):
    before = {p: p.read_bytes() for p in desk.rglob("*") if p.is_file()}

    assert conformance(*typed.split()) == 2

    said = capsys.readouterr()
    assert said.out == ""
    message = [line for line in said.err.splitlines() if line.startswith("error: ")]
    assert len(message) == 1, said.err
    for word in held:
        assert word in message[0], said.err
    assert "Traceback" not in said.err
    assert "hunter2" not in said.err
    after = {p: p.read_bytes() for p in desk.rglob("*") if p.is_file()}
    assert {p: after.get(p) for p in before} == before


#: Slips that only show when the target is being opened, or the folder looked at.
LATE = [
    "certify reference:EchoesPersonalId",
    "certify asgi:no.such:app",
    "certify process:./none",
    "certify reference --jobs 0",
    "certify reference --resume --seed 99",
]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """A small run that somebody may still want."""
    out = tmp_path_factory.mktemp("earlier") / "out"
    assert conformance("run", "reference", "--class", "access", "--seed", 1, "--out", out) == 0
    return out


@pytest.mark.parametrize("typed", LATE)
def test_no_mistake_costs_the_earlier_run(earlier, tmp_path, capsys, typed):
    out = tmp_path / "out"
    shutil.copytree(earlier, out)
    kept = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}

    assert conformance(*typed.split(), "--out", out) == 2

    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == kept
    assert "error: " in capsys.readouterr().err


def test_a_mistake_is_no_attempt(tmp_path, monkeypatch):
    """Attempts are printed on a certificate; a slip of the pen is none."""
    monkeypatch.setenv("CONFORMANCE_HOME", str(tmp_path / "home"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full/letter.txt").touch()
    for words in (("reference", "--out", tmp_path / "full"), ("reference:Zzz",)):
        assert conformance("certify", *words) == 2
    assert not list((tmp_path / "home").rglob("attempts*"))


def test_nothing_is_sent_to_a_host_that_nobody_acknowledged(tmp_path, monkeypatch):
    """The name is judged before it is even looked up."""

    def asked(*_args, **_named):
        message = "somebody was contacted"
        raise AssertionError(message)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("socket.getaddrinfo", asked)
    monkeypatch.setattr("socket.create_connection", asked)
    assert conformance("certify", "https://api.prod.example") == 2
    assert not (tmp_path / "conformance-out").exists()


def test_an_acknowledged_host_is_contacted(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    host = "prod.nobody.invalid"
    assert conformance("preflight", f"https://{host}", "--acknowledge-host", host) == 3
    assert "name" in capsys.readouterr().out


def test_an_occupied_port_is_a_mistake(tmp_path, capsys):
    with servers.hang() as taken:
        words = ("--port", taken.port)
        assert conformance("mock", *words) == 2
        assert "Choose a free port" in capsys.readouterr().err
        out = tmp_path / "out"
        target = f"listen:{taken.port}"
        assert conformance("certify", target, "--role", "consumer", "--out", out) == 2
        assert str(taken.port) in capsys.readouterr().err
