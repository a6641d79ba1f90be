"""
Detached JSON Web Signatures over canonical JSON (RFC 7515 appendix F), with their chain.

ES256 only in this slice. The order of checks is part of the meaning: bytes that were
changed are `invalid` whoever signed them, and only a sound signature can be `untrusted`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from conformance.model.json import JsonObject

ALGORITHM: Final = "ES256"
#: An x5c of real certificates is long; a header beyond this is no signature of ours.
_MAX_HEADER: Final = 32 * 1024
_MAX_PAYLOAD: Final = 4 * 1024 * 1024
_MAX_CHAIN: Final = 5
#: What the certificate library raises over certificates that somebody made to annoy.
_HOSTILE: Final = (
    ValueError,
    TypeError,
    OverflowError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


class WideRegistry(jws.JWSRegistry):
    """
    joserfc's registry, whose own 512-byte limit on headers refuses every x5c.

    The same limit falls on payloads; both are lifted for what we sign and verify.
    """

    max_header_length = _MAX_HEADER
    max_payload_length = _MAX_PAYLOAD * 4 // 3
    max_signature_length = 512


def registry() -> WideRegistry:
    """A registry that knows ES256 and nothing else."""
    # sigT comes from ETSI TS 119 182-1, which joserfc does not list.
    return WideRegistry(algorithms=[ALGORITHM], strict_check_header=False)


_REGISTRY: Final = registry()


class Trouble(StrEnum):
    """The three ways in which a signature fails to prove anything."""

    MISSING = "missing"
    INVALID = "invalid"
    UNTRUSTED = "untrusted"


class SignatureProblem(Exception):
    """
    A signature that proves nothing.

    Attributes:
        step: the check that failed: `presence`, `format`, `header`, `algorithm`,
            `certificate`, `signing-time`, `signature`, `payload`, `validity`, `chain`, `key`.
        detail: one English sentence.
    """

    def __init__(self, code: Trouble, step: str, detail: str) -> None:
        self.code: Final = code
        self.step: Final = step
        self.detail: Final = detail
        super().__init__(f"{code} ({step}): {detail}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """
    Who signed, and when they say they did.

    Attributes:
        organisation: O of the leaf's subject, "" when it names none.
        common_name: CN of the leaf's subject, "" when it names none.
        signed_at: the signer's own claim (`sigT`), not proven by a time stamp.
        certificate: SHA-256 of the leaf, hexadecimal.
    """

    organisation: str
    common_name: str
    signed_at: datetime
    certificate: str


def sign_detached(
    payload: bytes, *, key: ECKey, chain: Sequence[x509.Certificate], at: datetime
) -> str:
    """`header..signature` over `payload`; the header carries the chain, leaf first, and `at`."""
    header: dict[str, object] = {
        "alg": ALGORITHM,
        "sigT": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x5c": [base64.b64encode(c.public_bytes(Encoding.DER)).decode("ascii") for c in chain],
    }
    head, _, tail = jws.serialize_compact(header, payload, key, registry=_REGISTRY).split(".")
    return f"{head}..{tail}"


def verify_detached(
    signature: str, payload: bytes, anchors: Sequence[bytes], at: datetime
) -> Verified:
    """
    Check that `signature` is over `payload`, by a key that one of `anchors` vouches for.

    Args:
        payload: the canonical bytes (`canonical.canonical`).
        anchors: PEM certificates.
        at: the moment at which the chain must be valid.

    Raises:
        SignatureProblem: the first check that failed.
    """
    if not signature:
        raise SignatureProblem(Trouble.MISSING, "presence", "there is no signature")
    parts = signature.split(".")
    if len(parts) != 3 or parts[1] or not parts[0] or not parts[2]:
        raise _invalid("format", "a detached compact JWS is written header..signature")
    header = protected_header(signature)
    if header.get("alg") != ALGORITHM:
        raise _invalid("algorithm", f"alg is {header.get('alg')!r}, only {ALGORITHM} is allowed")
    if "crit" in header:
        raise _invalid("header", "crit names extensions that are not understood")
    if not _is_base64url(parts[2]):
        raise _invalid("format", "the signature is not canonical base64url")
    chain, key = _chain(header.get("x5c"))
    signed_at = _signing_time(header.get("sigT"))
    encoded = base64.urlsafe_b64encode(payload).rstrip(b"=").decode("ascii")
    try:
        jws.deserialize_compact(f"{parts[0]}.{encoded}.{parts[2]}", key, registry=_REGISTRY)
    except (JoseError, *_HOSTILE):
        raise _invalid("signature", "the signature does not match the canonical record") from None
    leaf = chain[0]
    try:
        _check_chain(chain, _anchors(tuple(anchors)), at)
    except _HOSTILE as error:
        raise _untrusted("chain", f"a certificate cannot be read: {error}") from None
    return Verified(
        organisation=_name(leaf, x509.NameOID.ORGANIZATION_NAME),
        common_name=_name(leaf, x509.NameOID.COMMON_NAME),
        signed_at=signed_at,
        certificate=_fingerprint(leaf),
    )


def protected_header(token: str) -> JsonObject:
    """
    The protected header of a compact JWS, unverified.

    Raises:
        SignatureProblem: it cannot be read.
    """
    encoded = token.split(".", 1)[0]
    if len(encoded) > _MAX_HEADER:
        raise _invalid("header", f"the header is longer than {_MAX_HEADER} characters")
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        header = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _invalid("header", "the header is not base64url of a JSON text") from None
    if not isinstance(header, dict):
        raise _invalid("header", "the header is not a JSON object")
    return header


def _is_base64url(text: str) -> bool:
    """Whether `text` is the one way to write its bytes: unused last bits are zero."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return False
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") == text


