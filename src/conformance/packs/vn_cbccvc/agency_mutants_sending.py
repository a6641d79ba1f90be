"""
Agencies that choose wrongly what they send: of the tree, of a day's changes, and over whose name.

Each recovers where the national side tells it so, so that nothing else breaks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final

import httpx

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.agency_choosing import SENDER
from conformance.packs.vn_cbccvc.agency_mutants import AgencyMutant
from conformance.packs.vn_cbccvc.agency_office import Published
from conformance.packs.vn_cbccvc.agency_outbox import Item, Kind
from conformance.packs.vn_cbccvc.agency_register import Page

_DAY: Final = 86_400.0


# -- the tree ------------------------------------------------------------------------------


class SendsChildrenBeforeParents(AgencyMutant):
    """Sends the leaves of the tree first, and the refused ones again."""

    breaks = ("VN-CCON-001",)

    def tree(self, units: Sequence[JsonObject]) -> Sequence[JsonObject]:
        return tuple(reversed(super().tree(units)))


class SendsTheNeighboursUnit(AgencyMutant):
    """Sends every unit in its files, another body's as well."""

    breaks = ("VN-CCON-002",)

    def is_ours(self, unit: JsonObject) -> bool:
        del unit
        return True


class SendsNoUnitWithoutPeople(AgencyMutant):
    """Sends only the top of a tree in which nobody works yet."""

    breaks = ("VN-CCON-003",)

    def tree(self, units: Sequence[JsonObject]) -> Sequence[JsonObject]:
        ordered = super().tree(units)
        return ordered if self.register.records(Page.PERSON) else ordered[:1]


# -- the changes of a day --------------------------------------------------------------------


class ResendsEverybodyForAChange(AgencyMutant):
    """Sends the whole staff again when one person changes."""

    breaks = ("VN-CCON-004",)

    def changed_people(self, people: Sequence[JsonObject]) -> Sequence[JsonObject]:
        changed = {person["profileId"] for person in people}
        staff = self.register.records(Page.PERSON)
        self.outbox.add_again(
            self.channel(), [one for one in staff if one["profileId"] not in changed]
        )
        return people


class StampsChangesAnew(AgencyMutant):
    """Says of a change that it happened when it was sent."""

    breaks = ("VN-CCON-005",)

    def stamped(self, change: JsonObject) -> JsonObject:
        moment = self._clock.now() - timedelta(minutes=1)
        return {**super().stamped(change), "changedAt": moment.isoformat()}


class LeavesTheOriginAway(AgencyMutant):
    """Does not say where a change was born."""

    breaks = ("VN-CCON-005",)

    def stamped(self, change: JsonObject) -> JsonObject:
        return {"changedAt": super().stamped(change)["changedAt"]}


class _Holds(AgencyMutant):
    origin: ClassVar[str]
    days: ClassVar[int]

    def changed_people(self, people: Sequence[JsonObject]) -> Sequence[JsonObject]:
        # Who is held back stands last, and keeps nobody else waiting.
        return sorted(people, key=self._is_held)

    async def before_a_change(self, person: JsonObject) -> None:
        if self._is_held(person):
            await self.drain()
            await self._clock.sleep(self.days * _DAY)

    def _is_held(self, person: JsonObject) -> bool:
        return self.stamp(person).get("origin") == self.origin


class HoldsSystemChangesForTwoDays(_Holds):
    """Collects what was born in its own system, and sends it every other night."""

    breaks = ("VN-CCON-006",)
    origin, days = "SYSTEM", 2


class HoldsOtherChangesForAFortnight(_Holds):
    """Enters what comes on paper twice a month."""

    breaks = ("VN-CCON-007",)
    origin, days = "OTHER", 14


class RenamesWithoutADecision(AgencyMutant):
    """Sends a renamed unit without the decision that renamed it."""

    breaks = ("VN-CCON-008",)

    def changed_units(self, units: Sequence[JsonObject]) -> Sequence[JsonObject]:
        decision = {"decisionNo", "decisionDate"}
        return [{k: v for k, v in unit.items() if k not in decision} for unit in units]


