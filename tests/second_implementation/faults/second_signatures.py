"""Faults of the checking of signatures: the second set."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID

from tests.second_implementation.faults import fault
from tests.second_implementation.shapes import moment
from tests.second_implementation.signatures import (
    Signatures,
    Trust,
    Unsound,
    _decode,
    _encode,
    _names,
)


@fault("signer-as-authority", "VN-SIG-003")
class SignerAsAuthority(Signatures):
    """Follows a chain over certificates that may issue none: every signer can make signers."""

    def trusted(self, chain: list[x509.Certificate]) -> x509.Certificate:
        for number, each in enumerate(chain[1:]):
            if not _made_by(chain[number], each):
                raise Unsound("untrusted")
        return super().trusted(chain[-1:])


@fault("chain-not-linked", "VN-SIG-003")
class ChainNotLinked(Signatures):
    """Trusts a chain one certificate of which it trusts, be it another than the signer's."""

    def trusted(self, chain: list[x509.Certificate]) -> x509.Certificate:
        for each in chain:
            try:
                return super().trusted([each])
            except Unsound:
                continue
        return super().trusted(chain)


@fault("sent-root-trusted", "VN-SIG-003")
class SentRootTrusted(Signatures):
    """Trusts the root that was sent along: the chain is complete in itself."""

    def trusted(self, chain: list[x509.Certificate]) -> x509.Certificate:
        linked = all(_made_by(chain[number], each) for number, each in enumerate(chain[1:]))
        if linked and _made_by(chain[-1], chain[-1]):
            return self._trust.authorities()[0]
        return super().trusted(chain)


@fault("not-before-unread", "none")
class NotBeforeUnread(Signatures):
    """Asks when a certificate ends, and not when it begins."""

    def valid(self, chain: list[x509.Certificate], issuer: x509.Certificate, now: datetime) -> None:
        if any(now > each.not_valid_after_utc for each in (*chain, issuer)):
            raise Unsound("expired")


@fault("revoked-since-signing", "VN-SIG-009")
class RevokedSinceSigning(Signatures):
    """Passes a revoked certificate when the record says that it was signed before."""

    signed: datetime

    def time(self, header: dict[str, Any]) -> None:
        super().time(header)
        self.signed = moment(header["sigT"])

    def revoked(self, leaf: x509.Certificate, issuer: x509.Certificate) -> None:
        for each in self._trust.lists():
            entry = each.get_revoked_certificate_by_serial_number(leaf.serial_number)
            if entry is not None and self.signed < entry.revocation_date_utc:
                return
        super().revoked(leaf, issuer)


@fault("crit-passed-over", "none")
class CritPassedOver(Signatures):
    """Passes over `crit`, where RFC 7515 has whoever does not know an extension refuse it."""

    def parts(self, signature: Any) -> tuple[bytes, dict[str, Any], str]:
        try:
            return super().parts(signature)
        except Unsound:
            if not isinstance(signature, str) or signature.count(".") != 2:
                raise
        head, _, rest = signature.partition(".")
        try:
            header = json.loads(_decode(head))
        except (ValueError, RecursionError):
            raise Unsound("invalid") from None
        if isinstance(header, dict):
            header.pop("crit", None)
        bare = _encode(json.dumps(header).encode()).decode("ascii")
        _, read, value = super().parts(f"{bare}.{rest}")
        return head.encode("ascii"), read, value


@fault("authority-by-substring", "VN-SIG-012")
class AuthorityBySubstring(Signatures):
    """Finds the authority to approve in any OU that holds the word."""

    def authority(self, leaf: x509.Certificate) -> None:
        units = _names(leaf, NameOID.ORGANIZATIONAL_UNIT_NAME)
        if not any("Approver" in each for each in units):
            raise Unsound("authority")


@fault("subject-searched", "VN-SIG-010")
class SubjectSearched(Signatures):
    """Looks for the agency in the whole name of the signer, and not in O alone."""

    def signer(self, leaf: x509.Certificate, profile: dict[str, Any]) -> None:
        if profile["managingAgencyCode"] not in leaf.subject.rfc4514_string():
            super().signer(leaf, profile)


@fault("verified-once", "VN-SIG-002", "VN-SIG-013")
class VerifiedOnce(Signatures):
    """Verifies a signature once: found right, it is right for whatever record bears it next."""

    def __init__(self, trust: Trust) -> None:
        super().__init__(trust)
        self.held: set[str] = set()

    def value(
        self, header: dict[str, Any], leaf: x509.Certificate, signed: bytes, value: str
    ) -> None:
        if value not in self.held:
            super().value(header, leaf, signed, value)
            self.held.add(value)


def _made_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
