"""
One record against the contract: schema, code lists, text, rules; its flaws and what was judged.

Values in flaws are masked here, before they go anywhere. Not here: files (`checking`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from conformance.catalogue.fields import Field
from conformance.contract.codelists import CodeLists
from conformance.contract.contract import Contract
from conformance.contract.rules import RuleBook
from conformance.datafiles.encodings import recognise
from conformance.datafiles.reading import Item
from conformance.errors import SuiteDefect
from conformance.model.flaw import DOUBTFUL, Flaw, Law, counted_of, general
from conformance.model.json import Json, JsonObject, at, compact, walk
from conformance.model.pack import LoadedPack, RecordKind
from conformance.model.quality import Counted, Standard

_SHOWN: Final = 80
_HIDDEN: Final = "***"
#: What somebody mistyped for a personal id is still somebody's.
_LONG_NUMBER: Final = re.compile(r"[0-9]{9,}")


@dataclass(slots=True)
class Judged:
    """
    What came of one record.

    Attributes:
        looked: how many were judged, and how many of them are broken.
        broken_rules: None when the rules could not be put to it.
    """

    flaws: list[Flaw] = field(default_factory=list)
    looked: dict[Counted, tuple[int, int]] = field(default_factory=dict)
    broken_rules: tuple[str, ...] | None = None


class RecordJudge:
    """
    Judges records of one pack on one day.

    Args:
        guides: the fields by kind of records.
    """

    def __init__(
        self,
        pack: LoadedPack,
        as_of: date,
        standard: Standard | None,
        guides: Mapping[str, Sequence[Field]],
    ) -> None:
        self._pack = pack
        self._as_of = as_of
        self._contract = Contract.load(pack)
        self._lists = CodeLists.load(pack)
        self._rules = RuleBook.load(pack)
        self._encodings = standard.encodings if standard else ()
        self._stopgaps = standard.stopgaps if standard else frozenset()
        self._sensitive = {k: tuple(f.pointer for f in g if f.sensitive) for k, g in guides.items()}
        self._mandatory = {kind: _mandatory(guide) for kind, guide in guides.items()}
        self._personal = re.compile(pack.plugin.vocabulary.personal_id)

    def judge(self, item: Item, kind: RecordKind, record: JsonObject) -> Judged:
        """Everything about a record that can be said without the others of its file."""
        made = Judged()
        misread = {bad.pointer for bad in item.misread}
        made.flaws += self._misread(item, kind, record)
        well_formed = self._contract.is_valid(kind.component, record)
        schema = [] if well_formed else list(self._schema(item.line, kind, record))
        # What could not be read has been told already.
        schema = [flaw for flaw in schema if flaw.pointer not in misread]
        made.flaws += schema
        codes = tuple(self._contract.codes_in(kind.component, record))
        closed = self._codes(item.line, kind, record, codes, misread)
        made.flaws += closed
        texts = self._texts(item.line, kind, record)
        made.flaws += texts.flaws
        if well_formed:
            rules = self._broken(item.line, kind, record)
            if rules is not None:
                made.flaws += rules
                made.broken_rules = tuple(flaw.name for flaw in rules)
        made.looked = texts.looked | self._looked(
            kind, record, made.flaws, len(codes), texts.leaves
        )
        if item.places:
            made.flaws = [replace(flaw, column=_column(flaw, item.places)) for flaw in made.flaws]
        return made

    def shown(self, kind: RecordKind, record: JsonObject, pointer: str) -> str:
        """A value as it may stand in a list of mistakes: masked, and sensitive ones not at all."""
        try:
            value = at(record, pointer)
        except KeyError:
            return ""
        if isinstance(value, (dict, list)) or value is None:
            return ""
        if self._hidden(kind, pointer):
            return _HIDDEN
        return self.mask(value if isinstance(value, str) else compact(value))

    def mask(self, text: str) -> str:
        """Without personal ids, and no longer than a line bears."""
        for pattern in (self._personal, _LONG_NUMBER):
            text = pattern.sub(lambda found: f"{found[0][:3]}******{found[0][-3:]}", text)
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    def _hidden(self, kind: RecordKind, pointer: str) -> bool:
        where = f"{general(pointer)}/"
        return any(where.startswith(f"{hidden}/") for hidden in self._sensitive[kind.name])

    def _misread(self, item: Item, kind: RecordKind, record: JsonObject) -> Iterator[Flaw]:
        for bad in item.misread:
            yield Flaw(
                line=item.line,
                pointer=bad.pointer,
                law=Law.CELL,
                name=bad.name,
                value=self.shown(kind, record, bad.pointer),
                required=bad.required,
            )

    def _schema(self, line: int, kind: RecordKind, record: JsonObject) -> Iterator[Flaw]:
        try:
            problems = self._contract.problems(kind.component, record)
        except SuiteDefect as error:
            yield Flaw(line=line, pointer="", law=Law.SCHEMA, name=DOUBTFUL, required=str(error))
            return
        for problem in problems:
            yield Flaw(
                line=line,
                pointer=problem.pointer,
                law=Law.SCHEMA,
                name=problem.keyword,
                value=self.shown(kind, record, problem.pointer),
                required=self.mask(problem.required),
            )

    def _codes(
        self,
        line: int,
        kind: RecordKind,
        record: JsonObject,
        codes: Iterable[tuple[str, str, str]],
        misread: Collection[str],
    ) -> Iterator[Flaw]:
        for pointer, name, code in codes:
            on = self._pack.plugin.code_day(kind.name, record, pointer, self._as_of)
            if pointer not in misread and self._lists.row(name, code, on) is None:
                known = self._lists.known(name, code)
                yield Flaw(
                    line=line,
                    pointer=pointer,
                    law=Law.CODE_LIST,
                    name=name,
                    value=self.shown(kind, record, pointer),
                    # A code that exists on another day is another mistake than a made-up one.
                    required=on.isoformat() if known else "",
                )

    def _texts(self, line: int, kind: RecordKind, record: JsonObject) -> _Texts:
        made = _Texts()
        for pointer, value in walk(record):
            made.leaves += not isinstance(value, (dict, list))
            if not isinstance(value, str):
                continue
            made.texts += 1
            # Most texts are codes and dates; the question is asked a hundred times a record.
            found = None if value.isascii() else recognise(value, self._encodings)
            if found is not None:
                hidden = self._hidden(kind, pointer)
                made.flaws.append(
                    Flaw(
                        line=line,
                        pointer=pointer,
                        law=Law.TEXT,
                        name=found.encoding,
                        value=_HIDDEN if hidden else self.mask(value),
                        required=_HIDDEN if hidden else self.mask(found.reads),
                    )
                )
            elif self._stopgaps and value.strip(" .").casefold() in self._stopgaps:
                made.flaws.append(
                    Flaw(
                        line=line,
                        pointer=pointer,
                        law=Law.STOPGAP,
                        name="stopgap",
                        value=self.shown(kind, record, pointer),
                    )
                )
        return made

    def _broken(self, line: int, kind: RecordKind, record: JsonObject) -> list[Flaw] | None:
        """The broken rules; None when no rule is about such records."""
        context = self._pack.plugin.rules_context(self._pack, kind.name, record, self._as_of)
        if context is None:
            return None
        try:
            broken = self._rules.broken(record, context, self._as_of)
        except SuiteDefect as error:
            doubt = Flaw(line=line, pointer="", law=Law.RULE, name=DOUBTFUL, required=str(error))
            return [doubt]
        return [
            Flaw(
                line=line,
                pointer=rule.pointer,
                law=Law.RULE,
                name=rule.id,
                value=self.shown(kind, record, rule.pointer),
                message=rule.message,
            )
            for rule in broken
        ]

    def _looked(
        self, kind: RecordKind, record: JsonObject, flaws: Sequence[Flaw], codes: int, leaves: int
    ) -> dict[Counted, tuple[int, int]]:
        broken: dict[Counted, set[str]] = {}
        for flaw in flaws:
            if flaw.name != DOUBTFUL:
                place = f"{flaw.pointer} {flaw.required if flaw.name == 'required' else ''}"
                broken.setdefault(counted_of(flaw), set()).add(place)
        unknown = len(broken.get(Counted.CODE_KNOWN, ()))
        missing = len(broken.get(Counted.MANDATORY, ()))
        due = sum(
            len(names) * sum(1 for _ in _objects(record, tokens))
            for tokens, names in self._mandatory[kind.name]
        )
        malformed = len(broken.get(Counted.FORM, ()))
        return {
            Counted.READABLE: (1, 0),
            # A field may be mandatory under a condition only.
            Counted.MANDATORY: (max(due, missing), missing),
            Counted.FORM: (max(leaves, malformed), malformed),
            Counted.CODE_KNOWN: (codes, unknown),
            Counted.CODE_IN_FORCE: (codes - unknown, len(broken.get(Counted.CODE_IN_FORCE, ()))),
        }


@dataclass(slots=True)
class _Texts:
    """The texts of a record, walked through once."""

    flaws: list[Flaw] = field(default_factory=list)
    leaves: int = 0
    texts: int = 0

    @property
    def looked(self) -> dict[Counted, tuple[int, int]]:
        stopgaps = sum(flaw.law is Law.STOPGAP for flaw in self.flaws)
        return {
            Counted.ENCODING: (self.texts, len(self.flaws) - stopgaps),
            Counted.STOPGAP: (self.texts, stopgaps),
        }


def _mandatory(guide: Sequence[Field]) -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
    """The objects of a record, as pointer tokens, with the members that each must have."""
    found: dict[str, set[str]] = {}
    for item in guide:
        if item.mandatory:
            above, _, name = item.pointer.rpartition("/")
            found.setdefault(above, set()).add(name)
    return tuple((tuple(a.split("/")[1:]), frozenset(names)) for a, names in found.items())


def _objects(value: Json, tokens: Sequence[str]) -> Iterator[JsonObject]:
    if not tokens:
        if isinstance(value, dict):
            yield value
    elif tokens[0] == "*":
        for row in value if isinstance(value, list) else ():
            yield from _objects(row, tokens[1:])
    elif isinstance(value, dict) and tokens[0] in value:
        yield from _objects(value[tokens[0]], tokens[1:])


def _column(flaw: Flaw, places: Mapping[str, str]) -> str:
    """The column in which a person would correct it; "" when no column leads there."""
    pointer = flaw.pointer
    if flaw.law is Law.SCHEMA and flaw.name == "required":
        name = flaw.required.strip('"')
        pointer = f"{pointer}/{name}"
    while pointer:
        if pointer in places:
            return places[pointer]
        pointer = pointer.rpartition("/")[0]
    return ""
