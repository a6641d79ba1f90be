"""
Data quality as a pack words it: principles, what each measures, and the scores out of counts.

`score` is a pure function over counts, wherever they come from: the records of a file, or the
findings of a run. What is counted, and how, stands with who counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from conformance.model.json import Json
from conformance.model.requirement import Basis, Text


class Counted(StrEnum):
    """What can be counted; a measure names one."""

    READABLE = "readable"
    MANDATORY = "mandatory"
    FORM = "form"
    CODE_KNOWN = "code-known"
    CODE_IN_FORCE = "code-in-force"
    RULES = "rules"
    UNIQUE = "unique"
    ENCODING = "encoding"
    STOPGAP = "stopgap"
    REFERENCE = "reference"
    REQUIREMENT = "requirement"
    """Not in a file: in a run, the requirements that speak of the principle."""


class Per(StrEnum):
    """The unit of a measure."""

    RECORD = "record"
    """A record with one fault or with ten counts once."""
    VALUE = "value"
    """Every value, code or reference counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """
    One thing that is measured.

    Attributes:
        only: the rules that it is about; none for every rule that no other measure names.
        weight: beside the other measures of its principle.
    """

    id: str
    title: Text
    counted: Counted
    per: Per
    only: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Principle:
    """
    One principle.

    Attributes:
        measures: of a file.
        beyond: what of it no file shows, in a sentence.
        add: what would make it measurable when it is not.
        run: the measure of a run; None when no requirement speaks of it.
    """

    id: str
    title: Text
    means: Text
    measures: tuple[Measure, ...]
    beyond: Text
    add: Text
    run: Measure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """
    How people's own tables call a field, and what they write there for which code.

    Attributes:
        pointer: of the field.
    """

    pointer: str
    titles: tuple[str, ...] = ()
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """
    What a pack asks of data.

    Attributes:
        phrase: the principles in the words of their source.
        basis: of the phrase, and of the measures and weights.
        formula: how a score comes about, in a sentence.
        encodings: of text that is to be recognised.
        stopgaps: texts that stand where a value should, in small letters.
        agency: kind of records -> pointer of the agency that answers for one.
        units: the kind of records to which `references` lead; "" for none.
        references: kind of records -> pointers that name units.
        usual: what the columns of people's own tables are called.
    """

    phrase: Text
    phrase_basis: Basis
    measures_basis: Basis
    formula: Text
    principles: tuple[Principle, ...]
    encodings: tuple[str, ...] = ()
    stopgaps: frozenset[str] = frozenset()
    agency: Mapping[str, str]
    units: str = ""
    references: Mapping[str, tuple[str, ...]]
    usual: tuple[Usual, ...] = ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Of all principles."""
        return tuple(measure for principle in self.principles for measure in principle.measures)


@dataclass(slots=True)
class Count:
    """How often a measure was put to the question, and how often it failed."""

    judged: int = 0
    broken: int = 0

    def add(self, judged: int, broken: int, per: Per) -> None:
        """Take in one record in which `judged` values were looked at."""
        if not judged:
            return
        whole = per is Per.RECORD
        self.judged += 1 if whole else judged
        self.broken += (broken > 0) if whole else min(broken, judged)

    @property
    def share(self) -> float | None:
        """0..1; None when nothing was judged."""
        return (self.judged - self.broken) / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure with its count."""

    measure: Measure
    count: Count


@dataclass(frozen=True, slots=True)
class Score:
    """
    One principle, measured.

    Attributes:
        share: 0..1, the weighted mean of its measures; None when none of them could be judged.
    """

    principle: Principle
    share: float | None
    measured: tuple[Measured, ...]

    @property
    def judged(self) -> int:
        """Over all measures."""
        return sum(one.count.judged for one in self.measured)

    @property
    def broken(self) -> int:
        """Over all measures."""
        return sum(one.count.broken for one in self.measured)

    def as_json(self) -> Json:
        """Without words: ids and numbers."""
        return {
            "id": self.principle.id,
            "score": shown(self.share, self.broken),
            "judged": self.judged,
            "satisfied": self.judged - self.broken,
            "measures": [
                {
                    "id": one.measure.id,
                    "per": one.measure.per.value,
                    "weight": one.measure.weight,
                    "score": shown(one.count.share, one.count.broken),
                    "judged": one.count.judged,
                    "satisfied": one.count.judged - one.count.broken,
                }
                for one in self.measured
            ],
        }


def score(principles: Iterable[Principle], counts: Mapping[str, Count]) -> tuple[Score, ...]:
    """
    The principles in their order, scored.

    Args:
        counts: by the id of a measure; a measure without one was not judged.
    """
    return tuple(_score(principle, counts) for principle in principles)


def shown(share: float | None, broken: int) -> float | None:
    """Percent with one decimal, never 100 while anything is broken."""
    if share is None:
        return None
    percent = round(share * 100, 1)
    return min(percent, 99.9) if broken else percent


def _score(principle: Principle, counts: Mapping[str, Count]) -> Score:
    measured = tuple(Measured(m, counts.get(m.id) or Count()) for m in principle.measures)
    judged = [one for one in measured if one.count.judged]
    weight = sum(one.measure.weight for one in judged)
    total = sum(one.measure.weight * (one.count.share or 0.0) for one in judged)
    return Score(principle, total / weight if weight else None, measured)
