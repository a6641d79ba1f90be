"""A detached signature proves one record and one signer, or says why it proves nothing."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from conformance.crypto.authority import ORGANISATION, Authority
from conformance.crypto.canonical import canonical
from conformance.crypto.certificates import load_key, new_key
from conformance.crypto.examining import examine, verify_detached
from conformance.crypto.jws import (
    SignatureProblem,
    Trouble,
    encoded,
    sign_detached,
    signing_input,
)
from conformance.crypto.matching import other_forms
from conformance.crypto.steps import Step

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
        verify_detached(
            signature,
            canonical(record),
            authority.trust_anchors,
            at,
            revocations=authority.revocations,
        )
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
    assert problem(changed, authority)[0] is not Trouble.MISSING


@given(st.dictionaries(st.text(max_size=5), st.integers(-9, 9), max_size=3))
def test_the_signature_of_one_record_is_not_that_of_another(other):
    # Hypothesis and module fixtures: the authority is made once, below.
    authority, signature = _one_of_each()
    assert problem(signature, authority, record=other) == (Trouble.INVALID, "signature")


def test_a_stranger_is_untrusted_only_while_the_bytes_are_right(authority):
    foreign = authority.sign(RECORD, signer="untrusted", at=NOW)

    assert problem(foreign, authority) == (Trouble.UNTRUSTED, "chain")
    assert problem(foreign, authority, record={"changed": 1}) == (Trouble.INVALID, "signature")


def test_a_certificate_counts_on_its_days_only(signature, authority):
    late = NOW + timedelta(days=31)
    assert problem(signature, authority, at=late) == (Trouble.EXPIRED, "validity")
    early = NOW - timedelta(days=2)
    assert problem(signature, authority, at=early) == (Trouble.EXPIRED, "validity")


@pytest.mark.parametrize(
    ("changes", "code", "step"),
    [
        ({"alg": "none"}, Trouble.ALGORITHM, "algorithm"),
        ({"alg": "HS256"}, Trouble.ALGORITHM, "algorithm"),
        ({"alg": "RS256"}, Trouble.ALGORITHM, "algorithm"),
        ({"alg": "es256"}, Trouble.ALGORITHM, "algorithm"),
        ({"alg": "PS256"}, Trouble.KEY, "key"),
        ({"alg": ...}, Trouble.INVALID, "algorithm"),
        ({"alg": ["ES256"]}, Trouble.INVALID, "algorithm"),
        ({"crit": ["b64"], "b64": False}, Trouble.INVALID, "header"),
        ({"x5c": ...}, Trouble.INVALID, "certificate"),
        ({"x5c": []}, Trouble.INVALID, "certificate"),
        ({"x5c": ["AAAA"]}, Trouble.INVALID, "certificate"),
        ({"x5c": [7]}, Trouble.INVALID, "certificate"),
        ({"x5c": "text"}, Trouble.INVALID, "certificate"),
        ({"sigT": ...}, Trouble.TIME, "signing-time"),
        ({"sigT": "yesterday"}, Trouble.TIME, "signing-time"),
        ({"sigT": "2026-11-22T09:00:00"}, Trouble.TIME, "signing-time"),
        ({"sigT": 1}, Trouble.TIME, "signing-time"),
    ],
)
def test_a_wrong_header_is_named(changes, code, step, signature, authority):
    assert problem(reheaded(signature, **changes), authority) == (code, step)


#: Signer -> what it breaks, and nothing else.
FAULTY = {
    "untrusted": (Trouble.UNTRUSTED, "chain"),
    "expired": (Trouble.EXPIRED, "validity"),
    "revoked": (Trouble.REVOKED, "revocation"),
    "untimed": (Trouble.TIME, "signing-time"),
    "none": (Trouble.ALGORITHM, "algorithm"),
    "rs256": (Trouble.ALGORITHM, "algorithm"),
    "short-key": (Trouble.KEY, "key"),
    "sha1": (Trouble.ALGORITHM, "certificate-digest"),
    "impostor": (Trouble.UNTRUSTED, "chain"),
    "backdated": (Trouble.EXPIRED, "validity"),
    "clockless": (Trouble.TIME, "signing-time"),
    "appointed": (Trouble.UNTRUSTED, "chain"),
    "future": (Trouble.EXPIRED, "validity"),
    "revoked-since": (Trouble.REVOKED, "revocation"),
    "demanding": (Trouble.INVALID, "header"),
}


@pytest.mark.parametrize("signer", FAULTY)
def test_a_faulty_signer_breaks_one_step_and_no_other(signer, authority):
    made = authority.sign(RECORD, signer=signer, at=NOW)
    assert problem(made, authority) == FAULTY[signer]
    assert failed_steps(made, authority) == {FAULTY[signer][1]}


@pytest.mark.parametrize(
    "signer",
    [
        "authorised",
        "authorised-ps256",
        "other-unit",
        "clerk",
        "like-named",
        "subordinate",
        "go-between",
        "assistant",
        "secretary",
    ],
)
def test_a_sound_signer_passes_every_step_that_the_engine_knows(signer, authority):
    made = authority.sign(RECORD, signer=signer, at=NOW)
    assert all(check.passed for check in looked_at(made, authority).checks)


def looked_at(signature, authority, record=RECORD, **more):
    return examine(
        signature,
        canonical(record),
        authority.trust_anchors,
        NOW,
        revocations=authority.revocations,
        **more,
    )


def failed_steps(signature, authority, **more) -> set[str]:
    checks = looked_at(signature, authority, **more).checks
    return {check.step for check in checks if check.passed is False}


def test_a_list_of_somebody_else_revokes_nobody(authority, tmp_path):
    other = Authority.open(tmp_path, NOW)
    made = authority.sign(RECORD, signer="revoked", at=NOW)
    for lists in ((), other.revocations, (b"no list",)):
        verify_detached(made, canonical(RECORD), authority.trust_anchors, NOW, revocations=lists)


@pytest.mark.parametrize(("signer", "kind"), [("authorised", ECKey), ("authorised-ps256", RSAKey)])
def test_another_library_agrees(signer, kind, authority):
    head, _, tail = authority.sign(RECORD, signer=signer, at=NOW).split(".")
    leaf = x509.load_pem_x509_certificate(authority.file_of(signer).read_bytes())
    key = kind.import_key(
        leaf.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    registry = jws.JWSRegistry(algorithms=["ES256", "PS256"], strict_check_header=False)
    registry.max_header_length = registry.max_payload_length = registry.max_signature_length = 9999
    token = f"{head}.{encoded(canonical(RECORD))}.{tail}"
    assert jws.deserialize_compact(token, key, registry=registry).payload == canonical(RECORD)


def test_the_usual_slips_are_told_apart(authority):
    # What vendors get wrong first, and what no bare "invalid" explains.
    elliptic, rsa = (
        load_key(authority.file_of(name).read_bytes())
        for name in ("authorised", "authorised-ps256")
    )
    head = authority.sign(RECORD, signer="authorised", at=NOW).split(".")[0]
    data = signing_input(head, canonical(RECORD))
    der = elliptic.sign(data, ec.ECDSA(hashes.SHA256()))
    assert why(f"{head}..{encoded(der)}", authority) == "value-der"

    head = authority.sign(RECORD, signer="authorised-ps256", at=NOW).split(".")[0]
    data = signing_input(head, canonical(RECORD))
    old = rsa.sign(data, padding.PKCS1v15(), hashes.SHA256())
    assert why(f"{head}..{encoded(old)}", authority) == "value-pkcs1"
    salted = rsa.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 20), hashes.SHA256())
    assert why(f"{head}..{encoded(salted)}", authority) == "value-salt"


def why(signature, authority) -> str:
    return looked_at(signature, authority).first_failure().detail.code


@pytest.mark.parametrize(
    ("form", "named"),
    [
        (json.dumps(RECORD, ensure_ascii=False, indent=2), "form-file"),
        (json.dumps(RECORD), "in-escapes"),
        (json.dumps(RECORD, ensure_ascii=False, separators=(",", ":")), "in-own-order"),
    ],
)
def test_a_signature_over_another_form_of_the_record_names_the_form(form, named, authority):
    key = load_key(authority.file_of("authorised").read_bytes())
    chain = looked_chain(authority)
    made = sign_detached(form.encode(), key=key, chain=chain, at=NOW)

    assert problem(made, authority) == (Trouble.INVALID, "signature")
    forms = other_forms(RECORD, form.encode() if named == "form-file" else None)
    found = looked_at(made, authority, forms=forms).first_failure()
    assert found.step == Step.CANONICAL_FORM
    assert found.detail.code == "form-other"
    assert named in str(found.detail.details["form"])


def looked_chain(authority):
    return x509.load_pem_x509_certificates(authority.file_of("authorised").read_bytes())


@pytest.mark.parametrize(
    "text", ["x", "..", "a..b", "a.b.c", "é..é", "e30..AAAA", "bnVsbA..AAAA", "." * 9, "A" * 99_999]
)
def test_what_is_no_signature_is_invalid(text, authority):
    assert problem(text, authority)[0] is Trouble.INVALID


@pytest.mark.parametrize("header", [{"alg": "ES256"}, {"alg": "PS256", "x5c": [None]}, {}])
def test_a_header_alone_is_no_crash(header, authority):
    head = encoded(json.dumps(header).encode())
    assert problem(f"{head}..", authority)[0] is Trouble.INVALID


def test_a_signature_is_written_in_one_way_only(signature, authority):
    # The last character of 64 bytes carries four bits that say nothing.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = signature[:-1] + alphabet[alphabet.index(signature[-1]) ^ 1]
    assert problem(twin, authority) == (Trouble.INVALID, "signature")


def test_no_signature_is_missing(authority):
    assert problem("", authority) == (Trouble.MISSING, "presence")


def test_the_chain_may_not_bring_its_own_root(authority, tmp_path):
    other = Authority.open(tmp_path, NOW)
    foreign = other.sign(RECORD, signer="authorised", at=NOW)
    assert problem(foreign, authority) == (Trouble.UNTRUSTED, "chain")


def test_a_leaf_cannot_vouch_for_another_leaf(authority):
    # Whoever holds a signer's key could otherwise make signers of his own.
    chain = looked_chain(authority)
    holder_key = load_key(authority.file_of("authorised").read_bytes())
    key = new_key("ec")
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "self-made")]))
        .issuer_name(chain[0].subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .sign(holder_key, hashes.SHA256())
    )
    signature = sign_detached(canonical(RECORD), key=key, chain=(made, *chain), at=NOW)
    assert problem(signature, authority) == (Trouble.UNTRUSTED, "chain")


def test_a_ca_does_not_sign_records(tmp_path):
    Authority.open(tmp_path, NOW)
    home = tmp_path / "test-ca" / "1"
    ca = x509.load_pem_x509_certificate((home / "ca.crt").read_bytes())
    key = load_key((home / "ca.key").read_bytes())
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
