"""Fifth blind set: signatures and certificates."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

from tests.second_implementation import shapes
from tests.second_implementation.signatures import Signatures, Unsound, _decode

from . import fault


# "Was the certificate valid when it was used?" is what most libraries for signatures ask.
@fault("v5-validity-at-signing-time", "VN-SIG-008")
class ValidityAtSigningTime(Signatures):
    """Asks whether the certificates lived at the time that the signer states."""

    def check(self, profile: dict[str, Any], signature: Any, now: datetime) -> None:
        said = self.parts(signature)[1].get("sigT")
        stated = isinstance(said, str) and shapes.is_moment(said)
        super().check(profile, signature, shapes.moment(str(said)) if stated else now)


# The library verifies a compact JWS with what is in it, and nobody compares that with the profile.
@fault("v5-attached-payload-believed", "VN-SIG-002")
class AttachedPayloadBelieved(Signatures):
    """Verifies a payload that the signature encloses instead of the profile that was sent."""

    def check(self, profile: dict[str, Any], signature: Any, now: datetime) -> None:
        head, _, rest = signature.partition(".") if isinstance(signature, str) else ("", "", "")
        enclosed, _, value = rest.partition(".")
        if not enclosed:
            return super().check(profile, signature, now)
        try:
            signed = json.loads(_decode(enclosed))
        except (ValueError, RecursionError):
            raise Unsound("invalid") from None
        if not isinstance(signed, dict) or "managingAgencyCode" not in signed:
            raise Unsound("invalid")
        return super().check(signed, f"{head}..{value}", now)


# `subject.getRDNs(BCStyle.OU)[0]`; real certificates name the department first.
@fault("v5-first-ou-only", "VN-SYNC-001")
class FirstOuOnly(Signatures):
    """Looks for the authority to approve in the first OU of the certificate alone."""

    def authority(self, leaf: x509.Certificate) -> None:
        units = leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
        if not units or units[0].value != "Approver":
            raise Unsound("authority")


# "Canonical JSON" by a library for all: sorted keys, no spaces, numbers as it writes them.
@fault("v5-canonical-by-sorting", "VN-SYNC-001")
class CanonicalBySorting(Signatures):
    """Sorts the members instead of canonicalising, so that 9.0 is not signed as 9."""

    def payload(self, profile: dict[str, Any]) -> bytes:
        text = json.dumps(profile, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        try:
            return text.encode()
        except UnicodeEncodeError:
            raise Unsound("invalid") from None


# The vendor's own signing tool makes ES256, so that is what was built and tested.
@fault("v5-ps256-unknown", "VN-SIG-006")
class Ps256Unknown(Signatures):
    """Rejects PS256 as an algorithm that is not allowed."""

    def algorithm(self, header: dict[str, Any], chain: list[x509.Certificate]) -> None:
        if header.get("alg") == "PS256":
            raise Unsound("algorithm")
        super().algorithm(header, chain)
