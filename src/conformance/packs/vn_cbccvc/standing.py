"""
Everything that is kept of one unit over time: what it was on which day, and its links.

A unit lives in a half-open interval of days; inside it, each change (another name, another
parent) begins a slice of its own. Values only; `tree` stores them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conformance.model.json import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What a unit was from `start` (yyyy-mm-dd) until its next slice, or its end."""

    start: str
    unit: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    Everything that is kept of one unit.

    Attributes:
        slices: one at least, by their first days.
        predecessors, successors: the contract's links, in the order in which they arose.
        decided: whether a decision ended it; otherwise it was sent with its end, if it has one.
    """

    version: int
    slices: tuple[Slice, ...]
    decided: bool = False
    predecessors: tuple[JsonObject, ...] = ()
    successors: tuple[JsonObject, ...] = ()

    @property
    def unit(self) -> JsonObject:
        """The unit as it stands in the end."""
        return self.slices[-1].unit

    @property
    def code(self) -> str:
        """Its code."""
        return str(self.unit["unitCode"])

    @property
    def start(self) -> str:
        """Its first day."""
        return str(self.unit["effectiveFrom"])

    @property
    def end(self) -> str | None:
        """The first day on which it no longer lives."""
        end = self.unit["effectiveTo"]
        return None if end is None else str(end)

    def lives_on(self, day: str) -> bool:
        """Whether it lives on a day: the first is one, the end is not."""
        return self.start <= day and (self.end is None or day < self.end)

    def on(self, day: str) -> JsonObject:
        """The unit as it was described on a day of its life, with its whole life's dates."""
        past = [part for part in self.slices if part.start <= day] or self.slices[:1]
        life = {name: self.unit[name] for name in ("effectiveFrom", "effectiveTo")}
        return {**past[-1].unit, **life}

    def parents_from(self, day: str) -> frozenset[str]:
        """The units below which it stands on that day or a later one of its life."""
        if self.end is not None and self.end <= day:
            return frozenset()
        ends = [part.start for part in self.slices[1:]]
        held = [part for part, until in zip(self.slices, ends, strict=False) if until > day]
        return frozenset(str(part.unit["parentCode"]) for part in (*held, self.slices[-1]))

    def corrected(self, unit: JsonObject) -> Standing:
        """The same with another last description, and with the life that `unit` names."""
        start, end = str(unit["effectiveFrom"]), unit["effectiveTo"]
        starts = [part.start for part in self.slices[1:]]
        # What was over before the life begins is forgotten; what remains first begins with it.
        kept = [
            part
            for part, until in zip(self.slices, starts, strict=False)
            if until > start and (end is None or until < str(end))
        ]
        last = Slice(start=starts[-1] if kept else start, unit=unit)
        if kept:
            kept[0] = replace(kept[0], start=start)
        return replace(self, version=self.version + 1, slices=(*kept, last))

    def changed(self, unit: JsonObject, day: str) -> Standing:
        """The same with a new slice from `day` on; its life remains, or goes on from there."""
        end = unit["effectiveTo"] if self.end == day else self.end
        life: JsonObject = {"effectiveFrom": self.start, "effectiveTo": end}
        kept = tuple(part for part in self.slices if part.start < day)
        fresh = Slice(start=day, unit={**unit, **life})
        return replace(self, version=self.version + 1, slices=(*kept, fresh))

    def ended(self, day: str) -> Standing:
        """The same, living no longer on `day`."""
        kept = [part for part in self.slices if part.start < day] or list(self.slices[:1])
        life: JsonObject = {"effectiveFrom": self.start, "effectiveTo": day}
        last = replace(kept[-1], unit={**kept[-1].unit, **life})
        return replace(self, version=self.version + 1, slices=(*kept[:-1], last), decided=True)

    def as_json(self) -> JsonObject:
        """As it is stored."""
        return {
            "version": self.version,
            "slices": [{"start": part.start, "unit": part.unit} for part in self.slices],
            "predecessors": list(self.predecessors),
            "successors": list(self.successors),
            "decided": self.decided,
        }

    @staticmethod
    def read(row: Json) -> Standing | None:
        """What was stored by `as_json`, None for nothing."""
        if not isinstance(row, dict):
            return None
        version = row["version"]
        assert isinstance(version, int)
        return Standing(
            version=version,
            slices=tuple(
                Slice(start=str(part["start"]), unit=_mapping(part["unit"]))
                for part in _mappings(row["slices"])
            ),
            predecessors=tuple(_mappings(row["predecessors"])),
            successors=tuple(_mappings(row["successors"])),
            decided=row["decided"] is True,
        )


def _mapping(value: Json) -> JsonObject:
    assert isinstance(value, dict)
    return value


def _mappings(value: Json) -> Sequence[JsonObject]:
    assert isinstance(value, list)
    return [_mapping(item) for item in value]
