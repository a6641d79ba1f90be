"""--format json: standard output holds one document and nothing else."""

from __future__ import annotations

import json

import pytest

from conformance.reporting.schemas import why_invalid
from tests.app.tools import conformance


@pytest.mark.parametrize(
    ("typed", "code", "member"),
    [
        ("run reference --class access", 0, "requirements"),
        ("run reference:AcceptsAnySecret --class access", 1, "requirements"),
        ("run http://127.0.0.1:1", 3, "checks"),
        ("run reference --dry-run", 0, "scenarios"),
        ("preflight reference", 0, "checks"),
        ("coverage", None, "requirements"),
        ("mock --list-mutants", 0, "mutants"),
        ("pack list", 0, "packs"),
        ("pack lint", None, "messages"),
    ],
)
def test_only_the_document_is_printed(tmp_path, monkeypatch, capsys, typed, code, member):
    monkeypatch.chdir(tmp_path)
    left = conformance(*typed.split(), "--format", "json")
    assert code is None or left == code
    assert member in json.loads(capsys.readouterr().out)


def test_the_report_is_the_one_in_the_folder(tmp_path, capsys):
    words = ("--class", "access", "--out", tmp_path, "--format", "json")
    assert conformance("run", "reference", *words) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert why_invalid(printed, "report") is None


def test_a_mistake_leaves_standard_output_empty(capsys):
    assert conformance("run", "foo:bar", "--format", "json") == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", "Nothing was judged"), ("vi", "Chưa đánh giá gì"), ("id", "Belum ada yang dinilai")],
)
def test_what_stopped_a_run_is_said_in_the_reader_s_language(tmp_path, capsys, lang, sentence):
    words = ("--lang", lang, "--out", tmp_path / "out")
    assert conformance("run", "http://127.0.0.1:1", *words) == 3
    assert sentence in capsys.readouterr().err
