"""Exit codes are part of the interface: one way to reach each."""

from __future__ import annotations

import subprocess
import sys

import pytest

from conformance.errors import SuiteDefect
from tests.app.tools import conformance
from tests.hostile import servers


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def test_0_when_conformant(out):
    assert conformance("run", "reference", "--class", "access", "--out", out) == 0


def test_1_for_a_nonconformity(out):
    for command in ("run", "certify"):
        words = ("--class", "access", "--out", out)
        assert conformance(command, "reference:AcceptsAnySecret", *words) == 1
        assert not (out / "certificate.vc.jwt").exists()


def test_0_for_a_should_that_is_not_met(out, capsys):
    """It is printed, and changes nothing."""
    words = ("--class", "access", "--out", out)
    assert conformance("run", "reference:NamesNoScheme", *words) == 0
    assert "VN-ACC-006" in capsys.readouterr().out


def test_3_when_nobody_answers(out):
    with servers.closed_port() as target:
        assert conformance("run", target.url, "--out", out) == 3
        assert conformance("certify", target.url, "--out", out) == 3


def test_4_for_our_own_mistake(out, capsys, monkeypatch):
    def broken(*_args, **_named):
        raise SuiteDefect("we forgot something")

    monkeypatch.setattr("conformance.app.sides.open_provider", broken)
    monkeypatch.delenv("CONFORMANCE_TRACEBACK", raising=False)
    assert conformance("run", "reference", "--out", out) == 4
    said = capsys.readouterr().err
    assert "internal error: we forgot something" in said
    assert "says nothing about the target" in said
    assert "Traceback" not in said


def test_5_when_the_selection_holds_no_requirement(out, capsys):
    words = ("--role", "provider", "--class", "consumer-sync", "--out", out)
    assert conformance("run", "reference", *words) == 5
    assert conformance("certify", "reference", *words) == 5
    assert "the selection holds no requirement" in capsys.readouterr().err
    assert not out.exists()


def test_rejudge_and_verify(out, tmp_path):
    assert conformance("certify", "reference", "--out", out) == 0
    certificate = out / "certificate.vc.jwt"
    assert conformance("rejudge", out) == 0
    assert conformance("verify", certificate) == 0
    assert conformance("verify", certificate, "--replay", out) == 0

    for garbage in (b"", b"\x00\xff", b"a.b.c", b"{}"):
        (tmp_path / "garbage").write_bytes(garbage)
        assert conformance("verify", tmp_path / "garbage") == 1
    assert conformance("verify", tmp_path / "none") == 2

    journal = min((out / "evidence").iterdir())
    content = journal.read_bytes()
    journal.write_bytes(content.replace(b"200", b"201", 1))
    assert conformance("rejudge", out) == 1
    assert conformance("verify", certificate) == 1
    journal.unlink()
    assert conformance("verify", certificate) == 5
    journal.write_bytes(content)
    assert conformance("verify", certificate) == 0
    (out / "report.json").write_bytes((out / "report.json").read_bytes() + b" ")
    assert conformance("verify", certificate) == 1
    (out / "report.json").unlink()
    assert conformance("verify", certificate) == 5
    assert conformance("rejudge", out) == 2


def test_help_and_version():
    assert conformance("--help") == 0
    assert conformance("certify", "--help") == 0
    assert conformance("--version") == 0


def test_a_shell_sees_the_same(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "conformance.cli.main", "certify", "foo:bar"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