def _invalid(step: str, detail: str) -> SignatureProblem:
    return SignatureProblem(Trouble.INVALID, step, detail)


def _untrusted(step: str, detail: str) -> SignatureProblem:
    return SignatureProblem(Trouble.UNTRUSTED, step, detail)


def _signing_time(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _invalid("signing-time", "sigT is not a date and time with an offset")


def _chain(value: object) -> tuple[tuple[x509.Certificate, ...], ECKey]:
    if not isinstance(value, list) or not 1 <= len(value) <= _MAX_CHAIN:
        raise _invalid("certificate", f"x5c must hold 1 to {_MAX_CHAIN} certificates")
    try:
        chain = tuple(_certificate(str(item)) for item in value)
        return chain, _public_key(str(value[0]))
    except _HOSTILE:
        raise _invalid("certificate", "x5c does not begin with an EC P-256 certificate") from None


@lru_cache(maxsize=256)
def _certificate(encoded: str) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))
    except binascii.Error as error:
        raise ValueError(str(error)) from None


@lru_cache(maxsize=256)
def _public_key(encoded: str) -> ECKey:
    public = _certificate(encoded).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        raise ValueError("not an EC P-256 key")
    return ECKey.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


@lru_cache(maxsize=16)
def _anchors(pems: tuple[bytes, ...]) -> tuple[x509.Certificate, ...]:
    return tuple(c for pem in pems for c in x509.load_pem_x509_certificates(pem))


def _check_chain(
    chain: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate], at: datetime
) -> None:
    """Walk from the leaf to an anchor; what x5c itself claims to be a root counts for nothing."""
    trusted = {_fingerprint(anchor) for anchor in anchors}
    current, intermediates = chain[0], chain[1:]
    if not _may_sign(current):
        raise _untrusted("chain", "the signer's certificate is not for digital signatures")
    for _ in range(_MAX_CHAIN):
        if not current.not_valid_before_utc <= at <= current.not_valid_after_utc:
            raise _untrusted("validity", f"{current.subject.rfc4514_string()} is not valid at {at}")
        if _fingerprint(current) in trusted:
            return
        issuer = next(
            (c for c in (*anchors, *intermediates) if c != current and _issued(c, current)), None
        )
        if issuer is None:
            raise _untrusted("chain", f"no trusted CA issued {current.subject.rfc4514_string()}")
        current = issuer
    raise _untrusted("chain", f"the chain is longer than {_MAX_CHAIN} certificates")


@lru_cache(maxsize=1024)
def _issued(issuer: x509.Certificate, subject: x509.Certificate) -> bool:
    if not _is_ca(issuer):
        return False
    try:
        subject.verify_directly_issued_by(issuer)
    except _HOSTILE:
        return False
    return True


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, *_HOSTILE):
        return False


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except _HOSTILE:
        return False
    return usage.digital_signature


def _name(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


@lru_cache(maxsize=256)
def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()
