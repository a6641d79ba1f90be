"""The test CA of a run: its signers speak for the organisation whose units the target grants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from conformance.app.prepare import Prepared
from conformance.crypto.authority import Authority
from conformance.model.clock import Clock
from conformance.model.json import Json
from conformance.model.pack import LoadedPack, Surroundings
from conformance.targets import locator as locators


def authority_of(prepared: Prepared, now: datetime) -> Authority:
    """The test CA for a prepared run. Raises OSError, ValueError as `Authority.open`."""
    grants = dict(prepared.pack.plugin.vocabulary.demonstration_grants)
    if not isinstance(prepared.locator, locators.ReferenceLocator):
        grants |= prepared.settings.grants
    return authority_for(prepared.pack, prepared.options.home, now, grants)


def authority_for(
    pack: LoadedPack, home: Path, now: datetime, grants: Mapping[str, Json] | None = None
) -> Authority:
    """
    The test CA below a state folder, its signers named as the pack names them.

    Args:
        grants: what the target grants; None for what the bundled mock does.
    """
    vocabulary = pack.plugin.vocabulary
    if vocabulary.offices is None:
        return Authority.open(home, now)
    offices = vocabulary.offices(vocabulary.demonstration_grants if grants is None else grants)
    return Authority.open(home, now, organisation=offices.own, other=offices.other)


def surroundings(
    authority: Authority, *, clock: Clock, seed: int, store: Path | None = None
) -> Surroundings:
    """What a bundled part is handed that trusts this CA."""
    return Surroundings(
        clock=clock,
        seed=seed,
        trust_anchors=authority.trust_anchors,
        revocations=authority.revocations,
        store=store,
    )
