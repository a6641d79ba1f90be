"""A detached signature proves one record and one signer, or says why it proves nothing."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from conformance.crypto.authority import ORGANISATION, Authority
from conformance.crypto.canonical import canonical
from conformance.crypto.jws import SignatureProblem, Trouble, sign_detached, verify_detached

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RECORD = {"profileId": "098090123456", "name": "NGUYỄN VĂN THỬ", "step": 4}


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("state"), NOW)


@pytest.fixture(scope="module")
def signature(authority) -> str:
    return authority.sign(RECORD, signer="authorised", at=NOW)


def problem(signature, authority, record=RECORD, at=NOW) -> tuple[Trouble, str]:
    with pytest.raises(SignatureProblem) as caught:
        verify_detached(signature, canonical(record), authority.trust_anchors, at)
    return caught.value.code, caught.value.step


def reheaded(signature: str, **changes) -> str:
    head, _, tail = signature.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    header |= changes
    header = {name: value for name, value in header.items() if value is not ...}
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{encoded}..{tail}"


def test_a_signature_names_its_signer_and_its_time(signature, authority):
    verified = verify_detached(signature, canonical(RECORD), authority.trust_anchors, NOW)

    assert (verified.organisation, verified.signed_at) == (ORGANISATION, NOW)
    assert signature.split(".")[1] == ""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_single_changed_character_passes(data, signature, authority):
    index = data.draw(st.integers(0, len(signature) - 1))
    other = data.draw(st.sampled_from("ABCDxyz019-_.~= \n"))
    changed = signature[:index] + other + signature[index + 1 :]
    if changed == signature:
        return
    assert problem(changed, authority)[0] in (Trouble.INVALID, Trouble.UNTRUSTED)


@given(st.dictionaries(st.text(max_size=5), st.integers(-9, 9), max_size=3))
def test_the_signature_of_one_record_is_not_that_of_another(other):
    # Hypothesis and module fixtures: the authority is made once, below.
    authority, signature = _one_of_each()
    assert problem(signature, authority, record=other) == (Trouble.INVALID, "signature")


def test_a_stranger_is_untrusted_only_while_the_bytes_are_right(authority):
    foreign = authority.sign(RECORD, signer="untrusted", at=NOW)

    assert problem(foreign, authority) == (Trouble.UNTRUSTED, "chain")
    assert problem(foreign, authority, record={"changed": 1}) == (Trouble.INVALID, "signature")


def test_a_certificate_outside_its_days_is_untrusted(signature, authority):
    late = NOW + timedelta(days=31)
    assert problem(signature, authority, at=late) == (Trouble.UNTRUSTED, "validity")
    early = NOW - timedelta(days=2)
    assert problem(signature, authority, at=early) == (Trouble.UNTRUSTED, "validity")


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"alg": "none"}, "algorithm"),
        ({"alg": "HS256"}, "algorithm"),
        ({"alg": ...}, "algorithm"),
        ({"alg": ["ES256"]}, "algorithm"),
        ({"crit": ["b64"], "b64": False}, "header"),
        ({"x5c": ...}, "certificate"),
        ({"x5c": []}, "certificate"),
        ({"x5c": ["AAAA"]}, "certificate"),
        ({"x5c": [7]}, "certificate"),
        ({"x5c": "text"}, "certificate"),
        ({"sigT": ...}, "signing-time"),
        ({"sigT": "yesterday"}, "signing-time"),
        ({"sigT": "2026-11-22T09:00:00"}, "signing-time"),
        ({"sigT": 1}, "signing-time"),
    ],
)
def test_a_wrong_header_is_named(changes, step, signature, authority):
    assert problem(reheaded(signature, **changes), authority) == (Trouble.INVALID, step)


@pytest.mark.parametrize(
    "text", ["x", "..", "a..b", "a.b.c", "é..é", "e30..AAAA", "bnVsbA..AAAA", "." * 9, "A" * 99_999]
)
def test_what_is_no_signature_is_invalid(text, authority):
    assert problem(text, authority)[0] is Trouble.INVALID


def test_a_signature_is_written_in_one_way_only(signature, authority):
    # The last character of 64 bytes carries four bits that say nothing.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = signature[:-1] + alphabet[alphabet.index(signature[-1]) ^ 1]
    assert problem(twin, authority) == (Trouble.INVALID, "format")


def test_no_signature_is_missing(authority):
    assert problem("", authority) == (Trouble.MISSING, "presence")


def test_the_chain_may_not_bring_its_own_root(authority, tmp_path):
    other = Authority.open(tmp_path, NOW)
    foreign = other.sign(RECORD, signer="authorised", at=NOW)
    assert problem(foreign, authority) == (Trouble.UNTRUSTED, "chain")


def test_a_leaf_cannot_vouch_for_another_leaf(authority):
    # Whoever holds a signer's key could otherwise make signers of his own.
    holder = authority._leaves["authorised"]
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "self-made")]))
        .issuer_name(holder.chain[0].subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .sign(holder.key.private_key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signature = sign_detached(
        canonical(RECORD), key=ECKey.import_key(pem), chain=(made, *holder.chain), at=NOW
    )
    assert problem(signature, authority) == (Trouble.UNTRUSTED, "chain")


def test_a_ca_does_not_sign_records(tmp_path):
    Authority.open(tmp_path, NOW)
    home = tmp_path / "test-ca" / "1"
    ca = x509.load_pem_x509_certificate((home / "ca.crt").read_bytes())
    key = ECKey.import_key((home / "ca.key").read_bytes())
    signature = sign_detached(canonical(RECORD), key=key, chain=(ca,), at=NOW)
    with pytest.raises(SignatureProblem) as caught:
        verify_detached(signature, canonical(RECORD), [(home / "ca.crt").read_bytes()], NOW)
    assert caught.value.code is Trouble.UNTRUSTED


_MADE: list = []


def _one_of_each():
    if not _MADE:
        import tempfile
        from pathlib import Path

        with tempfile.TemporaryDirectory() as folder:
            authority = Authority.open(Path(folder), NOW)
        _MADE.append((authority, authority.sign(RECORD, signer="authorised", at=NOW)))
    return _MADE[0]
