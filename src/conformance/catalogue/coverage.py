"""
Requirement x scenario x mutant: what is judged, what proves it, and what is not judged and why.

Pure: who collects the scenarios and asks a pack for its mutants stands above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from conformance.errors import SuiteDefect
from conformance.model.pack import MutantInfo
from conformance.model.requirement import Catalogue, Obligation, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One requirement with what judges it and what proves that the judging works.

    Attributes:
        scenarios: ids, in the order in which they were collected.
        mutants: names of the mutants that break it.
        not_judged: the catalogue's reason, None when scenarios are expected.
    """

    id: str
    obligation: Obligation
    role: Role
    scenarios: tuple[str, ...]
    mutants: tuple[str, ...]
    not_judged: str | None


class Lack(StrEnum):
    """What a requirement is missing."""

    SCENARIO = "scenario"
    MUTANT = "mutant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A MUST that is neither excused nor both judged and proven."""

    requirement: str
    lacks: tuple[Lack, ...]


def rows(
    catalogue: Catalogue,
    scenarios: Mapping[str, Sequence[str]],
    mutants: Sequence[MutantInfo],
) -> tuple[Row, ...]:
    """
    One row for each requirement, in catalogue order.

    Args:
        scenarios: scenario id -> the requirements that it judges.

    Raises:
        SuiteDefect: a scenario or a mutant names a requirement that does not exist, is
            of the other role (mutants), or is excused from being judged (scenarios).
    """
    judged: dict[str, list[str]] = {requirement.id: [] for requirement in catalogue.requirements}
    proven: dict[str, list[str]] = {requirement.id: [] for requirement in catalogue.requirements}
    for scenario, ids in scenarios.items():
        for identifier in dict.fromkeys(ids):
            if identifier not in judged:
                raise SuiteDefect(f"{scenario} verifies {identifier}, which the catalogue lacks")
            if reason := catalogue.by_id[identifier].not_judged:
                raise SuiteDefect(
                    f"{scenario} verifies {identifier}, which the catalogue excuses: {reason.en}"
                )
            judged[identifier].append(scenario)
    for mutant in mutants:
        for identifier in dict.fromkeys(mutant.breaks):
            if identifier not in proven:
                raise SuiteDefect(
                    f"mutant {mutant.name} breaks {identifier}, which the catalogue lacks"
                )
            if catalogue.by_id[identifier].role is not mutant.role:
                raise SuiteDefect(
                    f"mutant {mutant.name} ({mutant.role}) breaks {identifier} of the other role"
                )
            if set(catalogue.by_id[identifier].needs) - set(mutant.roles):
                raise SuiteDefect(
                    f"mutant {mutant.name} breaks {identifier}, which needs both roles"
                )
            proven[identifier].append(mutant.name)
    return tuple(
        Row(
            id=requirement.id,
            obligation=requirement.obligation,
            role=requirement.role,
            scenarios=tuple(judged[requirement.id]),
            mutants=tuple(proven[requirement.id]),
            not_judged=requirement.not_judged.en if requirement.not_judged else None,
        )
        for requirement in catalogue.requirements
    )


def gaps(found: Sequence[Row]) -> tuple[Gap, ...]:
    """The MUSTs that nobody judges, or whose judging no mutant proves, and no reason excuses."""
    lacking = (
        Gap(
            requirement=row.id,
            lacks=tuple(
                lack
                for lack, there in ((Lack.SCENARIO, row.scenarios), (Lack.MUTANT, row.mutants))
                if not there
            ),
        )
        for row in found
        if row.obligation is Obligation.MUST and row.not_judged is None
    )
    return tuple(gap for gap in lacking if gap.lacks)
