"""The steps of checking a signature, and what an examination of one came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from conformance.model.signing import SignatureCheck


class Step(StrEnum):
    """The steps, in the order in which a failure is reported."""

    PRESENCE = "presence"
    FORMAT = "format"
    HEADER = "header"
    ALGORITHM = "algorithm"
    CERTIFICATE = "certificate"
    CERTIFICATE_DIGEST = "certificate-digest"
    KEY = "key"
    SIGNING_TIME = "signing-time"
    CANONICAL_FORM = "canonical-form"
    SIGNATURE = "signature"
    CHAIN = "chain"
    VALIDITY = "validity"
    REVOCATION = "revocation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """
    Who signed, and when they say they did.

    Attributes:
        organisation: O of the leaf's subject, "" when it names none.
        roles: every OU of the leaf's subject.
        common_name: CN of the leaf's subject, "" when it names none.
        signed_at: the signer's own claim (`sigT`), not proven by a time stamp; None without one.
        certificate: SHA-256 of the leaf, hexadecimal.
    """

    organisation: str
    roles: tuple[str, ...]
    common_name: str
    signed_at: datetime | None
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """
    What was found.

    Attributes:
        signer: who the certificate names, proven or not; None when it cannot be read.
    """

    checks: tuple[SignatureCheck, ...]
    signer: Verified | None

    def first_failure(self) -> SignatureCheck | None:
        """The step that a refusal names."""
        return next((check for check in self.checks if check.passed is False), None)
