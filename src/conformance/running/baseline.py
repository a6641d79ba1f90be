"""
The implementer's list of known failures: quiets its own CI, and nothing else.

A known failure that has gone is an error too: a list that only grows hides the next one.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.errors import UsageError
from conformance.model.report import Report
from conformance.model.requirement import Catalogue, Language, Obligation
from conformance.model.verdict import Verdict

_KNOWN: Final = re.compile(r"\s*\[\[\s*known\s*\]\]")
_WORDS: Final = {
    Language.EN: (
        "known failure (baseline): {id}: {reason}",
        "stale baseline entry: {id} does not fail any more; remove it",
    ),
    Language.VI: (
        "lỗi đã biết (danh sách nền): {id}: {reason}",
        "mục nền đã lỗi thời: {id} không còn sai; hãy xóa mục này",
    ),
    Language.ID: (
        "kegagalan yang sudah diketahui: {id}: {reason}",
        "entri lama: {id} tidak gagal lagi; hapus entri ini",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One known failure, and why it is tolerated."""

    requirement: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    A report beside a baseline.

    Attributes:
        tolerated: known failures that did fail.
        stale: known failures that passed.
        unexpected: MUSTs that failed and are not listed.
    """

    tolerated: tuple[Known, ...]
    stale: tuple[Known, ...]
    unexpected: tuple[str, ...]

    def lines(self, language: Language) -> list[str]:
        """What the operator must know, a line each."""
        tolerated, stale = _WORDS[language]
        return [tolerated.format(id=k.requirement, reason=k.reason) for k in self.tolerated] + [
            stale.format(id=k.requirement) for k in self.stale
        ]

    def code(self, without: int) -> int:
        """The exit code, given the one `without` a baseline."""
        if without not in (0, 1):
            return without
        return 1 if self.stale or self.unexpected else 0


def load(file: Path, catalogue: Catalogue) -> tuple[Known, ...]:
    """
    Read `[[known]]` entries: `requirement` and `reason`.

    Raises:
        UsageError: missing, malformed, an unknown requirement, or no reason.
    """
    try:
        text = file.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise UsageError(
            f"the baseline cannot be read: {error.strerror}",
            where="--baseline",
            value=str(file),
            remedy="Name an existing file.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"at line ([0-9]+)", str(error))
        raise UsageError(
            f"the baseline is not TOML: {error}",
            where=f"{file}:{line[1]}" if line else str(file),
            remedy="Correct the line.",
        ) from None
    lines = [n for n, line in enumerate(text.splitlines(), 1) if _KNOWN.match(line)]
    entries = document.get("known", [])
    unknown = set(document) - {"known"}
    if unknown or not isinstance(entries, list):
        raise UsageError(
            "a baseline holds [[known]] tables only",
            where=str(file),
            value=", ".join(sorted(unknown)),
            remedy='Write [[known]], requirement = "…", reason = "…".',
        )
    found = []
    for position, entry in enumerate(entries):
        where = f"{file}:{lines[position]}" if position < len(lines) else str(file)
        held = entry if isinstance(entry, dict) else {}
        requirement, reason = held.get("requirement"), held.get("reason")
        if not isinstance(requirement, str) or requirement not in catalogue.by_id:
            raise UsageError(
                "no such requirement",
                where=where,
                value=str(requirement),
                remedy="`conformance coverage` lists them.",
            )
        if not isinstance(reason, str) or not reason.strip():
            raise UsageError(
                f"{requirement} is listed without a reason",
                where=where,
                remedy='Add reason = "…".',
            )
        found.append(Known(requirement=requirement, reason=reason))
    return tuple(found)


def compare(report: Report, known: tuple[Known, ...]) -> Comparison:
    """Which failures are known, which are new, and which entries are stale."""
    failed = {a.id for a in report.requirements if a.verdict is Verdict.FAIL}
    # One that could not be asked, or lies outside this run's selection, is not stale.
    kept = {a.id for a in report.requirements if a.verdict is Verdict.PASS}
    listed = {k.requirement for k in known}
    musts = {a.id for a in report.requirements if a.obligation is Obligation.MUST}
    return Comparison(
        tolerated=tuple(k for k in known if k.requirement in failed),
        stale=tuple(k for k in known if k.requirement in kept),
        unexpected=tuple(sorted((failed & musts) - listed)),
    )
