"""
What changed between two revisions of a pack in its data: requirements, rules and code lists.

Here too is what a change is, whatever it concerns; those of operations and schemas are found in
`contract.compare`. The files are read as they are, so that somebody's changed copy can be compared
whatever its folder is called. Not here: the sentences in which changes are told.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from conformance.errors import UsageError
from conformance.model.requirement import Text

Table = Mapping[str, object]

#: A row says since when and until when it is in force in these; all others say what it means.
_IN_FORCE: Final = frozenset({"valid_from", "valid_to"})
_CODES_NAMED: Final = 6


class Severity(StrEnum):
    """What a change does to software that was right before it."""

    BREAKING = "breaking"
    """It is no longer right."""
    REVIEW = "needs-review"
    """A person must look: the documents do not decide it."""
    COMPATIBLE = "compatible"
    """It stays right."""


class Direction(StrEnum):
    """Which way what changed travels."""

    REQUEST = "request"
    RESPONSE = "response"
    NEITHER = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    One difference between two contracts.

    Attributes:
        subject: what changed: an operationId, a requirement's or rule's id, a code list's name.
        place: where in it: `path`, `query limit`, `body /header/messageId`, `200 body /items/*`.
        what: a code; `reporting.changes` has its sentence and its remedy.
        was, now: excerpts, in the reader's language where the files hold it; "" for nothing.
        witness: JSON of a value that shows it: allowed before, or after, and not both.
    """

    subject: str
    place: str
    what: str
    severity: Severity
    direction: Direction = Direction.NEITHER
    was: str | Text = ""
    now: str | Text = ""
    witness: str = ""


def data(old: Path, new: Path) -> Iterator[Change]:
    """
    Changes of requirements, rules and code lists between two revisions' folders.

    Raises:
        UsageError: a file cannot be read.
    """
    for pattern, name, compared in (
        ("requirements/*.toml", "requirement", requirements),
        ("rules.toml", "rule", rules),
    ):
        yield from compared(_tables(old, pattern, name), _tables(new, pattern, name))
    yield from codelists(_lists(old), _lists(new))


def requirements(old: Mapping[str, Table], new: Mapping[str, Table]) -> Iterator[Change]:
    """Changes of what is demanded, requirements by id."""
    for name in _both(old, new):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            yield from _came_or_went(name, before, after)
            continue
        was, now = str(before.get("obligation")), str(after.get("obligation"))
        if was != now:
            harder = now == "MUST"
            yield Change(
                subject=name,
                place="obligation",
                what="obligation-raised" if harder else "obligation-lowered",
                severity=Severity.BREAKING if harder else Severity.COMPATIBLE,
                was=was,
                now=now,
            )
        if ("not_judged" in before) != ("not_judged" in after):
            judged = "not_judged" not in after
            yield Change(
                subject=name,
                place="not_judged",
                what="now-judged" if judged else "no-longer-judged",
                severity=Severity.REVIEW if judged else Severity.COMPATIBLE,
                now=_text(after.get("falsified_by" if judged else "not_judged")),
            )
        for key in ("class", "role", "title", "falsified_by"):
            if before.get(key) != after.get(key) and {key} <= before.keys() & after.keys():
                yield Change(
                    subject=name,
                    place=key,
                    what="requirement-changed",
                    severity=Severity.REVIEW,
                    was=_text(before.get(key)),
                    now=_text(after.get(key)),
                )


def rules(old: Mapping[str, Table], new: Mapping[str, Table]) -> Iterator[Change]:
    """Changes of the rules between the fields of a record, rules by id."""
    for name in _both(old, new):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            said = _text((after or before or {}).get("title"))
            yield Change(
                subject=name,
                place="rule",
                what="rule-added" if before is None else "rule-removed",
                severity=Severity.BREAKING if before is None else Severity.COMPATIBLE,
                direction=Direction.REQUEST,
                was=said if after is None else "",
                now=said if before is None else "",
            )
            continue
        for key in ("expression", "pointer"):
            was, now = _text(before.get(key)), _text(after.get(key))
            if was != now:
                yield Change(
                    subject=name,
                    place=key,
                    what="rule-changed",
                    severity=Severity.REVIEW,
                    direction=Direction.REQUEST,
                    was=was,
                    now=now,
                )


