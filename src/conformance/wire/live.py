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
from conformance.wire.transport import Performed, Transport

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

        def exchange(request: Request) -> Response:
            ((outcome, response),) = self._attempt((request,), door=True)
            stored = codec.request_to_json(self._redacted_request(request))
            exchanges.append({"request": stored, **outcome})
            if response is None:
                codec.raise_failure(outcome)
                raise AssertionError("unreachable: a failed attempt raises")
            return response

        self._reachable()
        try:
            self.breaker.knock(identity)
            headers = self.dialect.authorise(exchange, secret)
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
        (answer,) = self.send_together((request,), identity)
        return answer

    def send_together(self, requests: Sequence[Request], identity: str) -> list[Json]:
        ready: list[Request] = []
        unsendable: dict[int, Json] = {}
        for number, request in enumerate(requests):
            try:
                ready.append(self._ready(request, identity))
            except Deviation as error:
                unsendable[number] = {"at": self.clock.now().isoformat(), **self._told(error)}
        attempted = iter(self._attempt(ready))
        return [
            unsendable[number] if number in unsendable else next(attempted)[0]
            for number in range(len(requests))
        ]

    def _attempt(
        self, requests: Sequence[Request], *, door: bool = False
    ) -> list[tuple[JsonObject, Response | None]]:
        """
        Perform at the same time, redact, and say what happened in the journal's own form.

        Args:
            door: they ask to be let in, and for nothing else.
        """
        at = self.clock.now()
        sent: list[Request] = []
        unsent: dict[int, WorldTrouble] = {}
        for number, request in enumerate(requests):
            try:
                self.breaker.check(request)
            except WorldTrouble as error:
                unsent[number] = error
            else:
                sent.append(request)
        try:
            performed = iter(self._reachable().together(sent) if sent else ())
        except SuiteDefect as error:
            raise SuiteDefect(self.vault.redact(str(error))) from None
        return [
            self._outcome(Performed(at=at, elapsed=0.0, trouble=unsent[number]), door=door)
            if number in unsent
            else self._outcome(next(performed), door=door)
            for number in range(len(requests))
        ]

    def _outcome(self, performed: Performed, *, door: bool) -> tuple[JsonObject, Response | None]:
        at = performed.at.isoformat()
        try:
            response = performed.answer()
        except WorldTrouble as error:
            self.breaker.troubled(error, door=door)
            return {"at": at, **self._told(error)}, None
        self.breaker.answered(response, door=door)
        outcome: JsonObject = {
            "at": at,
            "elapsed": round(performed.elapsed, 6),
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
            self.transport.sleep(seconds)
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
