"""
The verbs of this contract's scenarios: what an agency prepares, and what it asks of the registry.

Nothing here judges, and nothing here fails on what a server answers: every verb returns
the exchange as it came, to be opened inside a judgement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote, urlencode

from conformance.contract.codelists import CodeLists
from conformance.errors import Deviation, SuiteDefect
from conformance.model.exchange import Exchange, Request
from conformance.model.json import Json, JsonObject
from conformance.model.pack import LoadedPack
from conformance.oracles.body import text_at
from conformance.packs.vn_cbccvc import population
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT
from conformance.population.vectors import Vector
from conformance.wire.world import World

#: What every message header of this revision declares.
DECLARED: Final[Mapping[str, str]] = {
    "receiverCode": "G09",
    "schemaVersion": "1.0",
    "codeListVersion": "2025-07-01",
    "environment": "test",
}
#: A walk that has not ended by then is cut; what it did not reach is missing.
PAGES_AT_MOST: Final = 30

_JSON: Final = (("Content-Type", "application/json"),)
_FORM: Final = (("Content-Type", "application/x-www-form-urlencoded"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to be sent; `key` names the member that holds its records."""

    header: JsonObject
    key: str
    records: tuple[JsonObject, ...]

    @property
    def id(self) -> str:
        """The message id."""
        return str(self.header["messageId"])

    @property
    def profiles(self) -> tuple[JsonObject, ...]:
        """The profiles of a trial message, in order."""
        return tuple(record["profile"] for record in self.records)  # type: ignore[misc]

    def body(self) -> bytes:
        """The bytes that are sent."""
        return as_bytes({"header": self.header, self.key: list(self.records)})


@dataclass(slots=True, kw_only=True)
class Registry:
    """
    The national side as a scenario asks it: one verb for each operation.

    Attributes:
        identity: the credentials used, "" for nobody.
        token: presented as bearer token instead of an identity's; "" for none.
    """

    world: World
    pack: LoadedPack
    identity: str = "primary"
    token: str = ""

    def for_a_stranger(self) -> Registry:
        """The same registry, called without a token."""
        return replace(self, identity="", token="")

    def for_bearer(self, token: str) -> Registry:
        """The same registry, called with `token`."""
        return replace(self, identity="", token=token)

    # -- access ---------------------------------------------------------------

    def ask_for_token(self, *, secret: str = "") -> Exchange:
        """Ask for a token, with the configured secret or with `secret`."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.world.secret("client_id"),
            "client_secret": secret or self.world.secret("client_secret"),
        }
        # `~` and `.` need no escape, so that the placeholders of secrets survive.
        request = Request(
            method="POST",
            target="/oauth2/token",
            headers=_FORM,
            body=urlencode(form).encode(),
            operation="issueToken",
        )
        return self.world.send(request, identity="")

    def token_for_us(self) -> str:
        """A token of our own, to be presented by hand; a made-up one when none was given."""
        try:
            return text_at(self.ask_for_token(), "/access_token")
        except Deviation:
            # Who was given no token is told so by the requirement on tokens.
            return "none-was-issued"

    def metadata(self) -> Exchange:
        """What the server says of itself."""
        return self._get("/v1/metadata", "getMetadata")

    # -- people ---------------------------------------------------------------

    def submit(self, message: Message) -> Exchange:
        """Send a trial message."""
        return self._post("/v1/trial-sync", message, "submitTrialSync")

    def receipt(self, message: Message) -> Exchange:
        """Read the receipt of a trial message again."""
        return self._get(f"/v1/trial-sync/{quote(message.id, safe='')}", "readTrialReceipt")

    def profile(self, person: JsonObject) -> Exchange:
        """Read what is stored about a person."""
        return self._get(f"/v1/profiles/{quote(text(person, 'profileId'), safe='')}", "readProfile")

    # -- units ----------------------------------------------------------------

    def submit_units(self, message: Message) -> Exchange:
        """Send a message with units."""
        return self._post("/v1/unit-batches", message, "submitUnits")

    def unit(self, unit: JsonObject) -> Exchange:
        """Read one unit."""
        return self._get(f"/v1/units/{quote(text(unit, 'unitCode'), safe='')}", "readUnit")

    def first_page(self, *, limit: int) -> Exchange:
        """The first page of all units."""
        return self._get(f"/v1/units?limit={limit}", "listUnits")

    def children(self, unit: JsonObject, *, limit: int) -> tuple[Exchange, ...]:
        """Walk the pages of a unit's direct children, to the end or to `PAGES_AT_MOST`."""
        query = urlencode({"limit": limit, "parentCode": text(unit, "unitCode")})
        target: str | None = f"/v1/units?{query}"
        pages: list[Exchange] = []
        while target is not None and len(pages) < PAGES_AT_MOST:
            page = self._get(target, "listUnits")
            pages.append(page)
            target = self._next(page)
        return tuple(pages)

    def _next(self, page: Exchange) -> str | None:
        if page.response.status != 200:
            return None
        try:
            return self.pack.plugin.dialect.next_page(page)
        except Deviation:
            # A page that cannot be read ends the walk; its judge will open it again.
            return None

    # -- sending --------------------------------------------------------------

    def _get(self, target: str, operation: str) -> Exchange:
        return self._send(Request(method="GET", target=target, operation=operation))

    def _post(self, target: str, message: Message, operation: str) -> Exchange:
        return self._send(
            Request(
                method="POST",
                target=target,
                headers=_JSON,
                body=message.body(),
                operation=operation,
            )
        )

    def _send(self, request: Request) -> Exchange:
        if self.token:
            bearer = ("Authorization", f"Bearer {self.token}")
            request = replace(request, headers=(*request.headers, bearer))
        return self.world.send(request, identity=self.identity)


