"""What the pack-neutral scenarios need: the cases that one operation is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count

import pytest

from conformance.contract import schemathesis_adapter
from conformance.contract.contract import Contract
from conformance.errors import Deviation, WorldTrouble
from conformance.model.exchange import Exchange
from conformance.model.json import Json, JsonObject
from conformance.model.pack import LoadedPack
from conformance.wire import codec
from conformance.wire.world import World


class ThroughTheWorld:
    """Signs by the World, so that what was signed is journalled."""

    def __init__(self, world: World) -> None:
        self._world = world

    def sign(self, record: Json, *, signer: str, at: datetime) -> str:  # noqa: ARG002
        """A detached signature; the World knows the time."""
        return self._world.sign(record, signer=signer)


@pytest.fixture
def take_away(world: World, pack: LoadedPack) -> Callable[[Sequence[Exchange]], None]:
    """`take_away(exchanges)`: remove what they left on the server; nobody's verdict any more."""

    def take_away(exchanges: Sequence[Exchange]) -> None:
        left = {
            (one.kind, one.key): one
            for exchange in exchanges
            for one in pack.plugin.leftovers(exchange)
        }
        for one in left.values():
            world.created(one.kind, one.key)
        # What cannot be reached stays there; the manifest says so.
        with suppress(WorldTrouble, Deviation):
            for one in left.values():
                if one.removal and world.send(one.removal).response.status in (204, 404):
                    world.removed(one.kind, one.key)

    return take_away


@pytest.fixture
def realistic(world: World, pack: LoadedPack) -> Callable[[str], JsonObject | None]:
    """`realistic(operation_id)`: what a conforming server grants, new at every call; or None."""
    drawn = count(1)

    def make(operation_id: str) -> JsonObject | None:
        seed = world.draw(f"contract/realistic/{next(drawn)}")
        signer = ThroughTheWorld(world)
        return pack.plugin.contract_case(pack, operation_id, seed, world.as_of, signer)

    return make


@pytest.fixture
def cases(
    world: World,
    contract: Contract,
    budget: int,
    realistic: Callable[[str], JsonObject | None],
) -> Callable[[str], list[Mapping[str, Json]]]:
    """`cases(operation_id)`: requests to be sent, journalled; at most `budget` of them."""

    def generate(operation_id: str) -> list[Mapping[str, Json]]:
        world.authorise()
        seed = world.draw_case("contract/cases")
        control = realistic(operation_id)
        found = world.examples(
            f"cases/{operation_id}",
            lambda: schemathesis_adapter.cases(
                contract, operation_id, seed=seed, count=budget, realistic=control
            ),
        )
        return [codec.mapping(case) for case in found]

    return generate
