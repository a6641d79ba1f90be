"""What shows the faults of the fifth set in signatures."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from . import probe
from .client import Client, Json, approver, authority, now, person, sign, signer


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _certificate(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, *units: str) -> Json:
    issuing, issuer = authority()
    names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "H98")]
    names += [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, each) for each in units]
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name(names))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=30))
        .sign(issuing, hashes.SHA256())
    )


def _head(alg: str, certificate: x509.Certificate) -> str:
    chain = [base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()]
    return _text(json.dumps({"alg": alg, "x5c": chain, "sigT": now().isoformat()}).encode())


@probe
def v5_validity_at_signing_time(client: Client) -> Json:
    then = (now() - timedelta(days=5)).isoformat()
    return client.sent(person(), sign(person(), signer(days=(-10, -2)), at=then))


@probe
def v5_attached_payload_believed(client: Client) -> Json:
    key, certificate = approver()
    signed = f"{_head('ES256', certificate)}.{_text(rfc8785.dumps(person(1)))}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return client.sent(person(), f"{signed}.{_text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}")


@probe
def v5_first_ou_only(client: Client) -> Json:
    key = ec.generate_private_key(ec.SECP256R1())
    by = key, _certificate(key, "Văn phòng", "Approver")
    return client.sent(person(), sign(person(), by))


@probe
def v5_canonical_by_sorting(client: Client) -> Json:
    somebody = person(salaryStep=9.0)
    return client.sent(somebody, sign(somebody))


@probe
def v5_ps256_unknown(client: Client) -> Json:
    key = rsa.generate_private_key(65537, 2048)
    head = _head("PS256", _certificate(key, "Approver"))
    signed = f"{head}.{_text(rfc8785.dumps(person()))}".encode()
    salted = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
    return client.sent(person(), f"{head}..{_text(key.sign(signed, salted, hashes.SHA256()))}")
