"""Faulty references: near misses in whom a signature's certificates speak for, and when."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from conformance.crypto import chain
from conformance.crypto.jws import read_header
from conformance.crypto.steps import Step
from conformance.model.json import JsonObject
from conformance.model.remark import Remark
from conformance.model.signing import SignatureCheck
from conformance.packs.vn_cbccvc.intake import Case
from conformance.packs.vn_cbccvc.mutant import ProviderMutant
from conformance.packs.vn_cbccvc.signatures import APPROVER, AUTHORITY, SIGNER


class LetsSignersIssue(ProviderMutant):
    """Follows a chain to the authority over certificates that may issue none."""

    breaks = ("VN-SIG-003",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        checks, sent = super().signature_checks(case), _sent(case)
        known = {chain.fingerprint(each) for each in chain.anchors(self._trust.trust_anchors)}
        trusted = bool(sent) and _linked(sent) and chain.fingerprint(sent[-1]) in known
        return [check for check in checks if check.step != Step.CHAIN or not trusted]


class NeverAsksWhenItBegins(ProviderMutant):
    """Asks when a certificate ends, and not when it begins."""

    breaks = ("VN-SIG-008",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        early = any(each.not_valid_before_utc > case.moment for each in _sent(case)[:1])
        checks = super().signature_checks(case)
        return [check for check in checks if check.step != Step.VALIDITY or not early]


class BelievesWhoSignedBefore(ProviderMutant):
    """Takes a revoked certificate when the record says that it was signed on a day before."""

    breaks = ("VN-SIG-009",)

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        said = str(_header(case).get("sigT"))
        return [
            check
            for check in super().signature_checks(case)
            if check.detail is None
            or check.detail.code != "revoked"
            or said >= str(check.detail.details["day"])
        ]


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


def _linked(sent: chain.Chain) -> bool:
    """Whether each certificate was signed with the key of the next."""
    for certificate, above in pairwise(sent):
        try:
            certificate.verify_directly_issued_by(above)
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
