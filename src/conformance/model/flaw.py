"""What can be wrong with a line of a data file; how it is found and told stands elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from conformance.model.requirement import Text


class Law(StrEnum):
    """What kind of law a finding names."""

    JSON = "json"
    KIND = "kind"
    SCHEMA = "schema"
    CODE_LIST = "code-list"
    RULE = "rule"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """
    One thing that is wrong with one line.

    Attributes:
        line: from 1.
        pointer: into the record, "" for the whole line.
        name: the schema keyword, the code list, the rule's id, the member that is to be unique.
        value: as it stands there, masked; "" for none.
        required: what is asked for: a limit, a pattern, a missing member, the first line.
        message: the rule's own sentence.
    """

    line: int
    pointer: str
    law: Law
    name: str
    value: str = ""
    required: str = ""
    message: Text | None = None


@dataclass(slots=True)
class Tally:
    """What was counted on the way; complete when the last flaw was taken."""

    records: dict[str, int] = field(default_factory=dict)
    faulty: int = 0
    by_law: dict[str, int] = field(default_factory=dict)

    @property
    def flaws(self) -> int:
        """How many there are."""
        return sum(self.by_law.values())
