"""From a report to a signed declaration, or to the reasons for withholding it."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from conformance.app.consumer import Audience
from conformance.app.folder import write
from conformance.app.options import Told
from conformance.app.prepare import Prepared
from conformance.app.publish import publish
from conformance.app.rejudge import evidence_root_of, rejudge_folder
from conformance.app.run import Outcome, run
from conformance.catalogue import packs
from conformance.certification import attempts, credential, trust, verification
from conformance.certification.checks import Verification
from conformance.certification.decision import Decision, Granted, decide
from conformance.certification.policy import load as load_policy
from conformance.certification.verification import EvidenceProblem
from conformance.crypto.issuer_key import IssuerKey
from conformance.errors import UsageError
from conformance.model.pack import LoadedPack
from conformance.reference.clock import SystemClock
from conformance.reporting import json_report
from conformance.running import evidence
from conformance.running import plan as plans


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A decision, and the declaration's file when it was granted."""

    decision: Decision
    file: Path | None


def certify(
    prepared: Prepared, *, told: Told, audience: Audience | None = None
) -> tuple[Outcome, Certified | None]:
    """
    The main job: run, publish, decide, sign; the attempt is noted in the operator's ledger.

    Returns:
        What the run came to, and the decision; None when preflight stopped the run.
    """
    options, plan, clock = prepared.options, prepared.plan, SystemClock()
    run_id = str(uuid.uuid4())
    attempt = attempts.record_start(
        options.home,
        implementation=plan.implementation,
        pack=plan.pack,
        run_id=run_id,
        at=clock.now(),
    )
    outcome = run(prepared, told=told, attempt=attempt, audience=audience, run_id=run_id)
    certified: Certified | None = None
    ended = "unreachable"
    if outcome.report is not None:
        publish(
            outcome.report, prepared.pack.catalogue, options.out, options.language, outcome.gathered
        )
        certified = decide_folder(prepared.pack, options.out, home=options.home, at=clock.now())
        decision = certified.decision
        ended = "granted" if isinstance(decision, Granted) else decision.kind.value
    attempts.record_end(
        options.home,
        implementation=plan.implementation,
        pack=plan.pack,
        run_id=run_id,
        at=clock.now(),
        ended=ended,
    )
    return outcome, certified


def decide_folder(pack: LoadedPack, out: Path, *, home: Path, at: datetime) -> Certified:
    """
    Decide on the report in `out` and sign what is granted.

    The report is read back from its file, so that nothing is signed that the file does not say.
    """
    bound = credential.BoundFiles(
        report=(out / credential.REPORT).read_bytes(), plan=(out / credential.PLAN).read_bytes()
    )
    report = json_report.from_json(json.loads(bound.report))
    policy = load_policy(pack.root)
    decision = decide(report, policy, on=at.date(), catalogue=pack.catalogue)
    if not isinstance(decision, Granted):
        return Certified(decision=decision, file=None)
    token = credential.issue(
        decision,
        key=IssuerKey.open(home, at),
        catalogue=pack.catalogue,
        bound=bound,
        at=at,
        identifier=uuid.uuid4(),
    )
    file = out / credential.FILE
    write(file, token)
    return Certified(decision=decision, file=file)


def verify(
    file: Path, *, at: datetime, trust_file: Path | None = None, replay: Path | None = None
) -> Verification:
    """
    Make every check of one certificate, offline.

    Args:
        trust_file: whom the reader believes.
        replay: the run's folder whose verdicts are to be decided anew.

    Raises:
        UsageError: a named file cannot be read.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"this file cannot be read: {error.strerror or error}",
            where="CERTIFICATE",
            value=str(file),
            remedy="Name a certificate.vc.jwt.",
        ) from None
    if replay is not None and not replay.is_dir():
        raise UsageError(
            "no such folder", where="--replay", value=str(replay), remedy="Name a run's folder."
        )
    return verification.verify(
        content,
        folder=file.parent,
        at=at,
        evidence_root_of=_evidence_root,
        packs=_installed,
        trust=trust.load(trust_file) if trust_file else None,
        rejudge=(lambda folder: rejudge_folder(folder).differences) if replay else None,
        bundle=replay,
    )


def _evidence_root(folder: Path) -> str | EvidenceProblem:
    plan_path, journals = folder / "plan.json", folder / "evidence"
    if not journals.is_dir():
        return EvidenceProblem(missing=("evidence/",))
    try:
        plan = plans.from_json(plan_path.read_text(encoding="utf-8"), name=str(plan_path))
    except (OSError, UsageError, UnicodeDecodeError) as error:
        return EvidenceProblem(damaged=(str(error),))
    gathered = evidence.read_folder(journals, outline=True)
    missing = tuple(f"evidence of {s.id}" for s in plan.scenarios if s.id not in gathered.closed)
    if missing or gathered.damage:
        return EvidenceProblem(missing=missing, damaged=gathered.damage)
    return evidence_root_of(folder)


def _installed(pack_id: str, revision: str) -> LoadedPack | None:
    try:
        return packs.load(f"{pack_id}@{revision}")
    except UsageError:
        return None
