"""Faulty references: near misses in whom a signature's certificates speak for, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from cryptography import x509

from conformance.crypto import chain
from conformance.crypto.jws import read_header
from conformance.crypto.steps import Step
from conformance.model.json import JsonObject
from conformance.model.remark import Remark
from conformance.model.signing import SignatureCheck
from conformance.packs.vn_cbccvc.intake import Case
from conformance.packs.vn_cbccvc.keeping import moment_of
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.signatures import APPROVER, AUTHORITY, SIGNER


class LetsSignersIssue(ProviderMutant):
    """Follows a chain to the authority over certificates that may issue none."""

    breaks = ("VN-SIG-003",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        checks, sent = super().signature_checks(case), _sent(case)
        known = {chain.fingerprint(each) for each in chain.anchors(self._trust.trust_anchors)}
        linked = all(_made_by(one, above) for one, above in pairwise(sent))
        trusted = bool(sent) and linked and chain.fingerprint(sent[-1]) in known
        return [check for check in checks if check.step != Step.CHAIN or not trusted]


class NeverAsksWhenItBegins(ProviderMutant):
    """Asks when a certificate ends, and not when it begins."""

    breaks = ("VN-SIG-008",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        early = any(each.not_valid_before_utc > case.moment for each in _sent(case)[:1])
        checks = super().signature_checks(case)
        return [check for check in checks if check.step != Step.VALIDITY or not early]


class BelievesWhoSignedBefore(ProviderMutant):
    """Takes a revoked certificate when the record says that it was signed before."""

    breaks = ("VN-SIG-009",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        said = _header(case).get("sigT")
        signed = moment_of(said) if isinstance(said, str) else None
        checks = super().signature_checks(case)
        return [
            check
            for check in checks
            if check.step != Step.REVOCATION or signed is None or not self._before(case, signed)
        ]

    def _before(self, case: Case, signed: datetime) -> bool:
        entries = (
            crl.get_revoked_certificate_by_serial_number(leaf.serial_number)
            for crl in map(x509.load_pem_x509_crl, self._trust.revocations)
            for leaf in _sent(case)[:1]
        )
        return any(entry is not None and signed < entry.revocation_date_utc for entry in entries)


class FindsTheAgencyInTheName(ProviderMutant):
    """Looks for the agency in the whole name of the signer."""

    breaks = ("VN-SIG-010",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        agency, checks = str(case.subject.get("managingAgencyCode")), super().signature_checks(case)
        named = any(agency in each.subject.rfc4514_string() for each in _sent(case)[:1])
        return [check for check in checks if check.step != SIGNER or not named]


class FindsApproversByTheWord(ProviderMutant):
    """Finds the authority to approve in every role that holds the word."""

    breaks = ("VN-SIG-012",)

    def insists_on(self, check: SignatureCheck) -> bool:
        return check.step != AUTHORITY or APPROVER not in check.seen


class PassesOverDemands(ProviderMutant):
    """Passes over an extension that a signature says must be known."""

    breaks = ("VN-SIG-015",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        checks, demands = super().signature_checks(case), "crit" in _header(case)
        return [check for check in checks if check.step != Step.HEADER or not demands]


def _header(case: Case) -> JsonObject:
    header = read_header(str(case.signature))
    return {} if isinstance(header, Remark) else header


def _sent(case: Case) -> chain.Chain:
    try:
        return chain.read(_header(case).get("x5c"))
    except chain.Unfit:
        return ()


def _made_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except chain.HOSTILE:
        return False
    return True


NEAR_SIGNERS: Final = (
    LetsSignersIssue,
    NeverAsksWhenItBegins,
    BelievesWhoSignedBefore,
    FindsTheAgencyInTheName,
    FindsApproversByTheWord,
    PassesOverDemands,
)
