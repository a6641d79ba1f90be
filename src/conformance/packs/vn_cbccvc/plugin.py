"""
The pack's one face to the engine; fulfils `model.pack.PackPlugin`.

Everything heavy is imported inside the methods: listing packs must not load validators,
keys and the population.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Final

from conformance.model.exchange import Request
from conformance.model.json import JsonObject
from conformance.model.pack import (
    Agency,
    AgencySurroundings,
    AsgiApp,
    LoadedPack,
    MutantInfo,
    Signer,
    Surroundings,
)
from conformance.model.requirement import Role
from conformance.packs.vn_cbccvc.dialect import VnDialect
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT, VOCABULARY

_SIGNED: Final = "submitTrialSync"


class Plugin:
    """Dialect, vocabulary, reference, agency, population."""

    id = "vn-cbccvc"
    dialect = VnDialect()
    vocabulary = VOCABULARY
    roles: tuple[Role, ...] = (Role.PROVIDER, Role.CONSUMER)

    def mutants(self) -> Sequence[MutantInfo]:
        """Every mutant of both roles, in catalogue order of what they break."""
        from conformance.packs.vn_cbccvc.agency_mutants import CONSUMER_MUTANTS
        from conformance.packs.vn_cbccvc.mutants import PROVIDER_MUTANTS

        return (
            *(_described(cls, cls.breaks, Role.PROVIDER) for cls in PROVIDER_MUTANTS),
            *(_described(cls, cls.breaks, Role.CONSUMER) for cls in CONSUMER_MUTANTS),
        )

    def reference(
        self, pack: LoadedPack, surroundings: Surroundings, *, mutant: str | None = None
    ) -> AsgiApp:
        """
        The bundled mock, or one or several mutants of it joined by "+".

        Raises:
            UsageError: no mutant of that name; the message lists the near ones.
        """
        from conformance.packs.vn_cbccvc.intake import Knowledge
        from conformance.packs.vn_cbccvc.mutants import variant
        from conformance.reference.app import build
        from conformance.reference.freedoms import Freedoms
        from conformance.reference.store import open_store

        kind = variant(mutant)
        knowledge, freedoms = Knowledge.of(pack), Freedoms(surroundings.seed)
        behaviour = kind(knowledge, surroundings, open_store(surroundings.store), freedoms)
        return build(knowledge.contract, behaviour, freedoms)

    def agency(
        self, pack: LoadedPack, surroundings: AgencySurroundings, *, mutant: str | None = None
    ) -> Agency:
        """The bundled agency software, for the consumer role. Raises UsageError as `reference`."""
        from conformance.packs.vn_cbccvc.agency import build_agency

        return build_agency(pack, surroundings, mutant=mutant)

    def facts(
        self, pack: LoadedPack, request: Request, surroundings: Surroundings
    ) -> Mapping[str, str]:
        """
        `signature/<i>` = valid | missing | invalid | untrusted for each record of a trial message.

        Never raises, whatever a target sends.
        """
        del pack
        if request.operation != _SIGNED:
            return {}
        from conformance.packs.vn_cbccvc.intake import signature_trouble
        from conformance.reference.app import parse_json

        try:
            message = parse_json(request.body or b"")
        except ValueError:
            return {}
        records = message.get("records") if isinstance(message, dict) else None
        moment = surroundings.clock.now()
        facts: dict[str, str] = {}
        for index, record in enumerate(records if isinstance(records, list) else ()):
            held = record if isinstance(record, dict) else {}
            trouble = signature_trouble(
                held.get("profile"), held.get("signature"), surroundings.trust_anchors, moment
            )
            facts[f"signature/{index}"] = "valid" if trouble is None else trouble.value
        return facts

    def people(self, *, seed: int, count: int, as_of: date) -> Sequence[JsonObject]:
        """Rule-consistent synthetic civil servants attached to `units(seed=seed, ...)`."""
        from conformance.packs.vn_cbccvc.population import people

        return people(seed=seed, count=count, as_of=as_of)

    def units(self, *, seed: int, count: int, as_of: date) -> Sequence[JsonObject]:
        """A rule-consistent synthetic unit tree, parents before children."""
        from conformance.packs.vn_cbccvc.population import units

        return units(seed=seed, count=count, as_of=as_of)

    def workplaces(self, *, seed: int, as_of: date) -> Sequence[JsonObject]:
        """The units to which `people(seed=seed, ...)` are attached, parents before children."""
        from conformance.packs.vn_cbccvc.population import UNITS, units

        return units(seed=seed, count=UNITS, as_of=as_of)

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
        """`units` and `people`: messages ready to post."""
        from conformance.packs.vn_cbccvc.by_hand import messages

        return messages(people=people, units=units, sign=sign, signer=signer, at=at, seed=seed)

    def contract_case(
        self, pack: LoadedPack, operation: str, seed: int, as_of: date, signer: Signer
    ) -> JsonObject | None:
        """A message that a conforming server takes, for the two operations that take one."""
        del pack
        from conformance.packs.vn_cbccvc.by_hand import messages
        from conformance.packs.vn_cbccvc.population import people, units
        from conformance.packs.vn_cbccvc.reference import ROOT

        moment = datetime.combine(as_of, time(3), UTC)
        match operation:
            case "submitTrialSync":
                # Everybody works in the root: it stands in every test environment.
                staff = people(seed=seed, count=1 + seed % 3, as_of=as_of, units=(ROOT,))
                made = messages(
                    people=staff, units=(), sign=signer, signer="authorised", at=moment, seed=seed
                )
                return {"body": made["people"]}
            case "submitUnits":
                tree = units(seed=seed, count=3, as_of=as_of)
                made = messages(
                    people=(), units=tree, sign=signer, signer="authorised", at=moment, seed=seed
                )
                return {"body": made["units"]}
            case "listUnits":
                return {"query": {"limit": 1 + seed % 100, "parentCode": ROOT_UNIT}}
            case "readUnit":
                return {"path_parameters": {"unitCode": ROOT_UNIT}}
        return None


def _described(cls: type, breaks: tuple[str, ...], role: Role) -> MutantInfo:
    summary = (cls.__doc__ or "").strip().splitlines()[0]
    return MutantInfo(name=cls.__name__, role=role, breaks=breaks, summary=summary)
