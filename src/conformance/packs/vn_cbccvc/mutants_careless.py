"""Faulty references: what is forgotten by those who read the contract once and build at once."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.crypto.canonical import canonical
from conformance.model.json import Json, JsonObject, compact
from conformance.model.signing import SignatureCheck
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.batches import TRIAL, UNIT_BATCH, Batch
from conformance.packs.vn_cbccvc.feed import CHANGES, CLOSED
from conformance.packs.vn_cbccvc.intake import Case, Complaint, signature_fault
from conformance.packs.vn_cbccvc.keeping import HISTORY, PROFILES
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.paging import Rows
from conformance.packs.vn_cbccvc.reorganisation import Reorganisation
from conformance.packs.vn_cbccvc.signatures import APPROVER, AUTHORITY, SIGNER
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


class DissolvesInSilence(ProviderMutant):
    """Does not tell in the change feed which units end by a decision."""

    breaks = ("VN-PRO-013",)

    def apply_reorganisation(self, change: Reorganisation) -> None:
        before = self.last_sequence()
        super().apply_reorganisation(change)
        for sequence in range(before + 1, self.last_sequence() + 1):
            told = self.store.get(CHANGES, str(sequence))
            if isinstance(told, dict) and told["change"] == CLOSED:
                self.store.put(CHANGES, str(sequence), None)


class TakesTheDoomedForDead(ProviderMutant):
    """Takes a unit whose end is still to come for one that has ended."""

    breaks = ("VN-SYNC-028", "VN-TIER-025")

    def unit_has_closed(self, code: Json, as_of: date) -> bool:
        unit = self.unit(code) or {}
        return super().unit_has_closed(code, as_of) or unit.get("effectiveTo") is not None


class TellsOneErrorOfAField(ProviderMutant):
    """Gathers errors in a map from field to error, as forms have it."""

    breaks = ("VN-SYNC-031",)

    def rules_kept(self, case: Case) -> Sequence[Complaint]:
        return tuple({told.pointer: told for told in super().rules_kept(case)}.values())


class PagesUnitsByName(ProviderMutant):
    """Sorts units by name, and goes on behind the name on which a page ended."""

    breaks = ("VN-UNIT-023",)

    def list_units(self, query: Mapping[str, Json]) -> Outgoing:
        def behind(place: str) -> Rows:
            units = self.tree_on(self.day_of_listing(query), query.get("parentCode"))
            last = next((str(unit["name"]) for rank, unit in units if rank == place), "")
            ahead = (row for row in units if str(row[1]["name"]) > last)
            return sorted(ahead, key=lambda row: str(row[1]["name"]))

        return self.page_of(query, behind, self.next_cursor)


class SortsMembersAndNoMore(ProviderMutant):
    """Verifies over sorted members without spaces, and leaves numbers as they were written."""

    breaks = ("VN-SIG-002",)

    def signature_sound(self, case: Case) -> Sequence[Complaint]:
        sorted_members = json.dumps(
            case.subject, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        if sorted_members.encode() != canonical(case.subject):
            return (signature_fault("signature-invalid"),)
        return super().signature_sound(case)


class ReadsTheFirstRoleAlone(ProviderMutant):
    """Looks for the authority to approve in the first OU of a certificate alone."""

    breaks = ("VN-SIG-012",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        return tuple(
            replace(check, passed=False, fault="authority")
            if check.step == AUTHORITY and not check.seen.startswith(APPROVER)
            else check
            for check in super().signature_checks(case)
        )


CARELESS_PROFILES: Final = (ListsTheWithdrawn, TakesTwoAndAHalfMebibytes, DissolvesInSilence)
CARELESS_UNITS: Final = (OverlooksTheKeepersOfFiles, PagesUnitsByName)
CARELESS_MESSAGES: Final = (
    ForgetsWhyItRejected,
    KeepsPeopleItRefuses,
    KeepsUnitsItRefuses,
    TakesTheDoomedForDead,
    TellsOneErrorOfAField,
)
CARELESS_SIGNATURES: Final = (
    TrustsWhatASignatureCarries,
    AsksWhereSomebodyWorks,
    SortsMembersAndNoMore,
    ReadsTheFirstRoleAlone,
)
