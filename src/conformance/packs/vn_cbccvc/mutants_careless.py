"""Faulty references: what is forgotten by those who read the contract once and build at once."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, JsonObject, compact
from conformance.model.signing import SignatureCheck
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.batches import TRIAL, UNIT_BATCH, Batch
from conformance.packs.vn_cbccvc.intake import Case
from conformance.packs.vn_cbccvc.keeping import HISTORY, PROFILES
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.paging import Rows
from conformance.packs.vn_cbccvc.signatures import SIGNER
from conformance.reference.exchange import Outgoing

#: Above every message of the suite but the batch that is heavy on purpose.
_BODY: Final = 5 * 2**19


class ListsTheWithdrawn(ProviderMutant):
    """Lists who was withdrawn with the others; read one by one they are gone."""

    breaks = ("VN-PRO-016",)

    def rows_after(self, cursor: str, unit: str | None, since: datetime | None) -> Rows:
        found = list(super().rows_after(cursor, unit, since))
        for key in self.store.keys(PROFILES):
            rank, last = self.freedoms.rank(key), self.store.get(PROFILES, key)
            if rank <= cursor or not isinstance(last, dict) or "profile" in last:
                continue
            row = self.store.get(f"{HISTORY}/{key}", str(last["version"]))
            if isinstance(row, dict) and unit in (None, self.employer(row)):
                told: JsonObject = {
                    "profileId": key,
                    "version": row["version"],
                    "updatedAt": row["updatedAt"],
                    "employingUnitCode": self.employer(row),
                }
                found.append((rank, told))
        return sorted(found, key=lambda ranked: ranked[0])


class TakesTwoAndAHalfMebibytes(ProviderMutant):
    """Leaves the longest body as its framework has it, which is less than a thousand records."""

    breaks = ("VN-PRO-011",)

    def submit(self, batch: Batch, message: Json) -> Outgoing:
        if len(compact(message)) > _BODY:
            return self.problem(messages.TOO_LARGE, f"At most {_BODY} bytes are read.")
        return super().submit(batch, message)


class ForgetsWhyItRejected(ProviderMutant):
    """Keeps of a receipt what became of each record, and not why."""

    breaks = ("VN-SYNC-005",)

    def find_receipt(self, message_id: str) -> Json:
        receipt = super().find_receipt(message_id)
        results = receipt.get("results") if isinstance(receipt, dict) else None
        if not isinstance(receipt, dict) or not isinstance(results, list):
            return receipt
        bare: list[Json] = [
            {name: value for name, value in result.items() if name != "errors"}
            for result in results
            if isinstance(result, dict)
        ]
        return {**receipt, "results": bare}


class KeepsPeopleItRefuses(ProviderMutant):
    """Carries a trial message out, and finds then that its id was used."""

    breaks = ("VN-SYNC-016",)

    def answer_to_reuse(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem]
    ) -> Outgoing:
        if batch is TRIAL:
            self.apply(batch, message, found, self.clock.now())
        return super().answer_to_reuse(batch, message, found)


class KeepsUnitsItRefuses(ProviderMutant):
    """Carries a message of units out, and finds then that its id was used."""

    breaks = ("VN-SYNC-016",)

    def answer_to_reuse(
        self, batch: Batch, message: JsonObject, found: Sequence[SchemaProblem]
    ) -> Outgoing:
        if batch is UNIT_BATCH:
            self.apply(batch, message, found, self.clock.now())
        return super().answer_to_reuse(batch, message, found)


class TrustsWhatASignatureCarries(ProviderMutant):
    """Verifies a signature over the payload that it carries, when it carries one."""

    breaks = ("VN-SIG-002",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        head, _, rest = str(case.signature).partition(".")
        payload, _, tail = rest.partition(".")
        if not payload:
            return super().signature_checks(case)
        carried = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return super().signature_checks(replace(case, subject=carried, signature=f"{head}..{tail}"))


class AsksWhereSomebodyWorks(ProviderMutant):
    """Takes the signature of the unit in which somebody works for that of who keeps the file."""

    breaks = ("VN-SIG-010",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        works = {**case.subject, "managingAgencyCode": case.subject.get("employingUnitCode")}
        checks = super().signature_checks(case)
        there = super().signature_checks(replace(case, subject=works))
        signer = [check for check in there if check.step == SIGNER and check.passed is not None]
        return [*(check for check in checks if check.step != SIGNER), *signer]


class OverlooksTheKeepersOfFiles(ProviderMutant):
    """Dissolves a unit in which nobody works, whatever files it keeps."""

    breaks = ("VN-UNIT-013",)

    def has_people(self, code: str) -> bool:
        rows = (self.store.get(PROFILES, key) for key in self.store.keys(PROFILES))
        stored = (row for row in rows if isinstance(row, dict) and "profile" in row)
        return any(self.stands_in(str(self.employer(row)), code) for row in stored)


CARELESS_PROFILES: Final = (ListsTheWithdrawn, TakesTwoAndAHalfMebibytes)
CARELESS_UNITS: Final = (OverlooksTheKeepersOfFiles,)
CARELESS_MESSAGES: Final = (ForgetsWhyItRejected, KeepsPeopleItRefuses, KeepsUnitsItRefuses)
CARELESS_SIGNATURES: Final = (TrustsWhatASignatureCarries, AsksWhereSomebodyWorks)
