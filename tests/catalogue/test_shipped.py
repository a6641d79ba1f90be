"""The packs that travel with the toolkit are sound, and their rules say what their titles say."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
import yaml

from conformance import resources
from conformance.catalogue import load, quality
from conformance.catalogue.lint import lint
from conformance.catalogue.packs import open_root
from conformance.certification import policy
from conformance.contract.codelists import CodeLists
from conformance.contract.rules import RuleBook
from conformance.model.requirement import Role
from conformance.packs.vn_cbccvc.rules_context import rule_context

REVISIONS = sorted(path.parent for path in resources.specs().glob("*/*/pack.toml"))
ROOT = resources.specs() / "vn-cbccvc" / "1.0"
TODAY = date(2026, 11, 20)


class Bare:
    """A plug-in with a name only: the data are looked at without the Python part."""

    def __init__(self, name):
        self.id = name

    def mutants(self):
        return ()


@pytest.fixture(params=REVISIONS, ids=lambda root: f"{root.parent.name}-{root.name}")
def pack(request):
    return open_root(request.param, Bare(request.param.parent.name))


def test_a_shipped_pack_has_no_lint(pack):
    assert lint(pack) == ()


def test_a_policy_requires_every_class_of_each_role(pack):
    demanded = policy.load(pack.root)
    for role in Role:
        judged = [r for r in pack.catalogue.of(role) if not r.not_judged]
        alone = {r.conformance_class for r in judged if not r.needs}
        assert set(demanded.required.get(role, ())) == alone
    together = {r.conformance_class for r in pack.catalogue.requirements if r.needs}
    assert set(demanded.required_of_both) == together


def test_every_list_of_sources_is_there():
    lists = tomllib.loads((ROOT / "codelists" / "sources.toml").read_text(encoding="utf-8"))
    assert {item["id"] for item in lists["list"]} == set(CodeLists.read(ROOT).names)


def test_34_provinces_are_open_and_29_closed():
    codelists = CodeLists.read(ROOT)
    assert len(codelists.alive("provinces", TODAY)) == 34
    assert len(codelists.closed("provinces", TODAY)) == 29
    assert codelists.row("provinces", "52", TODAY)["name_vi"] == "Tỉnh Gia Lai"
    assert codelists.row("unit-types", "HUYEN", date(2025, 6, 30))
    assert codelists.row("unit-types", "HUYEN", date(2025, 7, 1)) is None


def test_every_rank_has_as_many_steps_as_its_group_has_coefficients():
    codelists = CodeLists.read(ROOT)
    for code in codelists.alive("ranks", TODAY):
        row = codelists.row("ranks", code, TODAY)
        group, steps = row["salary_group"], int(row["max_step"])
        assert codelists.row("salary", f"{group}/{steps}", TODAY)
        assert codelists.row("salary", f"{group}/{steps + 1}", TODAY) is None


# -- the rules ---------------------------------------------------------------

EXAMPLE = yaml.load(
    (ROOT / "openapi" / "profile-fields.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)["components"]["schemas"]["Profile"]["examples"][0]
LEAPLING = {
    "profileId": "098300123456",
    "gender": "2",
    "birthDate": "2000-02-29",
    "currentAgencyStartDate": "2018-03-01",
    "rankAppointmentDate": "2019-01-01",
}

NEWCOMER = {
    "firstRecruitmentDate": "2026-03-01",
    "currentAgencyStartDate": "2026-03-01",
    "rankAppointmentDate": "2026-03-01",
    "salaryStep": 1,
    "salaryCoefficient": "2.34",
    "salaryFromDate": "2026-03-01",
}


def broken(**changes):
    record = EXAMPLE | {"salaryStep": 4, "salaryPercent": 100} | changes
    context = rule_context(record, CodeLists.read(ROOT), TODAY)
    return [rule.id[-3:] for rule in RuleBook.read(ROOT).broken(record, context, TODAY)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"staffType": "CB"},
        {"rankCode": "of no list"},
        NEWCOMER | {"salaryPercent": 85},
        {"firstRecruitmentDate": "2008-04-30"},
        {"partyAdmissionDate": "2008-04-30"},
        {"partyAdmissionDate": "2020-01-31", "partyOfficialDate": "2021-01-31"},
        {"partyAdmissionDate": "2020-02-29", "partyOfficialDate": "2021-03-01"},
        {"rankCode": "01.004", "salaryCoefficient": "3.03", "professionalLevel": "CD"},
        {"rankCode": "01.005", "salaryCoefficient": "2.46", "professionalLevel": "TC"},
        {"currentAgencyStartDate": TODAY.isoformat()},
        LEAPLING | {"firstRecruitmentDate": "2018-03-01"},
    ],
)
def test_a_record_at_the_right_side_of_every_bound_keeps_all_rules(changes):
    assert broken(**changes) == []


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("001", {"gender": "2"}),
        ("002", {"profileId": "098091123456"}),
        ("002", {"profileId": "098290123456"}),
        ("003", {"salaryStep": 10}),
        ("004", {"salaryCoefficient": "3.34"}),
        ("005", {"firstRecruitmentDate": "2008-04-29"}),
        ("005", LEAPLING | {"firstRecruitmentDate": "2018-02-28"}),
        ("006", {"currentAgencyStartDate": "2013-08-31"}),
        ("006", {"currentAgencyStartDate": "2026-11-21"}),
        ("007", {"rankAppointmentDate": "2013-08-31"}),
        ("007", {"salaryFromDate": "2026-11-21"}),
        ("008", {"partyOfficialDate": "2020-01-01"}),
        ("008", {"partyAdmissionDate": "2008-04-29"}),
        ("008", {"partyAdmissionDate": "2020-02-29", "partyOfficialDate": "2021-02-28"}),
        ("009", {"professionalLevel": "CD"}),
        ("009", {"rankCode": "01.004", "salaryCoefficient": "3.03", "professionalLevel": "TC"}),
        ("009", {"rankCode": "01.005", "salaryCoefficient": "2.46", "professionalLevel": "SC"}),
        ("010", {"salaryPercent": 90}),
        ("011", {"staffType": "VC"}),
        ("011", {"rankCode": "V.05.02.07"}),
    ],
)
def test_each_rule_can_be_broken_alone(rule, changes):
    assert broken(**changes) == [rule]


def test_every_requirement_stands_in_the_file_of_its_class():
    catalogue = load.catalogue(ROOT, load.manifest(ROOT).classes, quality.read(ROOT))
    for requirement in catalogue.requirements:
        stem = requirement.defined_at.rpartition("/")[2].partition(".")[0]
        # One requirement for each rule of profiles: a file of their own.
        of_class = {"rules": "profile"}.get(stem, stem)
        assert requirement.conformance_class in (of_class, f"{of_class}-sync")
