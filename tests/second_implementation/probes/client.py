"""A client in the same process, with an authority and signers of its own."""

from __future__ import annotations

import base64
import functools
import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from werkzeug.test import Client as Wire
from werkzeug.test import TestResponse

from tests.second_implementation import faults
from tests.second_implementation.parts import assemble
from tests.second_implementation.server import CLIENTS
from tests.second_implementation.signatures import Trust
from tests.second_implementation.store import Store
from tests.second_implementation.web import Web

Json = Any
Key = ec.EllipticCurvePrivateKey
Signer = tuple[Key, x509.Certificate]
FIXTURES = Path(__file__).parents[3] / "fixtures"
FULL = json.loads((FIXTURES / "messages/full.json").read_text("utf-8"))["records"][0]["profile"]
CREDENTIALS = {"client_id": next(iter(CLIENTS)), "client_secret": next(iter(CLIENTS.values()))}


def now() -> datetime:
    return datetime.now(UTC)


def person(number: int = 0, **changes: Json) -> dict[str, Json]:
    """Somebody of whom everything is told; another number is another person."""
    own = FULL["profileId"][:6] + f"{int(FULL['profileId'][6:]) + number:06}"
    ids = {key: own for key in ("profileId", "personalId") if key in FULL}
    kept = {key: value for key, value in FULL.items() if key != "movement"}
    return {**kept, **ids, **changes}


def unit(code: str, parent: str = "H98", **changes: Json) -> dict[str, Json]:
    return {
        "unitCode": code,
        "parentCode": parent,
        "name": f"Đơn vị {code}",
        "unitType": "SO",
        "provinceCode": "01",
        "effectiveFrom": "2025-07-01",
        "effectiveTo": None,
        **changes,
    }


def header(code: str, **changes: Json) -> dict[str, Json]:
    return {
        "messageId": str(uuid.uuid4()),
        "messageCode": code,
        "sentAt": now().isoformat(),
        "senderCode": "H98",
        "receiverCode": "G09",
        "keyId": "probe",
        "schemaVersion": "1.0",
        "codeListVersion": "2025-07-01",
        "environment": "test",
        **changes,
    }


def new_authority(name: str) -> Signer:
    """A root of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = _certificate(called, called, key, (-90, 30))
    return key, built.add_extension(x509.BasicConstraints(True, 0), critical=True).sign(
        key, hashes.SHA256()
    )


@functools.cache
def authority() -> Signer:
    """The CA under which whoever signs is trusted."""
    return new_authority("Probing CA")


def signer(
    agency: str = "H98",
    *,
    days: tuple[int, int] = (-1, 30),
    ca: Key | None = None,
    by: Signer | None = None,
    unit: str = "Approver",
    name: str = "Signer",
) -> Signer:
    """
    An approver of the agency whose certificate lives for these days from now.

    It is issued ``by`` another one, or by the authority; ``ca`` is a key that takes its name.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    names = (
        (NameOID.ORGANIZATION_NAME, agency),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.COMMON_NAME, name),
    )
    subject = x509.Name([x509.NameAttribute(kind, text) for kind, text in names])
    issuing, issuer = by or authority()
    built = _certificate(subject, issuer.subject, key, days)
    return key, built.sign(ca or issuing, hashes.SHA256())


@functools.cache
def approver() -> Signer:
    return signer()


def sign(
    profile: dict[str, Json],
    by: Signer | None = None,
    at: str = "",
    above: tuple[x509.Certificate, ...] = (),
    **more: Json,
) -> str:
    """``above``: the certificates behind the signer's; ``more``: what else the header says."""
    key, certificate = by or approver()
    chain = [
        base64.b64encode(each.public_bytes(serialization.Encoding.DER)).decode()
        for each in (certificate, *above)
    ]
    told = {"alg": "ES256", "x5c": chain, "sigT": at or now().isoformat(), **more}
    head = _base64url(json.dumps(told).encode())
    signed = f"{head}.{_base64url(rfc8785.dumps(profile))}".encode()
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    return f"{head}..{_base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


