"""
Make `fixtures/signatures/`: records, the bytes under their signatures, and what each is worth.

    python -m tests.making.signature_vectors

Keys live in a temporary folder and are thrown away; every run makes other signatures that show
the same. `tests/crypto/test_vectors.py` checks what stands on disk.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.crypto.authority import Authority
from conformance.crypto.canonical import canonical
from conformance.crypto.certificates import load_key
from conformance.crypto.jws import encoded, protected_header, sign_detached, signing_input
from conformance.model.merkle import digest
from conformance.model.pack import Surroundings
from conformance.packs.vn_cbccvc import plugin
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT
from conformance.reference.clock import ManualClock

AT = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "signatures"

RECORD: dict[str, Any] = {
    "profileId": "098090123456",
    "managingAgencyCode": "H98.101",
    "birthFullName": "NGUYỄN THỊ THỬ NGHIỆM",
    "birthDate": "1990-04-17",
    "salaryStep": 4,
    "salaryCoefficient": "3.33",
}
#: What canonical forms are got wrong over: order, escapes, numbers, and letters in two pieces.
AWKWARD: dict[str, Any] = {
    "managingAgencyCode": "H98.101",
    "ﬀ": "order by UTF-16: this name comes after the next",
    "𝄞": "outside the first plane",
    "é": 1,
    "e\u0301": "the same letter in two code points, kept as it is",
    "numbers": [1.0, 1e21, 4.50, 2e-3, 9007199254740991, -0.0],
    "text": 'tab\t, line\n, quote", backslash\\, slash/, bell\u0007, €',
    "empty": {"list": [], "object": {}, "nothing": None, "yes": True},
}

#: Name of a test signer -> what its vector shows.
SIGNERS = {
    "authorised": "ES256 by an approver of the agency above: everything holds.",
    "authorised-ps256": "PS256 with a key of 2048 bits and a salt of 32 bytes: everything holds.",
    "untrusted": "A right signature under a CA that nobody trusts.",
    "expired": "The certificate ended two months before the signature was made.",
    "revoked": "The certificate stands on the CA's revocation list.",
    "other-unit": "An approver of another agency.",
    "clerk": "Somebody of the right agency who is no approver.",
    "untimed": "The header holds no sigT.",
    "none": "The header says that there is no algorithm.",
    "rs256": "RSA with the padding of PKCS #1 v1.5.",
    "short-key": "PS256 with a key of 1024 bits.",
    "sha1": "The signer's certificate is signed over SHA-1.",
}


def main() -> None:
    """Write the folder anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as home:
        authority = Authority.open(Path(home), AT, organisation=ROOT_UNIT, other="H97")
        (FOLDER / "ca.pem").write_bytes(b"".join(authority.trust_anchors))
        (FOLDER / "ca.crl.pem").write_bytes(b"".join(authority.revocations))
        for signer, shows in SIGNERS.items():
            write(authority, signer, shows, RECORD, authority.sign(RECORD, signer=signer, at=AT))
        for name, (shows, record, signature) in slips(authority).items():
            write(authority, name, shows, record, signature)
    (FOLDER / "README.md").write_text(readme(), encoding="utf-8")


