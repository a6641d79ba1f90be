"""
The pack's one face to the engine; fulfils `model.pack.PackPlugin`.

Everything heavy is imported inside the methods: listing packs must not load validators,
keys and the population.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from conformance.model.exchange import Exchange, Request
from conformance.model.json import Json, JsonObject
from conformance.model.pack import (
    Agency,
    AgencySurroundings,
    AsgiApp,
    Leftover,
    LoadedPack,
    MutantInfo,
    RecordKind,
    Signer,
    Surroundings,
    TrustQuestion,
)
from conformance.model.requirement import Role
from conformance.model.signing import SignatureCheck
from conformance.packs.vn_cbccvc.dialect import VnDialect
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT, VOCABULARY

_SIGNED: Final = frozenset({"submitTrialSync", "submitProfileBatch"})


class Plugin:
    """Dialect, vocabulary, reference, agency, population."""

    id = "vn-cbccvc"
    dialect = VnDialect()
    vocabulary = VOCABULARY
    roles: tuple[Role, ...] = (Role.PROVIDER, Role.CONSUMER)

    def mutants(self) -> Sequence[MutantInfo]:
        """Every mutant of both roles, in catalogue order of what they break."""
        from conformance.packs.vn_cbccvc.agency_mutants_all import CONSUMER_MUTANTS, TWO_WAY_MUTANTS
        from conformance.packs.vn_cbccvc.mutants import PROVIDER_MUTANTS

        return (
            *(_described(cls, cls.breaks, Role.PROVIDER) for cls in PROVIDER_MUTANTS),
            *(_described(cls, cls.breaks, Role.CONSUMER) for cls in CONSUMER_MUTANTS),
            *(
                _described(cls, cls.breaks, Role.CONSUMER, needs=self.roles)
                for cls in TWO_WAY_MUTANTS
            ),
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

        if surroundings.served is None:
            # All that it must know of the contract was published to it.
            return build_agency(surroundings, mutant=mutant)
        from conformance.packs.vn_cbccvc.agency_served import ServedStore

        served = ServedStore(pack, surroundings, surroundings.served)
        return build_agency(surroundings, mutant=mutant, served=served)

    def signed_records(self, value: Json, signature: str = "") -> Mapping[str, tuple[Json, Json]]:
        """The profiles of a message, of a signed record, or one with its signature beside it."""
        from conformance.packs.vn_cbccvc.signatures import signed_records

        return signed_records(value, signature)

    def signature_checks(
        self,
        record: Json,
        signature: Json,
        surroundings: Surroundings,
        *,
        text: bytes | None = None,
    ) -> Sequence[SignatureCheck]:
        """Every step of checking the signature over a profile."""
        from conformance.packs.vn_cbccvc.signatures import examined

        moment = surroundings.clock.now()
        return examined(record, signature, surroundings, moment, explain=True, text=text)

    def facts(
        self, pack: LoadedPack, request: Request, surroundings: Surroundings
    ) -> Mapping[str, str]:
        """
        `signature/<i>` = valid | the fault (`missing`, `expired` ...) for each record of a message.

        Never raises, whatever a target sends.
        """
        del pack
        if request.operation not in _SIGNED:
            return {}
        from conformance.packs.vn_cbccvc.signatures import examined, trouble_with
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
            checks = examined(held.get("profile"), held.get("signature"), surroundings, moment)
            facts[f"signature/{index}"] = trouble_with(checks) or "valid"
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

    def record_kinds(self) -> Sequence[RecordKind]:
        """People and units, as `generate` writes them."""
        return (
            RecordKind(name="people", component="Profile", key="profileId"),
            RecordKind(name="units", component="Unit", key="unitCode"),
        )

    def rules_context(
        self, pack: LoadedPack, kind: str, record: JsonObject, as_of: date
    ) -> JsonObject | None:
        """Rows joined to a profile's codes; no rule is about units."""
        if kind != "people":
            return None
        from conformance.contract.codelists import CodeLists
        from conformance.packs.vn_cbccvc.rules_context import rule_context

        return rule_context(record, CodeLists.load(pack), as_of)

    def code_day(self, kind: str, record: JsonObject, pointer: str, as_of: date) -> date:
        """The day of the list that an address names, a unit's last day, or that of judgement."""
        from conformance.packs.vn_cbccvc.vocabulary import day_of_list, last_day

        if kind == "units":
            return last_day(record, as_of)
        return day_of_list(record, pointer, as_of)

    def trust_question(
        self, *, signer: Signer, grants: Mapping[str, Json], at: datetime
    ) -> TrustQuestion | None:
        """A trial message that is refused whoever signed it."""
        from conformance.packs.vn_cbccvc.trusting import question

        return question(signer=signer, grants=grants, at=at)

    def leftovers(self, exchange: Exchange) -> Sequence[Leftover]:
        """The people and units that a message brought; people can be taken away again."""
        from conformance.packs.vn_cbccvc.leftovers import leftovers

        return leftovers(exchange)

    def contract_case(
        self, pack: LoadedPack, operation: str, seed: int, as_of: date, signer: Signer
    ) -> JsonObject | None:
        """A request that a conforming server grants, where one can be made from nothing."""
        del pack
        from conformance.packs.vn_cbccvc.by_hand import messages
        from conformance.packs.vn_cbccvc.feed import LATEST
        from conformance.packs.vn_cbccvc.population import people, units
        from conformance.packs.vn_cbccvc.reference import ROOT

        # Yesterday: a message from later today would come from the future.
        moment = datetime.combine(as_of - timedelta(days=1), time(3), UTC)
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
            case "submitProfileBatch":
                from conformance.packs.vn_cbccvc.by_hand import batch

                staff = people(seed=seed, count=1 + seed % 4, as_of=as_of, units=(ROOT,))
                return {"body": batch(people=staff, sign=signer, at=moment, seed=seed)}
            case "matchPopulation":
                from conformance.packs.vn_cbccvc.by_hand import question

                staff = people(seed=seed, count=1 + seed % 10, as_of=as_of, units=(ROOT,))
                return {"body": question(people=staff, at=moment, seed=seed)}
            case "listProfiles":
                return {"query": {"limit": 1 + seed % 100, "unitCode": ROOT_UNIT}}
            case "readChanges":
                return {"query": {"limit": 1 + seed % 100, "cursor": LATEST}}
            case "listUnits":
                return {"query": {"limit": 1 + seed % 100, "parentCode": ROOT_UNIT}}
            case "readUnit":
                return {"path_parameters": {"unitCode": ROOT_UNIT}}
            case "readLineage":
                return {"path_parameters": {"unitCode": ROOT_UNIT}}
            case "reorganiseUnits":
                from conformance.packs.vn_cbccvc.by_hand import foundation

                return {"body": foundation(at=moment, seed=seed)}
            case "submitOwnerEvents" | "askHeldFields" | "reconcile":
                from conformance.packs.vn_cbccvc import by_hand_owners

                make = {
                    "submitOwnerEvents": by_hand_owners.events,
                    "askHeldFields": by_hand_owners.held,
                    "reconcile": by_hand_owners.comparison,
                }[operation]
                staff = people(seed=seed, count=1 + seed % 5, as_of=as_of, units=(ROOT,))
                return {"body": make(people=staff, at=moment, seed=seed)}
            case "listConflicts":
                return {"query": {"limit": 1 + seed % 100, "agencyCode": ROOT_UNIT}}
            case "readCodeList":
                limit = 1 + seed % 1000
                return {"path_parameters": {"name": "provinces"}, "query": {"limit": limit}}
        return None


def _described(
    cls: type, breaks: tuple[str, ...], role: Role, *, needs: tuple[Role, ...] = ()
) -> MutantInfo:
    summary = (cls.__doc__ or "").strip().splitlines()[0]
    return MutantInfo(name=cls.__name__, role=role, breaks=breaks, summary=summary, needs=needs)
