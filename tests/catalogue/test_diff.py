"""Planted changes are found, told apart, and shown by a value; what is no change is none."""

from __future__ import annotations

import copy
import json
import re
import shutil
import tomllib

import pytest

from conformance import resources
from conformance.app.comparing import changes, side
from conformance.catalogue import diff, packs
from conformance.catalogue.diff import Severity
from conformance.cli.main import main
from conformance.contract.contract import Contract
from conformance.model.json import at
from conformance.model.requirement import Language
from conformance.reporting import changes as telling

PLANTED = tomllib.loads(
    (resources.fixtures() / "diff" / "planted.toml").read_text(encoding="utf-8")
)["planted"]
LISTED = 'documents = ["openapi/all.json"]'


def plant(document, root, planted):
    if "file" in planted:
        path = root / planted["file"]
        text = path.read_text(encoding="utf-8")
        if "added" in planted:
            text += planted["added"]
        else:
            assert planted["written"] in text
            text = text.replace(planted["written"], planted["instead"], 1)
        path.write_text(text, encoding="utf-8")
        return
    above, _, name = planted["at"].rpartition("/")
    place, name = at(document, above), name.replace("~1", "/").replace("~0", "~")
    if "put" not in planted:
        del place[name]
    elif isinstance(place, list):
        place.append(json.loads(planted["put"]))
    else:
        place[name] = json.loads(planted["put"])


def copied(folder, planted):
    """A copy of the pack with changes planted, its documents bundled into one."""
    pack = packs.load(packs.default())
    document = copy.deepcopy(Contract.load(pack).document)
    root = folder / "copy"
    shutil.copytree(pack.root, root)
    for one in planted:
        plant(document, root, one)
    shutil.rmtree(root / "openapi")
    (root / "openapi").mkdir()
    (root / "openapi" / "all.json").write_text(json.dumps(document), encoding="utf-8")
    manifest = root / "pack.toml"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    kept = [LISTED if line.startswith("documents") else line for line in lines]
    manifest.write_text("\n".join(kept), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    root = copied(tmp_path_factory.mktemp("planted"), PLANTED)
    return changes(side(packs.default()), side(str(root)))


def found_for(planted, found):
    return [c for c in found if all(getattr(c, k) == planted[k] for k in ("subject", "place"))]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted["name"])
def test_each_planted_change_is_found_and_classed(planted, compared):
    if "class" not in planted:
        return  # Below: that nothing was found for it.
    here = found_for(planted, compared)
    assert (planted["what"], planted["class"]) in [(c.what, c.severity) for c in here], here
    if planted.get("witness"):
        assert all(c.witness for c in here if c.what == planted["what"])


def test_at_least_twenty_changes_of_every_class_are_planted():
    classes = [planted.get("class") for planted in PLANTED]
    assert len(classes) >= 20
    assert {*Severity, None} == {*classes}


@pytest.mark.parametrize(
    "planted", [p for p in PLANTED if "class" not in p], ids=lambda planted: planted["name"]
)
def test_what_changes_nothing_is_not_found(planted, tmp_path):
    assert changes(side(packs.default()), side(str(copied(tmp_path, [planted])))) == ()


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted["name"])
def test_alone_a_planted_change_breaks_only_what_it_should(planted, tmp_path):
    found = changes(side(packs.default()), side(str(copied(tmp_path, [planted]))))
    # One field, in however many operations it is used.
    assert len({re.split("[/ ]", change.place)[-1] for change in found}) <= 1
    broken = any(change.severity is Severity.BREAKING for change in found)
    assert broken >= (planted.get("class") == "breaking")
    assert bool(found) == ("class" in planted)


def test_equal_contracts_differ_in_nothing():
    assert changes(side(packs.default()), side(packs.default())) == ()


def test_every_change_has_a_sentence_and_a_remedy_in_three_languages(compared):
    for change in compared:
        for language in Language:
            assert telling.told(change).within(language)
            assert telling.remedy(change).within(language)
    for language in Language:
        assert "\n".join(telling.lines(compared, language))


def test_the_command_says_it_as_json_and_by_its_exit_code(tmp_path, capsys):
    breaking = next(p for p in PLANTED if p.get("class") == "breaking")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    def diffed(*words):
        with pytest.raises(SystemExit) as ended:
            main(["pack", "diff", *words, "--format", "json"])
        return ended.value.code, capsys.readouterr()

    code, said = diffed(packs.default(), str(copied(tmp_path / "a", [breaking])))
    document = json.loads(said.out)
    assert code == 1
    assert document["summary"]["breaking"] == len(document["changes"])
    assert document["changes"][0]["remedy"]

    health = next(p for p in PLANTED if p["name"] == "a new operation")
    code, said = diffed(packs.default(), str(copied(tmp_path / "b", [health])))
    assert (code, json.loads(said.out)["summary"]["compatible"]) == (0, 1)

    code, said = diffed(packs.default(), "no-such-file.yaml")
    assert code == 2
    assert "no-such-file.yaml" in said.err


OLD = {"id": "XX-A-001", "obligation": "SHOULD", "class": "a", "falsified_by": "x", "title": {}}


@pytest.mark.parametrize(
    ("change", "what", "severity"),
    [
        ({"obligation": "MUST"}, "obligation-raised", Severity.BREAKING),
        ({"obligation": "MAY"}, "obligation-lowered", Severity.COMPATIBLE),
        ({"class": "b"}, "requirement-changed", Severity.REVIEW),
        ({"falsified_by": "y"}, "requirement-changed", Severity.REVIEW),
    ],
)
def test_what_is_demanded_otherwise(change, what, severity):
    (found,) = diff.requirements({"XX-A-001": OLD}, {"XX-A-001": {**OLD, **change}})
    assert (found.what, found.severity) == (what, severity)


def test_a_title_is_told_in_the_reader_s_language():
    titled = {**OLD, "title": {"en": "Answers", "vi": "Trả lời", "id": "Menjawab"}}
    found = [*diff.requirements({}, {"XX-A-001": titled})]
    for language, told in zip(Language, ("Trả lời", "Menjawab", "Answers"), strict=True):
        (change,) = telling.document(found, "a", "b", language)["changes"]
        assert change["now"] == told
        assert f"      -  ->  {told}" in telling.lines(found, language)


def test_a_requirement_that_is_newly_judged_needs_a_look():
    excused = {k: v for k, v in OLD.items() if k != "falsified_by"} | {"not_judged": "hidden"}
    (found,) = diff.requirements({"XX-A-001": excused}, {"XX-A-001": OLD})
    assert found.what == "now-judged"
    assert found.severity is Severity.REVIEW
    (found,) = diff.requirements({"XX-A-001": OLD}, {"XX-A-001": excused})
    assert found.severity is Severity.COMPATIBLE


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([], "codes-removed"),
        ([{"code": "1", "name": "A", "valid_to": "2026-01-01"}], "codes-closed"),
        ([{"code": "1", "name": "B", "valid_to": ""}], "codes-mean-otherwise"),
        (
            [{"code": "1", "name": "A", "valid_to": ""}, {"code": "2", "name": "B"}],
            "codes-added",
        ),
    ],
)
def test_codes_fare_alike_together(rows, what):
    old = [{"code": "1", "name": "A", "valid_to": ""}]
    (found,) = diff.codelists({"colours": old}, {"colours": rows})
    assert found.what == what
