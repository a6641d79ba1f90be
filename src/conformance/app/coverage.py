"""Which requirements each scenario judges, as the suites themselves declare it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from conformance.app.options import RunOptions
from conformance.app.prepare import prepare, scenarios_of
from conformance.model.pack import LoadedPack


def declared(pack: LoadedPack, home: Path) -> Mapping[str, tuple[str, ...]]:
    """Scenario id -> the requirements that it declares, for every role of the pack."""
    options = RunOptions(
        target="reference",
        out=Path(),
        home=home,
        pack=f"{pack.id}@{pack.revision}",
        roles=pack.plugin.roles,
        seed=1,
    )
    prepared = prepare(options)
    return {
        scenario.id: scenario.requirements
        for scenario in scenarios_of(pack, prepared.contract, prepared.plan)
    }
