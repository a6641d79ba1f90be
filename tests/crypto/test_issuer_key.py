"""The operator's key signs declarations, and nobody else's does."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from conformance.crypto.issuer_key import IssuerKey, thumbprint, verify_jwt
from conformance.crypto.jws import SignatureProblem, Trouble

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def trouble(token, jwk, **more) -> tuple[Trouble, str]:
    with pytest.raises(SignatureProblem) as caught:
        verify_jwt(token, jwk, **more)
    return caught.value.code, caught.value.step


@pytest.fixture
def key(tmp_path) -> IssuerKey:
    return IssuerKey.open(tmp_path, NOW)


def test_what_was_signed_is_read_back(key):
    payload = {"name": "Bộ Nội vụ", "n": 1}
    assert verify_jwt(key.sign_jwt(payload), key.public_jwk) == payload
    assert verify_jwt(key.sign_jwt(b'{ "n": 1 }'), key.public_jwk) == {"n": 1}


def test_the_key_stays_the_same_and_is_named_by_its_thumbprint(key, tmp_path):
    again = IssuerKey.open(tmp_path, NOW)
    assert again.kid == key.kid == thumbprint(key.public_jwk) == key.public_jwk["kid"]
    assert json.loads((tmp_path / "issuer" / "public.json").read_text())["jwk"] == key.public_jwk


def test_the_public_half_holds_no_secret(key):
    assert set(key.public_jwk) == {"kty", "crv", "x", "y", "kid", "alg", "use"}


def test_everybody_who_races_gets_the_same_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: IssuerKey.open(tmp_path, NOW).kid, range(16)))) == 1


def test_another_key_is_untrusted(key, tmp_path):
    other = IssuerKey.open(tmp_path / "other", NOW)
    assert trouble(other.sign_jwt({}), key.public_jwk) == (Trouble.UNTRUSTED, "key")


def test_a_changed_token_is_invalid(key):
    head, body, tail = key.sign_jwt({"granted": False}).split(".")
    other = key.sign_jwt({"granted": True}).split(".")[1]
    assert trouble(f"{head}.{other}.{tail}", key.public_jwk) == (Trouble.INVALID, "signature")
    assert trouble(f"{head}.{body}.{tail[:-4]}AAAA", key.public_jwk)[0] is Trouble.INVALID


@pytest.mark.parametrize("token", ["a", "a.b", "a..c", "a.b.c", "a.b.c.d", "é.é.é"])
def test_what_is_no_token_is_invalid(token, key):
    assert trouble(token, key.public_jwk)[0] is Trouble.INVALID


def test_no_token_is_missing(key):
    assert trouble("  ", key.public_jwk) == (Trouble.MISSING, "presence")


def test_the_type_is_part_of_the_meaning(key):
    token = key.sign_jwt({}, "statuslist+jwt")
    assert trouble(token, key.public_jwk) == (Trouble.INVALID, "header")
    assert verify_jwt(token, key.public_jwk, typ=None) == {}


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"},
        {"kty": "EC", "crv": "P-384", "x": "AAAA", "y": "AAAA"},
        {"kty": "EC", "crv": "P-256", "x": "é", "y": 7},
    ],
)
def test_a_bad_trusted_key_is_no_crash(jwk, key):
    assert trouble(key.sign_jwt({}), jwk) == (Trouble.UNTRUSTED, "key")


def test_a_payload_that_is_no_object_is_invalid(key):
    assert trouble(key.sign_jwt(b"[1]"), key.public_jwk) == (Trouble.INVALID, "payload")
