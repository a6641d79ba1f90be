"""Probes of the third set: signatures."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from . import probe
from .client import Client, approver, authority, now, person, sign, signer, unit


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def head(alg: str, certificate: x509.Certificate) -> str:
    der = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
    return text(json.dumps({"alg": alg, "x5c": [der], "sigT": now().isoformat()}).encode())


@probe
def algorithms_of_library(client: Client) -> Any:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    issuing, issuer = authority()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(approver()[1].subject)
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=30))
        .sign(issuing, hashes.SHA256())
    )
    signed = f"{head('RS256', certificate)}.{text(rfc8785.dumps(person()))}"
    value = text(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))
    return client.sent(person(), f"{signed.partition('.')[0]}..{value}")


@probe
def payload_of_its_own(client: Client) -> Any:
    key, certificate = approver()
    signed = f"{head('ES256', certificate)}.{text(b'anything')}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return client.sent(person(), f"{signed}.{text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}")


@probe
def signer_of_employer(client: Client) -> Any:
    client.units(unit("H98.1"))
    somebody = person(employingUnitCode="H98.1")
    return client.sent(somebody, sign(somebody, signer("H98.1")))
