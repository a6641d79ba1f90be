"""The bundled reference as an application, with the operator's test CA trusted."""

from __future__ import annotations

from pathlib import Path

from conformance.crypto.authority import Authority
from conformance.errors import UsageError
from conformance.model.pack import AsgiApp, LoadedPack, Surroundings
from conformance.reference.clock import SystemClock


def reference_app(
    pack: LoadedPack, *, home: Path, mutant: str | None, store: Path | None, seed: int
) -> AsgiApp:
    """
    The reference or a mutant of it.

    Raises:
        UsageError: no such mutant, or the store cannot be opened.
    """
    clock = SystemClock()
    surroundings = Surroundings(
        clock=clock,
        seed=seed,
        trust_anchors=Authority.open(home, clock.now()).trust_anchors,
        store=store,
    )
    if store is not None and not store.parent.is_dir():
        raise UsageError(
            "no such folder", where="--store", value=str(store), remedy="Create the folder first."
        )
    return pack.plugin.reference(pack, surroundings, mutant=mutant)
