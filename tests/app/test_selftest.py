"""The kill matrix of the shipped pack, whole: what our name stands under."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.app.selftest import Kill, Laboratory, rows
from conformance.model.requirement import Role
from conformance.model.verdict import Verdict


@pytest.fixture
def home():
    return Path(os.environ["CONFORMANCE_HOME"])


@pytest.mark.long
@pytest.mark.parametrize(("role", "step"), [(Role.PROVIDER, 8), (Role.CONSUMER, 3)])
def test_a_mutant_is_killed_by_what_it_breaks_and_by_nothing_else(home, role, step):
    """Of many, every so many-th; `conformance selftest --jobs auto` plays them all."""
    laboratory = Laboratory(home=home, roles=(role,))
    clean = laboratory.play()
    assert [a.id for a in clean.report.requirements if a.verdict > Verdict.NOT_RUN] == []

    mutants = [m.name for m in laboratory.prepared.pack.plugin.mutants() if m.role is role]
    played = rows(laboratory, only=mutants[::step], jobs=os.cpu_count() or 1)
    assert [row.mutant.name for row in played if row.verdict is not Kill.KILLED] == []


def test_several_processes_find_what_one_finds(home):
    laboratory = Laboratory(home=home, roles=(Role.CONSUMER,))
    only = [m.name for m in laboratory.prepared.pack.plugin.mutants() if m.role is Role.CONSUMER][
        :3
    ]

    def found(jobs):
        return [
            (row.mutant.name, row.failed, row.verdict, row.exchanges)
            for row in rows(laboratory, only=only, jobs=jobs)
        ]

    assert found(2) == found(1)
    assert [name for name, *_ in found(1)] == only
