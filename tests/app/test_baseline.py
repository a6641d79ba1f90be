"""A baseline quiets the implementer's own CI, and nothing else."""

from __future__ import annotations

import pytest

from tests.app.tools import conformance, report_of

TARGET = "reference:EchoesPersonalIds"
BROKEN = "VN-SYNC-008"


@pytest.fixture
def run(tmp_path, capsys):
    """Run a target with a baseline; the exit code and what was said."""

    def go(target, text=None, *more):
        words = ["--seed", 7, "--class", "trial-sync", "--out", tmp_path / "out", *more]
        if text is not None:
            file = tmp_path / "baseline.toml"
            file.write_text(text, encoding="utf-8")
            words += ["--baseline", file]
        capsys.readouterr()
        code = conformance("run", target, *words)
        return code, capsys.readouterr()

    return go


def known(*requirements):
    return "".join(
        f'[[known]]\nrequirement = "{name}"\nreason = "ticket 7"\n' for name in requirements
    )


def test_without_it_a_failure_is_a_failure(run):
    assert run(TARGET)[0] == 1


def test_a_known_failure_is_tolerated_and_told(run, tmp_path):
    code, said = run(TARGET, known(BROKEN))
    assert code == 0
    assert f"known failure (baseline): {BROKEN}: ticket 7" in said.err
    # The report is what it is.
    assert report_of(tmp_path / "out")["summary"]["verdict"] == "FAIL"


def test_a_failure_that_is_not_listed_counts(run):
    code, _ = run("reference:EchoesPersonalIds+ForgetsReceipts", known(BROKEN))
    assert code == 1


def test_a_stale_entry_is_an_error(run):
    code, said = run("reference", known(BROKEN))
    assert code == 1
    assert f"stale baseline entry: {BROKEN}" in said.err


def test_an_entry_that_nobody_looked_at_is_not_stale(run):
    code, said = run(TARGET, known(BROKEN, "VN-ACC-001"))
    assert code == 0
    assert "stale" not in said.err


@pytest.mark.parametrize(("lang", "word"), [("vi", "lỗi đã biết"), ("id", "kegagalan yang sudah")])
def test_in_the_reader_s_language(run, lang, word):
    assert word in run(TARGET, known(BROKEN), "--lang", lang)[1].err


def test_a_silent_target_is_not_excused_by_a_baseline(tmp_path):
    file = tmp_path / "baseline.toml"
    file.write_text(known(BROKEN), encoding="utf-8")
    words = ["--baseline", file, "--out", tmp_path / "out"]
    assert conformance("run", "http://127.0.0.1:1", *words) == 3
