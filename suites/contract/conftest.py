"""What the pack-neutral scenarios need: the cases that one operation is shown, and its answers."""

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
from conformance.oracles.saturation import Saturation
from conformance.wire import codec
from conformance.wire.world import World

#: So many are drawn before it is seen whether more would be news: drawing costs more than sending.
PORTION = 12


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
def shown(
    world: World,
    contract: Contract,
    pack: LoadedPack,
    budget: int,
    realistic: Callable[[str], JsonObject | None],
) -> Callable[[str], list[tuple[Mapping[str, Json], Exchange]]]:
    """
    `shown(operation_id)`: generated requests, journalled, and their answers.

    At most `budget` of them, and no more once the answers hold no news (`oracles.saturation`):
    what was left is journalled too.
    """

    def drawn(operation_id: str, seed: int, portion: int, most: int) -> Sequence[Json]:
        control = realistic(operation_id)
        # A later portion has no control: it was shown, and one more is drawn in its place.
        first = 0 if portion == 1 or control is None else 1
        return world.examples(
            f"cases/{operation_id}" if portion == 1 else f"cases/{operation_id}/{portion}",
            lambda: schemathesis_adapter.cases(
                contract, operation_id, seed=seed, count=most + first, realistic=control
            )[first:],
        )

    def show(operation_id: str) -> list[tuple[Mapping[str, Json], Exchange]]:
        world.authorise()
        answers: list[tuple[Mapping[str, Json], Exchange]] = []
        saturation = Saturation(pack.plugin.dialect.unwrap, budget=budget)
        for portion in count(1):
            label = "contract/cases" if portion == 1 else f"contract/cases/{portion}"
            most = min(PORTION, budget - len(answers))
            known = [case for case, _ in answers]
            found = drawn(operation_id, world.draw_case(label), portion, most)
            fresh = [case for case in map(codec.mapping, found) if case not in known]
            for case in fresh:
                answers.append((case, world.send(codec.request_from_json(case))))
                saturation.see(answers[-1][1])
                if saturation.reached:
                    break
            if not fresh or saturation.reached or len(answers) >= budget:
                break
        if saturation.reached and len(answers) < budget:
            sent = len(answers)
            world.saturated(f"cases/{operation_id}", sent=sent, unspent=budget - sent)
        return answers

    return show
