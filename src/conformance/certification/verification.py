"""
Every check that a stranger makes of a certificate, each on its own line with its reason.

A check is reached when those it builds upon have passed (the table at the end of this
module); otherwise it is skipped, and says what comes first. Nothing in a certificate or in a
file beside it raises: whatever is wrong with a stranger's file is a failed check.

The outcome is the gravest consequence among the failed checks, in this order: invalid, revoked,
replay differs, expired, a bound file missing, status unreachable. A warning changes nothing.

What must run again (the evidence root, the replay) and what is installed here (packs) is
injected. Printing and exiting is the command's business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from conformance.certification import credential, did, policy, strict, token
from conformance.certification.checks import (
    TITLES,
    Check,
    CheckName,
    Outcome,
    Status,
    Verification,
)
from conformance.certification.decision import Withheld, decide
from conformance.certification.reasons import Reason, reason
from conformance.certification.token import Token
from conformance.certification.trust import TrustList
from conformance.crypto import issuer_key
from conformance.crypto.jws import SignatureProblem
from conformance.errors import PackDefect, UsageError
from conformance.model import merkle
from conformance.model.json import Json, JsonObject, at, compact, escape
from conformance.model.pack import LoadedPack
from conformance.model.report import Report
from conformance.model.verdict import Verdict
from conformance.reporting import json_report, schemas

#: Clocks of two offices differ; a certificate is not early for that.
LEEWAY: Final = timedelta(minutes=5)
_LARGEST_FILE: Final = 256 * 1024 * 1024
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceProblem:
    """
    Why no evidence root can be computed.

    Attributes:
        missing: names of what is not there.
        damaged: sentences naming what was changed.
    """

    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


#: The folder that holds `plan.json` and `evidence/` -> `sha256:` root, or why there is none.
EvidenceRoot = Callable[[Path], str | EvidenceProblem]
#: The run's folder -> a sentence for every verdict that comes out differently.
Rejudge = Callable[[Path], Sequence[str]]
#: Pack id and revision -> the pack as installed here, or None. Raises PackDefect.
Packs = Callable[[str, str], LoadedPack | None]


def verify(
    content: bytes | str,
    *,
    folder: Path,
    at: datetime,
    evidence_root_of: EvidenceRoot | None = None,
    packs: Packs | None = None,
    trust: TrustList | None = None,
    rejudge: Rejudge | None = None,
    bundle: Path | None = None,
) -> Verification:
    """
    Make every check of one certificate.

    Args:
        content: of `certificate.vc.jwt`, as read.
        folder: where the bound files are looked for.
        at: the moment for which the answer holds.
        evidence_root_of: None to leave the journals unread.
        packs: None when nothing is installed.
        trust: whom the reader believes; None for nobody in particular.
        rejudge: None to leave the verdicts undecided again.
        bundle: the run's folder to rejudge, when it is another one than `folder`; it must hold
            the very report that is bound, or another run could answer for this one.
    """
    inspection = _Inspection(
        _content=content,
        _folder=folder,
        _now=at.astimezone(UTC),
        _evidence_root_of=evidence_root_of,
        _packs=packs,
        _trust=trust,
        _rejudge=rejudge,
        _bundle=bundle or folder,
    )
    made: dict[CheckName, Check] = {}
    for name, (needed, method) in _CHECKS.items():
        ahead = next((n for n in needed if made[n].status is not Status.PASSED), None)
        if ahead is not None:
            made[name] = Check(
                name=name, status=Status.SKIPPED, reason=reason("unreached", check=TITLES[ahead])
            )
            continue
        status, given, outcome = method(inspection)
        made[name] = Check(name=name, status=status, reason=given, outcome=outcome)
    signed = made[CheckName.SIGNATURE].status is Status.PASSED
    return Verification(
        checks=tuple(made.values()), payload=inspection.token.payload if signed else None
    )


_Result = tuple[Status, Reason, Outcome]


def _passed(code: str, **parameters: object) -> _Result:
    return Status.PASSED, reason(code, **parameters), Outcome.VALID


def _failed(given: Reason, outcome: Outcome = Outcome.INVALID) -> _Result:
    return Status.FAILED, given, outcome


def _skipped(code: str) -> _Result:
    return Status.SKIPPED, reason(code), Outcome.VALID


def _warning(code: str, **parameters: object) -> _Result:
    return Status.WARNING, reason(code, **parameters), Outcome.VALID


@dataclass(slots=True, kw_only=True)
class _Inspection:
    """One certificate under inspection: each check leaves what later ones build upon."""

    _content: bytes | str
    _folder: Path
    _now: datetime
    _evidence_root_of: EvidenceRoot | None
    _packs: Packs | None
    _trust: TrustList | None
    _rejudge: Rejudge | None
    _bundle: Path

    token: Token = field(init=False)
    jwk: JsonObject = field(init=False)
    report: Report = field(init=False)
    plan: bytes = field(init=False)
    pack: LoadedPack = field(init=False)

    def form(self) -> _Result:
        match token.read(self._content):
            case Token() as read:
                self.token = read
                return _passed("form-good", size=len(read.text))
            case refused:
                return _failed(refused)

    def signature(self) -> _Result:
        issuer = self.token.issuer
        try:
            self.jwk = did.jwk_of(issuer)
        except ValueError as error:
            return _failed(reason("issuer-unreadable", issuer=issuer, detail=error))
        if self.token.header.get("iss", issuer) != issuer:
            return _failed(
                reason("form-type", member="iss", value=self.token.header["iss"], required=issuer)
            )
        try:
            issuer_key.verify_jwt(self.token.text, self.jwk, typ=token.TYPE)
        except SignatureProblem:
            return _failed(reason("signature-bad"))
        return _passed("signature-good")

    def issuer(self) -> _Result:
        thumbprint = issuer_key.thumbprint(self.jwk)
        if self._trust is None:
            return _warning("issuer-self-declared", thumbprint=thumbprint)
        if thumbprint in self._trust.names:
            return _passed("issuer-trusted", name=self._trust.names[thumbprint])
        return _warning("issuer-not-listed", thumbprint=thumbprint)

    def schema(self) -> _Result:
        broken = schemas.why_invalid(self.token.payload, "certificate")
        if broken is not None:
            pointer, detail = broken
            return _failed(reason("schema-broken", pointer=pointer or "/", detail=detail))
        return _passed("schema-good")

    def validity(self) -> _Result:
        start, end = self._moment("validFrom"), self._moment("validUntil")
        if end <= start:
            return _failed(reason("validity-order", start=start, end=end))
        if self._now < start - LEEWAY:
            return _failed(reason("validity-early", start=start))
        if self._now >= end:
            return _failed(reason("validity-expired", end=end), Outcome.EXPIRED)
        return _passed("validity-good", start=start, end=end)

    def status(self) -> _Result:
        if "credentialStatus" in self.token.payload:
            return _failed(reason("status-unread"), Outcome.STATUS_UNREACHABLE)
        return _skipped("status-none")

    def report_file(self) -> _Result:
        found = self._bound(credential.REPORT, 0)
        if not isinstance(found, bytes):
            return found
        try:
            held = strict.json_object(found)
            self.report = json_report.from_json(held)
            contradictions = json_report.contradictions(held)
        except (UsageError, ValueError) as error:
            return _failed(reason("report-malformed", detail=error))
        if contradictions:
            return _failed(reason("report-incoherent", detail=contradictions[0]))
        return _passed("file-good", file=credential.REPORT)

    def plan_file(self) -> _Result:
        found = self._bound(credential.PLAN, 1)
        if not isinstance(found, bytes):
            return found
        self.plan = found
        return _passed("file-good", file=credential.PLAN)

    def evidence(self) -> _Result:
        if self._evidence_root_of is None:
            return _skipped("evidence-unchecked")
        try:
            root = self._evidence_root_of(self._folder)
        except OSError as error:
            return _failed(
                reason("file-unreadable", file="evidence/", detail=error.strerror or error)
            )
        signed = self._text("/evidence/0/evidenceRoot")
        match root:
            case EvidenceProblem(damaged=(first, *_)):
                return _failed(reason("evidence-damaged", detail=first))
            case EvidenceProblem(missing=missing):
                return _failed(
                    reason("evidence-missing", detail=_named(missing)), Outcome.BOUND_FILE_MISSING
                )
            case str() if root != signed:
                return _failed(reason("evidence-changed", observed=root, required=signed))
        return _passed("evidence-good")

    def content(self) -> _Result:
        report, payload = self.report, self.token.payload
        expected = credential.statement(report)
        differing = [
            *_differences(payload["credentialSubject"], expected, "/credentialSubject"),
            *_differences(at(payload, "/evidence/0"), credential.evidence(report), "/evidence/0"),
        ]
        if _plan_digest(self.plan) != report.run.plan_digest:
            differing.append("/relatedResource/1")
        if differing:
            return _failed(reason("content-differs", members=_named(differing)))
        if report.verdict is not Verdict.PASS:
            return _failed(reason("content-verdict", verdict=report.verdict.name))
        start = self._moment("validFrom")
        finished = report.run.finished_at.astimezone(UTC).replace(microsecond=0)
        if start < finished:
            return _failed(reason("content-early", start=start, finished=finished))
        return _passed("content-good")

    def pack_installed(self) -> _Result:
        identifier = self._text("/credentialSubject/pack/id")
        revision = self._text("/credentialSubject/pack/revision")
        named = f"{identifier}@{revision}"
        try:
            installed = self._packs(identifier, revision) if self._packs else None
        except PackDefect as error:
            return _warning("pack-broken", pack=named, detail=error)
        if installed is None:
            return _warning("pack-unknown", pack=named)
        if installed.digest != self._text("/credentialSubject/pack/digest"):
            return _warning("pack-differs", pack=named, observed=installed.digest)
        self.pack = installed
        return _passed("pack-good", pack=named)

    def decision(self) -> _Result:
        try:
            terms = policy.load(self.pack.root)
        except PackDefect as error:
            return _warning("pack-broken", pack=self.pack.id, detail=error)
        start = self._moment("validFrom")
        # Without waivers: the declarations of this version, all of them L0, rely on none.
        match decide(self.report, terms, on=start.date(), catalogue=self.pack.catalogue):
            case Withheld(reasons=reasons):
                return _failed(reason("decision-withheld", detail=reasons[0].text))
            case granted:
                expected = credential.terms(
                    self.report, terms, self.pack.catalogue, granted.waivers
                )
        payload = self.token.payload
        differing = _differences(payload["credentialSubject"], expected, "/credentialSubject")
        if payload["name"] != credential.title(terms):
            differing.append("/name")
        if self._moment("validUntil") > start + timedelta(days=terms.validity_days):
            differing.append("/validUntil")
        if differing:
            return _failed(reason("decision-terms", members=_named(differing)))
        return _passed("decision-good")

    def replay(self) -> _Result:
        if self._rejudge is None:
            return _skipped("replay-unasked")
        found = self._bound(credential.REPORT, 0, self._bundle)
        if not isinstance(found, bytes):
            return found
        differing = self._rejudge(self._bundle)
        if differing:
            return _failed(
                reason("replay-differs", count=len(differing), detail=differing[0]),
                Outcome.REPLAY_DIFFERS,
            )
        return _passed("replay-good")

    def _bound(self, name: str, index: int, folder: Path | None = None) -> bytes | _Result:
        """The bytes of a bound file whose digest is the signed one, or the failed check."""
        path = (folder or self._folder) / name
        try:
            if path.stat().st_size > _LARGEST_FILE:
                return _failed(reason("file-unreadable", file=name, detail="too large"))
            data = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return _failed(reason("file-missing", file=name), Outcome.BOUND_FILE_MISSING)
        except OSError as error:
            return _failed(reason("file-unreadable", file=name, detail=error.strerror or error))
        observed, signed = credential.sri(data), self._text(f"/relatedResource/{index}/digestSRI")
        if observed != signed:
            return _failed(reason("file-changed", file=name, observed=observed, required=signed))
        return data

    def _text(self, pointer: str) -> str:
        """The text at a JSON pointer; only asked once the schema says that it stands there."""
        return str(at(self.token.payload, pointer))

    def _moment(self, name: str) -> datetime:
        return datetime.fromisoformat(self._text(f"/{name}"))


def _plan_digest(content: bytes) -> str:
    """The digest that a run gives its plan: over the compact form, however the file is laid out."""
    try:
        return merkle.digest(compact(strict.json_object(content)).encode())
    except ValueError:
        return "unreadable"


def _differences(observed: Json, expected: JsonObject, pointer: str) -> list[str]:
    """Pointers to the members of `expected` that `observed` has not, or has otherwise."""
    held = observed if isinstance(observed, dict) else {}
    return [
        f"{pointer}/{escape(name)}"
        for name, value in expected.items()
        # As text, for to Python 1, 1.0 and True are one and the same.
        if name not in held or compact(held[name]) != compact(value)
    ]


def _named(items: Sequence[str]) -> str:
    more = len(items) - _MOST_NAMED
    return ", ".join(items[:_MOST_NAMED]) + (f" … (+{more})" if more > 0 else "")


#: Each check with those that must have passed before it, and how it is made.
_CHECKS: Final[dict[CheckName, tuple[tuple[CheckName, ...], Callable[[_Inspection], _Result]]]] = {
    CheckName.FORM: ((), _Inspection.form),
    CheckName.SIGNATURE: ((CheckName.FORM,), _Inspection.signature),
    CheckName.ISSUER: ((CheckName.SIGNATURE,), _Inspection.issuer),
    CheckName.SCHEMA: ((CheckName.SIGNATURE,), _Inspection.schema),
    CheckName.VALIDITY: ((CheckName.SCHEMA,), _Inspection.validity),
    CheckName.STATUS: ((CheckName.SCHEMA,), _Inspection.status),
    CheckName.REPORT: ((CheckName.SCHEMA,), _Inspection.report_file),
    CheckName.PLAN: ((CheckName.SCHEMA,), _Inspection.plan_file),
    # The plan gives the journals their order.
    CheckName.EVIDENCE: ((CheckName.PLAN,), _Inspection.evidence),
    CheckName.CONTENT: ((CheckName.REPORT, CheckName.PLAN), _Inspection.content),
    CheckName.PACK: ((CheckName.SCHEMA,), _Inspection.pack_installed),
    CheckName.DECISION: ((CheckName.CONTENT, CheckName.PACK), _Inspection.decision),
    CheckName.REPLAY: ((CheckName.REPORT, CheckName.EVIDENCE), _Inspection.replay),
}
