"""The two sides of every story of this contract: an agency, and the registry that it calls."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial

import pytest

from conformance.model.dialect import Refused
from conformance.model.pack import LoadedPack
from conformance.oracles.status import is_problem
from conformance.packs.vn_cbccvc.asking import Registry
from conformance.packs.vn_cbccvc.preparing import Agency
from conformance.packs.vn_cbccvc.preparing_owners import OwnersSide
from conformance.wire.world import World


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """When everything is judged, take away what the scenario left on the server."""
    try:
        result = yield
    except Exception:
        _tidy(item)
        raise
    _tidy(item)
    return result


def _tidy(item: pytest.Item) -> None:
    registry = getattr(item, "funcargs", {}).get("registry")
    if isinstance(registry, Registry):
        registry.tidy()


@pytest.fixture
def registry(world: World, pack: LoadedPack) -> Registry:
    """The national side, asked with the target's primary credentials."""
    return Registry(world=world, pack=pack)


@pytest.fixture
def agency(world: World, pack: LoadedPack, registry: Registry) -> Agency:
    """An agency with units and people of this scenario's own."""
    return Agency(world=world, pack=pack, registry=registry)


@pytest.fixture
def owners(agency: Agency) -> OwnersSide:
    """The other registers, which own fields of a profile."""
    return OwnersSide(agency=agency)


@pytest.fixture
def refused(pack: LoadedPack) -> Callable[..., Refused]:
    """`refused(exchange, status=404, name="not-found")`: the right problem, not any 4xx."""
    return partial(is_problem, unwrap=pack.plugin.dialect.unwrap)
