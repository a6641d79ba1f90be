"""
Checking a detached signature step by step, so that a failure can name the step that differs.

Every step that can be asked is asked, also behind a failed one: who debugs his own software
sees at once that only the canonical form is wrong, and not the certificate. Whether the signer
may speak for the record, and has authority to approve, only the pack can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from conformance.crypto import chain as chains
from conformance.crypto.jws import (
    ALGORITHMS,
    SignatureProblem,
    Trouble,
    decoded,
    read_header,
    signing_input,
)
from conformance.crypto.matching import Forms, matches, mismatch
from conformance.crypto.steps import Examination, Step, Verified
from conformance.model.json import JsonObject
from conformance.model.remark import Remark, remark
from conformance.model.signing import SignatureCheck

_LEAST_RSA_BITS: Final = 2048


def verify_detached(
    signature: str,
    payload: bytes,
    anchors: Sequence[bytes],
    at: datetime,
    *,
    revocations: Sequence[bytes] = (),
) -> Verified:
    """
    Check that `signature` is over `payload`, by a key that one of `anchors` vouches for.

    Args:
        payload: the canonical bytes (`canonical.canonical`).
        anchors: PEM certificates.
        at: the moment at which the chain must be valid.
        revocations: PEM revocation lists.

    Raises:
        SignatureProblem: the first check that failed.
    """
    found = examine(signature, payload, anchors, at, revocations=revocations)
    failed = found.first_failure()
    if failed is not None:
        raise SignatureProblem(Trouble(failed.fault), failed.step, str(failed.detail))
    assert found.signer is not None
    return found.signer


def examine(
    signature: str,
    payload: bytes,
    anchors: Sequence[bytes],
    at: datetime,
    *,
    revocations: Sequence[bytes] = (),
    forms: Forms | None = None,
) -> Examination:
    """
    Every step of checking `signature`, with its outcome. Never raises for what was sent.

    Args:
        forms: other ways of writing the record, tried only to explain a failure.

    Raises:
        ValueError: an anchor cannot be read.
    """
    examiner = _Examiner(chains.anchors(anchors), at, revocations)
    examiner.look(signature, payload, forms)
    checks = tuple(
        examiner.found.get(step) or SignatureCheck(step=step, passed=None) for step in Step
    )
    return Examination(checks=checks, signer=examiner.signer)


class _Examiner:
    """One examination; steps fill in `found` as far as they come."""

    def __init__(self, trusted: chains.Chain, at: datetime, revocations: Sequence[bytes]) -> None:
        self._trusted = trusted
        self._at = at
        self._revocations = revocations
        self.found: dict[Step, SignatureCheck] = {}
        self.signer: Verified | None = None

    def say(
        self,
        step: Step,
        problem: Remark | None,
        *,
        fault: Trouble = Trouble.INVALID,
        right: Remark | None = None,
        seen: str = "",
    ) -> bool:
        """Record one step: failed with `problem`, or passed with `right`."""
        self.found[step] = SignatureCheck(
            step=step,
            passed=problem is None,
            fault=fault.value if problem else "",
            detail=problem or right,
            seen=seen,
        )
        return problem is None

    def look(self, signature: str, payload: bytes, forms: Forms | None) -> None:
        """Go through the steps."""
        absent = None if signature else remark("signature-absent")
        if not self.say(Step.PRESENCE, absent, fault=Trouble.MISSING):
            return
        parts = signature.split(".")
        formed = len(parts) == 3 and not parts[1] and bool(parts[0])
        if not self.say(Step.FORMAT, None if formed else remark("not-detached")):
            return
        header = read_header(signature)
        if isinstance(header, Remark):
            self.say(Step.HEADER, header)
            return
        unknown = remark("header-crit") if "crit" in header else None
        self.say(Step.HEADER, unknown, right=remark("header-read", count=len(header)))
        algorithm = self._algorithm(header)
        signed_at = self._signing_time(header)
        leaf = self._certificates(header, signed_at)
        if leaf is None or not algorithm or not self._key(leaf, algorithm):
            return
        self._value(leaf, algorithm, (parts[0], parts[2]), payload, forms)

    def _algorithm(self, header: JsonObject) -> str:
        stated = header.get("alg")
        known = isinstance(stated, str) and stated in ALGORITHMS
        self.say(
            Step.ALGORITHM,
            None
            if known
            else remark("algorithm-refused", stated=repr(stated), allowed=", ".join(ALGORITHMS)),
            # A header that names no algorithm at all is no header of a signature.
            fault=Trouble.ALGORITHM if isinstance(stated, str) else Trouble.INVALID,
            right=remark("algorithm-allowed", stated=stated),
            seen=str(stated),
        )
        return str(stated) if known else ""

    def _signing_time(self, header: JsonObject) -> datetime | None:
        value, moment = header.get("sigT"), None
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
            if moment is not None:
                moment = moment.astimezone(UTC) if moment.tzinfo is not None else None
        except (ValueError, OverflowError):
            moment = None
        wrong = (
            remark("time-absent")
            if value is None
            else remark("time-without-offset", stated=repr(value))
        )
        self.say(
            Step.SIGNING_TIME,
            wrong if moment is None else None,
            fault=Trouble.TIME,
            right=remark("time-stated", stated=value),
            seen="" if value is None else str(value),
        )
        return moment

    def _certificates(
        self, header: JsonObject, signed_at: datetime | None
    ) -> x509.Certificate | None:
        try:
            chain = chains.read(header.get("x5c"))
            self._leaf(chain[0], signed_at)
            self._chain(chain)
        except chains.Unfit as error:
            self.say(Step.CERTIFICATE, error.remark)
            return None
        except chains.HOSTILE as error:
            reason = str(error) or type(error).__name__
            self.say(Step.CERTIFICATE, remark("certificate-unreadable", reason=reason))
            return None
        return chain[0]

    def _leaf(self, leaf: x509.Certificate, signed_at: datetime | None) -> None:
        right = remark("certificate-read", subject=chains.subject(leaf))
        self.say(Step.CERTIFICATE, None, right=right)
        organisation, common = (
            next(iter(chains.names(leaf, oid)), "")
            for oid in (x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME)
        )
        self.signer = Verified(
            organisation=organisation,
            roles=chains.names(leaf, x509.NameOID.ORGANIZATIONAL_UNIT_NAME),
            common_name=common,
            signed_at=signed_at,
            certificate=chains.fingerprint(leaf),
        )

    def _chain(self, chain: chains.Chain) -> None:
        trusted, at = self._trusted, self._at
        weak = chains.weak_digest(chain, trusted)
        self.say(
            Step.CERTIFICATE_DIGEST,
            None
            if weak is None
            else remark("digest-weak", digest=weak)
            if weak
            else remark("digest-unknown"),
            fault=Trouble.ALGORITHM,
            right=remark("digest-sound"),
            seen=weak or "",
        )
        path: chains.Chain = chain[:1]
        if weak is None:
            # No walk leads over a signature that anybody can forge.
            try:
                path = chains.walk(chain, trusted)
                right = remark("chain-complete", issuer=chains.subject(path[-1]))
                self.say(Step.CHAIN, None, right=right)
            except chains.Unfit as error:
                self.say(Step.CHAIN, error.remark, fault=Trouble.UNTRUSTED)
        self.say(
            Step.VALIDITY,
            chains.outside_its_days(path, at),
            fault=Trouble.EXPIRED,
            right=remark("within-validity", at=chains.written(at)),
        )
        self.say(
            Step.REVOCATION,
            chains.revoked(path, (*trusted, *path[1:]), self._revocations),
            fault=Trouble.REVOKED,
            right=remark("not-revoked", count=len(self._revocations)),
        )

    def _key(self, leaf: x509.Certificate, algorithm: str) -> bool:
        """Whether the key can be used with the algorithm; that it may be is the step's outcome."""
        try:
            key = leaf.public_key()
        except chains.HOSTILE:
            key = None
        problem, fits = None, False
        match algorithm, key:
            case "ES256", ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
                fits = True
            case "PS256", rsa.RSAPublicKey(key_size=bits):
                fits = True
                if bits < _LEAST_RSA_BITS:
                    problem = remark("key-short", bits=bits, least=_LEAST_RSA_BITS)
            case _:
                kind = "RSA" if algorithm == "PS256" else "EC P-256"
                problem = remark("key-mismatch", algorithm=algorithm, kind=kind)
        self.say(Step.KEY, problem, fault=Trouble.KEY, right=remark("key-fits"))
        return fits

    def _value(
        self,
        leaf: x509.Certificate,
        algorithm: str,
        parts: tuple[str, str],
        payload: bytes,
        forms: Forms | None,
    ) -> None:
        head, tail = parts
        raw = decoded(tail)
        if raw is None:
            self.say(Step.SIGNATURE, remark("value-not-base64url"))
            return
        if matches(leaf, algorithm, raw, signing_input(head, payload)):
            self.say(Step.CANONICAL_FORM, None, right=remark("form-canonical", count=len(payload)))
            self.say(Step.SIGNATURE, None, right=remark("value-fits"))
            return
        for form, other in forms() if forms is not None else ():
            if matches(leaf, algorithm, raw, signing_input(head, other)):
                self.say(Step.CANONICAL_FORM, remark("form-other", form=form))
                self.say(Step.SIGNATURE, None, right=remark("value-fits-other"))
                return
        self.say(Step.SIGNATURE, mismatch(leaf, algorithm, raw, signing_input(head, payload)))
