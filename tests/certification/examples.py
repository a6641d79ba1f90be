"""A small pack, a report about it, and the folder that a run would leave; all in memory or tmp."""

from __future__ import annotations

import dataclasses
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from conformance.certification import credential, policy
from conformance.certification.credential import BoundFiles
from conformance.certification.decision import Granted, decide
from conformance.crypto.issuer_key import IssuerKey
from conformance.model import merkle
from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.model.finding import Explanation, Finding
from conformance.model.json import compact
from conformance.model.report import (
    Applicability,
    Assessed,
    Implementation,
    PackRef,
    Report,
    RunRecord,
)
from conformance.model.requirement import (
    Basis,
    Catalogue,
    ConformanceClass,
    Language,
    Obligation,
    Requirement,
    Role,
    Source,
    Text,
)
from conformance.model.verdict import Fault, Verdict
from conformance.reporting import json_report

POLICY = """\
level = "L0"
title.en = "Supplier's declaration of conformity"
title.vi = "Công bố phù hợp của nhà cung cấp"
title.id = "Deklarasi kesesuaian pemasok"
validity_days = 90
minimum_judged = 1

[[limits]]
en = "Nothing is said about security."
vi = "Không kết luận về an toàn."
id = "Tidak menyatakan keamanan."

[classes]
provider = ["reading", "writing"]
consumer = ["sending"]
"""
AT = datetime(2026, 11, 22, 9, 30, 0, 250_000, tzinfo=UTC)
FINISHED = datetime(2026, 11, 22, 9, 29, 59, 900_000, tzinfo=UTC)
ROOT = "sha256:" + "e" * 64
IDENTIFIER = uuid.UUID("00000000-0000-4000-8000-000000000001")


def text(words: str) -> Text:
    return Text(en=words, vi=words, id=words)


def requirement(
    name: str,
    conformance_class: str,
    *,
    obligation: Obligation = Obligation.MUST,
    role: Role = Role.PROVIDER,
    basis: Basis = Basis.INFERRED,
    not_judged: str = "",
) -> Requirement:
    return Requirement(
        id=name,
        title=text(name),
        obligation=obligation,
        role=role,
        conformance_class=conformance_class,
        source=Source(document="D", article="1", basis=basis),
        rationale=Text.untranslated("Because."),
        falsified_by=None if not_judged else Text.untranslated("The opposite."),
        not_judged=Text.untranslated(not_judged) if not_judged else None,
        since="1.0",
        defined_at="requirements/x.toml:1",
    )


CATALOGUE = Catalogue(
    classes=tuple(ConformanceClass(id=c, title=text(c)) for c in ("reading", "writing", "sending")),
    requirements=(
        requirement("XX-READ-001", "reading", basis=Basis.QUOTED),
        requirement("XX-READ-002", "reading", obligation=Obligation.SHOULD),
        requirement("XX-READ-003", "reading", not_judged="Nothing shows it."),
        requirement("XX-WRITE-001", "writing"),
        requirement("XX-SEND-001", "sending", role=Role.CONSUMER),
    ),
)


def finding(name: str, verdict: Verdict) -> Finding:
    fault = {
        Verdict.PASS: None,
        Verdict.FAIL: Fault.TARGET,
        Verdict.INCONCLUSIVE: Fault.NETWORK,
        Verdict.NOT_RUN: Fault.NETWORK,
        Verdict.ERROR: Fault.TOOLKIT,
    }[verdict]
    return Finding(
        requirement=name,
        scenario="suite/x.py::test_it",
        verdict=verdict,
        fault=fault,
        explanation=Explanation(code="x", details={"observed": "a", "required": "b"})
        if fault
        else None,
        exchanges=(1,),
    )


def assessed(
    known: Requirement,
    verdict: Verdict | None = Verdict.PASS,
    applicability: Applicability = Applicability.REQUIRED,
) -> Assessed:
    judged = applicability is Applicability.REQUIRED and verdict is not None
    return Assessed(
        id=known.id,
        obligation=known.obligation,
        role=known.role,
        conformance_class=known.conformance_class,
        applicability=applicability,
        findings=(finding(known.id, verdict),) if judged and verdict is not None else (),
    )


