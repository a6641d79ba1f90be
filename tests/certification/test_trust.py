"""The trust file names keys, and a mistake in it is the reader's to repair."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from conformance import resources
from conformance.certification import did, trust
from conformance.crypto.issuer_key import IssuerKey
from conformance.errors import UsageError
from tests.certification.examples import AT


def written(folder, value):
    path = folder / "trust.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return IssuerKey.open(tmp_path_factory.mktemp("home"), AT)


@pytest.mark.parametrize("by", ["issuer", "thumbprint"])
def test_a_key_is_named_by_its_did_or_its_thumbprint(tmp_path, key, by):
    named = {"issuer": did.of(key.public_jwk), "thumbprint": key.kid}[by]
    document = {"schema": trust.FORMAT, "issuers": [{"name": "Office", by: named}]}
    assert trust.load(written(tmp_path, document)).names == {key.kid: "Office"}
    schema = json.loads(resources.schema("trust").read_text("utf-8"))
    assert jsonschema_rs.validator_for(schema, offline=True).is_valid(document)


@pytest.mark.parametrize(
    "value",
    [
        "{",
        "[" * 100_000,
        [],
        {"schema": "conformance-trust/2", "issuers": []},
        {"schema": trust.FORMAT, "issuers": {}},
        {"schema": trust.FORMAT, "issuers": ["x"]},
        {"schema": trust.FORMAT, "issuers": [{"name": "Office"}]},
        {"schema": trust.FORMAT, "issuers": [{"name": "Office", "thumbprint": "short"}]},
        {"schema": trust.FORMAT, "issuers": [{"name": " ", "thumbprint": "x" * 43}]},
        {"schema": trust.FORMAT, "issuers": [{"name": "Office", "issuer": "did:web:x"}]},
        {"schema": trust.FORMAT, "issuers": [{"name": "O", "issuer": "did:jwk:AA", "x": 1}]},
    ],
)
def test_a_malformed_trust_file_is_the_operators_mistake(tmp_path, value):
    with pytest.raises(UsageError) as caught:
        trust.load(written(tmp_path, value))
    assert "trust.json" in caught.value.where
    assert caught.value.remedy


def test_a_missing_trust_file_is_the_operators_mistake(tmp_path):
    with pytest.raises(UsageError):
        trust.load(tmp_path / "nowhere.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError):
        trust.load(tmp_path / "binary.json")
