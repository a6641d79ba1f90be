"""Each fault costs the principle that it breaks, and no other; what cannot be seen is said."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from conformance.app.checking import Checker
from conformance.catalogue import load, packs, quality
from conformance.cli.main import main
from conformance.contract.codelists import CodeLists
from conformance.contract.rules import RuleBook
from conformance.errors import PackDefect, UsageError
from conformance.model.flaw import Law, Tally
from conformance.model.quality import Count, Counted, Measure, Per, Principle, score, shown
from conformance.model.requirement import Text
from conformance.reporting.schemas import why_invalid

DAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def pack():
    return packs.load(packs.default())


@pytest.fixture(scope="module")
def made(pack):
    """People and their units."""
    people = pack.plugin.people(seed=5, count=20, as_of=DAY)
    return people, pack.plugin.workplaces(seed=5, as_of=DAY)


@pytest.fixture
def records(made):
    return json.loads(json.dumps(made))


@pytest.fixture
def measure(pack, tmp_path):
    def run(records, **more):
        path = tmp_path / "records.jsonl"
        path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
        tally = Tally()
        flaws = list(Checker(pack, as_of=DAY).check(path, tally, **more))
        principles = tally.counting.standard.principles
        scores = {one.principle.id: one for one in score(principles, tally.counting.whole)}
        return scores, flaws, tally

    return run


def test_what_is_generated_scores_a_hundred(records, measure):
    people, units = records
    scores, _, _ = measure([*people, *units])
    assert {name: one.share for name, one in scores.items()} == dict.fromkeys(scores, 1.0)
    assert all(measured.count.judged for one in scores.values() for measured in one.measured)
    assert list(scores) == ["correct", "complete", "clean", "live", "unified", "shared"]


def unknown_code(person):
    person["ethnicCode"] = "99"


def broken_rule(person):
    person["heightCm"] = 20


def missing_member(person):
    del person["gender"]


def missing_inside(person):
    del person["birthPlace"]["provinceCode"]


def stopgap(person):
    person["idIssuePlace"] = "N/A"


def decomposed(person):
    person["idIssuePlace"] = "Co\u0302ng an"


def overdue(person):
    person["currentResidence"]["detail"] = "Thôn 1"
    person["currentResidence"].pop("communeCode")


def malformed(person):
    person["phone"] = "+84 90"


def disagreeing(person):
    person["rankName"] = "Chuyên gia"


def astray(person):
    person["employingUnitCode"] = person["managingAgencyCode"] + ".999"
    person.pop("movement", None)


@pytest.mark.parametrize(
    ("plant", "principle"),
    [
        (unknown_code, "correct"),
        (broken_rule, "correct"),
        (missing_member, "complete"),
        (missing_inside, "complete"),
        (stopgap, "clean"),
        (decomposed, "clean"),
        (overdue, "live"),
        (malformed, "unified"),
        (disagreeing, "unified"),
        (astray, "shared"),
    ],
)
def test_a_fault_costs_its_principle_alone(plant, principle, records, measure):
    people, units = records
    plant(people[3])
    scores, flaws, tally = measure([*people, *units])
    assert flaws
    below = {name for name, one in scores.items() if one.share < 1}
    assert below == {principle}
    worst = tally.counting.worst(scores[principle].principle)
    assert (worst[0].count, worst[0].example.line) == (1, 4)
    assert tally.faulty == 1


def test_a_closed_code_is_not_live(pack, records, measure):
    people, units = records
    closed = CodeLists.load(pack).closed("discipline-forms", DAY)
    provinces = CodeLists.load(pack).closed("provinces", DAY)
    assert closed or provinces
    people[0]["currentResidence"]["provinceCode"] = provinces[0]
    people[0]["currentResidence"].pop("communeCode")
    scores, flaws, _ = measure([*people, *units])
    assert any(flaw.law is Law.CODE_LIST and flaw.required for flaw in flaws)
    known, in_force = (
        next(m.count for m in scores[p].measured if m.measure.id == name)
        for p, name in (("correct", "codes-known"), ("live", "codes-in-force"))
    )
    assert (known.broken, in_force.broken) == (0, 1)


def test_duplicates_and_broken_lines_are_unclean(records, measure):
    people, units = records
    scores, _, tally = measure([*people, people[0], 7, *units])
    counts = {m.measure.id: m.count for m in scores["clean"].measured}
    assert (counts["unique"].broken, counts["readable"].broken) == (1, 1)
    assert {name for name, one in scores.items() if one.share < 1} == {"clean"}
    assert tally.faulty == 2


def test_without_units_nobody_knows_whether_data_can_be_shared(records, measure, tmp_path):
    people, units = records
    assert measure(people)[0]["shared"].share is None
    known = tmp_path / "units.jsonl"
    known.write_text("\n".join(json.dumps(unit) for unit in units), encoding="utf-8")
    assert measure(people, units=known)[0]["shared"].share == 1
    managing = {person["managingAgencyCode"] for person in people}
    named = [person["employingUnitCode"] for person in people]
    gone = next(code for code in named if code not in managing)
    some = [unit for unit in units if unit["unitCode"] != gone]
    known.write_text("\n".join(json.dumps(unit) for unit in some), encoding="utf-8")
    scores, flaws, tally = measure(people, units=known)
    assert {(flaw.pointer, flaw.value) for flaw in flaws} == {("/employingUnitCode", gone)}
    assert len(flaws) == tally.faulty == named.count(gone) == scores["shared"].broken
    known.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="holds no units"):
        measure(people, units=known)


def test_agencies_are_scored_apart(records, measure):
    people, units = records
    first = people[0]["managingAgencyCode"]
    other = next((u["unitCode"] for u in units if u["unitCode"] != first), "")
    for person in people[10:]:
        person["managingAgencyCode"] = other
    del people[12]["gender"]
    _, _, tally = measure([*people, *units])
    principles = tally.counting.standard.principles
    complete = {
        agency: next(s.share for s in score(principles, counts) if s.principle.id == "complete")
        for agency, counts in tally.counting.agencies.items()
    }
    assert complete[first] == 1
    assert complete[other] < 1


def test_every_rule_of_the_standard_exists(pack):
    standard = quality.load(pack)
    rules = frozenset(rule.id for rule in RuleBook.load(pack).rules)
    assert quality.rules_unknown(standard, rules) == ()
    assert "VN-R-018" in quality.rules_unknown(standard, rules - {"VN-R-018"})


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('per      = "record"', 'per      = "person"', "a measure has"),
        ('counted  = "unique"', 'counted  = "beauty"', "a measure has"),
        ('"VN-R-013"', '"VN-R-018"', "measured twice"),
        ('id       = "live"', 'id       = "clean"', "called the same"),
        ('phrase_basis   = "quoted"', 'phrase_basis   = "guessed"', "none of them"),
        ("units = ", "unit = ", "no such member"),
        ('counted  = "unique"', 'counted  = "requirement"', "that name it, once"),
    ],
)
def test_a_mistake_in_the_standard_is_the_packs(before, after, said, pack, tmp_path):
    text = (pack.root / quality.QUALITY).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / quality.QUALITY).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(PackDefect, match=said) as error:
        quality.load(replace(pack, root=tmp_path))
    assert re.search(r"quality\.toml:\d+", error.value.where)


def test_every_principle_counts_requirements_that_are_judged(pack):
    standard = quality.load(pack)
    for principle in standard.principles:
        named = [r for r in pack.catalogue.requirements if r.principle == principle.id]
        assert principle.run is not None
        assert any(r.falsified_by for r in named), principle.id
        # A file knows nothing of requirements: its scores must not wait for them.
        assert principle.run not in standard.measures


def test_a_rule_and_its_requirement_speak_of_one_principle(pack):
    """A file and a run must not count one rule under two principles."""
    standard = quality.load(pack)
    of_rule = {r: p.id for p in standard.principles for m in p.measures for r in m.only}
    for rule in RuleBook.load(pack).rules:
        spoken = pack.catalogue.by_id[rule.id.replace("VN-R-", "VN-RULE-")].principle
        assert spoken == of_rule.get(rule.id, "correct"), rule.id


def test_a_requirement_of_an_unknown_principle_is_the_packs_mistake(pack, tmp_path):
    standard = quality.load(pack)
    root = tmp_path / pack.id / pack.revision
    shutil.copytree(pack.root, root)
    path = root / "requirements" / "data-quality.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"unified"', '"tidy"', 1), encoding="utf-8")
    with pytest.raises(PackDefect, match="speaks of a principle") as error:
        load.catalogue(root, pack.catalogue.classes, standard)
    assert re.search(r"data-quality\.toml:\d+", error.value.where)
    assert "clean" in error.value.remedy


def test_scores_are_weighted_means_of_what_could_be_judged():
    def named(name, weight=1.0):
        text = Text(en=name, vi=name, id=name)
        return Measure(id=name, title=text, counted=Counted.RULES, per=Per.VALUE, weight=weight)

    text = Text(en="x", vi="x", id="x")
    principle = Principle(
        id="p", title=text, means=text, beyond=text, add=text,
        measures=(named("a"), named("b", 3.0), named("c")),
    )  # fmt: skip
    (one,) = score([principle], {"a": Count(10, 5), "b": Count(4, 0)})
    assert one.share == pytest.approx((0.5 + 3 * 1.0) / 4)
    assert (one.judged, one.broken) == (14, 5)
    assert score([principle], {})[0].share is None
    assert (shown(1.0, 0), shown(0.99999, 1), shown(None, 0)) == (100.0, 99.9, None)


def test_the_document_keeps_its_schema_and_hides_ids(records, tmp_path, capsys):
    people, units = records
    stopgap(people[1])
    people[2]["profileId"] += "1"
    people[4]["ethnicCode"] = "A\u0300"
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join(json.dumps(r) for r in [*people, *units, people[5]]), "utf-8")
    for language in ("vi", "id", "en"):
        with pytest.raises(SystemExit) as ended:
            main(["check", str(path), "--format", "json", "--lang", language, "--list", "2"])
        text = capsys.readouterr().out
        document = json.loads(text)
        assert ended.value.code == 1
        assert why_invalid(document, "check") is None
        assert len(document["findings"]) == 2 < document["summary"]["findings"]
        assert all(principle["causes"] for principle in document["quality"]["principles"][2:3])
        assert not any(person["profileId"] in text for person in people)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", ["đúng", "dùng chung", "không đo được từ tệp này", "Cần sửa trước", "99,9 %"]),
        ("id", ["benar", "tidak terukur dari berkas ini", "Perbaiki dahulu"]),
        ("en", ["correct", "not measurable from this file", "First to correct", "--units"]),
    ],
)
def test_people_read_a_table(language, words, records, tmp_path, capsys):
    people, _ = records
    stopgap(people[1])
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join(json.dumps(person) for person in people), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["check", str(path), "--lang", language, "--as-of", DAY.isoformat()])
    text = capsys.readouterr().out
    assert ended.value.code == 1
    assert [word for word in words if word not in text] == []


def test_nothing_is_left_behind_when_somebody_interrupts(records, tmp_path):
    people, _ = records
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join(json.dumps(p) for p in people * 4_000), encoding="utf-8")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-u", "-m", "conformance.cli.main", "check", str(path)]
    where = {"TMPDIR": str(scratch), "SQLITE_TMPDIR": str(scratch)}
    with subprocess.Popen(
        command, env=os.environ | where, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        # The first duplicate: the database is in use.
        assert b"duplicate" in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        said, trouble = running.communicate(timeout=60)
    assert running.returncode == 130, trouble
    assert b"Traceback" not in trouble
    assert b" people: " not in said
    assert list(scratch.iterdir()) == []
