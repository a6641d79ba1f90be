"""
The only door to pytest in the package: what suites import, and what runs them.

Suites need `verifies` and, by role, `mission` or `invariant`; the fixtures `world`,
`judge`, `pack`, `contract` and `budget` come from `conformance.pytest_plugin.plugin`.
"""

from __future__ import annotations

import pytest

#: Our marks, as pytest's strict mode wants them declared.
MARKS = (
    "conformance_verifies(*ids): requirements that the scenario judges",
    "conformance_verifies_binding(*names): the same, through the pack's binding",
    "conformance_mission: the target calls us; runs in plan order",
    "conformance_invariant: judges all traffic of the missions; runs last",
)
#: A scenario in which the target calls us; they run in plan order.
mission = pytest.mark.conformance_mission
#: A pure judgement over all traffic of the missions; they run last.
invariant = pytest.mark.conformance_invariant


def verifies(*requirements: str) -> pytest.MarkDecorator:
    """Declare the requirements that a scenario judges; one not reached becomes INCONCLUSIVE."""
    return pytest.mark.conformance_verifies(*requirements)


def verifies_binding(*judgements: str) -> pytest.MarkDecorator:
    """Declare judgements of a pack-neutral suite; the pack's binding names the requirements."""
    return pytest.mark.conformance_verifies_binding(*judgements)


def usage_error(text: str) -> pytest.UsageError:
    """What pytest prints without a traceback, ending with its own code for usage errors."""
    return pytest.UsageError(text)


__all__ = ["MARKS", "invariant", "mission", "usage_error", "verifies", "verifies_binding"]