class ResendsTheTreeForOneUnit(AgencyMutant):
    """Sends the whole tree again when one unit is renamed."""

    breaks = ("VN-CCON-008",)

    def changed_units(self, units: Sequence[JsonObject]) -> Sequence[JsonObject]:
        if units:
            changed = {unit["unitCode"] for unit in units}
            tree = self.tree(self.register.records(Page.UNIT))
            self.outbox.add_again(Kind.UNITS, [u for u in tree if u["unitCode"] not in changed])
        return units


# -- who approved ------------------------------------------------------------------------------


class _SignsChanges(AgencyMutant):
    """Signs a change wrongly once; refused, it signs as it should."""

    _erred = False

    def sealed(self, item: Item) -> JsonObject:
        sealed = super().sealed(item)
        if item.repairs or not self.stamp(item.body):
            return sealed
        self._erred = True
        return {**sealed, "signature": self.wrongly(item.body)}

    def wrongly(self, profile: JsonObject) -> str:
        return self._signer.sign(profile, signer="clerk", at=self._clock.now())

    def worth_repairing(self, item_repairs: int, rules: Sequence[str]) -> bool:
        signed = bool(rules) and all(rule.startswith("signature-") for rule in rules)
        mine = self._erred and signed and item_repairs == 0
        return mine or super().worth_repairing(item_repairs, rules)


class SignsChangesAsAClerk(_SignsChanges):
    """Has changes signed by the clerk who typed them."""

    breaks = ("VN-CCON-043",)


class SignsForAnotherAgency(_SignsChanges):
    """Has changes signed by somebody of another agency."""

    breaks = ("VN-CCON-043",)

    def wrongly(self, profile: JsonObject) -> str:
        return self._signer.sign(profile, signer="other-unit", at=self._clock.now())


class SignsWithAnExpiredCertificate(_SignsChanges):
    """Signs changes with last year's certificate."""

    breaks = ("VN-CCON-044",)

    def wrongly(self, profile: JsonObject) -> str:
        return self._signer.sign(profile, signer="expired", at=self._clock.now())


class SignsWithACertificateOfItsOwn(_SignsChanges):
    """Signs changes with a certificate that it made itself."""

    breaks = ("VN-CCON-044",)

    def wrongly(self, profile: JsonObject) -> str:
        return self._signer.sign(profile, signer="untrusted", at=self._clock.now())


class SignsThePrettyPrintedRecord(_SignsChanges):
    """Signs a change as it is printed, with its line ends, and sends it without them."""

    breaks = ("VN-CCON-045",)

    def wrongly(self, profile: JsonObject) -> str:
        printed = json.dumps(profile, ensure_ascii=False, indent=2)
        return self._signer.sign(printed, signer="authorised", at=self._clock.now())


class SignsTheRecordOfBefore(_SignsChanges):
    """Signs a record as it was before its change."""

    breaks = ("VN-CCON-045",)

    def wrongly(self, profile: JsonObject) -> str:
        before: JsonObject = {**profile, "phone": "0990000000", "mainDuty": "Văn thư"}
        return self._signer.sign(before, signer="authorised", at=self._clock.now())


class SignsBeforeTheChange(_SignsChanges):
    """Has changes approved before they happen."""

    breaks = ("VN-CCON-046",)

    def wrongly(self, profile: JsonObject) -> str:
        changed = datetime.fromisoformat(str(self.stamp(profile)["changedAt"]))
        early = changed - timedelta(minutes=10)
        return self._signer.sign(profile, signer="authorised", at=early)


# -- what is never sent, and what was asked back --------------------------------------------------


class SendsStateSecrets(AgencyMutant):
    """Does not look at the mark of a state secret."""

    breaks = ("VN-CCON-042",)

    def may_travel(self, person: JsonObject) -> bool:
        return person.get("stateSecret") is True or super().may_travel(person)


class ForgetsToWithdraw(AgencyMutant):
    """Leaves its test people behind."""

    breaks = ("VN-CCON-040",)

    async def withdraw(self, people: Json) -> None:
        del people


