"""The pack's face to the engine; fulfils `model.pack.PackPlugin` for the provider role alone."""

# ruff: noqa: ARG002 - the Protocol asks for what this pack has no use for

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from conformance.contract.contract import Contract
from conformance.errors import UsageError
from conformance.model import seeds
from conformance.model.dialect import Dialect
from conformance.model.exchange import Exchange, Request
from conformance.model.json import Json, JsonObject
from conformance.model.pack import (
    Agency,
    AgencySurroundings,
    AsgiApp,
    Leftover,
    LoadedPack,
    MutantInfo,
    PackPlugin,
    RecordKind,
    Signer,
    Surroundings,
    TrustQuestion,
    Vocabulary,
)
from conformance.model.requirement import Role
from tests.toy_pack.dialect import ToyDialect
from tests.toy_pack.reference import CREDENTIALS, MUTANTS, Register

HERE = Path(__file__).parent


class ToyPlugin:
    id = "toy"
    dialect: Dialect = ToyDialect()
    vocabulary = Vocabulary(
        personal_id=r"(?<![0-9A-Za-z])[0-9]{10}(?![0-9A-Za-z])",
        is_ours=lambda number: number.startswith("00"),
        refused_hosts=(r"(?i)(?:^|\.)harbour\.example$",),
        demonstration_credentials={"primary": CREDENTIALS},
        demonstration_grants={},
    )
    roles: tuple[Role, ...] = (Role.PROVIDER,)
    specs_root = HERE / "specs"
    suites_root = HERE / "suites"
    variants: Mapping[str, type[Register]] = {mutant.__name__: mutant for mutant in MUTANTS}

    def mutants(self) -> Sequence[MutantInfo]:
        return [
            MutantInfo(
                name=mutant.__name__,
                role=Role.PROVIDER,
                breaks=mutant.breaks,
                summary=(mutant.__doc__ or "").strip(),
            )
            for mutant in MUTANTS
        ]

    def reference(
        self, pack: LoadedPack, surroundings: Surroundings, *, mutant: str | None = None
    ) -> AsgiApp:
        if mutant is not None and mutant not in self.variants:
            raise UsageError(
                "the register has no such mutant",
                value=mutant,
                remedy=f"Try {', '.join(self.variants)}.",
            )
        kind = self.variants[mutant] if mutant else Register
        return kind(Contract.load(pack), surroundings).app()

    def agency(
        self, pack: LoadedPack, surroundings: AgencySurroundings, *, mutant: str | None = None
    ) -> Agency:
        raise UsageError("nobody pushes to this register", value=mutant or "")

    def signed_records(self, value: Json, signature: str = "") -> Mapping[str, tuple[Json, Json]]:
        return {}

    def facts(
        self, pack: LoadedPack, request: Request, surroundings: Surroundings
    ) -> Mapping[str, str]:
        return {}

    def people(self, *, seed: int, count: int, as_of: date) -> Sequence[JsonObject]:
        return ()

    def units(self, *, seed: int, count: int, as_of: date) -> Sequence[JsonObject]:
        return ()

    def workplaces(self, *, seed: int, as_of: date) -> Sequence[JsonObject]:
        return ()

    def record_kinds(self) -> Sequence[RecordKind]:
        return ()

    def rules_context(
        self, pack: LoadedPack, kind: str, record: JsonObject, as_of: date
    ) -> JsonObject | None:
        return None

    def code_day(self, kind: str, record: JsonObject, pointer: str, as_of: date) -> date:
        return as_of

    def trust_question(
        self, *, signer: Signer, grants: Mapping[str, Json], at: datetime
    ) -> TrustQuestion | None:
        return None

    def leftovers(self, exchange: Exchange) -> Sequence[Leftover]:
        return ()

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
        return {}

    def contract_case(
        self, pack: LoadedPack, operation: str, seed: int, as_of: date, signer: Signer
    ) -> JsonObject | None:
        match operation:
            case "saveBoat":
                return {"body": boat(seed, as_of)}
            case "listBoats":
                # Nobody moors there: the answer is a well-formed "nothing there".
                return {"query": {"harbour": harbour(seed), "limit": 1 + seed % 100}}
        return None


def harbour(seed: int) -> str:
    """The code of a harbour in which no boat lies but a seed's own."""
    return "".join(seeds.randomness(seed, "harbour").choices(string.ascii_uppercase, k=8))


def boat(seed: int, as_of: date) -> JsonObject:
    """A new boat as it is sent; its skipper's number was never given to anybody."""
    draw = seeds.randomness(seed, "boat")
    built = as_of.year - draw.randrange(1, 40)
    return {
        "id": "",
        "name": draw.choice(("Thistle", "Bướm", "Rajawali", "Ösel")),
        "harbour": harbour(seed),
        "builtIn": built,
        # The third of November, and not the eleventh of March.
        "launched": ToyDialect().format_date(date(built, 11, 3)),
        "skipper": f"00{draw.randrange(10**8):08}",
    }


plugin: PackPlugin = ToyPlugin()
