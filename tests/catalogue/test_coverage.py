"""Nothing that must hold goes unjudged or unproven without a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.catalogue.coverage import Gap, Lack, gaps, rows
from conformance.errors import SuiteDefect
from conformance.model.pack import MutantInfo
from conformance.model.requirement import Role
from tests.catalogue.little import opened, write

JUDGED = {"a.py::one": ["XX-READ-001"], "a.py::two": ["XX-READ-001", "XX-READ-001"]}


def sinner(requirement="XX-READ-001", role=Role.PROVIDER):
    return MutantInfo(name="Sinner", role=role, breaks=(requirement,), summary="Sins.")


@pytest.fixture
def catalogue(tmp_path):
    write(tmp_path)
    return opened(tmp_path).catalogue


def test_a_judged_and_proven_requirement_is_no_gap(catalogue):
    found = rows(catalogue, JUDGED, [sinner()])
    assert [(row.id, row.scenarios, row.mutants) for row in found] == [
        ("XX-READ-001", ("a.py::one", "a.py::two"), ("Sinner",)),
        ("XX-READ-002", (), ()),
    ]
    assert found[1].not_judged == "Nobody can see it."
    assert gaps(found) == ()


@pytest.mark.parametrize(
    ("scenarios", "mutants", "lacks"),
    [
        ({}, [sinner()], (Lack.SCENARIO,)),
        (JUDGED, [], (Lack.MUTANT,)),
        ({}, [], (Lack.SCENARIO, Lack.MUTANT)),
    ],
)
def test_what_lacks_a_scenario_or_a_mutant_is_a_gap(catalogue, scenarios, mutants, lacks):
    found = gaps(rows(catalogue, scenarios, mutants))
    assert found == (Gap(requirement="XX-READ-001", lacks=lacks),)


@pytest.mark.parametrize(
    ("scenarios", "mutants", "said"),
    [
        ({"s": ["XX-READ-009"]}, [], "lacks"),
        ({"s": ["XX-READ-002"]}, [], "excuses"),
        ({}, [sinner("XX-READ-009")], "lacks"),
        ({}, [sinner(role=Role.CONSUMER)], "other role"),
    ],
)
def test_a_link_that_leads_nowhere_is_our_own_defect(catalogue, scenarios, mutants, said):
    with pytest.raises(SuiteDefect, match=said):
        rows(catalogue, scenarios, mutants)


def test_who_breaks_what_needs_both_roles_runs_in_both(catalogue):
    both = (Role.PROVIDER, Role.CONSUMER)
    first = replace(catalogue.requirements[0], needs=both)
    needy = replace(catalogue, requirements=(first, *catalogue.requirements[1:]))
    assert rows(needy, JUDGED, [replace(sinner(), needs=both)])[0].mutants == ("Sinner",)
    with pytest.raises(SuiteDefect, match="needs both roles"):
        rows(needy, JUDGED, [sinner()])


def test_a_mutant_is_called_by_the_roles_that_show_it():
    assert sinner().side == "provider"
    assert replace(sinner(), needs=(Role.PROVIDER, Role.CONSUMER)).side == "both"