EXCHANGE = Exchange(
    number=1,
    initiator=Initiator.TOOLKIT,
    request=Request(method="GET", target="/v1/things"),
    response=Response(status=200),
    at=FINISHED,
    elapsed=0.1,
)
PLAN = {"schema": "conformance-plan/1", "seed": 7, "scenarios": []}
PLAN_BYTES = (json.dumps(PLAN, indent=2) + "\n").encode()


def report(**verdicts: Verdict | Applicability | None) -> Report:
    """A report that is worth a declaration, but for what is named (`XX_READ_001=Verdict.FAIL`)."""
    requirements = []
    for known in CATALOGUE.requirements:
        applicability = Applicability.REQUIRED
        if known.not_judged:
            applicability = Applicability.EXCUSED
        elif known.role is Role.CONSUMER:
            applicability = Applicability.OTHER_ROLE
        said = verdicts.pop(known.id.replace("-", "_"), Verdict.PASS)
        if isinstance(said, Applicability):
            requirements.append(assessed(known, None, said))
        else:
            requirements.append(assessed(known, said, applicability))
    assert not verdicts, f"no such requirement: {verdicts}"
    return Report(
        run=RunRecord(
            id="run-1",
            started_at=datetime(2026, 11, 22, 9, 29, 0, tzinfo=UTC),
            finished_at=FINISHED,
            seed=2**62 + 1,
            as_of=date(2026, 11, 22),
            attempt=3,
            roles=(Role.PROVIDER,),
            toolkit="toolkit 1",
            toolkit_digest="sha256:" + "a" * 64,
            suite_digest="sha256:" + "b" * 64,
            plan_digest=merkle.digest(compact(PLAN).encode()),
        ),
        pack=PackRef(
            id="xx-pack", revision="1.0", digest="sha256:" + "c" * 64, provenance="modelled"
        ),
        locator="http://127.0.0.1:8080/base",
        implementation=Implementation(
            organisation="Công ty A", name="HR", version="2.1", contact="a@example.org"
        ),
        classes=("reading", "writing"),
        requirements=tuple(requirements),
        exchanges=1,
        exchange_index={1: ("suite/x.py::test_it", 1)},
        evidence_root=ROOT,
    )


def with_(value: Report, **changes: object) -> Report:
    """The report with members of it, or of its run, exchanged."""
    run = {k: changes.pop(k) for k in tuple(changes) if k in RunRecord.__slots__}
    return dataclasses.replace(value, run=dataclasses.replace(value.run, **run), **changes)


def report_bytes(value: Report) -> bytes:
    document = json_report.to_json(value, CATALOGUE, Language.EN, lambda _number: EXCHANGE)
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def granted(value: Report) -> Granted:
    decision = decide(value, policy.parse(POLICY), on=AT.date(), catalogue=CATALOGUE)
    assert isinstance(decision, Granted), decision
    return decision


@dataclass(frozen=True)
class InstalledPack:
    """As much of a LoadedPack as a verifier looks at."""

    id: str
    digest: str
    root: Path
    catalogue: Catalogue = CATALOGUE


@dataclass(frozen=True)
class Desk:
    """An operator with a key, and the folder of one run with its declaration."""

    folder: Path
    key: IssuerKey
    token: str

    def packs(self, _id: str, _revision: str) -> InstalledPack:
        return InstalledPack(id="xx-pack", digest="sha256:" + "c" * 64, root=self.folder / "pack")


def desk(folder: Path, value: Report | None = None) -> Desk:
    """Write what `certify` would leave, sign it, and return all of it."""
    value = value or report()
    key = IssuerKey.open(folder / "state", AT)
    bound = BoundFiles(report=report_bytes(value), plan=PLAN_BYTES)
    (folder / "report.json").write_bytes(bound.report)
    (folder / "plan.json").write_bytes(bound.plan)
    (folder / "pack").mkdir()
    (folder / "pack" / "policy.toml").write_text(POLICY, encoding="utf-8")
    token = credential.issue(
        granted(value), key=key, catalogue=CATALOGUE, bound=bound, at=AT, identifier=IDENTIFIER
    )
    return Desk(folder=folder, key=key, token=token)
