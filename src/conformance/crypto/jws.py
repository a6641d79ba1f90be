"""
Detached JSON Web Signatures over canonical JSON (RFC 7515 appendix F), with their chain.

ES256 and PS256 (RFC 7518, sections 3.4 and 3.5). Making stands here, and the one-answer check;
the steps that a check goes through stand in `examining`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.model.json import JsonObject
from conformance.model.remark import Remark, remark

#: An x5c of real certificates is long; a header beyond this is no signature of ours.
MAX_HEADER: Final = 32 * 1024
#: What a record may be signed with.
ALGORITHMS: Final = ("ES256", "PS256")

SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Trouble(StrEnum):
    """The ways in which a signature fails to prove anything."""

    MISSING = "missing"
    INVALID = "invalid"
    """Not in the form of a signature, or not over these bytes."""
    UNTRUSTED = "untrusted"
    ALGORITHM = "algorithm"
    """An algorithm or a digest that nobody may use."""
    KEY = "key"
    """A key too short, or of another kind than the algorithm asks for."""
    TIME = "time"
    """The signer does not say when."""
    EXPIRED = "expired"
    REVOKED = "revoked"
    SIGNER = "signer"
    """Who signed may not speak for this record; only a pack can tell."""
    AUTHORITY = "authority"
    """Who signed has no authority to approve; only a pack can tell."""


class SignatureProblem(Exception):
    """
    A signature that proves nothing.

    Attributes:
        step: the check that failed (`examining.Step`; for tokens also `payload`, `key`).
        detail: for whoever reads a traceback; readers are told a `Remark`.
    """

    def __init__(self, code: Trouble, step: str, detail: str) -> None:
        self.code: Final = code
        self.step: Final = step
        self.detail: Final = detail
        super().__init__(f"{code} ({step}): {detail}")


def sign_detached(
    payload: bytes,
    *,
    key: SigningKey,
    chain: Sequence[x509.Certificate],
    at: datetime | None,
    offset: bool = True,
    algorithm: str = "ES256",
    demand: str = "",
) -> str:
    """
    `header..signature` over `payload`; the header carries the chain, leaf first, and `at`.

    Args:
        at: the signing time; None leaves `sigT` out, which no verifier of ours takes.
        offset: whether the time says that it is UTC; one that does not, no verifier of ours takes.
        algorithm: ES256 or PS256; also RS256 and none, which no verifier of ours takes.
        demand: a member of the header that verifiers must know (`crit`, RFC 7515, section 4.1.11),
            "" for none; no verifier of ours knows any.
    """
    header: JsonObject = {"alg": algorithm}
    if demand:
        header |= {"crit": [demand], demand: True}
    if at is not None:
        clock = "Z" if offset else ""
        header["sigT"] = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{clock}"
    header["x5c"] = [base64.b64encode(c.public_bytes(Encoding.DER)).decode() for c in chain]
    head = encoded(json.dumps(header, separators=(",", ":")).encode())
    return f"{head}..{encoded(_value(algorithm, key, signing_input(head, payload)))}"


def signing_input(head: str, payload: bytes) -> bytes:
    """What is signed: the encoded header, a dot, the encoded payload (RFC 7515, section 5.1)."""
    return f"{head}.{encoded(payload)}".encode()


def encoded(raw: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decoded(text: str) -> bytes | None:
    """The bytes of canonical base64url (unused last bits are zero); None when it is none."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return raw if encoded(raw) == text else None


def protected_header(token: str) -> JsonObject:
    """
    The protected header of a compact JWS, unverified.

    Raises:
        SignatureProblem: it cannot be read.
    """
    header = read_header(token)
    if isinstance(header, Remark):
        raise SignatureProblem(Trouble.INVALID, "header", header.code)
    return header


def read_header(token: str) -> JsonObject | Remark:
    """The protected header of a compact JWS, unverified, or why it cannot be read."""
    head = token.split(".", 1)[0]
    if len(head) > MAX_HEADER:
        return remark("header-too-long", limit=MAX_HEADER)
    try:
        raw = base64.b64decode(head + "=" * (-len(head) % 4), altchars=b"-_", validate=True)
        header = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return remark("header-not-json")
    return header if isinstance(header, dict) else remark("header-not-object")


def _value(algorithm: str, key: SigningKey, data: bytes) -> bytes:
    match algorithm, key:
        case "none", _:
            return b""
        case "ES256", ec.EllipticCurvePrivateKey():
            r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        case "PS256", rsa.RSAPrivateKey():
            return key.sign(data, pss(), hashes.SHA256())
        case "RS256", rsa.RSAPrivateKey():
            return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    raise ValueError(f"{algorithm} does not go with this key")


def pss() -> padding.PSS:
    """RSASSA-PSS as RFC 7518, section 3.5 has it: the salt is as long as the digest."""
    return padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
