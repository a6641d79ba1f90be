"""
The test CA: made on first use in the operator's state folder, trusted for tests alone.

On disk, below the state folder:

    test-ca/1/ca.crt  ca.key              the CA whose certificate a target is asked to trust
    test-ca/1/authorised.pem              key, certificate and CA of the signer it vouches for
    test-ca/1/stranger.crt  stranger.key  a CA that nobody is asked to trust
    test-ca/1/untrusted.pem               a signer under it

A new number is added when the CA has expired; signers close to expiry are replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from joserfc.jwk import ECKey

from conformance.crypto.canonical import canonical
from conformance.crypto.jws import sign_detached
from conformance.crypto.state import publish_folder, replace_file
from conformance.model.json import Json

CA_NAME: Final = "Conformance Test CA - not for production"
STRANGER_NAME: Final = "Conformance Stranger CA - not for production"
#: The organisation that a signer belongs to when the caller names none.
ORGANISATION: Final = "Conformance Test Agency"

_CA_LIFE: Final = timedelta(days=3650)
#: Virtual clocks may stand before the day on which the CA was made.
_CA_HEAD_START: Final = timedelta(days=3650)
_LEAF_LIFE: Final = timedelta(days=30)
_LEAF_HEAD_START: Final = timedelta(days=1)
_RENEW_BEFORE: Final = timedelta(days=7)

#: Signer -> (its own file, the names of its CA's files).
_SIGNERS: Final = {"authorised": "ca", "untrusted": "stranger"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issuer:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    chain: tuple[x509.Certificate, ...]
    key: ECKey


class Authority:
    """The test CA and its signers; fulfils `model.pack.Signer`."""

    def __init__(self, *, home: Path, anchors: tuple[bytes, ...], leaves: dict[str, _Leaf]) -> None:
        self._home = home
        self._anchors = anchors
        self._leaves = leaves

    @classmethod
    def open(cls, folder: Path, now: datetime, *, organisation: str = ORGANISATION) -> Authority:
        """
        The CA of a state folder, made there when it is missing or expired.

        Two processes that race get the same CA.

        Args:
            folder: the state folder (`state.state_folder`); created when missing.
            organisation: O of the signers' certificates; other signers are re-made.

        Raises:
            OSError: the folder cannot be read or written.
            ValueError: a file in it is not what this class wrote.
        """
        home = folder / "test-ca"
        generation = _current(home, now)
        anchor = _issuer(generation, "ca").certificate.public_bytes(Encoding.PEM)
        leaves = {
            name: _leaf(generation, name, issuer, organisation, now)
            for name, issuer in _SIGNERS.items()
        }
        return cls(home=generation, anchors=(anchor,), leaves=leaves)

    @property
    def trust_anchors(self) -> tuple[bytes, ...]:
        """PEM certificates that vouch for the signer `authorised`, and for no other."""
        return self._anchors

    @property
    def signers(self) -> tuple[str, ...]:
        """The names that `sign` knows."""
        return tuple(self._leaves)

    def file_of(self, signer: str) -> Path:
        """
        The PEM file (key, certificate, CA) with which software under test may sign as `signer`.

        Raises:
            KeyError: no signer of that name.
        """
        if signer not in self._leaves:
            raise KeyError(signer)
        return self._home / f"{signer}.pem"

    def sign(self, record: Json, *, signer: str, at: datetime) -> str:
        """
        A detached ES256 JWS with `x5c` and `sigT` over the canonical form of `record`.

        Raises:
            KeyError: no signer of that name.
            ValueError: the record has no canonical form.
        """
        leaf = self._leaves[signer]
        return sign_detached(canonical(record), key=leaf.key, chain=leaf.chain, at=at)


def _current(home: Path, now: datetime) -> Path:
    """The folder of the newest generation that is valid at `now`, made when there is none."""
    while True:
        numbers = sorted(int(entry.name) for entry in home.glob("[0-9]*") if entry.name.isdecimal())
        for number in reversed(numbers):
            ca = _issuer(home / str(number), "ca").certificate
            if ca.not_valid_before_utc <= now < ca.not_valid_after_utc - _LEAF_LIFE:
                return home / str(number)
        # Losing the race is as good as winning it: the next turn finds the winner's.
        publish_folder(home / str(numbers[-1] + 1 if numbers else 1), _generation(now))


def _generation(now: datetime) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, common_name in (("ca", CA_NAME), ("stranger", STRANGER_NAME)):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
        certificate = (
            _builder(subject, subject, key, now - _CA_HEAD_START, now + _CA_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        files[f"{name}.key"] = _pem(key)
        files[f"{name}.crt"] = certificate.public_bytes(Encoding.PEM)
    return files


def _issuer(generation: Path, name: str) -> _Issuer:
    return _Issuer(
        certificate=x509.load_pem_x509_certificate((generation / f"{name}.crt").read_bytes()),
        key=_load_key((generation / f"{name}.key").read_bytes()),
    )


def _leaf(generation: Path, name: str, issuer: str, organisation: str, now: datetime) -> _Leaf:
    """The signer on disk, or a new one when it is missing, another's, or close to expiry."""
    path = generation / f"{name}.pem"
    if path.exists():
        content = path.read_bytes()
        leaf = x509.load_pem_x509_certificates(content)[0]
        owners = leaf.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
        fresh = leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc - _RENEW_BEFORE
        if fresh and [owner.value for owner in owners] == [organisation]:
            return _read_leaf(content)
    content = _new_leaf(_issuer(generation, issuer), organisation, now)
    replace_file(path, content)
    return _read_leaf(content)


def _new_leaf(issuer: _Issuer, organisation: str, now: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "Conformance test signer"),
        ]
    )
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    certificate = (
        _builder(
            subject,
            issuer.certificate.subject,
            key,
            now - _LEAF_HEAD_START,
            now + _LEAF_LIFE,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(authority_key, critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
    return (
        _pem(key)
        + certificate.public_bytes(Encoding.PEM)
        + issuer.certificate.public_bytes(Encoding.PEM)
    )


def _read_leaf(content: bytes) -> _Leaf:
    return _Leaf(
        chain=tuple(x509.load_pem_x509_certificates(content)),
        key=ECKey.import_key(_pem(_load_key(content))),
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    begin: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _load_key(content: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(content, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the test CA's key is not an EC key")
    return key
