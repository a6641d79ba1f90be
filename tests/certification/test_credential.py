"""What a declaration says, and that it follows from its report."""

from __future__ import annotations

import dataclasses
import json
import uuid
from datetime import datetime, timedelta

import jsonschema
import pytest

from conformance import resources
from conformance.certification import credential, did, token
from conformance.certification.credential import BoundFiles
from conformance.crypto.issuer_key import IssuerKey, verify_jwt
from conformance.model.verdict import Verdict
from conformance.reporting import json_report, schemas
from tests.certification.examples import (
    AT,
    CATALOGUE,
    FINISHED,
    IDENTIFIER,
    PLAN_BYTES,
    desk,
    granted,
    report,
    report_bytes,
    with_,
)


def document(value, *, at=AT, identifier=IDENTIFIER, issuer="did:jwk:e30"):
    return credential.document(
        granted(value),
        issuer=issuer,
        catalogue=CATALOGUE,
        bound=BoundFiles(report=report_bytes(value), plan=PLAN_BYTES),
        at=at,
        identifier=identifier,
    )


def test_a_declaration_satisfies_its_schema_in_two_opinions():
    made = document(report())
    assert schemas.why_invalid(made, "certificate") is None
    schema = json.loads(resources.schema("certificate").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(made, schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def test_it_is_titled_in_three_languages_and_says_what_it_does_not_say():
    made = document(report())
    assert [name["@language"] for name in made["name"]] == ["en", "vi", "id"]
    assert made["credentialSubject"]["limits"][0]["vi"] == "Không kết luận về an toàn."
    assert made["credentialSubject"]["assuranceLevel"] == "L0"


def test_it_counts_verdicts_by_obligation_and_bases_of_what_passed():
    subject = document(report(XX_READ_002=Verdict.FAIL))["credentialSubject"]
    assert subject["counts"]["MUST"]["PASS"] == 2
    assert subject["counts"]["SHOULD"]["FAIL"] == 1
    assert subject["basis"] == {"quoted": 1, "known": 0, "inferred": 1}


def test_it_is_valid_for_the_days_of_the_policy_from_the_full_second():
    made = document(report())
    start, end = (datetime.fromisoformat(made[name]) for name in ("validFrom", "validUntil"))
    assert start == AT.replace(microsecond=0)
    assert end - start == timedelta(days=90)


def test_the_contact_of_the_supplier_stays_out():
    assert "example.org" not in json.dumps(document(report()))


def test_it_is_signed_as_a_verifiable_credential(tmp_path):
    made = desk(tmp_path)
    read = token.read(made.token)
    assert read.header == {
        "alg": "ES256",
        "typ": "vc+jwt",
        "cty": "vc",
        "kid": made.key.kid,
        "iss": did.of(made.key.public_jwk),
    }
    assert verify_jwt(made.token, did.jwk_of(read.issuer)) == read.payload


def test_the_seed_may_be_larger_than_javascript_counts(tmp_path):
    assert token.read(desk(tmp_path).token).payload["credentialSubject"]["seed"] == 2**62 + 1


def test_two_equal_runs_differ_only_in_what_is_volatile():
    first = report()
    later = AT + timedelta(days=1)
    second = dataclasses.replace(
        with_(
            first,
            id="run-2",
            attempt=4,
            started_at=FINISHED + timedelta(hours=1),
            finished_at=FINISHED + timedelta(hours=2),
            evidence_root="sha256:" + "f" * 64,
        ),
        locator="http://127.0.0.1:9999/base",
    )
    schema = schemas.load("certificate")
    ours, theirs = (
        schemas.without_volatile(made, schema)
        for made in (
            document(first),
            document(second, at=later, identifier=uuid.UUID(int=9), issuer="did:jwk:e31"),
        )
    )
    assert ours == theirs
    assert ours["credentialSubject"]["counts"]


def test_what_is_signed_is_what_the_file_says():
    value = report()
    read_back = json_report.from_json(json.loads(report_bytes(value)))
    assert credential.statement(read_back) == credential.statement(value)
    assert credential.evidence(read_back) == credential.evidence(value)


@pytest.mark.parametrize(
    "name",
    [
        "did:web:example.org",
        "did:jwk:",
        "did:jwk:AA",
        "did:jwk:e30",
        "did:jwk:!!!!",
        "did:jwk:W10",
        "did:jwk:" + "W1tb" * 30_000,
        "",
    ],
)
def test_only_a_did_of_an_ec_key_is_a_key(name):
    with pytest.raises(ValueError, match="it "):
        did.jwk_of(name)


def test_a_did_that_holds_a_private_key_is_refused(tmp_path):
    from conformance.certification import strict

    jwk = IssuerKey.open(tmp_path, AT).public_jwk | {"d": "AAAA"}
    with pytest.raises(ValueError, match="private"):
        did.jwk_of("did:jwk:" + strict.encode(json.dumps(jwk).encode()))


def test_a_did_carries_its_key_there_and_back(tmp_path):
    jwk = IssuerKey.open(tmp_path, AT).public_jwk
    assert did.jwk_of(did.of(jwk)) == {name: jwk[name] for name in ("kty", "crv", "x", "y")}
