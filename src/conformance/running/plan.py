"""The Plan: what a run will do, frozen before its first request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from conformance.errors import UsageError
from conformance.model import merkle
from conformance.model.json import JsonObject, compact
from conformance.model.report import Implementation, PackRef
from conformance.model.requirement import Catalogue, Requirement, Role

FORMAT: Final = "conformance-plan/1"


class ScenarioKind(StrEnum):
    """When and how a scenario runs."""

    SCENARIO = "scenario"
    """We call; any order, any job."""
    MISSION = "mission"
    """The target calls; in plan order."""
    INVARIANT = "invariant"
    """Pure, over all traffic of the missions; last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedScenario:
    """
    One scenario of the plan.

    Attributes:
        id: `<folder>/<path below it>::<test name>`, stable across machines.
        title: the test's name as a sentence.
        requirements: those it is declared to judge.
    """

    id: str
    title: str
    kind: ScenarioKind
    role: Role
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What a run will do. Equal seeds, targets, claims and installations give equal plans.

    Attributes:
        locator: the target as the operator named it.
        pushes: whence it pushes as well, where the operator said so beside it.
        classes: claimed conformance classes, in catalogue order.
        selected: the classes of this run; a subset of the claim.
        excused: requirement -> reason, from the claim ("we do not offer this option").
        budget: generated cases per operation for property suites.
    """

    pack: PackRef
    roles: tuple[Role, ...]
    implementation: Implementation
    locator: str
    classes: tuple[str, ...]
    selected: tuple[str, ...]
    seed: int
    as_of: date
    budget: int
    toolkit: str
    toolkit_digest: str
    suite_digest: str
    scenarios: tuple[PlannedScenario, ...]
    pushes: str = ""

    def digest(self) -> str:
        """`sha256:` over the plan's canonical JSON."""
        return merkle.digest(compact(to_json(self)).encode())

    def applies(self, requirement: Requirement) -> bool:
        """Whether the requirement is put to the question in this run."""
        return (
            requirement.is_for(self.roles)
            and requirement.conformance_class in self.selected
            and not requirement.not_judged
        )


def select(
    scenarios: Iterable[PlannedScenario], catalogue: Catalogue, plan: Plan
) -> tuple[PlannedScenario, ...]:
    """The scenarios that judge at least one applicable requirement; invariants last."""
    wanted = {r.id for r in catalogue.requirements if plan.applies(r)}
    chosen = [s for s in scenarios if s.role in plan.roles and wanted.intersection(s.requirements)]
    order = {ScenarioKind.SCENARIO: 0, ScenarioKind.MISSION: 1, ScenarioKind.INVARIANT: 2}
    return tuple(sorted(chosen, key=lambda s: order[s.kind]))


def to_json(plan: Plan) -> JsonObject:
    """The plan as `plan.json` holds it (schema: `specs/schemas/plan.schema.json`)."""
    return {
        "schema": FORMAT,
        "pack": {
            "id": plan.pack.id,
            "revision": plan.pack.revision,
            "digest": plan.pack.digest,
            "provenance": plan.pack.provenance,
        },
        "roles": [role.value for role in plan.roles],
        "target": {
            "locator": plan.locator,
            **({"pushes": plan.pushes} if plan.pushes else {}),
            "implementation": {
                "organisation": plan.implementation.organisation,
                "name": plan.implementation.name,
                "version": plan.implementation.version,
                "contact": plan.implementation.contact,
            },
        },
        "claim": {"classes": list(plan.classes)},
        "selected": list(plan.selected),
        "seed": plan.seed,
        "as_of": plan.as_of.isoformat(),
        "budget": plan.budget,
        "toolkit": plan.toolkit,
        "toolkit_digest": plan.toolkit_digest,
        "suite_digest": plan.suite_digest,
        "scenarios": [
            {
                "id": s.id,
                "title": s.title,
                "kind": s.kind.value,
                "role": s.role.value,
                "requirements": list(s.requirements),
            }
            for s in plan.scenarios
        ],
    }


def from_json(text: str | bytes, *, name: str) -> Plan:
    """
    The inverse of `to_json`.

    Raises:
        UsageError: the text is not a plan; `name` is how the message calls the file.
    """
    try:
        held = json.loads(text)
        return _parse(held)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise UsageError(
            f"this is not a plan: {type(error).__name__} {error}",
            where=name,
            remedy="Start a new run; a plan is written by the toolkit and not by hand.",
        ) from None


def _parse(held: Mapping[str, object]) -> Plan:
    document = json.loads(json.dumps(held))
    if document["schema"] != FORMAT:
        raise ValueError(f"unknown schema {document['schema']!r}")
    target = document["target"]
    return Plan(
        pack=PackRef(**document["pack"]),
        roles=tuple(Role(role) for role in document["roles"]),
        implementation=Implementation(**target["implementation"]),
        locator=str(target["locator"]),
        pushes=str(target.get("pushes", "")),
        classes=tuple(document["claim"]["classes"]),
        selected=tuple(document["selected"]),
        seed=int(document["seed"]),
        as_of=date.fromisoformat(document["as_of"]),
        budget=int(document["budget"]),
        toolkit=str(document["toolkit"]),
        toolkit_digest=str(document["toolkit_digest"]),
        suite_digest=str(document["suite_digest"]),
        scenarios=tuple(
            PlannedScenario(
                id=str(s["id"]),
                title=str(s["title"]),
                kind=ScenarioKind(s["kind"]),
                role=Role(s["role"]),
                requirements=tuple(s["requirements"]),
            )
            for s in document["scenarios"]
        ),
    )
