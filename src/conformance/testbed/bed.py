"""
The test bed itself: one ASGI app that outlives missions, with a fresh national state in each.

The server's thread serves `app`; the scenario's thread calls `begin` and `traffic`. Who
makes the target act is `driver`'s, what a mission is `missions`'.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.parser import BytesHeaderParser

from conformance.contract.contract import Contract
from conformance.errors import SuiteDefect
from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.model.json import Json, JsonObject
from conformance.model.pack import AsgiApp, LoadedPack, Surroundings
from conformance.testbed import disturbances, interference
from conformance.testbed.alterations import Meanwhile
from conformance.testbed.errands import Errands
from conformance.testbed.gateway import Gateway
from conformance.testbed.interference import Message, Receive, Scope, Send
from conformance.testbed.leaks import Secrets
from conformance.testbed.observer import Observer, Showing, Watch
from conformance.testbed.shown import PLAIN
from conformance.wire import codec

Redact = Callable[[str], str]


class Bed:
    """
    The national side for the consumer role.

    Args:
        pack: whose reference plays it.
        surroundings: `store` is ignored: national state lives for one mission, in memory.
        redact: applied to every text of an exchange before it leaves the bed.
        credentials: what the target authorises with, identity -> field -> value; the
            pack's demonstration credentials unless told otherwise.
        gateway: what stands before the national side.
        on_exchange: told of each exchange as it is recorded, before redaction, by the
            thread that serves; it must neither block nor fail.
    """

    def __init__(
        self,
        pack: LoadedPack,
        surroundings: Surroundings,
        *,
        redact: Redact,
        credentials: Mapping[str, Mapping[str, str]] | None = None,
        gateway: Gateway | None = None,
        on_exchange: Callable[[Exchange], None] = lambda _exchange: None,
    ) -> None:
        self._pack = pack
        self._surroundings = replace(surroundings, store=None)
        self._redact = redact
        given = pack.plugin.vocabulary.demonstration_credentials
        self.credentials = given if credentials is None else credentials
        self._gateway = gateway or Gateway()
        self._on_exchange = on_exchange
        self._contract = Contract.load(pack)
        self._lock = threading.Lock()
        self._observer: Observer | None = None
        self._nation: AsgiApp | None = None
        self._watch: Watch | None = None

    @property
    def app(self) -> AsgiApp:
        """The ASGI app to serve; the same one in every mission."""
        # An object and not a bound method: uvicorn takes a method for an ASGI 2 application.
        return self

    def begin(
        self,
        disturbances_as_json: Sequence[Json] = (),
        *,
        time_hook: bool = False,
        cut_power: Callable[[], None] = lambda: None,
        showing: Showing | None = None,
        pass_time: disturbances.PassTime | None = None,
        goes_on: bool = False,
    ) -> None:
        """
        Forget the mission before and open a new one.

        A request that is still being answered stays with the mission in which it arrived.

        Args:
            time_hook: whether the target's time passes at our word.
            cut_power: ends the target abruptly and has it started again.
            showing: changes what the next connections meet; None where there is no TLS.
            pass_time: makes the target's time pass; None where it does by itself, or never.
            goes_on: on the national side as the mission before left it.

        Raises:
            SuiteDefect: no such disturbance, or one of an operation that is not in the contract.
        """
        parsed = disturbances.parse_all(disturbances_as_json)
        for each in parsed:
            anything = isinstance(each, Meanwhile) and not each.operation
            if not anything and each.operation not in self._contract.operations:
                raise SuiteDefect(f"a disturbance meets {each.operation!r}, which is no operation")
        mischief = disturbances.Mischief(
            disturbances=parsed, time_hook=time_hook, pass_time=pass_time
        )
        watch = Watch(
            mischief=mischief,
            cut_power=cut_power,
            showing=showing,
            on_exchange=self._on_exchange,
        )
        with self._lock:
            if not goes_on:
                self._nation = None
            self._watch, self._observer = watch, None

    def traffic(self) -> list[JsonObject]:
        """
        What the target did in this mission, in order of arrival, redacted.

        Each item is what `wire.codec.incoming_from_json` reads.

        Raises:
            SuiteDefect: the bed itself failed while it answered; the mission is void.
        """
        with self._lock:
            watch = self._watch
        if watch is None:
            return []
        if troubles := watch.troubles():
            raise SuiteDefect(f"the test bed failed: {self._redact(troubles[0])}")
        # In order of arrival: a token must be met in the answer that issued it before it is
        # met where it was used, so that every place shows the same stand-in.
        return [self._item(exchange, watch) for exchange in watch.exchanges()]

    def overheard(self, came: bytes) -> None:
        """
        Record what was sent in plain HTTP to the TLS port, as far as it came at once.

        It bears the fact `line` = `plain`, and is of no operation: it reached nobody.
        """
        head, _, body = came.partition(b"\r\n\r\n")
        first, _, headers = head.partition(b"\r\n")
        words = first.decode("latin-1").split(" ")
        with self._lock:
            watch, observer = self._watch, self._observer
        if watch is None or len(words) != 3 or not words[2].startswith("HTTP/1."):
            return
        request = Request(
            method=words[0],
            target=words[1],
            headers=tuple(BytesHeaderParser().parsebytes(headers).items()),
            body=body or None,
        )
        response = interference.problem(400, "Bad Request")
        secrets = {} if observer is None else observer.overheard(request, response)
        watch.overheard(
            Exchange(
                number=0,
                initiator=Initiator.TARGET,
                request=request,
                response=response,
                at=self._surroundings.clock.now(),
                elapsed=0.0,
                facts={**secrets, "line": PLAIN},
            )
        )

    def flooded(self) -> bool:
        """Whether more came in this mission than is kept."""
        with self._lock:
            return self._watch is not None and self._watch.full()

    def idle_since(self) -> datetime | None:
        """When this mission's last answer was given; None while more is due, as `Watch` says."""
        with self._lock:
            return None if self._watch is None else self._watch.idle_since()

    def faltering(self) -> bool:
        """Whether this mission's last answer got the caller no further, as `Watch` says."""
        with self._lock:
            return self._watch is not None and self._watch.faltering()

    def redacted(self, text: str) -> str:
        """`text` as it may be stored: what a target prints may hold what it was told."""
        return self._redact(text)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._mission()(self._gateway.without_ignored(scope), receive, send)
            case "lifespan":
                await _live(receive, send)
            case _:
                # A websocket is no part of any contract that we serve: ASGI's way of refusing it.
                await receive()
                await send({"type": "websocket.close"})

    def _mission(self) -> Observer:
        with self._lock:
            if self._watch is None:
                # Somebody calls before the first mission: answered, recorded, forgotten.
                self._watch = Watch(mischief=disturbances.Mischief(), on_exchange=self._on_exchange)
            if self._observer is None:
                # Built where it is served: a reference may keep what belongs to one thread.
                self._observer = self._observed(self._watch)
            return self._observer

    def _observed(self, watch: Watch) -> Observer:
        secrets = Secrets(members=frozenset(self._pack.plugin.dialect.secret_members))
        secrets.give(self.credentials)
        if self._nation is None:
            self._nation = self._pack.plugin.reference(self._pack, self._surroundings)
        nation = self._nation
        return Observer(
            app=self._gateway.before(nation),
            nation=nation,
            watch=watch,
            clock=self._surroundings.clock,
            secrets=secrets,
            operation_of=self._operation_of,
            needs_token=self._needs_token,
            facts=lambda request: self._pack.plugin.facts(self._pack, request, self._surroundings),
            errands=Errands(dialect=self._pack.plugin.dialect, credentials=self.credentials),
        )

    def _operation_of(self, method: str, target: str) -> str:
        found = self._contract.match(method, target)
        return "" if found is None else found[0].id

    def _needs_token(self, operation: str) -> bool:
        found = self._contract.operations.get(operation)
        return found is not None and found.needs_authorisation

    def stored(self, exchange: Exchange) -> Exchange:
        """An exchange as it may be stored and shown."""
        return replace(
            exchange,
            request=self._redacted_request(exchange.request),
            response=self._redacted_response(exchange.response),
        )

    def _item(self, exchange: Exchange, watch: Watch) -> JsonObject:
        facts: JsonObject = {name: exchange.facts[name] for name in sorted(exchange.facts)}
        if "shown" in facts:
            # Known in the end only: whoever refuses a line sends nothing over it.
            facts["handshakes"] = str(watch.showing.seen() if watch.showing else 0)
        stored = self.stored(exchange)
        return {
            "request": codec.request_to_json(stored.request),
            "response": codec.response_to_json(stored.response),
            "at": exchange.at.isoformat(),
            "elapsed": exchange.elapsed,
            "facts": facts,
        }

    def _redacted_request(self, request: Request) -> Request:
        return replace(
            request,
            target=self._redact(request.target),
            headers=self._redacted_headers(request.headers),
            body=None if request.body is None else self._redacted_bytes(request.body),
        )

    def _redacted_response(self, response: Response) -> Response:
        return replace(
            response,
            headers=self._redacted_headers(response.headers),
            body=self._redacted_bytes(response.body),
        )

    def _redacted_headers(
        self, headers: tuple[tuple[str, str], ...]
    ) -> tuple[tuple[str, str], ...]:
        return tuple((name, self._redact(value)) for name, value in headers)

    def _redacted_bytes(self, body: bytes) -> bytes:
        try:
            return self._redact(body.decode("utf-8")).encode("utf-8")
        except UnicodeDecodeError:
            # Latin-1 maps every byte: a secret inside a broken text is still found.
            return self._redact(body.decode("latin-1")).encode("latin-1", "replace")


async def _live(receive: Receive, send: Send) -> None:
    """The lifespan protocol, for servers that insist on it; the bed has nothing to prepare."""
    while True:
        message: Message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
