"""The register as it should be, and three that each take one decision wrongly."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, Router

from conformance.contract.contract import Contract
from conformance.errors import SuiteDefect
from conformance.model import seeds
from conformance.model.json import Json, JsonObject
from conformance.model.pack import AsgiApp, Surroundings
from conformance.reference.app import build, parse_form
from conformance.reference.exchange import BadParameter, Incoming, Outgoing, Refusal, UnknownPath
from conformance.reference.freedoms import Freedoms
from conformance.reference.store import open_store
from conformance.reference.tokens import Standing, TokenDesk, bearer
from tests.toy_pack.dialect import GATEWAY_TOKEN, PERSON_TOKEN, ToyDialect

CREDENTIALS: Final[Mapping[str, str]] = {
    "consumer_key": "harbour-office-machine",
    "consumer_secret": "a-secret-published-on-purpose",
    "client_id": "harbour-office",
    "username": "harbour-master",
    "password": "another-secret-published-on-purpose",
}
_PAGE: Final = 10


class Register:
    """Fulfils `conformance.reference.exchange.Behaviour`; one decision to a method."""

    def __init__(self, contract: Contract, surroundings: Surroundings) -> None:
        self.contract = contract
        self.seed = surroundings.seed
        self.freedoms = Freedoms(surroundings.seed)
        self.store = open_store(surroundings.store)
        key, secret = CREDENTIALS["consumer_key"], CREDENTIALS["consumer_secret"]
        person, password = CREDENTIALS["username"], CREDENTIALS["password"]
        self.machines = TokenDesk(clients={key: secret}, clock=surroundings.clock)
        self.people = TokenDesk(clients={person: password}, clock=surroundings.clock)

    def app(self) -> AsgiApp:
        """The three operations behind the two token desks, which no document describes."""
        return Router(
            routes=[
                Route(GATEWAY_TOKEN, self._machine_token, methods=["POST"]),
                Route(PERSON_TOKEN, self._person_token, methods=["POST"]),
            ],
            default=build(self.contract, self, self.freedoms),
        )

    async def _machine_token(self, request: Request) -> JSONResponse:
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        key, _, secret = base64.b64decode(encoded).decode().partition(":")
        if scheme != "Basic" or not self.machines.knows(key, secret):
            return JSONResponse({"error": "invalid_client"}, 401)
        return self._issued(self.machines, key)

    async def _person_token(self, request: Request) -> JSONResponse:
        form = parse_form(await request.body())
        name = form.get("username", "")
        if not self.people.knows(name, form.get("password", "")):
            return JSONResponse({"error": "invalid_grant"}, 401)
        return self._issued(self.people, name)

    def _issued(self, desk: TokenDesk, whose: str) -> JSONResponse:
        token = desk.issue(whose, self.freedoms.token_lifetime())
        return JSONResponse({"access_token": token.value, "expires_in": token.expires_in})

    # -- the door ----------------------------------------------------------------

    def admit(self, incoming: Incoming) -> Outgoing | None:
        machine = bearer(incoming.headers.get("authorization"))
        if machine is None or self.machines.standing(machine) is not Standing.VALID:
            return _stopped("900901", "Invalid Credentials")
        person = bearer(incoming.headers.get("auth"))
        if person is None or self.people.standing(person) is not Standing.VALID:
            return self.refused(401, "the login is invalid or has expired")
        return None

    def refuse(self, refusal: Refusal, incoming: Incoming) -> Outgoing:
        match refusal:
            case UnknownPath():
                return _stopped("900906", f"No matching resource for {incoming.path}", 404)
            case BadParameter(name=name):
                return self.refused(400, f"{name} is not valid")
        return self.refused(400, "the request cannot be read")

    def refused(self, status: int, text: str) -> Outgoing:
        return Outgoing(status=status, json={"success": False, "message": text})

    def nothing(self) -> Outgoing:
        return Outgoing(status=404, json={"code": 0, "data": "nothing was found"})

    # -- the operations ----------------------------------------------------------

    def handle(self, operation: str, incoming: Incoming) -> Outgoing:
        match operation:
            case "readBoat":
                return self.read(str(incoming.path_parameters["id"]))
            case "listBoats":
                return self.list(incoming.query)
            case "saveBoat":
                return self.save(incoming.json)
        raise NotImplementedError(operation)

    def read(self, boat_id: str) -> Outgoing:
        boat = self.store.get("boats", boat_id)
        if boat is None:
            return self.answer_to_unknown_boat()
        return Outgoing(status=200, json={"code": 1, "data": boat})

    def answer_to_unknown_boat(self) -> Outgoing:
        return self.nothing()

    def list(self, query: Mapping[str, Json]) -> Outgoing:
        harbour = query.get("harbour")
        known = sorted(self.store.keys("boats"), key=self.freedoms.rank)
        boats = [
            boat
            for boat in (self.store.get("boats", key) for key in known)
            if isinstance(boat, dict) and harbour in (None, boat["harbour"])
        ]
        offset = int(str(query.get("offset", 0)))
        page = boats[offset : offset + int(str(query.get("limit", _PAGE)))]
        if not page:
            return self.nothing()
        return Outgoing(status=200, json={"code": 1, "data": [*page], "count": len(boats)})

    def save(self, sent: Json) -> Outgoing:
        if (fault := self.fault(sent)) or not isinstance(sent, dict):
            return self.refused(200, fault)
        try:
            launched = self.read_date(str(sent["launched"]))
        except ValueError:
            return self.refused(200, "there is no such day")
        if self.is_impossible(sent, launched):
            return self.refused(200, "a boat is built before it is launched")
        boat_id = str(sent["id"]) or self._new_id()
        if sent["id"] and self.store.get("boats", boat_id) is None:
            return self.refused(200, "there is no boat with this id")
        boat: JsonObject = {
            **sent,
            "id": boat_id,
            "builtIn": str(self.year(sent)),
            "launched": ToyDialect().format_date(launched),
        }
        self.store.put("boats", boat_id, boat)
        return Outgoing(
            status=200,
            json={"success": True, "message": "success", "mapData": {"boatId": boat_id}},
        )

    def fault(self, sent: Json) -> str:
        """What is wrong with the shape of a message, "" for nothing."""
        try:
            problems = self.contract.problems("BoatToSave", sent)
        except SuiteDefect:
            return "doubtful"
        return f"{problems[0].pointer or 'the boat'} is not valid" if problems else ""

    def read_date(self, text: str) -> date:
        return ToyDialect().parse_date(text)

    def is_impossible(self, sent: JsonObject, launched: date) -> bool:
        return launched.year < self.year(sent)

    def year(self, sent: JsonObject) -> int:
        """1987.0 is a whole number too."""
        return int(float(str(sent["builtIn"])))

    def _new_id(self) -> str:
        return f"{seeds.derive(self.seed, 'boat', len(self.store.keys('boats'))):032x}"


def _stopped(code: str, text: str, status: int = 401) -> Outgoing:
    return Outgoing(
        status=status, json={"code": code, "message": text, "description": "Stopped on the way."}
    )


class RefusesTheUnknown(Register):
    """Calls it a failure to look for a boat that nobody registered."""

    breaks = ("TOY-READ-001",)

    def answer_to_unknown_boat(self) -> Outgoing:
        return self.refused(400, "there is no such boat")


class ReadsTheMonthFirst(Register):
    """Takes 03-11 for the eleventh of March."""

    breaks = ("TOY-SAVE-001",)

    def read_date(self, text: str) -> date:
        day, month, year = text.split("-")
        with suppress(ValueError):
            return super().read_date(f"{month}-{day}-{year}")
        return super().read_date(text)


class TakesTheImpossible(Register):
    """Registers boats that were launched before they were built."""

    breaks = ("TOY-SAVE-002",)

    def is_impossible(self, sent: JsonObject, launched: date) -> bool:  # noqa: ARG002
        return False


MUTANTS: Final = (RefusesTheUnknown, ReadsTheMonthFirst, TakesTheImpossible)
