"""A new pack passes its own selftest, and nothing is overwritten to make it."""

from __future__ import annotations

import importlib
import sys

import pytest

from conformance.app.beginning import begin
from conformance.app.selftest import Kill, selftest
from conformance.catalogue import packs
from conformance.catalogue.lint import lint
from conformance.cli.main import main
from conformance.errors import UsageError
from conformance.model.requirement import Role


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """The plug-in of a new pack, as pip would make it importable."""
    written = begin("th-hr", tmp_path / "new")
    monkeypatch.syspath_prepend(str(tmp_path / "new" / "src"))
    module = importlib.import_module("conformance_th_hr")
    yield module.plugin, written
    for name in [n for n in sys.modules if n.startswith("conformance_th_hr")]:
        del sys.modules[name]


def test_a_new_pack_is_clean_and_its_mutant_is_caught(begun, tmp_path):
    plugin, _ = begun
    with packs.register(plugin):
        assert lint(packs.load("th-hr")) == ()
        matrix = selftest(home=tmp_path / "home", roles=(Role.PROVIDER,), pack="th-hr")
    assert matrix.accused == ()
    assert [row.verdict for row in matrix.rows] == [Kill.KILLED]


def test_its_records_can_be_checked_and_its_fields_shown(begun, tmp_path, capsys):
    plugin, _ = begun
    file = tmp_path / "records.jsonl"
    file.write_text('{"name": "Lan"}\n{"name": ""}\n', encoding="utf-8")
    with packs.register(plugin):
        for words, code in (
            (["check", str(file), "--pack", "th-hr"], 1),
            (["pack", "show", "th-hr", "--fields"], 0),
        ):
            with pytest.raises(SystemExit) as ended:
                main(words)
            assert ended.value.code == code
    out = capsys.readouterr().out
    assert ":2: /name [schema/minLength]" in out
    assert "Tên" in out


def test_it_has_an_entry_point_and_no_mark_is_left(begun, tmp_path):
    _, written = begun
    texts = [(tmp_path / "new" / path).read_text(encoding="utf-8") for path in written]
    assert 'th-hr = "conformance_th_hr:plugin"' in "".join(texts)
    assert not [path for path, text in zip(written, texts, strict=True) if "@@" in text]
    assert not [path for path in written if "@@" in str(path) or path.suffix == ".tmpl"]


@pytest.mark.parametrize("identifier", ["", "TH", "th_hr", "-th", "th--hr", "../th", "9"])
def test_an_id_that_is_none_is_refused(identifier, tmp_path):
    with pytest.raises(UsageError):
        begin(identifier, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_is_overwritten_and_no_id_given_twice(tmp_path):
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="not empty"):
        begin("th-hr", tmp_path)
    with pytest.raises(UsageError, match="installed"):
        begin(packs.default(), tmp_path / "new")
