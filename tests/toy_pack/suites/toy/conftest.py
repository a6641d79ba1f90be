"""The harbour office as scenarios see it, and what its answers amount to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from string import ascii_uppercase

import pytest

from conformance.errors import Deviation
from conformance.model.dialect import Empty, Gateway, Ok, Refused
from conformance.model.exchange import Exchange, Request
from conformance.model.json import JsonObject
from conformance.model.pack import LoadedPack
from conformance.model.seeds import randomness
from conformance.oracles.status import is_problem, outline
from conformance.wire.world import World

PAGES_AT_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    world: World
    pack: LoadedPack

    # -- arranging -----------------------------------------------------------

    def harbour(self, label: str) -> str:
        """The code of a harbour of this scenario's own."""
        return "".join(randomness(self.world.draw(label)).choices(ascii_uppercase, k=8))

    def boat(self, harbour: str, **other: object) -> JsonObject:
        return {
            "id": "",
            "name": "Thistle",
            "harbour": harbour,
            "builtIn": 1987,
            "launched": "03-11-1988",
            "skipper": "0012345678",
            **other,
        }

    # -- asking --------------------------------------------------------------

    def save(self, boat: JsonObject, *, identity: str = "primary") -> Exchange:
        request = Request(
            method="POST",
            target="/boats/save",
            headers=(("Content-Type", "application/json"),),
            body=json.dumps(boat).encode(),
            operation="saveBoat",
        )
        return self.world.send(request, identity=identity)

    def read(self, boat_id: str, *, identity: str = "primary") -> Exchange:
        request = Request(method="GET", target=f"/boats/id/{boat_id}", operation="readBoat")
        return self.world.send(request, identity=identity)

    def read_saved(self, saved: Exchange) -> Exchange:
        try:
            boat_id = self.id_of(saved)
        except Deviation:
            # Whoever saved nothing is told so when the saving is judged.
            boat_id = "0" * 32
        return self.read(boat_id)

    def page(self, target: str) -> Exchange:
        return self.world.send(Request(method="GET", target=target, operation="listBoats"))

    def walk(self, harbour: str, *, limit: int) -> list[Exchange]:
        target: str | None = f"/boats?harbour={harbour}&limit={limit}"
        pages: list[Exchange] = []
        while target is not None and len(pages) < PAGES_AT_MOST:
            pages.append(self.page(target))
            try:
                target = self.pack.plugin.dialect.next_page(pages[-1])
            except Deviation:
                target = None
        return pages

    # -- judging -------------------------------------------------------------

    def granted(self, exchange: Exchange) -> object:
        """What the answer gives. Raises Deviation."""
        match self.pack.plugin.dialect.unwrap(exchange):
            case Ok(value=value):
                return value
            case Refused(text=text) | Gateway(text=text):
                observed = f"{outline(exchange)}: {text}"
            case Empty():
                observed = f"{outline(exchange)}: nothing there"
        raise Deviation("unexpected-status", observed=observed, required="200 with data")

    def nothing_there(self, exchange: Exchange) -> None:
        """The answer is a well-formed "nothing there". Raises Deviation."""
        if self.pack.plugin.dialect.unwrap(exchange) != Empty():
            raise Deviation(
                "unexpected-status", observed=outline(exchange), required="404 with code 0"
            )

    def refused_in_words(self, exchange: Exchange) -> None:
        """Refused, although the status says 200. Raises Deviation."""
        is_problem(exchange, status=200, name="", unwrap=self.pack.plugin.dialect.unwrap)

    def stopped_on_the_way(self, exchange: Exchange) -> None:
        """The gateway answered and not the register. Raises Deviation."""
        if not isinstance(self.pack.plugin.dialect.unwrap(exchange), Gateway):
            raise Deviation(
                "not-refused", observed=outline(exchange), required="an answer of the gateway"
            )

    def id_of(self, saved: Exchange) -> str:
        match self.granted(saved):
            case {"boatId": str(boat_id)}:
                return boat_id
        raise Deviation("missing-member", observed="no id", required="/mapData/boatId")


@pytest.fixture
def office(world: World, pack: LoadedPack) -> Office:
    """The office that keeps the register."""
    return Office(world=world, pack=pack)