@dataclass(slots=True, kw_only=True)
class Agency:
    """
    An agency's software as a scenario plays it: its units, its people, its messages.

    All of it is derived from the scenario's seed, below the subtree that the target
    grants, so that scenarios do not meet on a server that cannot be reset.
    """

    world: World
    pack: LoadedPack
    registry: Registry
    _root: str = ""
    _draws: int = 0
    _messages: int = 0
    _units: tuple[JsonObject, ...] = field(default=())

    @property
    def root(self) -> str:
        """The unit below which the target lets us write. Raises GrantUnmet."""
        if not self._root:
            self._root = str(self.world.grant("subtree_root"))
        return self._root

    # -- people ---------------------------------------------------------------

    def people(self, count: int) -> tuple[JsonObject, ...]:
        """New civil servants each time; the units in which they work were sent to the registry."""
        people = self.unheard_of(count)
        self.registry.submit_units(self.unit_message(self._units))
        return people

    def unheard_of(self, count: int) -> tuple[JsonObject, ...]:
        """New civil servants of whose units the registry was told nothing."""
        self._draws += 1
        seed = self.world.draw(f"people/{self._draws}")
        as_of = self.world.as_of
        units = self.pack.plugin.units(seed=seed, count=population.UNITS, as_of=as_of)
        self._units = self._ours(units)
        return self._ours(self.pack.plugin.people(seed=seed, count=count, as_of=as_of))

    def one_fault_for_each_rule(self) -> tuple[Vector, ...]:
        """For each rule somebody who breaks it alone, in the units of the people drawn last."""
        self._draws += 1
        seed = self.world.draw(f"faults/{self._draws}")
        return population.vectors(seed=seed, as_of=self.world.as_of, units=self._units)

    def closed_province(self) -> str:
        """The code of a province that is no more."""
        return CodeLists.load(self.pack).closed("provinces", self.world.as_of)[0]

    def trial(
        self, people: Iterable[JsonObject], *, signer: str = "authorised", again: str = ""
    ) -> Message:
        """
        A trial message with `people`, each record signed.

        Args:
            again: a message id to use once more; "" for a new one.
        """
        return self.trial_of([self.signed(person, signer=signer) for person in people], again=again)

    def trial_of(self, records: Iterable[JsonObject], *, again: str = "") -> Message:
        """A trial message with records as they are."""
        return Message(header=self._header("M51", again), key="records", records=tuple(records))

    def signed(self, person: JsonObject, *, signer: str = "authorised") -> JsonObject:
        """A record: the profile and the signature over it."""
        return {"profile": person, "signature": self.world.sign(person, signer=signer)}

    # -- units ----------------------------------------------------------------

    def branch(self, *, children: int) -> tuple[JsonObject, ...]:
        """A department, a unit below it, and `children` divisions below that; parents first."""
        self._draws += 1
        draw = self.world.draw(f"branch/{self._draws}")
        department = self._unit(f"{self.root}.{draw % 900 + 100}", "SO", "Sở thử nghiệm")
        below = f"{department['unitCode']}.{draw // 900 % 900 + 100}"
        unit = self._unit(below, "CHICUC", "Chi cục thử nghiệm")
        divisions = (
            self._unit(f"{below}.{number}", "PCM", f"Phòng nghiệp vụ số {number}")
            for number in range(1, children + 1)
        )
        return (department, unit, *divisions)

    def _unit(self, code: str, kind: str, name: str) -> JsonObject:
        return {
            "unitCode": code,
            "parentCode": code.rpartition(".")[0],
            "name": name,
            "unitType": kind,
            "provinceCode": "01",
            "effectiveFrom": "2025-07-01",
            "effectiveTo": None,
        }

    def unit_message(self, units: Iterable[JsonObject]) -> Message:
        """A message with units, parents before children."""
        return Message(header=self._header("M50", ""), key="units", records=tuple(units))

    # -- messages -------------------------------------------------------------

    def _header(self, code: str, again: str) -> JsonObject:
        self._messages += 1
        sent_at = self.world.now().isoformat().replace("+00:00", "Z")
        # The time is part of the id, because a second run with one seed must not be
        # answered with the receipts of the first.
        fresh = again or self.world.uuid(f"message/{self._messages}/{sent_at}")
        return {
            "messageId": fresh,
            "messageCode": code,
            "sentAt": sent_at,
            "senderCode": self.root,
            "keyId": "conformance-1",
            **DECLARED,
        }

    def _ours(self, records: Sequence[JsonObject]) -> tuple[JsonObject, ...]:
        """Generated records, moved below the granted root."""
        if self.root == ROOT_UNIT:
            return tuple(records)
        codes = ("unitCode", "parentCode", "managingAgencyCode", "employingUnitCode")
        return tuple(
            {name: self._moved(value) if name in codes else value for name, value in record.items()}
            for record in records
        )

    def _moved(self, code: Json) -> Json:
        if isinstance(code, str) and (code + ".").startswith(ROOT_UNIT + "."):
            return self.root + code.removeprefix(ROOT_UNIT)
        return code


def but(record: JsonObject, pointer: str, value: Json) -> JsonObject:
    """
    A copy of `record` with `value` at `pointer` (members only; added when absent).

    Raises:
        SuiteDefect: the way to `pointer` does not lead through objects.
    """
    name, _, rest = pointer.removeprefix("/").partition("/")
    if not rest:
        return {**record, name: value}
    inner = record.get(name)
    if not isinstance(inner, dict):
        raise SuiteDefect(f"{pointer} does not lead through objects")
    return {**record, name: but(inner, f"/{rest}", value)}


def without(record: JsonObject, name: str) -> JsonObject:
    """A copy of `record` without one member."""
    return {key: value for key, value in record.items() if key != name}


def reordered(record: JsonObject) -> JsonObject:
    """The same record with its members in the opposite order: for JSON, the same."""
    return dict(reversed(record.items()))


def text(record: JsonObject, name: str) -> str:
    """A member of a record of ours that must be text. Raises SuiteDefect."""
    value = record.get(name)
    if not isinstance(value, str):
        raise SuiteDefect(f"a record of ours holds no text under {name!r}")
    return value


def as_bytes(value: Json) -> bytes:
    """JSON as an agency writes it: UTF-8, no escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