def codelists(
    old: Mapping[str, Sequence[Table]], new: Mapping[str, Sequence[Table]]
) -> Iterator[Change]:
    """Changes of code lists; one change for all codes of a list that fared alike."""
    for name in _both(old, new):
        if name not in new or name not in old:
            gone = name not in new
            yield Change(
                subject=name,
                place="code list",
                what="code-list-removed" if gone else "code-list-added",
                severity=Severity.BREAKING if gone else Severity.COMPATIBLE,
            )
            continue
        before, after = _by_code(old[name]), _by_code(new[name])
        fared: dict[str, list[str]] = {}
        for code in _both(before, after):
            if (what := _code_change(before.get(code), after.get(code))) is not None:
                fared.setdefault(what, []).append(code)
        for what, codes in fared.items():
            yield Change(
                subject=name,
                place="code list",
                what=what,
                severity=_CODE_SEVERITY[what],
                now=_few(codes),
                witness=f'"{codes[0]}"',
            )


_CODE_SEVERITY: Final = {
    "codes-removed": Severity.BREAKING,
    "codes-closed": Severity.BREAKING,
    "codes-added": Severity.COMPATIBLE,
    "codes-in-force-longer": Severity.COMPATIBLE,
    "codes-mean-otherwise": Severity.REVIEW,
}


def _code_change(before: Sequence[Table] | None, after: Sequence[Table] | None) -> str | None:
    if before is None or after is None:
        return "codes-added" if before is None else "codes-removed"
    if before == after:
        return None
    if _meaning(before) != _meaning(after):
        return "codes-mean-otherwise"
    was, now = _span(before), _span(after)
    return "codes-closed" if now[0] > was[0] or now[1] < was[1] else "codes-in-force-longer"


def _meaning(rows: Sequence[Table]) -> list[dict[str, object]]:
    return [{k: v for k, v in row.items() if k not in _IN_FORCE} for row in rows]


def _span(rows: Sequence[Table]) -> tuple[str, str]:
    starts = [str(row.get("valid_from", "")) for row in rows]
    # An open end is later than every day.
    return min(starts), max(str(row.get("valid_to", "")) or "9999-12-31" for row in rows)


def _came_or_went(name: str, before: Table | None, after: Table | None) -> Iterator[Change]:
    stated = after or before or {}
    must = stated.get("obligation") == "MUST"
    yield Change(
        subject=name,
        place=str(stated.get("class", "")),
        what="requirement-added" if before is None else "requirement-removed",
        severity=Severity.BREAKING if before is None and must else Severity.COMPATIBLE,
        was="" if before is None else _text(stated.get("title")),
        now=_text(stated.get("title")) if before is None else "",
    )


def _both(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    return [*old, *(name for name in new if name not in old)]


def _by_code(rows: Sequence[Table]) -> dict[str, list[Table]]:
    held: dict[str, list[Table]] = {}
    for row in rows:
        held.setdefault(str(row.get("code", "")), []).append(row)
    return held


def _few(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:_CODES_NAMED])
    more = len(codes) - _CODES_NAMED
    return f"{shown} … (+{more})" if more > 0 else shown


def _text(value: object) -> str | Text:
    if not isinstance(value, dict):
        return " ".join(str(value or "").split())
    english = str(value.get("en", ""))
    if not english:
        return ""
    return Text(en=english, vi=str(value.get("vi", english)), id=str(value.get("id", english)))


def _tables(root: Path, pattern: str, name: str) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for path in sorted(root.glob(pattern)):
        try:
            listed = tomllib.loads(path.read_text(encoding="utf-8")).get(name, [])
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from error
        found |= {str(table.get("id")): table for table in listed if isinstance(table, dict)}
    return found


def _lists(root: Path) -> dict[str, list[Table]]:
    found: dict[str, list[Table]] = {}
    for path in sorted(root.glob("codelists/*.csv")):
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                found[path.stem] = list(csv.DictReader(stream))
        except (OSError, ValueError, csv.Error) as error:
            raise _unreadable(path, error) from error
    return found


def _unreadable(path: Path, error: Exception) -> UsageError:
    return UsageError(
        "a file to be compared cannot be read",
        where=f"{path.parent.name}/{path.name}:1",
        value=str(error),
        remedy="Repair it, or compare without it.",
    )
