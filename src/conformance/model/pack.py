"""
What a pack is to the engine: data on disk, and the Protocols its Python part fulfils.

A pack's Python part is one object under the entry point group `conformance.packs`;
only `catalogue.packs` looks it up, so nobody imports a nation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from conformance.model.clock import Clock
from conformance.model.dialect import Dialect
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.json import Json, JsonObject
from conformance.model.requirement import Catalogue, Role, Text
from conformance.model.signing import SignatureCheck

#: An ASGI 3 application.
AsgiApp = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantInfo:
    """
    One deliberately faulty implementation: the proof that a scenario can fail.

    Attributes:
        role: that of the requirements which it breaks.
        summary: first line of its docstring: the sin, in a sentence.
        needs: the roles in which it must run to be seen, beside its own, as its requirements do.
    """

    name: str
    role: Role
    breaks: tuple[str, ...]
    summary: str
    needs: tuple[Role, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles in which it must run to be seen."""
        return tuple(role for role in Role if role is self.role or role in self.needs)

    @property
    def side(self) -> str:
        """Its role as people name it: `both` for who is seen in two of them together alone."""
        return self.role.value if len(self.roles) == 1 else "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """
    For whom the test signers sign, as organisations are named in certificates.

    Attributes:
        own: the organisation whose units a target grants.
        other: one that has no say over them.
    """

    own: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """
    Words and shapes of a nation that the engine must respect without knowing them.

    Attributes:
        personal_id: regular expression for a personal id anywhere in a text.
        is_ours: whether a personal id lies in the range that was never issued.
        refused_hosts: regular expressions for hosts contacted only when acknowledged.
        demonstration_credentials: what the bundled mock publishes, by identity and field.
        demonstration_grants: what the bundled mock lets scenarios rely on.
        offices: from what a target grants to the names in the test signers' certificates;
            None where certificates name no organisation.
    """

    personal_id: str
    is_ours: Callable[[str], bool]
    refused_hosts: tuple[str, ...]
    demonstration_credentials: Mapping[str, Mapping[str, str]]
    demonstration_grants: Mapping[str, Json]
    offices: Callable[[Mapping[str, Json]], Offices] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """
    What the composition root hands to everything that a pack runs.

    Attributes:
        trust_anchors: PEM certificates whose signers the bundled parts accept.
        revocations: PEM revocation lists of those CAs.
        store: SQLite file for state, None for memory.
        seed: decides the freedoms that the contract grants.
    """

    clock: Clock
    seed: int
    trust_anchors: tuple[bytes, ...]
    revocations: tuple[bytes, ...] = ()
    store: Path | None = None


class Signer(Protocol):
    """Signs records as one named signer; only `crypto` holds the keys."""

    def sign(self, record: Json, *, signer: str, at: datetime) -> str:
        """A detached signature over `record`. Raises KeyError for an unknown signer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """
    What a consumer is asked to do in one mission.

    Attributes:
        id: stable within the run.
        brief: the sentence a person reads.
        material: records to load and push, in the pack's own shape (`units`, `people`).
        continues: the assignment after which it goes on, on the same national side and with what
            the software holds since; "" for one that begins anew.
    """

    id: str
    brief: Text
    material: JsonObject
    continues: str = ""


