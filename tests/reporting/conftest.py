"""One fixed run with something of everything: what every form of report is tried on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.model.finding import Explanation, Finding
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
    Obligation,
    Requirement,
    Role,
    Source,
    Text,
)
from conformance.model.verdict import Fault, Verdict

START = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
SUITE = "suites/demo/test_sync.py::"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A report with its catalogue and evidence."""

    report: Report
    catalogue: Catalogue
    exchange_of: Callable[[int], Exchange]


@pytest.fixture
def sample() -> Sample:
    """A run in which something of everything happened."""
    return build()


@pytest.fixture
def golden() -> Path:
    """The folder of golden documents."""
    return Path(__file__).parents[2] / "fixtures" / "golden"


@pytest.fixture
def held() -> Callable[[Path, str], None]:
    """
    Compare a text with its golden file.

    With CONFORMANCE_UPDATE_GOLDEN set the file is written instead, to be read in the diff.
    """

    def compare(path: Path, text: str) -> None:
        if os.environ.get("CONFORMANCE_UPDATE_GOLDEN"):
            path.write_text(text, "utf-8", newline="\n")
        assert text == path.read_text("utf-8")

    return compare


def build() -> Sample:
    """The sample; a function, so that it can be rendered outside pytest."""
    exchanges = _exchanges()
    return Sample(report=_report(), catalogue=_catalogue(), exchange_of=exchanges.__getitem__)


def _requirement(
    name: str,
    group: str,
    title: Text,
    *,
    obligation: Obligation = Obligation.MUST,
    role: Role = Role.PROVIDER,
    basis: Basis = Basis.INFERRED,
    not_judged: str = "",
) -> Requirement:
    return Requirement(
        id=name,
        title=title,
        obligation=obligation,
        role=role,
        conformance_class=group,
        source=Source(document="NĐ 27/2026/NĐ-CP", article="9", basis=basis),
        rationale=Text.untranslated(
            "An agency cannot tell a lost request from a lost acknowledgement."
        ),
        falsified_by=None
        if not_judged
        else Text.untranslated("Submitting one batch twice and getting two answers."),
        not_judged=Text.untranslated(not_judged) if not_judged else None,
        since="1.0",
        defined_at="requirements/sync.toml:1",
    )


def _catalogue() -> Catalogue:
    return Catalogue(
        classes=(
            ConformanceClass(
                id="access",
                title=Text(en="Access", vi="Truy cập và xác thực", id="Akses dan autentikasi"),
            ),
            ConformanceClass(
                id="sync",
                title=Text(en="Trial sync", vi="Đồng bộ thử nghiệm", id="Sinkronisasi uji coba"),
            ),
            ConformanceClass(
                id="units", title=Text(en="Unit tree", vi="Cây đơn vị", id="Pohon unit kerja")
            ),
        ),
        requirements=(
            _requirement(
                "XX-ACC-001",
                "access",
                Text(
                    en="Valid credentials receive a token with its lifetime",
                    vi="Thông tin xác thực hợp lệ nhận được mã truy cập kèm thời hạn",
                    id="Kredensial yang sah menerima token beserta masa berlakunya",
                ),
                basis=Basis.KNOWN,
            ),
            _requirement(
                "XX-ACC-002",
                "access",
                Text(
                    en="A refusal names the scheme in WWW-Authenticate",
                    vi="Phản hồi từ chối nêu rõ cơ chế trong WWW-Authenticate",
                    id="Penolakan menyebutkan skema dalam WWW-Authenticate",
                ),
                obligation=Obligation.SHOULD,
                basis=Basis.QUOTED,
            ),
            _requirement(
                "XX-SYNC-001",
                "sync",
                Text(
                    en="A batch of one valid signed record is accepted and counted",
                    vi="Lô gồm một bản ghi hợp lệ đã ký được chấp nhận và đếm đúng",
                    id="Kelompok berisi satu rekaman sah bertanda tangan diterima dan dihitung",
                ),
            ),
            _requirement(
                "XX-SYNC-007",
                "sync",
                Text(
                    en="A record that breaks a rule is rejected with its number, place and rule",
                    vi="Bản ghi vi phạm quy tắc bị từ chối kèm số thứ tự, vị trí và mã quy tắc",
                    id="Rekaman yang melanggar aturan ditolak dengan nomor, letak, dan aturannya",
                ),
            ),
            _requirement(
                "XX-SYNC-014",
                "sync",
                Text(
                    en="A replayed batch receives the original answer",
                    vi="Lô gửi lại nhận đúng phản hồi ban đầu",
                    id="Kelompok yang dikirim ulang menerima jawaban semula",
                ),
            ),
            _requirement(
                "XX-SYNC-015",
                "sync",
                Text(
                    en="A replayed batch is applied once",
                    vi="Lô gửi lại chỉ được áp dụng một lần",
                    id="Kelompok yang dikirim ulang diterapkan satu kali",
                ),
            ),
            _requirement(
                "XX-SYNC-016",
                "sync",
                Text(
                    en="An expired token is refused",
                    vi="Mã truy cập hết hạn bị từ chối",
                    id="Token yang kedaluwarsa ditolak",
                ),
                not_judged="The clock of a foreign server cannot be moved.",
            ),
            _requirement(
                "XX-UNIT-001",
                "units",
                Text(
                    en="A unit under an unknown parent is rejected",
                    vi="Đơn vị thuộc đơn vị cha không tồn tại bị từ chối",
                    id="Unit di bawah induk yang tidak dikenal ditolak",
                ),
            ),
            _requirement(
                "XX-UNIT-002",
                "units",
                Text(
                    en="Walking the pages gives every unit once",
                    vi="Duyệt hết các trang cho mỗi đơn vị đúng một lần",
                    id="Menelusuri halaman memberikan setiap unit tepat satu kali",
                ),
            ),
            _requirement(
                "XX-CSYN-001",
                "consumer-sync",
                Text(
                    en="Units are sent before a profile that names them",
                    vi="Đơn vị được gửi trước hồ sơ có nêu đơn vị đó",
                    id="Unit dikirim sebelum profil yang menyebutnya",
                ),
                role=Role.CONSUMER,
            ),
        ),
    )


