"""The bundled reference as an application, with the operator's test CA trusted."""

from __future__ import annotations

from pathlib import Path

from conformance.app.authority import authority_for, surroundings
from conformance.errors import UsageError
from conformance.model.pack import AsgiApp, LoadedPack
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
    authority = authority_for(pack, home, clock.now())
    trusting = surroundings(authority, clock=clock, seed=seed, store=store)
    if store is not None and not store.parent.is_dir():
        raise UsageError(
            "no such folder", where="--store", value=str(store), remedy="Create the folder first."
        )
    return pack.plugin.reference(pack, trusting, mutant=mutant)


def signing_key(pack: LoadedPack, home: Path) -> Path:
    """The PEM file (key, certificate, CA) of a signer whom the reference trusts."""
    return authority_for(pack, home, SystemClock().now()).file_of("authorised")
