"""Faults of signatures: the third set."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.second_implementation.faults import fault
from tests.second_implementation.signatures import Signatures, Unsound


# The list of a library, which has the oldest algorithm of all because everybody knows it.
@fault("algorithms-of-library", "VN-SIG-004")
class AlgorithmsOfLibrary(Signatures):
    """Takes RS256 too, as the library does unless it is told what to take."""

    def algorithm(self, header: dict[str, Any], chain: list[x509.Certificate]) -> None:
        super().algorithm(_as_allowed(header), chain)

    def key(self, header: dict[str, Any], leaf: x509.Certificate) -> None:
        super().key(_as_allowed(header), leaf)

    def verify(self, alg: str, key: Any, raw: bytes, signed: bytes) -> None:
        if alg == "RS256":
            key.verify(raw, signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            super().verify(alg, key, raw, signed)


class _Carrying(dict[str, Any]):
    """A profile, and the payload that its signature brought along."""

    payload: bytes


# `verify(token)` of a library gives the payload back, and nobody compares it.
@fault("payload-of-its-own", "VN-SIG-002", "VN-SIG-013")
class PayloadOfItsOwn(Signatures):
    """Verifies a signature over the payload that it carries, when it carries one."""

    def check(self, profile: dict[str, Any], signature: Any, now: datetime) -> None:
        parts = signature.split(".") if isinstance(signature, str) else []
        if len(parts) != 3 or not parts[1]:
            return super().check(profile, signature, now)
        carrying = _Carrying(profile)
        try:
            carrying.payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        except ValueError:
            raise Unsound("invalid") from None
        return super().check(carrying, f"{parts[0]}..{parts[2]}", now)

    def payload(self, profile: dict[str, Any]) -> bytes:
        return profile.payload if isinstance(profile, _Carrying) else super().payload(profile)


# "His agency" is read as the one where the person works.
@fault("signer-of-employer", "VN-SIG-010")
class SignerOfEmployer(Signatures):
    """Compares the signer's agency with the employing unit, and not with the managing agency."""

    def signer(self, leaf: x509.Certificate, profile: dict[str, Any]) -> None:
        super().signer(leaf, {**profile, "managingAgencyCode": profile["employingUnitCode"]})


def _as_allowed(header: dict[str, Any]) -> dict[str, Any]:
    return {**header, "alg": "PS256"} if header.get("alg") == "RS256" else header
