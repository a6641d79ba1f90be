"""
A data file against the contract, line by line: schema, code lists, rules, and nobody twice.

One line is in memory at a time, and the ids seen so far stand in a temporary file, so a file of
any length can be checked. Not here: sentences (`reporting.checks`).
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

from conformance.catalogue.fields import Field, fields
from conformance.contract.codelists import CodeLists
from conformance.contract.contract import COMPONENTS, Contract
from conformance.contract.rules import RuleBook
from conformance.errors import SuiteDefect, UsageError
from conformance.model.flaw import Flaw, Law, Tally
from conformance.model.json import Json, JsonObject, at, compact
from conformance.model.pack import LoadedPack, RecordKind
from conformance.reference.clock import SystemClock

_SHOWN: Final = 80
_HIDDEN: Final = "***"
#: A longer line is no record; it would have to be read whole to be refused.
_LINE_AT_MOST: Final = 8 * 2**20
#: What somebody mistyped for a personal id is still somebody's.
_LONG_NUMBER: Final = re.compile(r"[0-9]{9,}")


class Checker:
    """
    Checks data files against one pack.

    Args:
        kind: what the lines are; "" asks each line.

    Raises:
        UsageError: the pack knows no files, or no such kind.
    """

    def __init__(self, pack: LoadedPack, *, kind: str = "", as_of: date | None = None) -> None:
        self._pack = pack
        self._contract = Contract.load(pack)
        self._lists = CodeLists.load(pack)
        self._rules = RuleBook.load(pack)
        self._as_of: Final = as_of or SystemClock().now().date()
        known = {found.name: found for found in pack.plugin.record_kinds()}
        if not known or (kind and kind not in known):
            raise UsageError(
                "the pack has no such kind of records" if known else "the pack has no data files",
                where="--kind" if kind else "check",
                value=kind or pack.id,
                remedy=f"Use one of {', '.join(known)}." if known else "Name another --pack.",
            )
        self._kinds = (known[kind],) if kind else tuple(known.values())
        self._named = bool(kind)
        self._sensitive = {k.name: _sensitive(self._contract, k) for k in self._kinds}
        self._personal = re.compile(pack.plugin.vocabulary.personal_id)

    def check(self, path: Path, tally: Tally) -> Iterator[Flaw]:
        """
        Every flaw of a file, in the order of its lines.

        Raises:
            UsageError: the file cannot be read, or holds no records.
        """
        try:
            stream = path.open("rb")
        except OSError as error:
            raise UsageError(
                f"the file cannot be read: {error.strerror or error}",
                where="check",
                value=str(path),
                remedy="Name a file with one JSON record a line.",
            ) from None
        with stream, closing(_Seen()) as seen:
            number = 0
            while raw := stream.readline(_LINE_AT_MOST):
                number += 1
                if not raw.strip():
                    continue
                before = tally.flaws
                for flaw in self._line(number, raw, seen, tally):
                    tally.by_law[flaw.law] = tally.by_law.get(flaw.law, 0) + 1
                    yield flaw
                tally.faulty += tally.flaws > before
        if not tally.records and not tally.flaws:
            raise UsageError(
                "the file holds no records",
                where="check",
                value=str(path),
                remedy="Write one JSON record a line.",
            )

    def _line(self, number: int, raw: bytes, seen: _Seen, tally: Tally) -> Iterator[Flaw]:
        try:
            record: Json = json.loads(raw)
        except (ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, json.JSONDecodeError) else type(error).__name__
            yield Flaw(line=number, pointer="", law=Law.JSON, name="json", required=reason)
            return
        kind = self._kind(record)
        if kind is None or not isinstance(record, dict):
            names = ", ".join(k.key for k in self._kinds)
            yield Flaw(line=number, pointer="", law=Law.KIND, name="kind", required=names)
            return
        tally.records[kind.name] = tally.records.get(kind.name, 0) + 1
        yield from self._record(number, kind, record)
        key = record.get(kind.key)
        if isinstance(key, str):
            first = seen.line_of(kind.name, key, number)
            if first != number:
                yield Flaw(
                    line=number,
                    pointer=f"/{kind.key}",
                    law=Law.DUPLICATE,
                    name=kind.key,
                    value=self._mask(key),
                    required=str(first),
                )

    def _kind(self, record: Json) -> RecordKind | None:
        if not isinstance(record, dict):
            return None
        if self._named:
            return self._kinds[0]
        return next((kind for kind in self._kinds if kind.key in record), None)

    def _record(self, number: int, kind: RecordKind, record: JsonObject) -> Iterator[Flaw]:
        well_formed = self._contract.is_valid(kind.component, record)
        if not well_formed:
            yield from self._schema(number, kind, record)
        for pointer, name, code in self._contract.codes_in(kind.component, record):
            on = self._pack.plugin.code_day(kind.name, record, pointer, self._as_of)
            if self._lists.row(name, code, on) is None:
                known = self._lists.known(name, code)
                yield Flaw(
                    line=number,
                    pointer=pointer,
                    law=Law.CODE_LIST,
                    name=name,
                    value=self._shown(kind, record, pointer),
                    # A code that exists on another day is another mistake than a made-up one.
                    required=on.isoformat() if known else "",
                )
        if well_formed:
            yield from self._broken(number, kind, record)

    def _schema(self, number: int, kind: RecordKind, record: JsonObject) -> Iterator[Flaw]:
        try:
            problems = self._contract.problems(kind.component, record)
        except SuiteDefect as error:
            yield Flaw(
                line=number, pointer="", law=Law.SCHEMA, name="doubtful", required=str(error)
            )
            return
        for problem in problems:
            yield Flaw(
                line=number,
                pointer=problem.pointer,
                law=Law.SCHEMA,
                name=problem.keyword,
                value=self._shown(kind, record, problem.pointer),
                required=self._mask(problem.required),
            )

    def _broken(self, number: int, kind: RecordKind, record: JsonObject) -> Iterator[Flaw]:
        context = self._pack.plugin.rules_context(self._pack, kind.name, record, self._as_of)
        if context is None:
            return
        try:
            broken = self._rules.broken(record, context, self._as_of)
        except SuiteDefect as error:
            yield Flaw(line=number, pointer="", law=Law.RULE, name="doubtful", required=str(error))
            return
        for rule in broken:
            yield Flaw(
                line=number,
                pointer=rule.pointer,
                law=Law.RULE,
                name=rule.id,
                value=self._shown(kind, record, rule.pointer),
                message=rule.message,
            )

    def _shown(self, kind: RecordKind, record: JsonObject, pointer: str) -> str:
        """A value as it may stand in a list of mistakes: masked, and sensitive ones not at all."""
        try:
            value = at(record, pointer)
        except KeyError:
            return ""
        if isinstance(value, (dict, list)) or value is None:
            return ""
        general = re.sub(r"/[0-9]+(?=/|$)", "/*", pointer)
        if any(f"{general}/".startswith(f"{hidden}/") for hidden in self._sensitive[kind.name]):
            return _HIDDEN
        text = self._mask(value if isinstance(value, str) else compact(value))
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    def _mask(self, text: str) -> str:
        for pattern in (self._personal, _LONG_NUMBER):
            text = pattern.sub(lambda found: f"{found[0][:3]}******{found[0][-3:]}", text)
        return text


class _Seen:
    """On which line each id stood first; SQLite's temporary database spills to disk by itself."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE seen (kind TEXT, id TEXT, line INTEGER, PRIMARY KEY (kind, id))"
            " WITHOUT ROWID"
        )
        self._database.execute("BEGIN")

    def line_of(self, kind: str, key: str, line: int) -> int:
        """The first line with this id: `line` itself when it is new."""
        # Half a surrogate pair is valid JSON and no text for SQLite.
        row = (kind, key.encode("utf-8", "surrogatepass"), line)
        done = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", row)
        if done.rowcount:
            return line
        query = "SELECT line FROM seen WHERE kind = ? AND id = ?"
        return int(self._database.execute(query, row[:2]).fetchone()[0])

    def close(self) -> None:
        """Forget all."""
        self._database.close()


def _sensitive(contract: Contract, kind: RecordKind) -> tuple[str, ...]:
    found: tuple[Field, ...] = fields(contract.document, f"{COMPONENTS}/{kind.component}")
    return tuple(item.pointer for item in found if item.sensitive)
