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
    protected_header,
    signing_input,
)
from conformance.crypto.matching import Forms, matches, mismatch
from conformance.crypto.steps import Examination, Step, Verified
from conformance.model.json import JsonObject
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
        raise SignatureProblem(Trouble(failed.fault), failed.step, failed.detail)
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
        problem: str,
        *,
        fault: Trouble = Trouble.INVALID,
        right: str = "",
        seen: str = "",
    ) -> bool:
        """Record one step: failed with `problem`, or passed with `right`."""
        self.found[step] = SignatureCheck(
            step=step,
            passed=not problem,
            fault=fault.value if problem else "",
            detail=problem or right,
            seen=seen,
        )
        return not problem

    def look(self, signature: str, payload: bytes, forms: Forms | None) -> None:
        """Go through the steps."""
        if not self.say(
            Step.PRESENCE, "" if signature else "there is no signature", fault=Trouble.MISSING
        ):
            return
        parts = signature.split(".")
        formed = len(parts) == 3 and not parts[1] and bool(parts[0])
        if not self.say(
            Step.FORMAT, "" if formed else "a detached compact JWS is written header..signature"
        ):
            return
        try:
            header = protected_header(signature)
        except SignatureProblem as problem:
            self.say(Step.HEADER, problem.detail)
            return
        unknown = "crit names extensions that are not understood" if "crit" in header else ""
        self.say(Step.HEADER, unknown, right=f"{len(header)} members")
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
            "" if known else f"alg is {stated!r}, allowed are {' and '.join(ALGORITHMS)}",
            # A header that names no algorithm at all is no header of a signature.
            fault=Trouble.ALGORITHM if isinstance(stated, str) else Trouble.INVALID,
            right=f"alg is {stated}",
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
        absent = (
            "there is no sigT" if value is None else f"sigT {value!r} is no time with an offset"
        )
        self.say(
            Step.SIGNING_TIME,
            absent if moment is None else "",
            fault=Trouble.TIME,
            right=f"sigT is {value}",
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
        except chains.HOSTILE as error:
            self.say(Step.CERTIFICATE, str(error) or "a certificate cannot be read")
            return None
        return chain[0]

    def _leaf(self, leaf: x509.Certificate, signed_at: datetime | None) -> None:
        self.say(Step.CERTIFICATE, "", right=chains.subject(leaf))
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
            f"a certificate is signed over {weak}" if weak else "",
            fault=Trouble.ALGORITHM,
            right="no certificate rests on MD5 or SHA-1",
            seen=weak,
        )
        path: chains.Chain = chain[:1]
        if not weak:
            # No walk leads over a signature that anybody can forge.
            try:
                path = chains.walk(chain, trusted)
                self.say(Step.CHAIN, "", right=f"issued by {chains.subject(path[-1])}")
            except ValueError as error:
                self.say(Step.CHAIN, str(error), fault=Trouble.UNTRUSTED)
        self.say(
            Step.VALIDITY,
            chains.outside_its_days(path, at),
            fault=Trouble.EXPIRED,
            right=f"valid at {at:%Y-%m-%dT%H:%M:%SZ}",
        )
        self.say(
            Step.REVOCATION,
            chains.revoked(path, (*trusted, *path[1:]), self._revocations),
            fault=Trouble.REVOKED,
            right=f"on none of {len(self._revocations)} lists",
        )

    def _key(self, leaf: x509.Certificate, algorithm: str) -> bool:
        """Whether the key can be used with the algorithm; that it may be is the step's outcome."""
        try:
            key = leaf.public_key()
        except chains.HOSTILE:
            key = None
        problem, fits = "", False
        match algorithm, key:
            case "ES256", ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
                fits = True
            case "PS256", rsa.RSAPublicKey(key_size=bits):
                fits = True
                if bits < _LEAST_RSA_BITS:
                    problem = f"the RSA key has {bits} bits, at least {_LEAST_RSA_BITS} are needed"
            case _:
                kind = "RSA" if algorithm == "PS256" else "EC P-256"
                problem = f"{algorithm} needs the certificate of an {kind} key"
        self.say(Step.KEY, problem, fault=Trouble.KEY, right="of the right kind and length")
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
            self.say(Step.SIGNATURE, "the signature is not canonical base64url without padding")
            return
        if matches(leaf, algorithm, raw, signing_input(head, payload)):
            self.say(Step.CANONICAL_FORM, "", right=f"{len(payload)} bytes")
            self.say(Step.SIGNATURE, "", right="over these bytes")
            return
        for name, other in forms() if forms is not None else ():
            if matches(leaf, algorithm, raw, signing_input(head, other)):
                self.say(
                    Step.CANONICAL_FORM,
                    f"the signature is over {name}, not over the form of RFC 8785",
                )
                self.say(Step.SIGNATURE, "", right="over the bytes that were signed")
                return
        self.say(Step.SIGNATURE, mismatch(leaf, algorithm, raw, signing_input(head, payload)))
