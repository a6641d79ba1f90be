"""Hostile targets: a verdict with its owner, in time, in bounded memory, and never a pass."""

from __future__ import annotations

import json
import time

import pytest

from tests.app.tools import conformance, report_of, verdicts
from tests.hostile.servers import KINDS, Gives

#: What no hostile target may cost.
DEADLINE_S = 60.0
#: All evidence of one run against one target; a journal may not grow with what a target pours out.
EVIDENCE_LIMIT = 256 * 1024 * 1024

#: Whole answers, or more than anybody should take: the target speaks, so it is judged.
JUDGED = {
    "endless body",
    "endless JSON",
    "gzip bomb",
    *(kind.name for kind in KINDS if kind.gives is Gives.ANSWER),
}
#: The others are silent or cut: nobody can be accused.
QUICK = {
    "closed port",
    "reset",
    "hang",
    "not HTTP",
    "redirect elsewhere",
    "broken JSON",
    "always 500",
    "TLS: expired",
    "TLS: no handshake",
    "two lengths",
    "half a surrogate pair",
}
#: They let us in: what they are asked behind the door may even be right by accident.
LET_IN = {
    "token and no more",
    "huge numbers",
    "members twice",
    "deep enough",
    "wide object",
    "unknown charset",
    "says Brotli",
}


def cases():
    for kind in KINDS:
        marks = () if kind.name in QUICK else (pytest.mark.long,)
        yield pytest.param(kind, id=kind.name, marks=marks)


@pytest.fixture
def certified(tmp_path, monkeypatch, capsys):
    """Certify one URL with a timeout of a second: exit code, output, folder, seconds."""

    def certify(target, *more):
        settings = f"locator = \"{target.url}\"\ntimeout = 1\nca_file = '{target.ca_file}'\n"
        (tmp_path / "conformance.toml").write_text(f"[target.it]\n{settings}", encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        capsys.readouterr()
        began = time.monotonic()
        code = conformance("certify", "it", "--seed", 1, "--out", "out", *more)
        seconds = time.monotonic() - began
        return code, capsys.readouterr(), tmp_path / "out", seconds

    return certify


@pytest.mark.parametrize("kind", list(cases()))
def test_a_hostile_target(kind, certified):
    # Of the many, one class: `tests/benchmarks/hostile.py` puts all of them to each.
    claim = () if kind.name in QUICK else ("--class", "access")
    with kind.serve() as target:
        code, said, out, seconds = certified(target, *claim)
        followed = target.elsewhere.requests if target.elsewhere else []

    assert "Traceback" not in said.out + said.err
    assert seconds < DEADLINE_S
    assert followed == [], "a redirect was followed"
    assert not (out / "certificate.vc.jwt").exists()
    if kind.name in JUDGED:
        assert code == 1
        judged_and_accused(out, let_in=kind.name in LET_IN)
        assert conformance("rejudge", out) == 0
    else:
        assert code == 3
        assert not (out / "report.json").exists()
        assert said.err.splitlines()[2].startswith("Nothing was judged")
        assert "failed   " in said.err


def judged_and_accused(out, *, let_in):
    report = report_of(out)
    assert report["summary"]["verdict"] == "FAIL"
    found = verdicts(out)
    assert let_in or "PASS" not in found.values(), [r for r, v in found.items() if v == "PASS"]
    assert "ERROR" not in found.values(), [r for r, v in found.items() if v == "ERROR"]
    for requirement in report["requirements"]:
        for finding in requirement["findings"]:
            if finding["verdict"] == "PASS":
                continue
            assert finding["fault"] is not None, requirement["id"]
            assert finding["explanation"]
            if finding["verdict"] == "FAIL":
                assert finding["fault"] == "target"
    journals = list((out / "evidence").iterdir())
    assert sum(path.stat().st_size for path in journals) < EVIDENCE_LIMIT


def test_as_a_document_for_scripts_too(certified):
    """Standard output holds one document, whether anybody was judged or not."""
    for kind in KINDS:
        if kind.name in {"closed port", "always 500"}:
            with kind.serve() as target:
                code, said, _, _ = certified(target, "--format", "json", "--class", "access")
            document = json.loads(said.out)
            verdict = document.get("verdict") or document["summary"]["verdict"]
            assert (code, verdict) in {(3, "INCONCLUSIVE"), (1, "FAIL")}
