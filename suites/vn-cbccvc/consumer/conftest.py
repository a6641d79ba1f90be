"""The verbs of the consumer scenarios: the national side asks, the software under test acts."""

from __future__ import annotations

import pytest

from conformance.model.pack import LoadedPack
from conformance.packs.vn_cbccvc.content_missions import Centre
from conformance.packs.vn_cbccvc.missions import NationalSide
from conformance.wire.world import World


@pytest.fixture
def national_side(world: World, pack: LoadedPack) -> NationalSide:
    """The national side, played by the test bed."""
    return NationalSide(world=world, pack=pack)


@pytest.fixture
def centre(world: World, pack: LoadedPack) -> Centre:
    """The national side, as it asks about content."""
    return Centre(world=world, pack=pack)