class Agency(Protocol):
    """A bundled client that plays the agency's own software."""

    async def perform(self, assignment: Assignment) -> None:
        """Carry out one assignment to its end; return when the outbox is empty or given up."""

    async def aclose(self) -> None:
        """Let go of connections and files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencySurroundings:
    """
    Attributes:
        base_url: where the national side listens.
        transport: an httpx transport for in-process runs, None for a real socket.
        credentials: identity -> field -> value, as given to the agency by the test bed.
        outbox: SQLite file; ":memory:" is allowed.
        ca_file: PEM of the authority that a TLS line is trusted by, None for the machine's own.
        served: the store behind the API that the agency's own software serves (see
            `Surroundings.store`), None for software that only pushes.
    """

    base_url: str
    transport: Any
    credentials: Mapping[str, Mapping[str, str]]
    clock: Clock
    signer: Signer
    outbox: str
    seed: int
    ca_file: Path | None = None
    served: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """
    One kind of record that people keep in data files.

    Attributes:
        name: as `generate` calls it (`people`).
        component: the schema it satisfies.
        key: the member that identifies a record; no other kind has a member of this name.
    """

    name: str
    component: str
    key: str


class PackPlugin(Protocol):
    """The Python part of a pack."""

    id: str
    dialect: Dialect
    vocabulary: Vocabulary
    roles: tuple[Role, ...]

    def mutants(self) -> Sequence[MutantInfo]:
        """Every mutant of both roles, in catalogue order of what they break."""

    def reference(
        self, pack: LoadedPack, surroundings: Surroundings, *, mutant: str | None = None
    ) -> AsgiApp:
        """
        The bundled mock, or one or several mutants of it joined by "+".

        Raises:
            UsageError: no mutant of that name; the message lists the near ones.
        """

    def agency(
        self, pack: LoadedPack, surroundings: AgencySurroundings, *, mutant: str | None = None
    ) -> Agency:
        """The bundled agency software, for the consumer role. Raises UsageError as `reference`."""

    def signed_records(self, value: Json, signature: str = "") -> Mapping[str, tuple[Json, Json]]:
        """
        What is signed in a message, a signed record, or a record with `signature` beside it.

        Returns:
            JSON pointer of each signed record -> (what is signed, its signature).
        """

    def signature_checks(
        self,
        record: Json,
        signature: Json,
        surroundings: Surroundings,
        *,
        text: bytes | None = None,
    ) -> Sequence[SignatureCheck]:
        """
        Every step of checking one signature at the moment that the clock shows.

        Args:
            text: the record's own file, to name the form over which a signature was made.
        """

    def facts(
        self, pack: LoadedPack, request: Request, surroundings: Surroundings
    ) -> Mapping[str, str]:
        """What must be measured on an incoming request before redaction (`signature/0` = valid)."""

    def people(self, *, seed: int, count: int, as_of: date) -> Sequence[JsonObject]:
        """Rule-consistent synthetic civil servants attached to `workplaces(seed=seed, ...)`."""

    def units(self, *, seed: int, count: int, as_of: date) -> Sequence[JsonObject]:
        """A rule-consistent synthetic unit tree, parents before children."""

    def workplaces(self, *, seed: int, as_of: date) -> Sequence[JsonObject]:
        """The units to which `people(seed=seed, ...)` are attached, parents before children."""

    def messages(
        self,
        *,
        people: Sequence[JsonObject],
        units: Sequence[JsonObject],
        sign: Signer,
        signer: str,
        at: datetime,
        seed: int,
    ) -> Mapping[str, JsonObject]:
        """Messages ready to post, by a name such as `people`; none for records not given."""

    def record_kinds(self) -> Sequence[RecordKind]:
        """What a line of a data file may be; none when nobody keeps such files."""

    def rules_context(
        self, pack: LoadedPack, kind: str, record: JsonObject, as_of: date
    ) -> JsonObject | None:
        """What the rules see beside a record, None when they are not about its kind."""

    def code_day(self, kind: str, record: JsonObject, pointer: str, as_of: date) -> date:
        """The day on which the code at `pointer` must be in force; mostly `as_of`."""

    def contract_case(
        self, pack: LoadedPack, operation: str, seed: int, as_of: date, signer: Signer
    ) -> JsonObject | None:
        """
        A realistic request for one operation, for property suites to start from.

        Members: `path_parameters`, `query`, `headers`, `body` (each optional).
        None when generated data will do.
        """

    def trust_question(
        self, *, signer: Signer, grants: Mapping[str, Json], at: datetime
    ) -> TrustQuestion | None:
        """What preflight asks about our test CA; None where nobody signs, or nobody can tell."""

    def leftovers(self, exchange: Exchange) -> Sequence[Leftover]:
        """What an exchange of ours left on the server. Never raises, whatever was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustQuestion:
    """
    A message that a conforming server refuses whole, and what its refusal gives away.

    Attributes:
        request: without credentials.
        read: of an answer, `test-ca` and `revocations`: whether the server knows them; what the
            answer does not tell is absent. Never raises.
    """

    request: Request
    read: Callable[[Response], Mapping[str, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """
    Something that an exchange left on the server.

    Attributes:
        kind, key: as the run's manifest names it.
        removal: the request that takes it away, None where the contract has none.
    """

    kind: str
    key: str
    removal: Request | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmlessRead:
    """
    The request with which preflight may knock, and what it tells about the environment.

    Attributes:
        operation: an operationId without parameters.
        environment: JSON pointer into its answer, "" when the API does not say.
        expected: the value there of an environment in which records may be created.
    """

    operation: str
    environment: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPack:
    """
    A pack, read from disk and checked.

    Attributes:
        root: `specs/<id>/<revision>`.
        digest: `sha256:` over every file below `root`, by sorted relative path.
        documents: OpenAPI files in load order, relative to `root`.
        preflight: how to knock.
        binding: judgement name of `suites/contract` -> requirement id.
        plugin: the Python part.
    """

    id: str
    revision: str
    title: Text
    provenance: str
    root: Path
    digest: str
    documents: tuple[str, ...]
    suites: Path
    catalogue: Catalogue
    binding: Mapping[str, str]
    preflight: HarmlessRead
    plugin: PackPlugin
