"""The kill matrix of the shipped pack, whole: what our name stands under."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.app.selftest import Kill, Laboratory, rows
from conformance.model.requirement import Role
from conformance.model.verdict import Verdict


@pytest.fixture
def home():
    return Path(os.environ["CONFORMANCE_HOME"])


BOTH = (Role.PROVIDER, Role.CONSUMER)


@pytest.mark.long
@pytest.mark.parametrize(
    ("roles", "step"), [((Role.PROVIDER,), 12), ((Role.CONSUMER,), 5), (BOTH, 7)]
)
def test_a_mutant_is_killed_by_what_it_breaks_and_by_nothing_else(home, roles, step):
    """Of many, every so many-th; `conformance selftest --jobs auto` plays them all."""
    laboratory = Laboratory(home=home, roles=roles)
    clean = laboratory.play()
    assert [a.id for a in clean.report.requirements if a.verdict > Verdict.NOT_RUN] == []

    mutants = [m.name for m in laboratory.mutants()]
    played = rows(laboratory, only=mutants[::step], jobs=os.cpu_count() or 1)
    assert [row.mutant.name for row in played if row.verdict is not Kill.KILLED] == []


def test_several_processes_find_what_one_finds(home):
    laboratory = Laboratory(home=home, roles=(Role.CONSUMER,))
    only = [m.name for m in laboratory.mutants()][:3]

    def found(jobs):
        return [
            (row.mutant.name, row.failed, row.verdict, row.exchanges)
            for row in rows(laboratory, only=only, jobs=jobs)
        ]

    assert found(2) == found(1)
    assert [name for name, *_ in found(1)] == only


def of_both_faces(laboratory):
    """The same, with the stories of two-way integration alone."""
    prepared = laboratory.prepared
    by_id = prepared.pack.catalogue.by_id
    kept = tuple(s for s in prepared.plan.scenarios if any(by_id[r].needs for r in s.requirements))
    plan = replace(prepared.plan, scenarios=kept, selected=("two-way",))
    laboratory.prepared = replace(prepared, plan=plan)
    return laboratory


def test_each_mutant_of_both_faces_is_killed(home):
    laboratory = of_both_faces(Laboratory(home=home, roles=BOTH))
    played = list(rows(laboratory))
    assert len(played) >= 12
    assert [row.mutant.name for row in played if row.verdict is not Kill.KILLED] == []


@pytest.mark.parametrize("seed", range(2, 6))
def test_the_bundled_software_keeps_its_faces_together(home, seed):
    played = of_both_faces(Laboratory(home=home, roles=BOTH)).play(seed=seed)
    judged = {a.id: a.verdict for a in played.report.requirements if a.findings}
    assert len(judged) == 12
    assert set(judged.values()) == {Verdict.PASS}


def test_mutants_of_both_faces_are_played_where_both_are_asked_for(home):
    """In one role alone nothing of theirs would show."""
    shown = {roles: {m.name for m in Laboratory(home=home, roles=roles).mutants()}
             for roles in ((Role.PROVIDER,), (Role.CONSUMER,), BOTH)}  # fmt: skip
    assert "PushesBackUnits" in shown[BOTH]
    assert not shown[BOTH] & (shown[(Role.PROVIDER,)] | shown[(Role.CONSUMER,)])
