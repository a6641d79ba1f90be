"""
The declaration of conformity: a W3C Verifiable Credential 2.0, secured as a JWS (VC-JOSE-COSE).

At level L0 it is a *Supplier's declaration of conformity* (ISO/IEC 17050): the operator's own
key signs, and the issuer's name, a did:jwk, carries that key. A stranger can thus verify
offline that nothing was altered; whether the key deserves trust is the reader's decision.

`statement` says what the report says, `terms` what policy and catalogue add. Both are pure, so
that `verification` compares a credential with its report by making them again. A credential
follows from its report but for the members that the schema marks `x-volatile`.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from conformance.certification import did, token
from conformance.certification.decision import Granted
from conformance.certification.policy import Policy
from conformance.certification.waivers import Waiver
from conformance.model.json import Json, JsonObject, compact
from conformance.model.report import Report
from conformance.model.requirement import Basis, Catalogue, Language, Obligation, Text
from conformance.model.verdict import Verdict

CONTEXT: Final[list[Json]] = [
    "https://www.w3.org/ns/credentials/v2",
    {"@vocab": "urn:conformance:vocabulary:1#"},
]
TYPES: Final[list[Json]] = ["VerifiableCredential", "ConformityDeclaration"]
FILE: Final = "certificate.vc.jwt"
REPORT: Final = "report.json"
PLAN: Final = "plan.json"


class SigningKey(Protocol):
    """What `crypto.issuer_key.IssuerKey` is to us."""

    @property
    def public_jwk(self) -> JsonObject:
        """The public half."""

    def sign_jwt(
        self, payload: bytes, typ: str = ..., *, header: Mapping[str, str] | None = None
    ) -> str:
        """A compact JWS over `payload`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundFiles:
    """The exact bytes of the files that a declaration binds by their digests."""

    report: bytes
    plan: bytes


def issue(
    granted: Granted,
    *,
    key: SigningKey,
    catalogue: Catalogue,
    bound: BoundFiles,
    at: datetime,
    identifier: uuid.UUID,
) -> str:
    """
    Sign the declaration that a decision granted; the content of `certificate.vc.jwt`.

    Only a `Granted` can be signed, and `granted.report` should be the report as it was read
    back from `bound.report`, so that nothing is signed that the file does not say.

    Args:
        at: the moment of issue; validity runs from its full second.
        identifier: becomes `urn:uuid:…`.
    """
    issuer = did.of(key.public_jwk)
    payload = document(
        granted, issuer=issuer, catalogue=catalogue, bound=bound, at=at, identifier=identifier
    )
    # Bytes, not an object: RFC 8785 has no integers beyond 2**53, and seeds go beyond.
    return key.sign_jwt(
        compact(payload).encode(), typ=token.TYPE, header={"cty": token.CONTENT_TYPE, "iss": issuer}
    )


def document(
    granted: Granted,
    *,
    issuer: str,
    catalogue: Catalogue,
    bound: BoundFiles,
    at: datetime,
    identifier: uuid.UUID,
) -> JsonObject:
    """The unsigned credential (schema: `specs/schemas/certificate.schema.json`)."""
    report, policy = granted.report, granted.policy
    start = at.astimezone(UTC).replace(microsecond=0)
    return {
        "@context": CONTEXT,
        "id": f"urn:uuid:{identifier}",
        "type": TYPES,
        "issuer": issuer,
        "validFrom": moment(start),
        "validUntil": moment(start + timedelta(days=policy.validity_days)),
        "name": title(policy),
        "credentialSubject": {
            **statement(report),
            **terms(report, policy, catalogue, granted.waivers),
        },
        "relatedResource": [
            _resource(REPORT, bound.report),
            _resource(PLAN, bound.plan),
        ],
        "evidence": [evidence(report)],
    }


def statement(report: Report) -> JsonObject:
    """What the credential's subject says of the run: nothing but what the report says."""
    return {
        "implementation": {
            "organisation": report.implementation.organisation,
            "name": report.implementation.name,
            "version": report.implementation.version,
        },
        "target": " ".join(filter(None, (report.locator, report.pushes))),
        "pack": {
            "id": report.pack.id,
            "revision": report.pack.revision,
            "digest": report.pack.digest,
            "provenance": report.pack.provenance,
        },
        "claim": {
            "roles": [role.value for role in report.run.roles],
            "classes": list(report.classes),
        },
        "classes": [
            {"id": identifier, "verdict": report.class_verdict(identifier).name}
            for identifier in report.classes
        ],
        "counts": {
            obligation.value: {
                verdict.name: sum(
                    assessed.obligation is obligation and assessed.verdict is verdict
                    for assessed in report.requirements
                )
                for verdict in Verdict
            }
            for obligation in Obligation
        },
        "seed": report.run.seed,
        "attempt": report.run.attempt,
        "run": {
            "id": report.run.id,
            "startedAt": moment(report.run.started_at),
            "finishedAt": moment(report.run.finished_at),
            "asOf": report.run.as_of.isoformat(),
        },
    }


def terms(
    report: Report, policy: Policy, catalogue: Catalogue, waivers: tuple[Waiver, ...]
) -> JsonObject:
    """What policy and catalogue add to the subject: how strong it is, and what it does not say."""
    bases = Counter(
        catalogue.by_id[assessed.id].source.basis
        for assessed in report.requirements
        if assessed.verdict is Verdict.PASS and assessed.id in catalogue.by_id
    )
    return {
        "assuranceLevel": policy.level.value,
        "basis": {basis.value: bases[basis] for basis in Basis},
        "limits": [_languages(limit) for limit in policy.limits],
        "waivers": [
            {
                "requirement": waiver.requirement,
                "reason": waiver.reason,
                "grantedBy": waiver.granted_by,
                "since": waiver.since.isoformat(),
                "until": waiver.until.isoformat(),
            }
            for waiver in waivers
        ],
    }


def evidence(report: Report) -> JsonObject:
    """What the journals are bound by, and by which tools they were written."""
    return {
        "type": ["ConformanceRun"],
        "evidenceRoot": report.evidence_root,
        "exchanges": report.exchanges,
        "suiteDigest": report.run.suite_digest,
        "toolkit": report.run.toolkit,
        "toolkitDigest": report.run.toolkit_digest,
    }


def title(policy: Policy) -> Json:
    """The credential's `name` in three languages, as JSON-LD writes such values."""
    return [
        {"@value": policy.title.within(language), "@language": language.value}
        for language in (Language.EN, Language.VI, Language.ID)
    ]


def sri(data: bytes) -> str:
    """A subresource integrity digest, as `digestSRI` of VC 2.0 section 5.3 wants it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")


def moment(at: datetime) -> str:
    """A time as the credential writes it: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _resource(name: str, data: bytes) -> JsonObject:
    return {"id": name, "mediaType": "application/json", "digestSRI": sri(data)}


def _languages(text: Text) -> JsonObject:
    return {"en": text.en, "vi": text.vi, "id": text.id}
