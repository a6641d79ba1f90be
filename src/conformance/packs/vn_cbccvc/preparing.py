"""
What an agency prepares in a scenario: its units, its people, its signed messages.

Everything follows from the scenario's seed. Sending is the registry's (`asking`); the agency
itself sends only the units without which its people would work nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.contract.codelists import CodeLists
from conformance.model.json import Json, JsonObject
from conformance.model.pack import LoadedPack
from conformance.packs.vn_cbccvc import population
from conformance.packs.vn_cbccvc.asking import Registry
from conformance.packs.vn_cbccvc.records import Message
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
    _units: tuple[JsonObject, ...] = ()

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
