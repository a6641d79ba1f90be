"""
Making certificates and revocation lists for tests; nothing here is kept or trusted by itself.

One of them is made to be refused: no library signs over SHA-1 any more, so that certificate
is written by hand (`over_sha1`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from conformance.crypto.jws import SigningKey

#: ecdsa-with-SHA256 and ecdsa-with-SHA1 (RFC 5758, RFC 3279), as DER writes them.
_OVER_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
_OVER_SHA1: Final = bytes.fromhex("300906072a8648ce3d0401")
_SEQUENCE: Final = 0x30


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A CA: its certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def new_ca(common_name: str, begin: datetime, end: datetime) -> Issuer:
    """A CA that signs itself, for leaves only."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    certificate = (
        _builder(subject, subject, key, begin, end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Issuer(certificate=certificate, key=key)


def new_leaf(
    issuer: Issuer,
    key: SigningKey,
    *,
    organisation: str,
    roles: Sequence[str],
    common_name: str,
    begin: datetime,
    end: datetime,
) -> x509.Certificate:
    """The certificate of a signer: O says for whom, each OU in which role."""
    oid = x509.NameOID
    subject = x509.Name(
        [
            x509.NameAttribute(oid.ORGANIZATION_NAME, organisation),
            *(x509.NameAttribute(oid.ORGANIZATIONAL_UNIT_NAME, role) for role in roles),
            x509.NameAttribute(oid.COMMON_NAME, common_name),
        ]
    )
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    return (
        _builder(subject, issuer.certificate.subject, key, begin, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(authority_key, critical=False)
        .sign(issuer.key, hashes.SHA256())
    )


def new_tls_leaf(
    issuer: Issuer,
    key: SigningKey,
    *,
    common_name: str,
    names: Iterable[str] = (),
    begin: datetime,
    end: datetime,
) -> x509.Certificate:
    """The certificate of a TLS server that answers to `names`; of a TLS client without any."""
    alternatives = [_alternative(name) for name in names]
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    builder = (
        _builder(subject, issuer.certificate.subject, key, begin, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False, signatures=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage(
                [
                    ExtendedKeyUsageOID.SERVER_AUTH
                    if alternatives
                    else ExtendedKeyUsageOID.CLIENT_AUTH
                ]
            ),
            critical=False,
        )
        .add_extension(authority_key, critical=False)
    )
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The names to which a TLS server's certificate answers."""
    try:
        held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(name.value) for name in held)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def new_list(
    issuer: Issuer,
    named: Iterable[x509.Certificate],
    begin: datetime,
    end: datetime,
    *,
    revoked: datetime,
) -> x509.CertificateRevocationList:
    """A revocation list; everything on it was revoked at the same moment."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(begin)
        .next_update(end)
    )
    for certificate in named:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(certificate.serial_number)
            .revocation_date(revoked)
            .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            .build()
        )
    return builder.sign(issuer.key, hashes.SHA256())


def over_sha1(certificate: x509.Certificate, issuer: Issuer) -> x509.Certificate:
    """
    The same certificate, signed over SHA-1 as CAs did before 2016.

    The digest is named twice in a certificate (RFC 5280, section 4.1.1.2) and both places lose
    a byte; the rest stays as it is.
    """
    der = certificate.tbs_certificate_bytes.replace(_OVER_SHA256, _OVER_SHA1, 1)
    body = _sequence(der[_head(der) :])
    signature = issuer.key.sign(body, ec.ECDSA(hashes.SHA1()))  # noqa: S303 - made to be refused
    bits = b"\x00" + signature
    return x509.load_der_x509_certificate(
        _sequence(body + _OVER_SHA1 + bytes((0x03, len(bits))) + bits)
    )


def new_key(kind: str) -> SigningKey:
    """`ec` for P-256, or `rsa-N` for an RSA key of N bits."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=int(kind.removeprefix("rsa-")))


def pem(key: SigningKey) -> bytes:
    """A key as PKCS #8 without a password: it is worth nothing outside tests."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def load_key(content: bytes) -> SigningKey:
    """
    The private key in a PEM text.

    Raises:
        ValueError: there is none of a kind that signs.
    """
    key = load_pem_private_key(content, password=None)
    if not isinstance(key, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)):
        raise ValueError("the key is neither EC nor RSA")
    return key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: SigningKey, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, certificates: bool, signatures: bool = True) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=signatures and not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _head(der: bytes) -> int:
    """How many bytes tag and length of a DER value take."""
    return 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)


def _sequence(content: bytes) -> bytes:
    """A DER SEQUENCE around `content`."""
    size = len(content)
    if size < 0x80:
        return bytes((_SEQUENCE, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((_SEQUENCE, 0x80 | len(length))) + length + content