def slips(authority: Authority) -> Mapping[str, tuple[str, Any, str]]:
    """What goes wrong with a good key in hand."""
    sound = authority.sign(RECORD, signer="authorised", at=AT)
    head = sound.split(".")[0]
    content = authority.file_of("authorised").read_bytes()
    key, chain = load_key(content), x509.load_pem_x509_certificates(content)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    der = key.sign(signing_input(head, canonical(RECORD)), ec.ECDSA(hashes.SHA256()))
    plain = json.dumps(RECORD, ensure_ascii=False, separators=(",", ":")).encode()
    rsa_head = authority.sign(RECORD, signer="authorised-ps256", at=AT).split(".")[0]
    rsa = load_key(authority.file_of("authorised-ps256").read_bytes())
    assert not isinstance(rsa, ec.EllipticCurvePrivateKey)
    padded = rsa.sign(
        signing_input(rsa_head, canonical(RECORD)), padding.PKCS1v15(), hashes.SHA256()
    )
    return {
        "awkward": (
            "Names out of order, escapes, numbers and a letter in two pieces: everything holds.",
            AWKWARD,
            authority.sign(AWKWARD, signer="authorised", at=AT),
        ),
        "changed": ("One value was changed after signing.", RECORD | {"salaryStep": 5}, sound),
        "not-canonical": (
            "Signed over the members in their own order, not in the order of RFC 8785.",
            RECORD,
            sign_detached(plain, key=key, chain=chain, at=AT),
        ),
        "der": (
            "The value is the DER of ECDSA, as most libraries give it, not R and S.",
            RECORD,
            f"{head}..{encoded(der)}",
        ),
        "mislabelled": (
            "The header says PS256, the value has the padding of RS256.",
            RECORD,
            f"{rsa_head}..{encoded(padded)}",
        ),
        "padded": ("The value is base64url with padding, which JWS has not.", RECORD, f"{sound}=="),
        "attached": (
            "The payload stands between the dots; here it belongs outside.",
            RECORD,
            sound.replace("..", f".{encoded(canonical(RECORD))}."),
        ),
    }


def write(authority: Authority, name: str, shows: str, record: Any, signature: str) -> None:
    """One vector, its outcome as the toolkit finds it; the test has it from others too."""
    surroundings = Surroundings(
        clock=ManualClock(AT),
        seed=0,
        trust_anchors=authority.trust_anchors,
        revocations=authority.revocations,
    )
    checks = plugin.signature_checks(record, signature, surroundings)
    failed = next((check for check in checks if check.passed is False), None)
    header = protected_header(signature)
    data = canonical(record)
    vector = {
        "name": name,
        "shows": shows,
        "at": AT.isoformat().replace("+00:00", "Z"),
        "record": record,
        "canonical": data.decode(),
        "digest": digest(data),
        "header": header,
        "certificate": leaf_of(header),
        "signature": signature,
        "expected": {
            "holds": failed is None,
            "step": str(failed.step) if failed else None,
            "rule": f"signature-{failed.fault}" if failed else None,
        },
    }
    text = json.dumps(vector, ensure_ascii=False, indent=2) + "\n"
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


def leaf_of(header: Mapping[str, Any]) -> str:
    """The signer's certificate as PEM text."""
    from base64 import b64decode

    leaf = x509.load_der_x509_certificate(b64decode(header["x5c"][0]))
    return leaf.public_bytes(Encoding.PEM).decode()


def readme() -> str:
    """What the folder holds, one line for each vector."""
    rows = []
    for path in sorted(FOLDER.glob("*.json")):
        held = json.loads(path.read_text(encoding="utf-8"))
        expected = held["expected"]
        worth = "holds" if expected["holds"] else f"`{expected['step']}`, `{expected['rule']}`"
        rows.append(f"| [`{path.name}`]({path.name}) | {held['shows']} | {worth} |")
    return README.format(rows="\n".join(rows), at=AT.isoformat().replace("+00:00", "Z"))


README = """# Signature vectors

For whoever signs or checks records in a language of his own: each file holds a record, the exact
bytes under its signature, and what the signature is worth at one fixed moment, {at}.

| member | holds |
|---|---|
| `record` | what is signed |
| `canonical`, `digest` | its form after RFC 8785 as text, and the SHA-256 of the UTF-8 bytes |
| `header` | the protected header, decoded |
| `certificate` | the signer's, PEM; the first of `x5c` |
| `signature` | the detached JWS (RFC 7515, appendix F) |
| `expected` | whether it holds; else the step that differs, and the rule of the rejection |

`ca.pem` is the one CA to trust and `ca.crl.pem` its revocation list. The keys were thrown away:
nobody can sign under this CA again. Every step of one, from this folder:

    conformance sign --check rs256.json --trust ca.pem --crl ca.crl.pem --at {at}

Made by `python -m tests.making.signature_vectors`.

| file | shows | worth |
|---|---|---|
{rows}
"""


if __name__ == "__main__":
    main()