def _finding(
    requirement: str,
    scenario: str,
    exchanges: tuple[int, ...],
    verdict: Verdict = Verdict.PASS,
    fault: Fault | None = None,
    explanation: Explanation | None = None,
) -> Finding:
    return Finding(
        requirement=requirement,
        scenario=SUITE + scenario,
        verdict=verdict,
        fault=fault,
        explanation=explanation,
        exchanges=exchanges,
    )


def _report() -> Report:
    catalogue = _catalogue()
    found = {
        "XX-ACC-001": (
            _finding("XX-ACC-001", "test_valid_credentials_receive_a_token", (1,)),
            _finding("XX-ACC-001", "test_a_token_is_good_for_a_second_call", (1, 2)),
        ),
        "XX-ACC-002": (
            _finding(
                "XX-ACC-002",
                "test_a_call_without_a_token_is_refused",
                (2,),
                Verdict.FAIL,
                Fault.TARGET,
                Explanation(
                    code="missing-header",
                    details={
                        "observed": "no WWW-Authenticate",
                        "required": "WWW-Authenticate: Bearer (RFC 6750, section 3)",
                    },
                ),
            ),
        ),
        "XX-SYNC-001": (_finding("XX-SYNC-001", "test_one_valid_record_is_accepted", (3,)),),
        "XX-SYNC-007": (
            _finding(
                "XX-SYNC-007",
                "test_a_record_that_breaks_a_rule_is_rejected_alone[salary-step]",
                (3, 4),
                Verdict.FAIL,
                Fault.TARGET,
                Explanation(
                    code="wrong-refusal",
                    pointer="/results/1/errors/0/rule",
                    details={
                        "observed": "rule schema at /records/1/profile/salaryStep",
                        "required": "rule XX-R-003 at /records/1/profile/salaryStep",
                    },
                ),
            ),
            _finding(
                "XX-SYNC-007", "test_a_record_that_breaks_a_rule_is_rejected_alone[gender]", (3,)
            ),
        ),
        "XX-SYNC-014": (
            _finding(
                "XX-SYNC-014",
                "test_a_replayed_batch_is_answered_alike_and_applied_once",
                (3, 5),
                Verdict.FAIL,
                Fault.TARGET,
                Explanation(
                    code="different-answer",
                    details={"observed": "409 message-id-reused", "required": "200, as at first"},
                ),
            ),
        ),
        "XX-SYNC-015": (
            _finding(
                "XX-SYNC-015",
                "test_a_replayed_batch_is_answered_alike_and_applied_once",
                (6,),
                Verdict.INCONCLUSIVE,
                Fault.NETWORK,
                Explanation(
                    code="connection-reset",
                    details={
                        "observed": "GET /v1/profiles/098203000123: cut after 0 of 812 bytes",
                        "remedy": "",
                    },
                ),
            ),
        ),
        "XX-UNIT-001": (
            _finding(
                "XX-UNIT-001",
                "test_a_unit_under_an_unknown_parent_is_rejected",
                (),
                Verdict.ERROR,
                Fault.TOOLKIT,
                Explanation(code="internal-error", details={"observed": "KeyError: 'rejected'"}),
            ),
        ),
    }
    applicability = {
        "XX-SYNC-016": Applicability.EXCUSED,
        "XX-CSYN-001": Applicability.OTHER_ROLE,
    }
    return Report(
        run=RunRecord(
            id="2026-11-22T01-30-00Z-7f3a",
            started_at=START,
            finished_at=START + timedelta(seconds=41.25),
            seed=20261122,
            as_of=date(2026, 11, 22),
            attempt=3,
            roles=(Role.PROVIDER,),
            toolkit="0.2.0",
            toolkit_digest="sha256:" + "11" * 32,
            suite_digest="sha256:" + "22" * 32,
            plan_digest="sha256:" + "33" * 32,
        ),
        pack=PackRef(
            id="xx-demo", revision="1.0", digest="sha256:" + "ab" * 32, provenance="modelled"
        ),
        locator="https://hrm.example.test:8443/api",
        implementation=Implementation(
            organisation="Công ty Phần mềm Hữu Nghị",
            name="HRM Một Cửa <Pro>",
            version="4.2.1",
            contact="hotro@example.test",
        ),
        classes=("access", "sync", "units"),
        requirements=tuple(
            Assessed(
                id=each.id,
                obligation=each.obligation,
                role=each.role,
                conformance_class=each.conformance_class,
                applicability=applicability.get(each.id, Applicability.REQUIRED),
                findings=found.get(each.id, ()),
            )
            for each in catalogue.requirements
        ),
        exchanges=6,
        exchange_index={n: (SUITE + "test_one_valid_record_is_accepted", n) for n in range(1, 7)},
        evidence_root="sha256:" + "cd" * 32,
        notes=("The target closed 2 connections early; requests were sent one at a time.",),
    )


