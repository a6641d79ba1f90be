"""What a live World does: sessions, signing, time, grants, and a breaker for dead targets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from conformance.errors import (
    Deviation,
    GrantUnmet,
    SuiteDefect,
    WorldTrouble,
)
from conformance.model.clock import Clock
from conformance.model.dialect import Dialect, carried
from conformance.model.exchange import Request, Response
from conformance.model.json import Json, JsonObject
from conformance.model.pack import Assignment, Signer
from conformance.wire import codec
from conformance.wire.breaker import Breaker
from conformance.wire.redaction import Vault
from conformance.wire.transport import Transport

#: Has a consumer carry out an assignment: (assignment, disturbances, deadline) -> traffic.
MissionControl = Callable[[Assignment, Sequence[Json], float], Json]


@dataclass(slots=True, kw_only=True)
class LiveDoer:
    """
    The acting half of a live World, one per scenario; `transport` and `breaker` are shared.

    Attributes:
        transport: None in the consumer role, where we call nobody.
        missions: None in the provider role.
        earlier_traffic: all traffic of the missions closed so far.
    """

    dialect: Dialect
    vault: Vault
    clock: Clock
    signer: Signer
    grants: Mapping[str, Json]
    breaker: Breaker
    transport: Transport | None = None
    missions: MissionControl | None = None
    earlier_traffic: Callable[[], Json] = dict
    _headers: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def authorise(self, identity: str) -> Json:
        exchanges: list[Json] = []

        def secret(name: str) -> str:
            try:
                return self.vault.secret(identity, name)
            except KeyError:
                raise GrantUnmet(
                    "credential-missing",
                    f"no {name!r} is configured for the identity {identity!r}",
                    remedy=f"Add {name} to [target.NAME.credentials.{identity}].",
                ) from None

        async def exchange(request: Request) -> Response:
            outcome, response = await self._attempt(request, door=True)
            stored = codec.request_to_json(self._redacted_request(request))
            exchanges.append({"request": stored, **outcome})
            if response is None:
                codec.raise_failure(outcome)
                raise AssertionError("unreachable: a failed attempt raises")
            return response

        transport = self._reachable()
        try:
            self.breaker.knock(identity)
            headers = self.dialect.authorise(
                lambda request: transport.run(lambda: exchange(request)), secret
            )
            for value in headers.values():
                carried(value)
        except (Deviation, WorldTrouble) as error:
            if isinstance(error, Deviation):
                self.breaker.turned_away(identity)
            return {"exchanges": exchanges, **self._told(error)}
        self.breaker.let_in(identity)
        for value in headers.values():
            self.vault.learn(value)
        self._headers[identity] = tuple(headers.items())
        return {"exchanges": exchanges}

    def send(self, request: Request, identity: str) -> Json:
        transport = self._reachable()

        async def one() -> Json:
            return await self._sent(request, identity)

        return transport.run(one)

    def send_together(self, requests: Sequence[Request], identity: str) -> list[Json]:
        transport = self._reachable()

        async def all_of_them() -> list[Json]:
            return await asyncio.gather(*(self._sent(request, identity) for request in requests))

        return transport.run(all_of_them)

    async def _sent(self, request: Request, identity: str) -> Json:
        try:
            ready = self._ready(request, identity)
        except Deviation as error:
            return {"at": self.clock.now().isoformat(), **self._told(error)}
        outcome, _ = await self._attempt(ready)
        return outcome

    async def _attempt(
        self, request: Request, *, door: bool = False
    ) -> tuple[JsonObject, Response | None]:
        """
        Perform, redact, and say what happened in the journal's own form.

        Args:
            door: it asks to be let in, and for nothing else.
        """
        assert self.transport is not None
        at = self.clock.now()
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            self.breaker.check(request)
            response = await self.transport.perform(request)
        except WorldTrouble as error:
            self.breaker.troubled(error, door=door)
            return {"at": at.isoformat(), **self._told(error)}, None
        except SuiteDefect as error:
            raise SuiteDefect(self.vault.redact(str(error))) from None
        self.breaker.answered(response, door=door)
        outcome: JsonObject = {
            "at": at.isoformat(),
            "elapsed": round(loop.time() - began, 6),
            "response": codec.response_to_json(self._redacted(response)),
            "facts": {},
        }
        return outcome, response

    def _ready(self, request: Request, identity: str) -> Request:
        """
        The request as it goes on the wire: secrets put back, identity added.

        Raises:
            Deviation: a header is to hold what the target gave, and cannot.
        """
        body = request.body
        if body is not None:
            media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
            reveal = self.vault.reveal
            if media_type == "application/x-www-form-urlencoded":
                reveal = self.vault.reveal_encoded
            elif media_type.endswith("json"):
                reveal = self.vault.reveal_json
            body = reveal(body.decode("utf-8", "surrogateescape")).encode(
                "utf-8", "surrogateescape"
            )
        stated = tuple((name, self._revealed(value)) for name, value in request.headers)
        return Request(
            method=request.method,
            target=self.vault.reveal_encoded(request.target),
            headers=(*stated, *self._headers.get(identity, ())),
            body=body,
            operation=request.operation,
        )

    def _revealed(self, value: str) -> str:
        revealed = self.vault.reveal_header(value)
        return revealed if revealed == value else carried(revealed)

    def _told(self, error: WorldTrouble | Deviation) -> JsonObject:
        """A failure without the secrets of the request or answer that it names."""
        told = codec.failure_to_json(error)
        return {
            key: {k: self.vault.redact(str(v)) for k, v in value.items()}
            if isinstance(value, dict)
            else self.vault.redact(str(value))
            for key, value in told.items()
        }

    def _redacted_request(self, request: Request) -> Request:
        body = None if request.body is None else self.vault.redact_bytes(request.body)
        return Request(
            method=request.method,
            target=self.vault.redact(request.target),
            headers=tuple(
                (name, self.vault.redact_header(name, value)) for name, value in request.headers
            ),
            body=body,
            operation=request.operation,
        )

    def _redacted(self, response: Response) -> Response:
        return Response(
            status=response.status,
            headers=tuple(
                (name, self.vault.redact_header(name, value)) for name, value in response.headers
            ),
            body=self.vault.redact_bytes(response.body),
            truncated=response.truncated,
        )

    def _reachable(self) -> Transport:
        if self.transport is None:
            raise GrantUnmet("no-provider", "this run has no provider to call")
        return self.transport

    def sign(self, record: Json, signer: str) -> str:
        return self.signer.sign(record, signer=signer, at=self.clock.now())

    def now(self) -> datetime:
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        if self.transport is not None:
            self.transport.run(lambda: self.clock.sleep(seconds))
        else:
            asyncio.run(self.clock.sleep(seconds))

    def grant(self, name: str) -> Json:
        return self.grants.get(name)

    def mission(
        self, assignment: Assignment, disturbances: Sequence[Json], deadline: float
    ) -> Json:
        if self.missions is None:
            raise GrantUnmet("no-consumer", "this run has no consumer to ask")
        return self.missions(assignment, disturbances, deadline)

    def traffic(self) -> Json:
        return self.earlier_traffic()
