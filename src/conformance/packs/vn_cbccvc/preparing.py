"""
What an agency prepares in a scenario: its units, its people, its signed messages.

Everything follows from the scenario's seed. Sending is the registry's (`asking`); the agency
itself sends only the units without which its people would work nowhere. One place, though it is
long: whoever writes a story finds all that can be prepared.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from conformance.contract.codelists import CodeLists
from conformance.contract.keyword_vectors import KeywordVectors
from conformance.crypto.canonical import canonical
from conformance.errors import GrantUnmet, SuiteDefect
from conformance.model.json import Json, JsonObject
from conformance.model.pack import LoadedPack
from conformance.packs.vn_cbccvc import miscoding, population, specimens
from conformance.packs.vn_cbccvc.asking import Registry
from conformance.packs.vn_cbccvc.line import answer_object
from conformance.packs.vn_cbccvc.records import Decision, Letter, Message, text, without
from conformance.packs.vn_cbccvc.reform import DAY, FIRST_DAY, Reform, Step, reform
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

#: Ends the code of a unit that nobody sends: drawn numbers have three digits, counted ones are few.
UNSENT: Final = ".99"
#: Members that name a unit, wherever in a record they stand.
_UNIT_CODES: Final = frozenset(
    {
        "unitCode",
        "parentCode",
        "managingAgencyCode",
        "employingUnitCode",
        "fromUnitCode",
        "toUnitCode",
    }
)
#: The rules that `Agency.contradicting` breaks, and where in the profile.
CONTRADICTIONS: Final[Mapping[str, str]] = {
    "VN-R-010": "/salaryPercent",
    "VN-R-019": "/birthFullName",
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
        seed = self._workplaces("people")
        people = self.pack.plugin.people(seed=seed, count=count, as_of=self.world.as_of)
        return self._ours(people)

    def newcomers(self, count: int) -> tuple[JsonObject, ...]:
        """
        Civil servants who are new in every run, whatever an earlier one left on the server.

        The registry was told nothing of their units: they are `employed` elsewhere.
        """
        self._draws += 1
        seed = self.world.draw(f"newcomers/{self._draws}/{self.world.now().isoformat()}")
        as_of = self.world.as_of
        return self._ours(self.pack.plugin.people(seed=seed, count=count, as_of=as_of))

    def breaking(self, *rule_ids: str) -> list[Vector]:
        """
        For each rule somebody who breaks it alone, and the twin who breaks none, in our units.

        The registry was told of their units.
        """
        seeds = [self._workplaces("fault"), *(self._seed("fault") for _ in rule_ids[1:])]
        self.registry.submit_units(self.unit_message(self._units))
        as_of, units = self.world.as_of, self._units
        return [
            population.vector(rule_id, seed=seed, as_of=as_of, units=units)
            for rule_id, seed in zip(rule_ids, seeds, strict=True)
        ]

    def faulty_profiles(self) -> KeywordVectors:
        """
        For each keyword of a profile's schema somebody who breaks it alone, and the twins.

        The registry was told of their units.
        """
        seed = self._workplaces("shapes")
        self.registry.submit_units(self.unit_message(self._units))
        return specimens.faulty_profiles(seed=seed, as_of=self.world.as_of, units=self._units)

    def miscoded_profiles(self, twins: Sequence[Json]) -> KeywordVectors:
        """For each coded place of a profile one of these twins with a code that nobody listed."""
        return miscoding.miscoded_profiles(twins, as_of=self.world.as_of)

    def faulty_units(self) -> KeywordVectors:
        """For each keyword of a unit's schema one that breaks it alone, and the twins."""
        department, unit, *divisions = self.branch(children=2)
        turn = self.world.draw_case("unit shapes")
        self.registry.submit_units(self.unit_message([department, unit]))
        return specimens.faulty_units(divisions, as_of=self.world.as_of, turn=turn)

    def _workplaces(self, label: str) -> int:
        """A new seed, and the units that follow from it."""
        seed = self._seed(label)
        units = self.pack.plugin.units(seed=seed, count=population.UNITS, as_of=self.world.as_of)
        self._units = self._ours(units)
        return seed

    def _seed(self, label: str) -> int:
        self._draws += 1
        return self.world.draw(f"{label}/{self._draws}")

    def contradicting(self, person: JsonObject) -> JsonObject:
        """The same person, who breaks every one of `CONTRADICTIONS` and no other rule."""
        return {
            **person,
            "salaryPercent": 90,
            "birthFullName": f"{person['birthFullName']} 2",
        }

    def as_old_as(self, person: JsonObject, *kin: str) -> JsonObject:
        """The same person, whose family are these relatives alone, all born in the same year."""
        born = int(text(person, "birthDate")[:4])
        rows: list[Json] = [
            {"relation": one, "fullName": "NGUYỄN VĂN THỬ", "birthYear": born} for one in kin
        ]
        return {**person, "family": rows}

    def with_sub_tables(self) -> JsonObject:
        """Somebody whose file has sub-tables of several rows, and whose units were sent."""
        found = max(self.people(12), key=_rows)
        if not _rows(found):
            raise SuiteDefect("nobody of ours has a sub-table of two rows")
        return found

    def pass_time(self, seconds: float) -> None:
        """Let time pass, so that two moments on the server are told apart."""
        end = self.world.now() + timedelta(seconds=seconds)
        self.world.wait_until(
            lambda: self.world.now() >= end or None,
            because="the server's time goes on",
            within=60 * seconds,
            every=seconds,
        )

    def employed(
        self,
        people: Iterable[JsonObject],
        unit: JsonObject,
        *,
        kept_by: JsonObject | None = None,
    ) -> tuple[JsonObject, ...]:
        """The same people in another unit; it keeps their files, or `kept_by` above it does."""
        code = unit["unitCode"]
        # How they came to the unit in which they were drawn is not their story here.
        return tuple(
            {
                **without(person, "movement"),
                "managingAgencyCode": (kept_by or unit)["unitCode"],
                "employingUnitCode": code,
            }
            for person in people
        )

    def closed_province(self) -> str:
        """The code of a province that is no more."""
        return CodeLists.load(self.pack).closed("provinces", self.world.as_of)[0]

    def successors(self, name: str) -> Mapping[str, frozenset[str]]:
        """Old code -> the codes in which it went on, by one of the maps among the code lists."""
        rows = CodeLists.load(self.pack).rows(name, date.fromisoformat(DAY))
        return {
            row["code"]: frozenset(
                (row["new_code"], *filter(None, row.get("also_in", "").split("|")))
            )
            for row in rows
        }

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

    def batch_of(self, records: Iterable[JsonObject], *, again: str = "") -> Message:
        """A profile batch with records as they are."""
        return Message(header=self._header("M52", again), key="records", records=tuple(records))

    def question(self, persons: Iterable[JsonObject]) -> Message:
        """A message that asks the population register about people."""
        asked = tuple(
            {name: person[name] for name in ("profileId", "birthFullName", "birthDate", "gender")}
            for person in persons
        )
        return Message(header=self._header("M53", ""), key="persons", records=asked)

    def signed(self, person: JsonObject, *, signer: str = "authorised") -> JsonObject:
        """A record: the profile and the signature over it."""
        return {"profile": person, "signature": self.world.sign(person, signer=signer)}

    def carrying(self, person: JsonObject) -> JsonObject:
        """A record whose signature brings its payload along, which RFC 7515, appendix F, omits."""
        record = self.signed(person)
        head, _, tail = str(record["signature"]).split(".")
        payload = urlsafe_b64encode(canonical(person)).decode().rstrip("=")
        return {**record, "signature": f"{head}.{payload}.{tail}"}

    # -- units ----------------------------------------------------------------

    def branch(self, *, children: int) -> tuple[JsonObject, ...]:
        """A department, a unit below it, and `children` divisions below that; parents first."""
        self._draws += 1
        draw = self.world.draw(f"branch/{self._draws}")
        department = self._unit(f"{self.root}.{draw % 900 + 100}", "SO", "Sở thử nghiệm")
        below = f"{department['unitCode']}.{draw // 900 % 900 + 100}"
        unit = self._unit(below, "CHICUC", "Chi cục thử nghiệm")
        divisions = (self.office_below(unit, number) for number in range(1, children + 1))
        return (department, unit, *divisions)

    def department(self, number: int) -> JsonObject:
        """The department of that number below our root; drawn ones have a hundred and more."""
        return self._unit(f"{self.root}.{number}", "SO", "Sở thử nghiệm")

    def office_below(self, unit: JsonObject, number: int) -> JsonObject:
        """The division of that number below a unit."""
        return self._unit(f"{unit['unitCode']}.{number}", "PCM", f"Phòng nghiệp vụ số {number}")

    def ground(self, *, units: int) -> tuple[tuple[JsonObject, ...], tuple[JsonObject, ...]]:
        """
        Ground for units that will end, and those units: all new in every run.

        A code that ended is never used again, so a second run with one seed needs others.

        Returns:
            The units above, from the top down, and `units` divisions below the last of them.
        """
        self._draws += 1
        draw = self.world.draw(f"ground/{self._draws}/{self.world.now().isoformat()}")
        above: list[JsonObject] = []
        code = self.root
        for kind, name in (
            ("SO", "Sở thử nghiệm"),
            ("CHICUC", "Chi cục thử nghiệm"),
            ("DVSN", "Trung tâm thử nghiệm"),
        ):
            code = f"{code}.{draw % 900 + 100}"
            draw //= 900
            above.append(self._unit(code, kind, name))
        # A segment of a code has three digits at most, and so has the last one's.
        first = draw % (901 - units) + 100
        divisions = (self.office_below(above[-1], number) for number in range(first, first + units))
        return tuple(above), tuple(divisions)

    def day(self, ago: int) -> str:
        """The day that many days before our people live, yyyy-mm-dd."""
        return (self.world.as_of - timedelta(days=ago)).isoformat()

    def decision(
        self,
        operation: str,
        *,
        day: str,
        before: Iterable[JsonObject] = (),
        after: Iterable[JsonObject] = (),
    ) -> Decision:
        """A decision that reorganises the units `before` into the units `after`."""
        return Decision(
            header=self._header("M54", ""),
            operation=operation,
            day=day,
            number=f"{self._messages}/QĐ-UBND",
            before=tuple(text(unit, "unitCode") for unit in before),
            after=tuple(after),
        )

    def reform(self, *, crossed: bool = False, whole: bool = False) -> Reform:
        """
        A province that was merged in July 2025, all its codes new in every run; see `reform`.

        Raises:
            GrantUnmet: the granted unit is younger than the old order.
        """
        began = str(answer_object(self.registry.unit({"unitCode": self.root})).get("effectiveFrom"))
        if began > FIRST_DAY:
            raise GrantUnmet(
                "grant-unmet",
                f"the granted unit {self.root} began only on {began}",
                remedy=f"Let it begin on {FIRST_DAY} or before, as the contract has it.",
            )
        self._draws += 1
        return reform(
            seed=self.world.draw(f"reform/{self._draws}/{self.world.now().isoformat()}"),
            root=self.root,
            lists=CodeLists.load(self.pack),
            crossed=crossed,
            whole=whole,
        )

    def step(self, step: Step) -> Decision:
        """A decision of the reform as a message."""
        return self.decision(step.operation, day=DAY, before=step.before, after=step.after)

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

    def letter(self, code: str, content: JsonObject, *, sender: str = "") -> Letter:
        """A message of another shape than records in a row; sent by our root or by `sender`."""
        header = self._header(code, "")
        return Letter(header={**header, "senderCode": sender or self.root}, content=content)

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
        moved = (self._moved(record) for record in records)
        return tuple(record for record in moved if isinstance(record, dict))

    def _moved(self, value: Json, name: str = "") -> Json:
        if isinstance(value, dict):
            return {key: self._moved(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self._moved(item, name) for item in value]
        if (
            name in _UNIT_CODES
            and isinstance(value, str)
            and f"{value}.".startswith(f"{ROOT_UNIT}.")
        ):
            return self.root + value.removeprefix(ROOT_UNIT)
        return value


def _rows(person: JsonObject) -> int:
    """How many rows stand in sub-tables that have an order."""
    return sum(len(rows) for rows in person.values() if isinstance(rows, list) and len(rows) > 1)