class Client:
    """Calls a server that has one fault, or none."""

    def __init__(self, fault: str, folder: Path) -> None:
        certificate, self.revoked = folder / "ca.pem", folder / "ca.crl.pem"
        certificate.write_bytes(authority()[1].public_bytes(serialization.Encoding.PEM))
        self.revoke()
        instead = faults.parts(fault)
        self.store = Store()
        self.parts = assemble(self.store, Trust([certificate], [self.revoked]), CLIENTS, instead)
        self.parts.jobs.start()
        self.wire = Wire(instead.get(Web, Web)(self.parts))
        granted = self.wire.post(
            "/oauth2/token", data={"grant_type": "client_credentials", **CREDENTIALS}
        )
        self.token = granted.get_json()["access_token"]

    def revoke(self, *certificates: x509.Certificate) -> None:
        """Write a revocation list of these and no others; they were revoked an hour ago."""
        key, ca = authority()
        builder = x509.CertificateRevocationListBuilder(
            ca.subject, now() - timedelta(days=1), now() + timedelta(days=1)
        )
        for each in certificates:
            entry = x509.RevokedCertificateBuilder(
                each.serial_number, now() - timedelta(hours=1)
            ).build()
            builder = builder.add_revoked_certificate(entry)
        signed = builder.sign(key, hashes.SHA256())
        self.revoked.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def close(self) -> None:
        self.parts.jobs.stop()
        self.store.close()

    def ask(self, method: str, path: str, **headers: str) -> TestResponse:
        bearer = {"Authorization": f"Bearer {self.token}"}
        return self.wire.open(path, method=method, headers={**bearer, **headers})

    def get(self, path: str, **asked: Json) -> TestResponse:
        bearer = {"Authorization": f"Bearer {self.token}"}
        return self.wire.get(path, query_string=asked, headers=bearer)

    def post(self, path: str, body: Json, kind: str = "application/json") -> TestResponse:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        return self.wire.post(path, data=text, headers=headers)

    def units(self, *units: dict[str, Json], **head: Json) -> TestResponse:
        return self.post("/v1/unit-batches", {"header": header("M50", **head), "units": units})

    def trial(self, *people: dict[str, Json], **head: Json) -> TestResponse:
        records = [{"profile": each, "signature": sign(each)} for each in people]
        return self.post("/v1/trial-sync", {"header": header("M51", **head), "records": records})

    def sent(self, profile: dict[str, Json], signature: str | None = None) -> list[str]:
        """The rules of the rejection of one record; none when it is accepted."""
        record = {"profile": profile, "signature": signature or sign(profile)}
        answer = self.post("/v1/trial-sync", {"header": header("M51"), "records": [record]})
        return rules(answer)

    def batch(
        self, *people: dict[str, Json], signature: str = ""
    ) -> tuple[TestResponse, dict[str, Json]]:
        """The answer to a batch, and its job when it is done."""
        records = [{"profile": each, "signature": signature or sign(each)} for each in people]
        answer = self.post("/v1/profile-batches", {"header": header("M52"), "records": records})
        while True:
            job = self.get(f"/v1/jobs/{answer.get_json()['jobId']}").get_json()
            if job["status"] == "DONE":
                return answer, dict(job)
            time.sleep(0.02)

    def decide(
        self, operation: str, old: list[str], new: list[dict[str, Json]], day: str = "2026-06-01"
    ) -> TestResponse:
        decision = {"operation": operation, "effectiveOn": day, "from": old, "to": new}
        told = {"decisionNo": "1/QĐ", "decisionDate": "2026-05-01"}
        return self.post("/v1/reorganisations", {"header": header("M54"), **decision, **told})

    def profile(self, **headers: str) -> TestResponse:
        return self.ask("GET", f"/v1/profiles/{FULL['profileId']}", **headers)


def rules(answer: TestResponse) -> list[str]:
    """The rules that the last record, or the decision, was rejected for."""
    told = answer.get_json()
    last = told["results"][-1] if "results" in told else told
    return [error["rule"] for error in last.get("errors", [])]


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: Key, days: tuple[int, int]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() + timedelta(days=days[0]))
        .not_valid_after(now() + timedelta(days=days[1]))
    )


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