def _exchange(
    number: int, request: Request, response: Response, *, identity: str = "primary"
) -> Exchange:
    return Exchange(
        number=number,
        initiator=Initiator.TOOLKIT,
        request=request,
        response=response,
        at=START + timedelta(seconds=number),
        elapsed=0.012 * number,
        identity=identity,
    )


def _json(status: int, value: object, *headers: tuple[str, str]) -> Response:
    return Response(
        status=status,
        headers=(("content-type", "application/json"), *headers),
        body=json.dumps(value, ensure_ascii=False).encode(),
    )


def _profile(number: int) -> dict[str, object]:
    return {
        "profileId": f"09820300012{number}",
        "birthFullName": "Nguyễn Thị Ánh Tuyết",
        "gender": "2",
        "birthPlace": {"provinceCode": "01", "detail": "Phường Hoàn Kiếm"},
        "salaryStep": 9 + number,
        "salaryCoefficient": "4.98",
    }


def _exchanges() -> dict[int, Exchange]:
    batch = {
        "header": {"messageId": "5a0c1f7e-6d2b-4a4e-9c1d-1b7f7b1f0c11", "messageCode": "X51"},
        "records": [{"profile": _profile(n), "signature": "eyJhbGciOi…" * 6} for n in (0, 1, 2)],
    }
    submit = Request(
        method="POST",
        target="/v1/trial-sync",
        headers=(("content-type", "application/json"), ("x-api-code", "X51")),
        body=json.dumps(batch, ensure_ascii=False).encode(),
        operation="submitTrialSync",
    )
    receipt = {
        "messageId": "5a0c1f7e-6d2b-4a4e-9c1d-1b7f7b1f0c11",
        "received": 3,
        "accepted": 2,
        "rejected": 1,
        "results": [
            {"recordNo": 1, "status": "ACCEPTED", "version": 1},
            {
                "recordNo": 2,
                "status": "REJECTED",
                "errors": [
                    {
                        "recordNo": 2,
                        "pointer": "/records/1/profile/salaryStep",
                        "rule": "schema",
                        "message": {"vi": "Bậc lương không hợp lệ", "en": "Salary step <invalid>"},
                    }
                ],
            },
            {"recordNo": 3, "status": "ACCEPTED", "version": 1},
        ],
    }
    problem = {"type": "urn:xx:problem:message-id-reused", "title": "Reused", "status": 409}
    return {
        1: _exchange(
            1,
            Request(
                method="POST",
                target="/oauth2/token",
                headers=(("content-type", "application/x-www-form-urlencoded"),),
                body=b"grant_type=client_credentials&client_id=demo"
                b"&client_secret=~secret.primary.client_secret~",
                operation="issueToken",
            ),
            _json(200, {"access_token": "~redacted.0a1b2c3d4e5f6071~", "expires_in": 3600}),
            identity="",
        ),
        2: _exchange(
            2,
            Request(method="GET", target="/v1/metadata", operation="getMetadata"),
            _json(401, {"type": "urn:xx:problem:unauthorised", "status": 401}),
            identity="",
        ),
        3: _exchange(3, submit, _json(200, receipt, ("x-request-id", "77"))),
        4: _exchange(4, submit, _json(200, receipt)),
        5: _exchange(5, submit, _json(409, problem)),
        6: _exchange(
            6,
            Request(method="GET", target="/v1/units?limit=2&name=Sở Nội vụ"),
            Response(status=502, headers=(("content-type", "text/html"),), body=b"<h1>Bad</h1>"),
        ),
    }
