"""Whether a detached JWS over a profile holds, step by step in the order of the contract."""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

from . import shapes

BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
BROKEN_DIGESTS = (hashes.MD5, hashes.SHA1)
MOST_CERTIFICATES = 8


class Unsound(Exception):
    """The step of checking that failed, as the rule of the rejection."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.rule = f"signature-{step}"


class Trust:
    """Trusted authorities and their revocation lists; read anew when a file changes."""

    def __init__(self, authorities: list[Path], lists: list[Path]) -> None:
        self._paths = (authorities, lists)
        self._seen: tuple[float, ...] = ()
        self._authorities: list[x509.Certificate] = []
        self._lists: list[x509.CertificateRevocationList] = []

    def authorities(self) -> list[x509.Certificate]:
        self._refresh()
        return self._authorities

    def lists(self) -> list[x509.CertificateRevocationList]:
        self._refresh()
        return self._lists

    def _refresh(self) -> None:
        authorities, lists = self._paths
        seen = tuple(path.stat().st_mtime for path in (*authorities, *lists))
        if seen != self._seen:
            self._authorities = [_certificate(path.read_bytes()) for path in authorities]
            self._lists = [_list(path.read_bytes()) for path in lists]
            self._seen = seen


class Signatures:
    """Decides what a signature is worth."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust

    def check(self, profile: dict[str, Any], signature: Any, now: datetime) -> None:
        """
        Nothing, when the signature holds.

        Raises
        ------
        Unsound
            It does not; the first step that failed.

        """
        head, header, value = self.parts(signature)
        chain = self.chain(header)
        self.algorithm(header, chain)
        self.key(header, chain[0])
        self.time(header)
        self.value(header, chain[0], head + b"." + _encode(self.payload(profile)), value)
        issuer = self.trusted(chain)
        self.valid(chain, issuer, now)
        self.revoked(chain[0], issuer)
        self.signer(chain[0], profile)
        self.authority(chain[0])

    def parts(self, signature: Any) -> tuple[bytes, dict[str, Any], str]:
        """Form: header, nothing, value; the value is decoded later, it fails by another step."""
        if not isinstance(signature, str) or len(signature) > 16384:
            raise Unsound("invalid")
        parts = signature.split(".")
        if len(parts) != 3 or parts[1]:
            raise Unsound("invalid")
        try:
            header = json.loads(_decode(parts[0]))
        except (ValueError, RecursionError):
            raise Unsound("invalid") from None
        if not isinstance(header, dict) or "crit" in header:
            raise Unsound("invalid")
        return parts[0].encode("ascii"), header, parts[2]

    def chain(self, header: dict[str, Any]) -> list[x509.Certificate]:
        given = header.get("x5c")
        if not isinstance(given, list) or not 0 < len(given) <= MOST_CERTIFICATES:
            raise Unsound("invalid")
        try:
            return [
                x509.load_der_x509_certificate(base64.b64decode(each, validate=True))
                for each in given
            ]
        except (ValueError, TypeError):
            raise Unsound("invalid") from None

    def algorithm(self, header: dict[str, Any], chain: list[x509.Certificate]) -> None:
        if header.get("alg") not in {"ES256", "PS256"}:
            raise Unsound("algorithm")
        for each in chain:
            if isinstance(self.digest(each), BROKEN_DIGESTS):
                raise Unsound("algorithm")

    def digest(self, certificate: x509.Certificate) -> hashes.HashAlgorithm | None:
        return certificate.signature_hash_algorithm

    def key(self, header: dict[str, Any], leaf: x509.Certificate) -> None:
        key = leaf.public_key()
        if header["alg"] == "ES256":
            good = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(
                key.curve, ec.SECP256R1
            )
        else:
            good = isinstance(key, rsa.RSAPublicKey) and key.key_size >= self.least_bits()
        if not good:
            raise Unsound("key")

    def least_bits(self) -> int:
        return 2048

    def time(self, header: dict[str, Any]) -> None:
        said = header.get("sigT")
        if not isinstance(said, str) or not shapes.is_moment(said):
            raise Unsound("time")

    def payload(self, profile: dict[str, Any]) -> bytes:
        try:
            return rfc8785.dumps(profile)
        except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError):
            raise Unsound("invalid") from None

    def value(
        self, header: dict[str, Any], leaf: x509.Certificate, signed: bytes, value: str
    ) -> None:
        try:
            raw = _decode(value)
            self.verify(header["alg"], leaf.public_key(), raw, signed)
        except (ValueError, InvalidSignature):
            raise Unsound("invalid") from None

    def verify(self, alg: str, key: Any, raw: bytes, signed: bytes) -> None:
        if alg == "ES256":
            if len(raw) != 64:
                raise InvalidSignature
            numbers = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
            key.verify(encode_dss_signature(*numbers), signed, ec.ECDSA(hashes.SHA256()))
        else:
            salted = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
            key.verify(raw, signed, salted, hashes.SHA256())

    def trusted(self, chain: list[x509.Certificate]) -> x509.Certificate:
        """The issuer of the leaf, when its chain ends under a trusted authority."""
        current, issuer = chain[0], None
        rest = chain[1:]
        for _ in range(MOST_CERTIFICATES):
            for anchor in self._trust.authorities():
                if _issued(current, anchor):
                    return issuer or anchor
            above = next((each for each in rest if _issued(current, each)), None)
            if above is None:
                raise Unsound("untrusted")
            rest.remove(above)
            current, issuer = above, issuer or above
        raise Unsound("untrusted")

    def valid(self, chain: list[x509.Certificate], issuer: x509.Certificate, now: datetime) -> None:
        for each in (*chain, issuer):
            if not each.not_valid_before_utc <= now <= each.not_valid_after_utc:
                raise Unsound("expired")

    def revoked(self, leaf: x509.Certificate, issuer: x509.Certificate) -> None:
        for each in self._trust.lists():
            if each.issuer != issuer.subject or not each.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
                continue
            if each.get_revoked_certificate_by_serial_number(leaf.serial_number) is None:
                return
            break
        raise Unsound("revoked")

    def signer(self, leaf: x509.Certificate, profile: dict[str, Any]) -> None:
        """O is the managing agency or one above it."""
        managing = str(profile["managingAgencyCode"])
        if not any(self.above(each, managing) for each in _names(leaf, NameOID.ORGANIZATION_NAME)):
            raise Unsound("signer")

    def above(self, agency: str, managing: str) -> bool:
        return managing == agency or managing.startswith(agency + ".")

    def authority(self, leaf: x509.Certificate) -> None:
        if "Approver" not in _names(leaf, NameOID.ORGANIZATIONAL_UNIT_NAME):
            raise Unsound("authority")


def receipt_time() -> datetime:
    return datetime.now(UTC)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        certificate.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature):
        return False
    return basic.ca


def _names(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> list[str]:
    return [str(each.value) for each in certificate.subject.get_attributes_for_oid(kind)]


def _certificate(raw: bytes) -> x509.Certificate:
    pem = raw.lstrip().startswith(b"-----BEGIN")
    return x509.load_pem_x509_certificate(raw) if pem else x509.load_der_x509_certificate(raw)


def _list(raw: bytes) -> x509.CertificateRevocationList:
    return (
        x509.load_pem_x509_crl(raw)
        if raw.lstrip().startswith(b"-----BEGIN")
        else x509.load_der_x509_crl(raw)
    )


def _encode(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _decode(text: str) -> bytes:
    """Base64url without padding, and with no bit that says nothing."""
    if not BASE64URL.fullmatch(text):
        raise binascii.Error(text)
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encode(raw).decode("ascii") != text:
        raise binascii.Error(text)
    return raw