class SendsTheWithdrawnAgain(AgencyMutant):
    """Withdraws somebody, and sends him again with the next run."""

    breaks = ("VN-CCON-040",)

    async def withdraw(self, people: Json) -> None:
        staff = self.register.records(Page.PERSON)
        await super().withdraw(people)
        asked = people if isinstance(people, list) else []
        self.outbox.add_again(self.channel(), [p for p in staff if p["profileId"] in asked])
        await self.drain()


class WithdrawsEverybody(AgencyMutant):
    """Takes back everybody when one is asked back."""

    breaks = ("VN-CCON-041",)

    async def withdraw(self, people: Json) -> None:
        del people
        await super().withdraw([p["profileId"] for p in self.register.records(Page.PERSON)])


# -- headers -----------------------------------------------------------------------------------


class CallsABatchATrial(AgencyMutant):
    """Sends its first batch under the code of a trial message."""

    breaks = ("VN-CCON-047",)

    _told = False

    def heading(self, code: str, identifier: str, published: Published) -> JsonObject:
        header = super().heading(code, identifier, published)
        if code != "M52" or self._told:
            return header
        self._told = True
        return {**header, "messageCode": "M51"}


class _Misaddresses(AgencyMutant):
    """Asks what is held with a wrong header once, then with the right one."""

    wrong: ClassVar[JsonObject]
    _misaddressed = False

    def heading(self, code: str, identifier: str, published: Published) -> JsonObject:
        header = super().heading(code, identifier, published)
        return {**header, **self.wrong} if self._misaddressed else header

    async def ask(self, code: str, path: str, content: Mapping[str, Json]) -> httpx.Response:
        if code == "M62":
            self._misaddressed = True
            await super().ask(code, path, content)
            self._misaddressed = False
        return await super().ask(code, path, content)


class WritesToAnotherReceiver(_Misaddresses):
    """Names a receiver that was never published."""

    breaks = ("VN-CCON-048",)
    wrong: ClassVar[JsonObject] = {"receiverCode": "G10"}


class WritesInAUnitsName(_Misaddresses):
    """Names one of its units as the sender instead of itself."""

    breaks = ("VN-CCON-048",)
    wrong: ClassVar[JsonObject] = {"senderCode": f"{SENDER}.1"}


class NumbersQuestionsAlike(AgencyMutant):
    """Puts every question to the population register under one message id."""

    breaks = ("VN-CCON-049",)

    _first = ""

    def heading(self, code: str, identifier: str, published: Published) -> JsonObject:
        if code == "M53":
            self._first = identifier = self._first or identifier
        return super().heading(code, identifier, published)


class ReconcilesUnderAUsedId(AgencyMutant):
    """Puts the question of a reconciliation under the id of the last message with people."""

    breaks = ("VN-CCON-049",)

    _used = ""

    def heading(self, code: str, identifier: str, published: Published) -> JsonObject:
        if code == "M51":
            self._used = identifier
        elif code == "M63" and self._used:
            identifier, self._used = self._used, ""
        return super().heading(code, identifier, published)

    async def ask(self, code: str, path: str, content: Mapping[str, Json]) -> httpx.Response:
        answer = await super().ask(code, path, content)
        return await super().ask(code, path, content) if answer.status_code == 409 else answer


SENDING_MUTANTS: Final[tuple[type[AgencyMutant], ...]] = (
    SendsChildrenBeforeParents,
    SendsTheNeighboursUnit,
    SendsNoUnitWithoutPeople,
    ResendsEverybodyForAChange,
    StampsChangesAnew,
    LeavesTheOriginAway,
    HoldsSystemChangesForTwoDays,
    HoldsOtherChangesForAFortnight,
    RenamesWithoutADecision,
    ResendsTheTreeForOneUnit,
    SignsChangesAsAClerk,
    SignsForAnotherAgency,
    SignsWithAnExpiredCertificate,
    SignsWithACertificateOfItsOwn,
    SignsThePrettyPrintedRecord,
    SignsTheRecordOfBefore,
    SignsBeforeTheChange,
    SendsStateSecrets,
    ForgetsToWithdraw,
    SendsTheWithdrawnAgain,
    WithdrawsEverybody,
    CallsABatchATrial,
    WritesToAnotherReceiver,
    WritesInAUnitsName,
    NumbersQuestionsAlike,
    ReconcilesUnderAUsedId,
)
