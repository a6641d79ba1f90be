"""What a verification consists of: checks with their reasons, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from conformance.certification.reasons import Reason
from conformance.model.json import JsonObject
from conformance.model.requirement import Language, Text


class Outcome(IntEnum):
    """What the checks come to; the numbers are `verify`'s exit codes."""

    VALID = 0
    INVALID = 1
    EXPIRED = 3
    REVOKED = 4
    BOUND_FILE_MISSING = 5
    REPLAY_DIFFERS = 6
    STATUS_UNREACHABLE = 7


_GRAVITY: Final = (
    Outcome.VALID,
    Outcome.STATUS_UNREACHABLE,
    Outcome.BOUND_FILE_MISSING,
    Outcome.EXPIRED,
    Outcome.REPLAY_DIFFERS,
    Outcome.REVOKED,
    Outcome.INVALID,
)


class Status(StrEnum):
    """What one check came to."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    WARNING = "warning"


class CheckName(StrEnum):
    """The checks, in the order in which they are made and printed."""

    FORM = "form"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    SCHEMA = "schema"
    VALIDITY = "validity"
    STATUS = "status"
    REPORT = "report"
    PLAN = "plan"
    EVIDENCE = "evidence"
    CONTENT = "content"
    PACK = "pack"
    DECISION = "decision"
    REPLAY = "replay"


TITLES: Final = {
    CheckName.FORM: Text(en="Form", vi="Khuôn dạng", id="Bentuk"),
    CheckName.SIGNATURE: Text(en="Signature", vi="Chữ ký", id="Tanda tangan"),
    CheckName.ISSUER: Text(en="Issuer", vi="Bên phát hành", id="Penerbit"),
    CheckName.SCHEMA: Text(en="Schema", vi="Lược đồ", id="Skema"),
    CheckName.VALIDITY: Text(en="Validity", vi="Thời hạn hiệu lực", id="Masa berlaku"),
    CheckName.STATUS: Text(en="Status", vi="Trạng thái", id="Status"),
    CheckName.REPORT: Text(en="Report", vi="Báo cáo", id="Laporan"),
    CheckName.PLAN: Text(en="Plan", vi="Kế hoạch", id="Rencana"),
    CheckName.EVIDENCE: Text(en="Evidence", vi="Bằng chứng", id="Bukti"),
    CheckName.CONTENT: Text(en="Content", vi="Nội dung", id="Isi"),
    CheckName.PACK: Text(en="Contract", vi="Bộ hợp đồng", id="Paket kontrak"),
    CheckName.DECISION: Text(en="Decision", vi="Quyết định", id="Keputusan"),
    CheckName.REPLAY: Text(en="Replay", vi="Phát lại", id="Putar ulang"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """
    One line of a verification.

    Attributes:
        outcome: the consequence when it failed, else VALID.
    """

    name: CheckName
    status: Status
    reason: Reason
    outcome: Outcome = Outcome.VALID

    def title(self, language: Language) -> str:
        """The check's name as a reader sees it."""
        return TITLES[self.name].within(language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """
    All checks, in their order.

    Attributes:
        payload: the credential's content once its signature fits, for printing; else None.
    """

    checks: tuple[Check, ...]
    payload: JsonObject | None = None

    @property
    def outcome(self) -> Outcome:
        """The gravest consequence among the failed checks."""
        return max((check.outcome for check in self.checks), key=_GRAVITY.index)
