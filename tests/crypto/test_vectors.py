"""The published vectors are what they say: to us, to OpenSSL, and to forty lines of plain code."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from datetime import datetime

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from conformance import resources
from conformance.crypto.canonical import canonical
from conformance.model.pack import Surroundings
from conformance.packs.vn_cbccvc import plugin
from conformance.reference.clock import ManualClock

FOLDER = resources.fixtures() / "signatures"
FILES = sorted(FOLDER.glob("*.json"))
CA = (FOLDER / "ca.pem").read_bytes()
LIST = (FOLDER / "ca.crl.pem").read_bytes()
#: Where the value of the signature is not over the canonical bytes, or in no form of JWS.
WRONG_VALUE = {
    "attached",
    "changed",
    "der",
    "mislabelled",
    "none",
    "not-canonical",
    "padded",
    "rs256",
}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def vector(request):
    return json.loads(request.param.read_text(encoding="utf-8"))


def test_there_is_a_vector_for_every_rule_about_signatures():
    ends = {json.loads(path.read_text(encoding="utf-8"))["expected"]["rule"] for path in FILES}
    assert ends == {None} | {
        f"signature-{fault}"
        for fault in (
            "invalid",
            "algorithm",
            "key",
            "time",
            "untrusted",
            "expired",
            "revoked",
            "signer",
            "authority",
        )
    }


def test_the_toolkit_finds_what_is_expected(vector):
    at = datetime.fromisoformat(vector["at"])
    trust = Surroundings(clock=ManualClock(at), seed=0, trust_anchors=(CA,), revocations=(LIST,))
    checks = plugin.signature_checks(vector["record"], vector["signature"], trust)
    failed = [check for check in checks if check.passed is False]
    expected = vector["expected"]
    assert (not failed) is expected["holds"]
    assert (str(failed[0].step) if failed else None) == expected["step"]
    assert (f"signature-{failed[0].fault}" if failed else None) == expected["rule"]
    # One thing differs in each, so that a vector proves one check.
    assert len(failed) <= 1


def test_bytes_digest_and_header_stand_as_they_are_signed(vector):
    data = vector["canonical"].encode()
    assert canonical(vector["record"]) == data
    assert vector["digest"] == "sha256:" + hashlib.sha256(data).hexdigest()
    assert json.loads(raw(vector["signature"].split(".")[0])) == vector["header"]
    leaf = x509.load_pem_x509_certificate(vector["certificate"].encode())
    assert leaf == x509.load_der_x509_certificate(base64.b64decode(vector["header"]["x5c"][0]))


def test_plain_code_agrees_about_the_value(vector):
    assert value_is_right(vector) is (vector["name"] not in WRONG_VALUE)


def value_is_right(vector) -> bool:
    """RFC 7515, section 5.2 and RFC 7518, sections 3.4 and 3.5, with nothing of ours."""
    head, middle, tail = vector["signature"].split(".")
    if middle or "=" in tail:
        return False
    payload = base64.urlsafe_b64encode(vector["canonical"].encode()).rstrip(b"=").decode()
    data, value = f"{head}.{payload}".encode(), raw(tail)
    key = x509.load_pem_x509_certificate(vector["certificate"].encode()).public_key()
    try:
        if vector["header"]["alg"] == "ES256" and len(value) == 64:
            r, s = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
            key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
            return True
        if vector["header"]["alg"] == "PS256":
            scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
            key.verify(value, data, scheme, hashes.SHA256())
            return True
    except InvalidSignature:
        pass
    return False


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
def test_openssl_agrees_about_the_certificate(vector, tmp_path):
    moment = int(datetime.fromisoformat(vector["at"]).timestamp())
    leaf, trust, lists = (tmp_path / name for name in ("leaf.pem", "ca.pem", "crl.pem"))
    leaf.write_text(vector["certificate"])
    trust.write_bytes(CA)
    lists.write_bytes(LIST)
    options = ("-CAfile", trust, "-CRLfile", lists, "-crl_check", "-attime", str(moment))
    answer = subprocess.run(
        ["openssl", "verify", "-auth_level", "2", *options, leaf], capture_output=True, check=False
    )
    # At this level OpenSSL asks for 112 bits: no SHA-1 and no RSA key under 2048.
    condemned = vector["expected"]["step"] in {
        "chain",
        "validity",
        "revocation",
        "certificate-digest",
        "key",
    }
    assert (answer.returncode != 0) is condemned, answer.stderr.decode()
