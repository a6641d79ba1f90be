"""What can be wrong with a line or row of a data file; how it is found and told: elsewhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from conformance.model.quality import Count, Counted, Measure, Principle, Standard
from conformance.model.requirement import Text

#: The name of a flaw that is a doubt of ours.
DOUBTFUL: Final = "doubtful"
#: A file may name as many agencies as it has lines; memory stays constant.
_AGENCIES: Final = 2_000
_CAUSES: Final = 5_000
_INDEX: Final = re.compile(r"/[0-9]+(?=/|$)")


class Law(StrEnum):
    """What kind of law a finding names."""

    JSON = "json"
    KIND = "kind"
    SCHEMA = "schema"
    CODE_LIST = "code-list"
    RULE = "rule"
    DUPLICATE = "duplicate"
    CELL = "cell"
    """A cell of a table does not become what its field wants."""
    TEXT = "text"
    """Written for another encoding; the name is the encoding, or `bytes` for the whole file."""
    STOPGAP = "stopgap"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """
    One thing that is wrong with one line.

    Attributes:
        line: from 1.
        pointer: into the record, "" for the whole line.
        name: the schema keyword, the code list, the rule's id, the member that is to be unique.
        value: as it stands there, masked; "" for none.
        required: what is asked for: a limit, a pattern, a missing member, the first line, what a
            text should read.
        message: the rule's own sentence.
        column: of a table, as the file calls it; "" for none.
    """

    line: int
    pointer: str
    law: Law
    name: str
    value: str = ""
    required: str = ""
    message: Text | None = None
    column: str = ""


@dataclass(slots=True)
class Tally:
    """What was counted on the way; complete when the last flaw was taken."""

    records: dict[str, int] = field(default_factory=dict)
    faulty: int = 0
    by_law: dict[str, int] = field(default_factory=dict)
    counting: Counting | None = None

    @property
    def flaws(self) -> int:
        """How many there are."""
        return sum(self.by_law.values())

    def take(self, flaw: Flaw) -> None:
        """Count one flaw."""
        self.by_law[flaw.law] = self.by_law.get(flaw.law, 0) + 1
        if self.counting is not None:
            self.counting.cause(flaw)


@dataclass(slots=True)
class Cause:
    """Flaws of one kind at one field, and the first of them."""

    measure: str
    example: Flaw
    count: int = 0


class Counting:
    """
    Counts by measure, over all records and for each agency, and what caused them.

    Args:
        rules: the ids of the pack's rules.
    """

    def __init__(self, standard: Standard, rules: Collection[str]) -> None:
        self.standard: Final = standard
        self._measures: dict[Counted, Measure] = {
            m.counted: m for m in standard.measures if m.counted is not Counted.RULES
        }
        self._rule_measures = [m for m in standard.measures if m.counted is Counted.RULES]
        named = {rule for measure in self._rule_measures for rule in measure.only}
        rest = frozenset(rule for rule in rules if rule not in named)
        self._groups = {m.id: frozenset(m.only) or rest for m in self._rule_measures}
        self._of_rule = {rule: m for m, group in self._groups.items() for rule in group}
        self.whole: Final[dict[str, Count]] = {}
        self.agencies: Final[dict[str, dict[str, Count]]] = {}
        self.causes: Final[dict[tuple[str, ...], Cause]] = {}

    def take(
        self,
        agency: str,
        looked: Mapping[Counted, tuple[int, int]],
        broken_rules: Collection[str] | None = None,
    ) -> None:
        """
        One record.

        Args:
            agency: "" when the record names none.
            looked: how many were judged, and how many broken.
            broken_rules: None when the rules could not be put to the record.
        """
        sums = [self.whole]
        if agency and (agency in self.agencies or len(self.agencies) < _AGENCIES):
            sums.append(self.agencies.setdefault(agency, {}))
        for counted, (judged, broken) in looked.items():
            if measure := self._measures.get(counted):
                _add(sums, measure, judged, broken)
        if broken_rules is not None:
            for measure in self._rule_measures:
                group = self._groups[measure.id]
                _add(sums, measure, len(group), sum(rule in group for rule in broken_rules))

    def cause(self, flaw: Flaw) -> None:
        """One flaw, beside others of its kind."""
        key = (flaw.law, flaw.name, general(flaw.pointer), flaw.column, _of_kind(flaw))
        found = self.causes.get(key)
        if found is None:
            if len(self.causes) >= _CAUSES:
                return
            found = self.causes[key] = Cause(self._measure_of(flaw), flaw)
        found.count += 1

    def worst(self, principle: Principle, most: int = 3) -> tuple[Cause, ...]:
        """The causes that cost a principle most, the most frequent first."""
        ids = {measure.id for measure in principle.measures}
        found = [cause for cause in self.causes.values() if cause.measure in ids]
        return tuple(sorted(found, key=lambda cause: -cause.count)[:most])

    def _measure_of(self, flaw: Flaw) -> str:
        """The id of the measure that a flaw breaks; "" for none."""
        if flaw.law is Law.RULE:
            return self._of_rule.get(flaw.name, "")
        measure = self._measures.get(counted_of(flaw))
        return measure.id if measure and flaw.name != DOUBTFUL else ""


def counted_of(flaw: Flaw) -> Counted:
    """What a flaw that is no rule's is counted as."""
    match flaw.law:
        case Law.JSON | Law.KIND:
            return Counted.READABLE
        case Law.SCHEMA:
            return Counted.MANDATORY if flaw.name == "required" else Counted.FORM
        case Law.CODE_LIST:
            return Counted.CODE_IN_FORCE if flaw.required else Counted.CODE_KNOWN
        case Law.DUPLICATE:
            return Counted.UNIQUE
        case Law.TEXT:
            return Counted.ENCODING
        case Law.STOPGAP:
            return Counted.STOPGAP
        case Law.REFERENCE:
            return Counted.REFERENCE
        case Law.RULE:
            return Counted.RULES
        case Law.CELL:
            return Counted.FORM


def general(pointer: str) -> str:
    """`/training/0/from` -> `/training/*/from`."""
    return _INDEX.sub("/*", pointer)


def _of_kind(flaw: Flaw) -> str:
    """What else tells two kinds apart: which member is missing, which day or list."""
    same = flaw.law in (Law.SCHEMA, Law.CODE_LIST)
    return flaw.required if same else ""


def _add(sums: Sequence[dict[str, Count]], measure: Measure, judged: int, broken: int) -> None:
    for counts in sums:
        found = counts.get(measure.id)
        if found is None:
            found = counts[measure.id] = Count()
        found.add(judged, broken, measure.per)
