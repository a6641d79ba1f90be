"""Faulty references: what a signature must be, and whose."""

# ruff: noqa: ARG002 - a mutant keeps the signature of the decision that it takes wrongly

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from conformance.crypto.steps import Step
from conformance.model.signing import SignatureCheck
from conformance.packs.vn_cbccvc.intake import Case, Complaint, signature_fault
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.signatures import AUTHORITY, SIGNER

_PROVEN: Final = "proven-signatures"


class TakesUnsignedRecords(ProviderMutant):
    """Takes records that nobody signed."""

    breaks = ("VN-SIG-001",)

    def signature_present(self, case: Case) -> Sequence[Complaint]:
        return ()


class TrustsWithoutChecking(ProviderMutant):
    """Looks at the certificate and never at the signature."""

    breaks = ("VN-SIG-002", "VN-SIG-013", "VN-PRO-032")

    def insists_on(self, check: SignatureCheck) -> bool:
        return check.step != Step.SIGNATURE


class KeepsTheFirstVerdict(ProviderMutant):
    """Takes every later version of a profile under a signature that it once found good."""

    breaks = ("VN-SIG-002",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        checks = super().signature_checks(case)
        person = str(case.subject.get("profileId"))
        if all(check.passed for check in checks):
            self.store.put(_PROVEN, person, case.signature)
            return checks
        return () if self.store.get(_PROVEN, person) == case.signature else checks


class TrustsAnyCertificate(ProviderMutant):
    """Checks the signature and never asks who issued the certificate."""

    breaks = ("VN-SIG-003",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return check.step != Step.CHAIN


class TakesRs256(ProviderMutant):
    """Takes signatures with the padding that RFC 7518 keeps for old software."""

    breaks = ("VN-SIG-004",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return (check.step, check.seen) != (Step.ALGORITHM, "RS256")


class TakesAlgNone(ProviderMutant):
    """Takes a header that says there is no algorithm."""

    breaks = ("VN-SIG-005",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return (check.step, check.seen) != (Step.ALGORITHM, "none")


class RefusesPs256(ProviderMutant):
    """Knows ES256 alone."""

    breaks = ("VN-SIG-006",)

    def signature_sound(self, case: Case) -> Sequence[Complaint]:
        complaints = super().signature_sound(case)
        used = {check.seen for check in self.signature_checks(case) if check.step == Step.ALGORITHM}
        # Only what is otherwise sound: a key that is too short is refused for being short.
        return complaints or ((signature_fault("signature-algorithm"),) if "PS256" in used else ())


class TakesShortKeys(ProviderMutant):
    """Takes RSA keys of any length."""

    breaks = ("VN-SIG-007",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return check.step != Step.KEY


class TakesExpiredCertificates(ProviderMutant):
    """Never looks at the days of a certificate."""

    breaks = ("VN-SIG-008",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return check.step != Step.VALIDITY


class NeverReadsTheRevocationList(ProviderMutant):
    """Takes certificates that their CA has revoked."""

    breaks = ("VN-SIG-009",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return check.step != Step.REVOCATION


class TakesAnybodysSigner(ProviderMutant):
    """Takes an approver of any agency for an approver of this one."""

    breaks = ("VN-SIG-010",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return check.step != SIGNER


class NeedsNoSigningTime(ProviderMutant):
    """Takes signatures that do not say when they were made."""

    breaks = ("VN-SIG-011",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return check.step != Step.SIGNING_TIME


class LetsClerksApprove(ProviderMutant):
    """Takes a signature of the right agency, whatever the signer's role."""

    breaks = ("VN-SIG-012",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return check.step != AUTHORITY


class TakesTheSignatureOfAnother(ProviderMutant):
    """Takes a signature that it found good over somebody else's profile."""

    breaks = ("VN-SIG-013", "VN-PRO-032")

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        checks = super().signature_checks(case)
        person = str(case.subject.get("profileId"))
        key = hashlib.sha256(str(case.signature).encode()).hexdigest()
        if all(check.passed for check in checks):
            self.store.put(_PROVEN, key, person)
            return checks
        return () if self.store.get(_PROVEN, key) not in (None, person) else checks


class TakesSha1(ProviderMutant):
    """Takes certificates that were signed over SHA-1."""

    breaks = ("VN-SIG-014",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return check.step != Step.CERTIFICATE_DIGEST


SIGNATURE: Final = (
    TakesUnsignedRecords,
    TrustsWithoutChecking,
    KeepsTheFirstVerdict,
    TrustsAnyCertificate,
    TakesRs256,
    TakesAlgNone,
    RefusesPs256,
    TakesShortKeys,
    TakesExpiredCertificates,
    NeverReadsTheRevocationList,
    TakesAnybodysSigner,
    NeedsNoSigningTime,
    LetsClerksApprove,
    TakesTheSignatureOfAnother,
    TakesSha1,
)
