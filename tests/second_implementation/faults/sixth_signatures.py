"""Sixth set: signatures and certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cryptography import x509

from tests.second_implementation import shapes
from tests.second_implementation.faults import fault
from tests.second_implementation.signatures import Signatures, Unsound


# The library says true or false, or throws one kind of exception.
@fault(
    "v6-one-name-for-bad-signatures",
    "VN-SIG-003",
    "VN-SIG-004",
    "VN-SIG-005",
    "VN-SIG-007",
    "VN-SIG-008",
    "VN-SIG-009",
    "VN-SIG-010",
    "VN-SIG-011",
    "VN-SIG-012",
    "VN-SIG-014",
)
class OneNameForBadSignatures(Signatures):
    """Tells every fault of a signature or certificate as `signature-invalid`."""

    def check(self, profile: dict[str, Any], signature: Any, now: datetime) -> None:
        try:
            super().check(profile, signature, now)
        except Unsound:
            raise Unsound("invalid") from None


# Revocation is off by default, or was switched off since the list could not be fetched.
@fault("v6-revocation-unread", "VN-SIG-009")
class RevocationUnread(Signatures):
    """Accepts signatures of certificates that were revoked."""

    def revoked(self, leaf: x509.Certificate, issuer: x509.Certificate) -> None:
        pass


# Signatures of archived papers are validated so, with a time stamp; here the signer writes it.
@fault("v6-validity-at-signing", "VN-SIG-008")
class ValidityAtSigning(Signatures):
    """Takes a certificate that expired, if it was valid at the time that the signer states."""

    def check(self, profile: dict[str, Any], signature: Any, now: datetime) -> None:
        said = self.parts(signature)[1].get("sigT")
        stated = isinstance(said, str) and shapes.is_moment(said)
        super().check(profile, signature, shapes.moment(str(said)) if stated else now)


# Whether one code stands below another is asked with `startsWith`.
@fault("v6-signer-by-prefix", "VN-SIG-010")
class SignerByPrefix(Signatures):
    """Takes H98.1 for an agency above H98.10, and so for one that may sign for it."""

    def above(self, agency: str, managing: str) -> bool:
        return managing.startswith(agency)


# A valid certificate of the right agency looks like enough.
@fault("v6-approver-unasked", "VN-SIG-012")
class ApproverUnasked(Signatures):
    """Accepts the signature of a clerk, who may not approve."""

    def authority(self, leaf: x509.Certificate) -> None:
        pass
