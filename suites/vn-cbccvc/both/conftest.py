"""The nation before software with two faces: it awaits the one and asks the other."""

from __future__ import annotations

import pytest

from conformance.model.pack import LoadedPack
from conformance.packs.vn_cbccvc.asking import Registry
from conformance.packs.vn_cbccvc.preparing import Agency
from conformance.packs.vn_cbccvc.two_way_missions import BothFaces
from conformance.wire.world import World


@pytest.fixture
def nation(world: World, pack: LoadedPack, registry: Registry, agency: Agency) -> BothFaces:
    """The national side, played by the test bed, and the software's own API."""
    return BothFaces(world=world, pack=pack, registry=registry, agency=agency)
