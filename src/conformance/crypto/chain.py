"""
Certificates as signatures bring them: reading, the walk to an anchor, validity, revocation.

Every function is total: what somebody made to annoy is a remark in the answer, never a crash.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from conformance.model.remark import Remark, remark

MAX_CHAIN: Final = 5
#: Digests under which two different certificates can be made that share one signature.
_WEAK: Final = frozenset({"md5", "sha1"})
#: What the certificate library raises over certificates that somebody made to annoy.
HOSTILE: Final = (
    ValueError,
    TypeError,
    OverflowError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)

Chain = Sequence[x509.Certificate]


class Unfit(ValueError):
    """Certificates that prove nothing; `remark` says why."""

    def __init__(self, code: str, /, **details: object) -> None:
        self.remark: Final = remark(code, **details)
        super().__init__(code)


def read(value: object) -> Chain:
    """The certificates of an `x5c` header, leaf first. Raises Unfit."""
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_CHAIN:
        raise Unfit("x5c-count", limit=MAX_CHAIN)
    try:
        return tuple(_certificate(str(item)) for item in value)
    except HOSTILE:
        if any("-" in str(item) or "_" in str(item) for item in value):
            raise Unfit("x5c-base64url") from None
        raise Unfit("x5c-no-certificate") from None


def anchors(pems: Iterable[bytes]) -> Chain:
    """The certificates of PEM texts. Raises ValueError."""
    return _anchors(tuple(pems))


def weak_digest(chain: Chain, trusted: Chain) -> str | None:
    """
    The digest of the first certificate that nobody should rely on any more, None without one.

    "" is a digest that the library does not know.
    """
    known = {fingerprint(anchor) for anchor in trusted}
    for certificate in chain:
        # How an anchor is signed proves nothing: it is trusted for having been handed over.
        if fingerprint(certificate) in known:
            continue
        try:
            digest = certificate.signature_hash_algorithm
        except HOSTILE:
            return ""
        if digest is not None and digest.name in _WEAK:
            return digest.name
    return None


def walk(chain: Chain, trusted: Chain) -> Chain:
    """
    The way from the leaf to an anchor; what x5c itself claims to be a root counts for nothing.

    Raises Unfit.
    """
    known = {fingerprint(anchor) for anchor in trusted}
    current, intermediates = chain[0], chain[1:]
    if not may_sign(current):
        raise Unfit("chain-not-for-signing")
    path = [current]
    for _ in range(MAX_CHAIN):
        if fingerprint(current) in known:
            return tuple(path)
        issuer = next(
            (c for c in (*trusted, *intermediates) if c != current and _issued(c, current)), None
        )
        if issuer is None:
            raise Unfit("chain-unknown-issuer", subject=subject(current))
        current = issuer
        path.append(current)
    raise Unfit("chain-too-long", limit=MAX_CHAIN)


def outside_its_days(path: Chain, at: datetime) -> Remark | None:
    """About the first certificate that is not valid at `at`, None without one."""
    for certificate in path:
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if not begin <= at <= end:
            return remark(
                "outside-validity",
                subject=subject(certificate),
                begin=written(begin),
                end=written(end),
                at=written(at),
            )
    return None


def revoked(path: Chain, issuers: Chain, lists: Iterable[bytes]) -> Remark | None:
    """
    About the first certificate that a list of its issuer names, None without one.

    A list is believed when a CA among `issuers` signed it, however old it is: a certificate
    does not come back because nobody fetched the next list.
    """
    for pem in lists:
        for issuer in issuers:
            crl = _list_of(pem, issuer)
            if crl is None:
                continue
            for certificate in path:
                if certificate.issuer != crl.issuer:
                    continue
                entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
                if entry is not None:
                    return remark(
                        "revoked",
                        subject=subject(certificate),
                        day=f"{entry.revocation_date_utc:%Y-%m-%d}",
                        serial=f"{entry.serial_number:x}",
                    )
    return None


def written(moment: datetime) -> str:
    """A UTC moment as RFC 3339 writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def subject(certificate: x509.Certificate) -> str | Remark:
    """The subject in one line."""
    try:
        return certificate.subject.rfc4514_string()
    except HOSTILE:
        return remark("subject-unreadable")


def names(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> tuple[str, ...]:
    """All values of one attribute of the subject."""
    try:
        return tuple(str(found.value) for found in certificate.subject.get_attributes_for_oid(oid))
    except HOSTILE:
        return ()


@lru_cache(maxsize=256)
def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256, hexadecimal."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def may_sign(certificate: x509.Certificate) -> bool:
    """Whether its key usage, if it states one, allows signatures."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except HOSTILE:
        return False
    return usage.digital_signature


@lru_cache(maxsize=256)
def _certificate(encoded: str) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))
    except binascii.Error as error:
        raise ValueError(str(error)) from None


@lru_cache(maxsize=16)
def _anchors(pems: tuple[bytes, ...]) -> Chain:
    return tuple(c for pem in pems for c in x509.load_pem_x509_certificates(pem))


@lru_cache(maxsize=1024)
def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    if not _is_ca(issuer):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except HOSTILE:
        return False
    return True


@lru_cache(maxsize=64)
def _list_of(pem: bytes, issuer: x509.Certificate) -> x509.CertificateRevocationList | None:
    """The list, when that CA signed it."""
    try:
        crl = x509.load_pem_x509_crl(pem)
        key = issuer.public_key()
        # Only keys of kinds that sign lists are asked; the library says TypeError for others.
        signed = crl.issuer == issuer.subject and crl.is_signature_valid(key)  # type: ignore[arg-type]
    except HOSTILE:
        return None
    return crl if signed and _is_ca(issuer) else None


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, *HOSTILE):
        return False
