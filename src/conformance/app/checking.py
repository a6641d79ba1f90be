"""
A data file against the contract, record by record: what is wrong, and how well it measures.

One record is in memory at a time, and what must be remembered of the others stands in a temporary
database, so a file of any length can be checked. Not here: sentences (`reporting.checks`), reading
(`datafiles`), one record (`record_judge`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final

from conformance.app.record_judge import RecordJudge
from conformance.app.seen import Reference, Seen
from conformance.catalogue import quality
from conformance.catalogue.fields import Field, fields
from conformance.contract.contract import COMPONENTS, Contract
from conformance.contract.rules import RuleBook
from conformance.datafiles.encodings import recognise
from conformance.datafiles.lines import Decoded
from conformance.datafiles.mapping import ColumnMap, read_map
from conformance.datafiles.reading import Item, items
from conformance.errors import UsageError
from conformance.model.flaw import Counting, Flaw, Law, Tally
from conformance.model.json import Json, JsonObject, at
from conformance.model.pack import LoadedPack, RecordKind
from conformance.model.quality import Counted
from conformance.reference.clock import SystemClock

#: What divides the values of a line, whatever kind of file it is of.
_DIVIDED: Final = re.compile(r"[,;\t|\"{}\[\]\r\n]+")


class Checker:
    """
    Checks data files against one pack.

    Args:
        kind: what the records are; "" asks each of them, or the column map.
        as_of: the day on which they must be right; today without it.

    Raises:
        UsageError: the pack knows no files, or no such kind.
    """

    def __init__(self, pack: LoadedPack, *, kind: str = "", as_of: date | None = None) -> None:
        self._contract = Contract.load(pack)
        known = {found.name: found for found in pack.plugin.record_kinds()}
        if not known or (kind and kind not in known):
            raise UsageError(
                "the pack has no such kind of records" if known else "the pack has no data files",
                where="--kind" if kind else "check",
                value=kind or pack.id,
                remedy=f"Use one of {', '.join(known)}." if known else "Name another --pack.",
            )
        self._all = tuple(known.values())
        self._kind = kind
        self._standard = quality.load(pack)
        self._rule_ids = tuple(rule.id for rule in RuleBook.load(pack).rules)
        self.guides: Final = {name: self._guide(held) for name, held in known.items()}
        self.as_of: Final = as_of or SystemClock().now().date()
        self._judge = RecordJudge(pack, self.as_of, self._standard, self.guides)

    def read_map(self, path: Path) -> ColumnMap:
        """A column map. Raises UsageError with file and line."""
        return read_map(path, self.guides, self._kind)

    def check(
        self,
        path: Path,
        tally: Tally,
        *,
        column_map: ColumnMap | None = None,
        units: Path | None = None,
    ) -> Iterator[Flaw]:
        """
        Every flaw of a file in the order of its lines; last, the references that lead nowhere.

        Args:
            column_map: of a table whose titles are its owner's.
            units: a file of the units that the records name, beside those of the file itself.

        Raises:
            UsageError: a file cannot be read, or holds no records.
        """
        if self._standard is not None:
            tally.counting = Counting(self._standard, self._rule_ids)
        with closing(Seen()) as seen:
            if units is not None:
                self._learn(units, seen)
            for flaw in self._flaws(path, column_map, seen, tally):
                tally.take(flaw)
                yield flaw
        if not tally.records and not tally.flaws:
            raise UsageError(
                "the file holds no records",
                where="check",
                value=str(path),
                remedy="Write one JSON record a line, or a row of titles and one record a row.",
            )

    def kind_of(self, titles: Sequence[str]) -> str:
        """The kind of records that a table without a map holds: the one whose key is a column."""
        if self._kind:
            return self._kind
        return next((k.name for k in self._all if k.key in titles), self._all[0].name)

    def _guide(self, kind: RecordKind) -> tuple[Field, ...]:
        return fields(self._contract.document, f"{COMPONENTS}/{kind.component}")

    def _flaws(
        self, path: Path, column_map: ColumnMap | None, seen: Seen, tally: Tally
    ) -> Iterator[Flaw]:
        kinds = self._kinds(column_map)
        foreign: list[Decoded] = []
        with items(
            path,
            self.guides,
            kind_of=self.kind_of,
            column_map=column_map,
            other=foreign.append,
        ) as found:
            for item in found:
                flaws = [_in_other_bytes(line, tally) for line in foreign]
                foreign.clear()
                flaws += self._item(item, kinds, seen, tally)
                tally.faulty += bool(flaws)
                yield from flaws
        yield from (_in_other_bytes(line, tally) for line in foreign)
        yield from self._unknown_units(seen, tally)

    def _kinds(self, column_map: ColumnMap | None) -> tuple[RecordKind, ...]:
        named = self._kind or (column_map.kind if column_map else "")
        return tuple(kind for kind in self._all if not named or kind.name == named)

    def _item(
        self, item: Item, kinds: Sequence[RecordKind], seen: Seen, tally: Tally
    ) -> Iterator[Flaw]:
        counting = tally.counting
        record, kind = item.record, _which(item, kinds)
        if kind is None or not isinstance(record, dict):
            if counting is not None:
                counting.take("", {Counted.READABLE: (1, 1)})
            yield self._no_record(item, kinds)
            return
        tally.records[kind.name] = tally.records.get(kind.name, 0) + 1
        judged = self._judge.judge(item, kind, record)
        key = record.get(kind.key)
        if isinstance(key, str):
            first = seen.line_of(kind.name, key, item.line)
            judged.looked[Counted.UNIQUE] = (1, int(first != item.line))
            if first != item.line:
                judged.flaws.append(
                    Flaw(
                        line=item.line,
                        pointer=f"/{kind.key}",
                        law=Law.DUPLICATE,
                        name=kind.key,
                        value=self._judge.mask(key),
                        required=str(first),
                        column=item.places.get(f"/{kind.key}", ""),
                    )
                )
        if counting is not None:
            agency = self._agency(kind, record)
            counting.take(agency, judged.looked, judged.broken_rules)
            self._remember(item, kind, record, seen, agency, faulty=bool(judged.flaws))
        yield from judged.flaws

    def _no_record(self, item: Item, kinds: Sequence[RecordKind]) -> Flaw:
        if item.trouble:
            return Flaw(
                line=item.line, pointer="", law=Law.JSON, name="json", required=item.trouble
            )
        names = ", ".join(kind.key for kind in kinds)
        return Flaw(line=item.line, pointer="", law=Law.KIND, name="kind", required=names)

    def _agency(self, kind: RecordKind, record: JsonObject) -> str:
        pointer = self._standard.agency.get(kind.name) if self._standard else None
        found = _text(record, pointer) if pointer else ""
        return self._judge.mask(found)

    def _remember(
        self,
        item: Item,
        kind: RecordKind,
        record: JsonObject,
        seen: Seen,
        agency: str,
        *,
        faulty: bool,
    ) -> None:
        """What can only be said when all units are known."""
        assert self._standard is not None
        if kind.name == self._standard.units and (code := _text(record, f"/{kind.key}")):
            seen.unit(code)
        for pointer in self._standard.references.get(kind.name, ()):
            if code := _text(record, pointer):
                told = Reference(
                    line=item.line,
                    pointer=pointer,
                    column=item.places.get(pointer, ""),
                    value=self._judge.mask(code),
                    agency=agency,
                    faulty=faulty,
                )
                seen.name(code, told)

    def _learn(self, path: Path, seen: Seen) -> None:
        """The units of another file, which is not judged itself."""
        kind = next(
            (k for k in self._all if self._standard and k.name == self._standard.units), None
        )
        if kind is None:
            raise UsageError(
                "the pack does not say what units are", where="--units", value=str(path)
            )
        count = 0
        with items(
            path, self.guides, kind_of=lambda _: kind.name, column_map=None, other=lambda _: None
        ) as found:
            for item in found:
                if code := _text(item.record, f"/{kind.key}"):
                    seen.unit(code)
                    count += 1
        if not count:
            raise UsageError(
                f"the file holds no {kind.name}",
                where="--units",
                value=str(path),
                remedy=f"Write one record with {kind.key} a line or row.",
            )

    def _unknown_units(self, seen: Seen, tally: Tally) -> Iterator[Flaw]:
        for (line, agency), group in groupby(seen.references(), lambda r: (r.line, r.agency)):
            named = tuple(group)
            lost = [reference for reference in named if not reference.known]
            if tally.counting is not None:
                tally.counting.take(agency, {Counted.REFERENCE: (len(named), len(lost))})
            tally.faulty += bool(lost) and not named[0].faulty
            for reference in lost:
                yield Flaw(
                    line=line,
                    pointer=reference.pointer,
                    law=Law.REFERENCE,
                    name="unit",
                    value=reference.value,
                    column=reference.column,
                )


def _which(item: Item, kinds: Sequence[RecordKind]) -> RecordKind | None:
    if not isinstance(item.record, dict):
        return None
    if len(kinds) == 1:
        return kinds[0]
    # A row of a table without its key is still what the table holds.
    found = next((kind for kind in kinds if kind.key in item.record), None)
    return found or next((kind for kind in kinds if f"/{kind.key}" in item.places), None)


def _in_other_bytes(found: Decoded, tally: Tally) -> Flaw:
    """A file that is no UTF-8; its encoding by what most of the line's texts were written in."""
    if tally.counting is not None:
        # Its texts may be of an encoding that nobody recognises; the file is unclean all the same.
        tally.counting.take("", {Counted.ENCODING: (1, 1)})
    pieces = (recognise(piece) for piece in _DIVIDED.split(found.text))
    names = Counter(piece.encoding for piece in pieces if piece)
    name = names.most_common(1)[0][0] if names else ""
    return Flaw(line=found.line, pointer="", law=Law.TEXT, name="bytes", required=name)


def _text(record: Json, pointer: str) -> str:
    try:
        value = at(record, pointer)
    except KeyError:
        return ""
    return value if isinstance(value, str) else ""
