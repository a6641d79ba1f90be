"""Faults of signatures and certificates: the fourth set."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from tests.second_implementation import shapes
from tests.second_implementation.faults import fault
from tests.second_implementation.signatures import (
    MOST_CERTIFICATES,
    Signatures,
    Unsound,
    _decode,
)

SAID = threading.local()


# Long-term validation: what was signed before it was revoked stays good; sigT is no time stamp.
@fault("v4-revoked-later-than-signed", "VN-SIG-009")
class RevokedLaterThanSigned(Signatures):
    """Believes a signature under a revoked certificate that says that it was made before."""

    def time(self, header: dict[str, Any]) -> None:
        super().time(header)
        SAID.time = shapes.moment(header["sigT"])

    def revoked(self, leaf: x509.Certificate, issuer: x509.Certificate) -> None:
        try:
            super().revoked(leaf, issuer)
        except Unsound:
            for each in self._trust.lists():
                entry = each.get_revoked_certificate_by_serial_number(leaf.serial_number)
                if entry is not None and SAID.time < entry.revocation_date_utc:
                    return
            raise


# "Expired" is one comparison.
@fault("v4-not-valid-yet", "VN-SIG-008")
class NotValidYet(Signatures):
    """Looks for the end of a certificate's validity and not for its beginning."""

    def valid(self, chain: list[x509.Certificate], issuer: x509.Certificate, now: datetime) -> None:
        if any(each.not_valid_after_utc < now for each in (*chain, issuer)):
            raise Unsound("expired")


# The chain is walked by hand, signature by signature; nobody asks who may sign certificates.
@fault("v4-anybody-issues", "VN-SIG-003")
class AnybodyIssues(Signatures):
    """Trusts a certificate that was issued by somebody who is no authority."""

    def trusted(self, chain: list[x509.Certificate]) -> x509.Certificate:
        current, issuer, rest = chain[0], None, chain[1:]
        for _ in range(MOST_CERTIFICATES):
            for anchor in self._trust.authorities():
                if _signed(current, anchor):
                    return issuer or anchor
            above = next((each for each in rest if _signed(current, each)), None)
            if above is None:
                break
            rest.remove(above)
            current, issuer = above, issuer or above
        raise Unsound("untrusted")

    def revoked(self, leaf: x509.Certificate, issuer: x509.Certificate) -> None:
        """Only the lists of the authorities are known: what others issued stands in none."""
        if issuer in self._trust.authorities():
            super().revoked(leaf, issuer)


def _signed(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


# `managing.startsWith(agency)`.
@fault("v4-agency-by-its-first-letters", "VN-SIG-010")
class AgencyByItsFirstLetters(Signatures):
    """Takes H98.1 for an agency above H98.10."""

    def above(self, agency: str, managing: str) -> bool:
        return managing.startswith(agency)


# Two codes of one type stand side by side in the profile, and mostly they are equal.
@fault("v4-signed-where-one-works", "VN-SIG-010")
class SignedWhereOneWorks(Signatures):
    """Asks for a signer of the agency where the person works, not of the one that manages it."""

    def signer(self, leaf: x509.Certificate, profile: dict[str, Any]) -> None:
        super().signer(leaf, {**profile, "managingAgencyCode": profile["employingUnitCode"]})


# Most JWS code that one writes by hand reads `alg` and `x5c` and nothing else of the header.
@fault("v4-critical-overlooked", "VN-SIG-015")
class CriticalOverlooked(Signatures):
    """Overlooks that a signature demands an extension."""

    def parts(self, signature: Any) -> tuple[bytes, dict[str, Any], str]:
        if not isinstance(signature, str) or signature.count(".") != 2:
            return super().parts(signature)
        head, payload, value = signature.split(".")
        try:
            header = json.loads(_decode(head))
        except (ValueError, RecursionError):
            raise Unsound("invalid") from None
        if payload or not isinstance(header, dict):
            raise Unsound("invalid")
        return head.encode("ascii"), header, value


# The library verifies a JWS over what it holds; the record beside it is stored unread.
@fault("v4-payload-brought-along", "VN-SIG-002")
class PayloadBroughtAlong(Signatures):
    """Checks a signature that brings its payload over that payload, not over the record."""

    def check(self, profile: dict[str, Any], signature: Any, now: datetime) -> None:
        parts = signature.split(".") if isinstance(signature, str) else []
        if len(parts) == 3 and parts[1]:
            try:
                brought = json.loads(_decode(parts[1]))
            except (ValueError, RecursionError):
                raise Unsound("invalid") from None
            if not isinstance(brought, dict) or "managingAgencyCode" not in brought:
                raise Unsound("invalid")
            profile, signature = brought, f"{parts[0]}..{parts[2]}"
        super().check(profile, signature, now)
