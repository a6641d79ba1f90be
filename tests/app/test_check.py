"""A data file is checked line by line; whatever is wrong is named with its place and its law."""

from __future__ import annotations

import json
import tracemalloc
from datetime import date

import pytest

from conformance.app.checking import Checker
from conformance.catalogue import packs
from conformance.cli.main import main
from conformance.contract.codelists import CodeLists
from conformance.contract.contract import Contract
from conformance.errors import UsageError
from conformance.model.flaw import Law, Tally
from conformance.model.requirement import Language
from conformance.reporting import checks

DAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def pack():
    return packs.load(packs.default())


@pytest.fixture(scope="module")
def people(pack):
    return pack.plugin.people(seed=5, count=12, as_of=DAY)


@pytest.fixture
def person(people):
    return json.loads(json.dumps(people[0]))


@pytest.fixture(scope="module")
def person_kind(pack):
    return pack.plugin.record_kinds()[0]


@pytest.fixture
def check(pack, tmp_path):
    def run(*lines, kind=""):
        path = tmp_path / "records.jsonl"
        text = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("\n".join(text) + "\n", encoding="utf-8")
        tally = Tally()
        return list(Checker(pack, kind=kind, as_of=DAY).check(path, tally)), tally

    return run


def test_what_is_generated_is_clean(pack, people, check):
    units = pack.plugin.workplaces(seed=5, as_of=DAY)
    flaws, tally = check(*people, "", *units)
    assert flaws == []
    assert (sum(tally.records.values()), tally.faulty) == (len(people) + len(units), 0)


def test_a_missing_field_is_named(person, person_kind, pack, check):
    schema = Contract.load(pack).document["components"]["schemas"][person_kind.component]
    name = next(n for n in schema["required"] if n != person_kind.key)
    del person[name]
    flaws, tally = check({"x": 1}, person, kind=person_kind.name)
    flaw = next(f for f in flaws if f.line == 2)
    assert (flaw.law, flaw.name, name in flaw.required) == (Law.SCHEMA, "required", True)
    assert tally.faulty == 2


def test_a_broken_rule_is_named_with_its_own_sentence(person, check):
    # Eighty-five or a hundred: any other share breaks one rule of the shipped contract.
    person["salaryPercent"] = 99
    flaws, _ = check(person)
    (flaw,) = flaws
    assert (flaw.law, flaw.line, flaw.pointer) == (Law.RULE, 1, "/salaryPercent")
    assert flaw.message is not None
    assert flaw.value == "99"


def test_a_closed_code_is_told_from_one_that_never_was(pack, person, person_kind, check):
    contract, lists = Contract.load(pack), CodeLists.load(pack)
    plugin = pack.plugin
    for pointer, name, _ in contract.codes_in(person_kind.component, person):
        on = plugin.code_day(person_kind.name, person, pointer, DAY)
        closed = lists.closed(name, on)
        if closed and pointer.count("/") == 2:
            break
    else:
        pytest.fail("no coded field of the shipped contract has closed codes")
    above, _, last = pointer[1:].partition("/")
    person[above][last] = closed[0]
    flaws, _ = check(person)
    flaw = next(f for f in flaws if f.pointer == pointer)
    assert (flaw.law, flaw.name, flaw.required) == (Law.CODE_LIST, name, on.isoformat())

    person[above][last] = "00"
    flaw = next(f for f in check(person)[0] if f.pointer == pointer)
    assert (flaw.law, flaw.required) == (Law.CODE_LIST, "")
    assert checks.sentence(flaw, Language.EN).endswith("has no such code.")


def test_nobody_stands_twice_in_a_file(people, person_kind, check):
    flaws, tally = check(people[0], people[1], "", people[0])
    (flaw,) = flaws
    assert (flaw.law, flaw.line, flaw.name) == (Law.DUPLICATE, 4, person_kind.key)
    assert flaw.required == "1"
    assert tally.by_law == {Law.DUPLICATE: 1}


def test_ids_are_masked_and_sensitive_values_not_shown(people, person, person_kind, check):
    person[person_kind.key] += "1"
    person["religionCode"] = "Buddhism"
    flaws, _ = check(person, people[1], people[1])
    said = [checks.line(flaw, "f", language) for flaw in flaws for language in Language]
    assert said
    for line in said:
        assert person[person_kind.key] not in line
        assert people[1][person_kind.key] not in line
        assert "Buddhism" not in line


@pytest.mark.parametrize(
    ("line", "law"),
    [
        ("{not json", Law.JSON),
        ('"a text"', Law.KIND),
        ("[]", Law.KIND),
        ("{}", Law.KIND),
        ("[" * 100_000, Law.JSON),
        ('{"profileId": "\\ud800"}', Law.SCHEMA),
        ('{"profileId": ["x"]}', Law.SCHEMA),
        ("\xff", Law.JSON),
    ],
)
def test_a_line_that_is_no_record_ends_nothing(line, law, people, check):
    flaws, tally = check(people[0], line, people[1])
    assert {f.line for f in flaws} == {2}
    assert law in {f.law for f in flaws}
    assert tally.faulty == 1


def test_every_flaw_has_a_sentence_and_a_remedy_in_three_languages(check, people, person):
    person["gender"] = 7
    person["surplus"] = 1
    flaws, tally = check("{", {}, person, people[1], people[1])
    for flaw in flaws:
        for language in Language:
            assert checks.sentence(flaw, language)
            assert checks.remedy(flaw, language)
    for language in Language:
        assert str(tally.flaws) in checks.ending(tally, language)


def test_memory_does_not_grow_with_the_file(pack, people, tmp_path):
    def peak(count):
        path = tmp_path / f"{count}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for index in range(count):
                record = {**people[index % len(people)], "otherNames": "x" * 150}
                file.write(json.dumps(record) + "\n")
        checker = Checker(pack, as_of=DAY)
        tracemalloc.start()
        try:
            sum(1 for _ in checker.check(path, Tally()))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(20)
    assert peak(1200) < peak(100) + 400_000


def test_a_file_that_is_not_there_or_empty_is_the_operators_mistake(pack, tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n\n", encoding="utf-8")
    for path in (tmp_path / "none.jsonl", empty):
        with pytest.raises(UsageError):
            list(Checker(pack).check(path, Tally()))
    with pytest.raises(UsageError, match="people"):
        Checker(pack, kind="ships")


def test_the_command_ends_with_the_documented_codes(tmp_path, capsys, people):
    path = tmp_path / "people.jsonl"

    def checked(*words):
        with pytest.raises(SystemExit) as ended:
            main(["check", *words, "--as-of", DAY.isoformat()])
        return ended.value.code, capsys.readouterr().out

    path.write_text("\n".join(json.dumps(p) for p in people), encoding="utf-8")
    assert checked(str(path))[0] == 0
    code, out = checked(str(path), "--format", "json")
    assert (code, json.loads(out)["findings"]) == (0, [])
    path.write_text(json.dumps({**people[0], "salaryPercent": 1}) + "\n{", encoding="utf-8")
    code, out = checked(str(path), "--format", "json", "--lang", "vi")
    document = json.loads(out)
    assert (code, document["summary"]["findings"]) == (1, 2)
    assert [f["line"] for f in document["findings"]] == [1, 2]
    code, out = checked(str(path))
    assert f"{path}:1: /salaryPercent" in out
    assert checked(str(tmp_path / "none"))[0] == 2
